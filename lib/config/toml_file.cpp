// SPDX-License-Identifier: BSD-3-Clause
#include "config/toml_file.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "base/setup_error.hpp"
#include "config/sa_table.hpp"
#include "config/settings.hpp"

namespace weir::config {
namespace {

using base::SetupError;

std::string place(const std::string& path, const toml::source_region& source) {
    return fmt::format("{}:{}", path, source.begin.line);
}

/// What a value of this type looks like, for people.
std::string_view wanted(ValueType type) {
    switch (type) {
        case ValueType::kText:
            return "a string in quotes";
        case ValueType::kWholeNumber:
            return "a whole number, not in quotes";
        case ValueType::kSeconds:
            return "a number of seconds, not in quotes";
        case ValueType::kFlag:
            return "true or false, not in quotes";
        case ValueType::kSize:
            return "a number of octets, or a string such as \"64M\"";
        case ValueType::kSwitch:
            break;
    }
    return "true or false (\"on\" or \"off\")";
}

bool fits(ValueType type, const toml::node& node) {
    switch (type) {
        case ValueType::kText:
            return node.is_string();
        case ValueType::kWholeNumber:
            return node.is_integer();
        case ValueType::kSeconds:
            return node.is_number();
        case ValueType::kFlag:
            return node.is_boolean();
        case ValueType::kSize:
            return node.is_integer() || node.is_string();
        case ValueType::kSwitch:
            break;
    }
    return node.is_boolean() || node.is_string();
}

/// A scalar as the command line would have it.
std::string text_of(const toml::node& node) {
    if (const auto* string = node.as_string()) return string->get();
    if (const auto* integer = node.as_integer()) return std::to_string(integer->get());
    if (const auto* real = node.as_floating_point()) return fmt::format("{}", real->get());
    return node.as_boolean()->get() ? "on" : "off";
}

void apply(const std::string& path, const Setting& setting, const toml::node& node,
           Options& options) {
    if (!fits(setting.type, node)) {
        throw SetupError("read", place(path, node.source()),
                         fmt::format("{} has a value of the wrong type", setting.name),
                         fmt::format("expected {}{}", wanted(setting.type),
                                     setting.list != nullptr ? ", or a list of them" : ""));
    }
    const std::string text = text_of(node);
    try {
        setting.apply(options, text);
    } catch (const std::invalid_argument& expected) {
        throw SetupError("read", place(path, node.source()),
                         fmt::format("{} cannot be '{}'", setting.name, text),
                         fmt::format("expected {}", expected.what()));
    }
}

/// The keys of a table are settings with its name in front: [points] before is points-before.
void apply_key(const std::string& path, const std::string& prefix, const toml::key& key,
               const toml::node& node, Options& options) {
    const std::string name = prefix + std::string(key.str());
    if (name == "sa") {
        options.associations = read_associations(path, node);
        return;
    }
    if (const auto* table = node.as_table(); table != nullptr && prefix.empty()) {
        for (const auto& [inner, value] : *table)
            apply_key(path, name + "-", inner, value, options);
        return;
    }
    const Setting* setting = find_setting(name);
    if (setting == nullptr) {
        const std::string near = nearest_setting(name);
        throw SetupError("read", place(path, key.source()),
                         fmt::format("there is no key '{}'", name),
                         (near.empty() ? near : fmt::format("did you mean '{}'? ", near)) +
                             "docs/configuration.md lists them all");
    }
    const auto* list = node.as_array();
    if (list == nullptr || setting->list == nullptr) {
        apply(path, *setting, node, options);
        return;
    }
    for (const toml::node& element : *list) apply(path, *setting, element, options);
}

/// A text with a NUL would end there for the kernel and for DPDK: a file would have another name
/// than the one that is shown.
void refuse_nul(const std::string& path, const std::string& name, const toml::node& node) {
    const auto refuse = [&path](const std::string& key, const toml::source_region& source) {
        throw SetupError("read", place(path, source), fmt::format("{} holds a NUL character", key),
                         "leave it away: a text would end there");
    };
    if (const auto* text = node.as_string();
        text != nullptr && text->get().find('\0') != text->get().npos) {
        refuse(name, node.source());
    }
    if (const auto* list = node.as_array()) {
        for (const toml::node& element : *list) refuse_nul(path, name, element);
    }
    if (const auto* table = node.as_table()) {
        for (const auto& [key, value] : *table) {
            const std::string inner =
                name.empty() ? std::string(key.str()) : fmt::format("{}.{}", name, key.str());
            if (inner.find('\0') != inner.npos) refuse("the key " + inner, key.source());
            refuse_nul(path, inner, value);
        }
    }
}

std::string contents(const std::string& path) {
    std::error_code unknown;
    const bool directory = std::filesystem::is_directory(path, unknown);
    std::ifstream file(path, std::ios::binary);
    if (directory || !file) {
        throw SetupError("read configuration", path, std::strerror(directory ? EISDIR : errno),
                         "check the name; ports and capture files are given with --port");
    }
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Line `number` (from 1) of `text` for an error message: what is no printable ASCII becomes '?',
/// and of a long line the beginning is shown.
std::string shown_line(const std::string& text, unsigned number) {
    constexpr std::size_t kShown = 60;
    std::istringstream lines(text);
    std::string line;
    for (unsigned i = 0; i < number; ++i) std::getline(lines, line);
    line = line.substr(0, kShown);
    std::ranges::replace_if(
        line, [](char letter) { return letter < ' ' || letter > '~'; }, '?');
    return line;
}

}  // namespace

void read_toml_file(const std::string& path, Options& options) {
    const std::string text = contents(path);
    toml::table table;
    try {
        table = toml::parse(text, path);
    } catch (const toml::parse_error& error) {
        throw SetupError("read", place(path, error.source()),
                         fmt::format("{}, in the line '{}'", error.description(),
                                     shown_line(text, error.source().begin.line)),
                         "expected TOML such as mode = \"pipeline\" (docs/configuration.md has a "
                         "complete example); a capture file is given with --port");
    }
    refuse_nul(path, "", table);
    for (const auto& [key, node] : table) apply_key(path, "", key, node, options);
}

}  // namespace weir::config
