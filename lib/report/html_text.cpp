// SPDX-License-Identifier: BSD-3-Clause
#include "report/html_text.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/printable.hpp"

namespace weir::report {
namespace {

/// Columns from which on a table is set in smaller letters.
constexpr std::size_t kDenseFrom = 10;
constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

/// Octets of what starts `text`, which may stand in a page; 0 where it may not. U+FFFE and U+FFFF
/// are characters to UTF-8, but not to XML.
std::size_t allowed_octets(std::string_view text) {
    const bool is_noncharacter =
        text.starts_with("\xef\xbf\xbe") || text.starts_with("\xef\xbf\xbf");
    return is_noncharacter ? 0 : base::printable_octets(text);
}

std::string_view entity_of(char letter) {
    switch (letter) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\'':
            return "&#39;";
        default:
            return {};
    }
}

std::string_view class_of(HtmlTable::Kind kind) {
    switch (kind) {
        case HtmlTable::Kind::kSum:
            return " class=\"sum\"";
        case HtmlTable::Kind::kWrong:
            return " class=\"wrong\"";
        case HtmlTable::Kind::kPlain:
            break;
    }
    return "";
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t octets = allowed_octets(text);
        const std::string_view entity = entity_of(text.front());
        result += octets == 0 ? kReplacement : entity.empty() ? text.substr(0, octets) : entity;
        text.remove_prefix(octets == 0 ? 1 : octets);
    }
    return result;
}

std::string isolated(std::string_view text) { return "<bdi>" + escaped(text) + "</bdi>"; }

void HtmlTable::row(std::initializer_list<std::string> cells, Kind kind) {
    rows_ += fmt::format("<tr{}>", class_of(kind));
    std::size_t column = 0;
    for (const std::string& cell : cells) {
        const std::string_view number = columns_[column].is_number ? " class=\"n\"" : "";
        rows_ += column == 0 ? fmt::format("<th scope=\"row\"{}>{}</th>", number, cell)
                             : fmt::format("<td{}>{}</td>", number, cell);
        ++column;
    }
    rows_ += "</tr>\n";
}

std::string HtmlTable::markup() const {
    if (rows_.empty()) return "";
    std::string text = fmt::format("<div class=\"scroll\"><table{}>\n",
                                   columns_.size() >= kDenseFrom ? " class=\"dense\"" : "");
    if (!caption_.empty()) text += fmt::format("<caption>{}</caption>\n", caption_);
    text += "<thead><tr>";
    for (const Column& column : columns_) {
        text += fmt::format("<th scope=\"col\"{}>{}</th>", column.is_number ? " class=\"n\"" : "",
                            column.title);
    }
    return text + "</tr></thead>\n<tbody>\n" + rows_ + "</tbody></table></div>\n";
}

void HtmlFacts::add(std::string_view name, const std::string& value) {
    fmt::format_to(std::back_inserter(facts_), "<div><dt>{}</dt><dd>{}</dd></div>\n", name, value);
}

std::string HtmlFacts::markup() const {
    return facts_.empty() ? "" : "<dl class=\"facts\">\n" + facts_ + "</dl>\n";
}

std::string paragraph(const std::string& markup, std::string_view kind) {
    return kind.empty() ? fmt::format("<p>{}</p>\n", markup)
                        : fmt::format("<p class=\"{}\">{}</p>\n", kind, markup);
}

}  // namespace weir::report
