// SPDX-License-Identifier: BSD-3-Clause
#include "config/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/nearest.hpp"
#include "base/setup_error.hpp"
#include "config/setting_options.hpp"
#include "config/toml_file.hpp"

namespace weir::config {
namespace {

using base::SetupError;

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

void add_options(CLI::App& app, Values& values) {
    for (const Setting& setting : settings()) {
        if (setting.name == kEalArguments) continue;
        add_option(app, setting, values);
    }
}

[[noreturn]] void refuse_extra(const std::string& word) {
    if (!word.starts_with("-")) {
        throw SetupError("use", fmt::format("'{}'", word), "it belongs to no option",
                         "ports and capture files are given with --port; only one configuration "
                         "file may be named");
    }
    std::vector<std::string> names{"help"};
    for (const Setting& setting : settings()) {
        if (setting.name != kEalArguments) names.emplace_back(setting.name);
    }
    const std::string name = word.substr(std::min(word.find_first_not_of('-'), word.size()));
    throw SetupError("use", word, "there is no such option",
                     fmt::format("did you mean --{}? weir run --help lists all; what goes to "
                                 "DPDK's EAL stands behind --",
                                 base::nearest_word(name.substr(0, name.find('=')), names)));
}

}  // namespace

CommandLine parse_command_line(std::vector<std::string> arguments, const CommandName& name) {
    CommandLine result;
    Values values;
    const auto separator = std::ranges::find(arguments, "--");
    if (separator != arguments.end()) {
        values[kEalArguments].assign(separator + 1, arguments.end());
        arguments.erase(separator, arguments.end());
    }
    CLI::App app(name.purpose, "weir " + name.word);
    app.footer(
        "Arguments behind -- go to DPDK's EAL. Exit codes: 0 all well, 1 a verdict of FAIL,\n"
        "2 usage or set-up, 3 the ledger does not balance, 4 the input is damaged.");
    app.allow_extras();
    std::string file;
    const CLI::Option* file_given =
        app.add_option("CONFIG.toml", file, "configuration; the command line wins over it");
    add_options(app, values);
    std::ranges::reverse(arguments);  // CLI11 takes them from the back.
    try {
        app.parse(arguments);
    } catch (const CLI::CallForHelp&) {
        result.help = app.help();
        return result;
    } catch (const CLI::ArgumentMismatch& error) {
        const std::string text = error.what();  // "--workers: 1 required N missing"
        throw SetupError("use", text.substr(0, text.find(':')), "its value is missing",
                         "weir run --help says what it takes");
    } catch (const CLI::ParseError& error) {
        throw SetupError("read", "the command line", error.what(),
                         "weir run --help lists all options");
    }
    refuse_options_as_values(values);
    if (!app.remaining().empty()) refuse_extra(app.remaining().front());
    if (file_given->count() != 0) read_toml_file(file, result.options);
    for (const Setting& setting : settings()) {
        apply_given(setting, values[setting.name], result.options);
    }
    return result;
}

}  // namespace weir::config
