// SPDX-License-Identifier: BSD-3-Clause
#include "config/toml_file.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <fstream>
#include <stdexcept>

#include "base/setup_error.hpp"
#include "config/settings.hpp"

namespace weir::config {
namespace {

using base::SetupError;

std::string place(const std::string& path, const toml::source_region& source) {
    return fmt::format("{}:{}", path, source.begin.line);
}

/// The text of a TOML value as the command line would have it; "" with false for tables and dates.
bool text_of(const toml::node& node, std::string& text) {
    if (const auto* string = node.as_string()) {
        text = string->get();
    } else if (const auto* integer = node.as_integer()) {
        text = std::to_string(integer->get());
    } else if (const auto* real = node.as_floating_point()) {
        text = fmt::format("{}", real->get());
    } else if (const auto* boolean = node.as_boolean()) {
        text = boolean->get() ? "on" : "off";
    } else {
        return false;
    }
    return true;
}

void apply(const std::string& path, const Setting& setting, const toml::node& node,
           Options& options) {
    const auto refuse = [&](const std::string& expected) {
        throw SetupError("read", place(path, node.source()),
                         fmt::format("{} has a wrong value", setting.name),
                         fmt::format("expected {}", expected));
    };
    std::string text;
    if (!text_of(node, text)) refuse(fmt::format("a value ({})", setting.placeholder));
    try {
        setting.apply(options, text);
    } catch (const std::invalid_argument& expected) {
        refuse(expected.what());
    }
}

void apply_key(const std::string& path, const toml::key& key, const toml::node& node,
               Options& options) {
    const Setting* setting = find_setting(key.str());
    if (setting == nullptr) {
        throw SetupError("read", place(path, key.source()),
                         fmt::format("there is no key '{}'", key.str()),
                         fmt::format("did you mean '{}'? docs/configuration.md lists all keys",
                                     nearest_setting(key.str())));
    }
    const auto* list = node.as_array();
    if (list == nullptr || !setting->repeatable) {
        apply(path, *setting, node, options);
        return;
    }
    for (const toml::node& element : *list) apply(path, *setting, element, options);
}

}  // namespace

void read_toml_file(const std::string& path, Options& options) {
    if (!std::ifstream(path)) {
        throw SetupError("read configuration", path, "the file cannot be opened",
                         "check the name; a capture file is given with --port");
    }
    toml::table table;
    try {
        table = toml::parse_file(path);
    } catch (const toml::parse_error& error) {
        throw SetupError("read", place(path, error.source()), std::string(error.description()),
                         "mend the TOML; docs/configuration.md has a complete example");
    }
    for (const auto& [key, node] : table) apply_key(path, key, node, options);
}

}  // namespace weir::config
