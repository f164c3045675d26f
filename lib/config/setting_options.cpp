// SPDX-License-Identifier: BSD-3-Clause
#include "config/setting_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/nearest.hpp"
#include "base/setup_error.hpp"

namespace weir::config {

using base::SetupError;

namespace {

/// `--workers --mode pipeline`: CLI11 takes the next option for the value.
void refuse_options_as_values(const Values& values) {
    for (const auto& [name, given] : values) {
        if (name == kEalArguments) continue;
        for (const std::string& value : given) {
            if (!value.starts_with("--")) continue;
            throw SetupError("use", fmt::format("--{}", name), "its value is missing",
                             fmt::format("what follows it is the option {}", value));
        }
    }
}

/// `--json=5`, which CLI11 takes for a truth, and `--json=off`, which would not win over a file.
void refuse_flags_with_values(const CLI::App& app, const std::vector<std::string>& arguments) {
    for (const std::string& word : arguments) {
        const std::size_t equals = word.find('=');
        if (equals == word.npos) continue;
        const CLI::Option* option = app.get_option_no_throw(word.substr(0, equals));
        if (option == nullptr || option->get_items_expected_max() != 0) continue;
        throw SetupError("use", word, "it takes no value", "leave away what stands behind it");
    }
}

}  // namespace

std::vector<std::string> split_off(std::vector<std::string>& arguments) {
    const auto separator = std::ranges::find(arguments, "--");
    if (separator == arguments.end()) return {};
    std::vector<std::string> behind(separator + 1, arguments.end());
    arguments.erase(separator, arguments.end());
    return behind;
}

void add_option(CLI::App& app, const Setting& setting, Values& values) {
    if (setting.type == ValueType::kFlag) {
        app.add_flag_callback(
            "--" + std::string(setting.name), [&given = values[setting.name]] { given = {"on"}; },
            std::string(setting.description));
        return;
    }
    add_option(app, setting.name, setting.value_name, setting.description, values);
}

void add_option(CLI::App& app, std::string_view name, std::string_view value_name,
                std::string_view description, Values& values) {
    app.add_option("--" + std::string(name), values[name], std::string(description))
        ->type_name(std::string(value_name))
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->expected(1);
}

bool parse_arguments(CLI::App& app, std::vector<std::string> arguments, const Values& values) {
    refuse_flags_with_values(app, arguments);
    std::ranges::reverse(arguments);  // CLI11 takes them from the back.
    try {
        app.parse(arguments);
    } catch (const CLI::CallForHelp&) {
        return false;
    } catch (const CLI::ArgumentMismatch& error) {
        const std::string text = error.what();  // "--workers: 1 required N missing"
        throw SetupError("use", text.substr(0, text.find(':')), "its value is missing",
                         fmt::format("{} --help says what it takes", app.get_name()));
    } catch (const CLI::ParseError& error) {
        throw SetupError("read", "the command line", error.what(),
                         fmt::format("{} --help lists all options", app.get_name()));
    }
    refuse_options_as_values(values);
    return true;
}

void refuse_option(const CLI::App& app, const std::string& word, std::string_view more) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        if (!option->get_lnames().empty()) names.push_back(option->get_lnames().front());
    }
    const std::string name = word.substr(std::min(word.find_first_not_of('-'), word.size()));
    const std::string near = base::nearest_word(name.substr(0, name.find('=')), names);
    throw SetupError("use", word, "there is no such option",
                     fmt::format("{}{} --help lists all{}",
                                 near.empty() ? near : fmt::format("did you mean --{}? ", near),
                                 app.get_name(), more));
}

void refuse_repetition(std::string_view name, const std::vector<std::string>& given) {
    if (given.size() <= 1) return;
    throw SetupError("use", fmt::format("--{}", name), "it is given more than once",
                     "leave all but one of them away");
}

void apply_given(const Setting& setting, const std::vector<std::string>& given, Options& options) {
    if (given.empty()) return;
    // What the file says of a setting that can have several values is replaced, not added to.
    if (setting.list != nullptr) (options.*setting.list).clear();
    if (setting.list == nullptr) refuse_repetition(setting.name, given);
    for (const std::string& value : given) {
        try {
            setting.apply(options, value);
        } catch (const std::invalid_argument& expected) {
            throw SetupError("use", fmt::format("--{} '{}'", setting.name, value),
                             "it cannot have this value",
                             fmt::format("expected {}", expected.what()));
        }
    }
}

}  // namespace weir::config
