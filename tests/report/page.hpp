// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What the tests need to read report.html: a strict reader of markup, and finders.
namespace weir::report {

/// A piece of markup, read as XML: elements are closed in order, attributes quoted and named once,
/// and '&' and '<' stand nowhere else.
struct Page {
    std::vector<std::string> elements;  ///< Names, in the order they begin.
    std::set<std::string> ids;
    std::set<std::string> references;  ///< Ids that attributes refer to.
    std::string error;                 ///< The first thing that is wrong, or "".
};

namespace page_detail {

inline bool only_entities(std::string_view text) {
    static const std::regex kEntity("&(amp|lt|gt|quot|#39);");
    return std::regex_replace(std::string(text), kEntity, "").find('&') == std::string::npos;
}

inline void refer(Page& page, std::string ids) {
    for (std::size_t space = 0; !ids.empty(); ids.erase(0, space)) {
        space = ids.find(' ');
        page.references.insert(ids.substr(0, space));
        space = space == std::string::npos ? ids.size() : space + 1;
    }
}

/// `text`: attributes, as " a="1" b="2"".
inline void read_attributes(Page& page, std::string text) {
    static const std::regex kAttribute("^ ([A-Za-z-]+)=\"([^\"<]*)\"");
    std::set<std::string> seen;
    for (std::smatch match; std::regex_search(text, match, kAttribute); text = match.suffix()) {
        const std::string name = match[1];
        const std::string value = match[2];
        if (!seen.insert(name).second) page.error = "attribute twice: " + name;
        if (!only_entities(value)) page.error = "a bare & in " + value;
        if (name == "id" && !page.ids.insert(value).second) page.error = "id twice: " + value;
        if (name == "aria-labelledby") refer(page, value);
        if (name == "href" && value.starts_with('#')) page.references.insert(value.substr(1));
    }
    if (!text.empty()) page.error = "not an attribute: " + text;
}

}  // namespace page_detail

inline Page read_page(std::string_view text) {
    static const std::string kDoctype = "<!DOCTYPE html>\n";
    if (text.starts_with(kDoctype)) text.remove_prefix(kDoctype.size());
    Page page;
    std::vector<std::string> open;
    while (page.error.empty() && !text.empty()) {
        const std::size_t begin = std::min(text.find('<'), text.size());
        if (!page_detail::only_entities(text.substr(0, begin))) page.error = "a bare &";
        text.remove_prefix(begin);
        if (text.empty()) break;
        const std::size_t end = text.find('>');
        if (end == std::string_view::npos) return page.error = "a < that nothing ends", page;
        std::string tag(text.substr(1, end - 1));
        text.remove_prefix(end + 1);
        const bool closes = tag.starts_with('/');
        const bool empty = tag.ends_with('/');
        if (closes) {
            if (open.empty() || "/" + open.back() != tag) return page.error = "<" + tag, page;
            open.pop_back();
            continue;
        }
        if (empty) tag.pop_back();
        const std::string name = tag.substr(0, tag.find(' '));
        page.elements.push_back(name);
        page_detail::read_attributes(page, tag.substr(name.size()));
        if (!empty) open.push_back(name);
    }
    if (page.error.empty() && !open.empty()) page.error = "never closed: " + open.back();
    return page;
}

/// What stands from the first `begin` to the first `end` behind it; nothing where either is
/// missing.
inline std::string between(const std::string& text, const std::string& begin,
                           const std::string& end) {
    const std::size_t from = text.find(begin);
    if (from == std::string::npos) return "";
    const std::size_t to = text.find(end, from + begin.size());
    return to == std::string::npos ? "" : text.substr(from, to - from);
}

inline std::size_t count_of(const std::string& text, std::string_view what) {
    std::size_t count = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace weir::report
