// SPDX-License-Identifier: BSD-3-Clause
#include "config/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <stdexcept>

#include "base/setup_error.hpp"
#include "config/settings.hpp"
#include "config/toml_file.hpp"

namespace weir::config {
namespace {

using base::SetupError;

/// The values given for each setting, in order.
using Values = std::map<const Setting*, std::vector<std::string>>;

void apply(const Setting& setting, const std::string& value, Options& options) {
    try {
        setting.apply(options, value);
    } catch (const std::invalid_argument& expected) {
        throw SetupError("use", fmt::format("--{} {}", setting.name, value), "a wrong value",
                         fmt::format("expected {}", expected.what()));
    }
}

void add_options(CLI::App& app, Values& values) {
    for (const Setting& setting : settings()) {
        CLI::Option* option = app.add_option("--" + std::string(setting.name), values[&setting],
                                             std::string(setting.description));
        option->type_name(std::string(setting.placeholder))->allow_extra_args(false);
        option->multi_option_policy(setting.repeatable ? CLI::MultiOptionPolicy::TakeAll
                                                       : CLI::MultiOptionPolicy::Throw);
        option->expected(1);
    }
}

[[noreturn]] void refuse_extra(const std::string& word) {
    if (word.starts_with("--")) {
        const std::string name = word.substr(2, word.find('=') - 2);
        throw SetupError(
            "use", word, "there is no such option",
            fmt::format("did you mean --{}? weir run --help lists all", nearest_setting(name)));
    }
    throw SetupError("use", word, "it is no option",
                     "ports are given with --port; only one configuration file may be named");
}

}  // namespace

CommandLine parse_command_line(std::vector<std::string> arguments) {
    CommandLine result;
    const auto separator = std::ranges::find(arguments, "--");
    if (separator != arguments.end()) {
        result.options.eal_arguments.assign(separator + 1, arguments.end());
        arguments.erase(separator, arguments.end());
    }
    CLI::App app(
        "Receive packets, parse each, account for all. Without port and configuration: the "
        "demo.",
        "weir run");
    app.footer(
        "Arguments behind -- go to DPDK's EAL. Exit codes: 0 all well, 1 a verdict of FAIL, "
        "2 usage or set-up,\n3 the ledger does not balance, 4 the input is damaged.");
    app.allow_extras();
    std::string file;
    app.add_option("CONFIG.toml", file, "configuration; the command line wins over it");
    Values values;
    add_options(app, values);
    std::ranges::reverse(arguments);  // CLI11 takes them from the back.
    try {
        app.parse(arguments);
    } catch (const CLI::CallForHelp&) {
        result.help = app.help();
        return result;
    } catch (const CLI::ParseError& error) {
        throw SetupError("read", "the command line", error.what(),
                         "weir run --help lists all options");
    }
    if (!app.remaining().empty()) refuse_extra(app.remaining().front());
    if (!file.empty()) read_toml_file(file, result.options);
    for (const Setting& setting : settings()) {
        const std::vector<std::string>& given = values[&setting];
        if (given.empty()) continue;
        // What the file says of a repeatable setting is replaced, not added to.
        if (setting.name == "port") result.options.ports.clear();
        if (setting.name == "fail-on") result.options.fail_on.clear();
        for (const std::string& value : given) apply(setting, value, result.options);
    }
    return result;
}

}  // namespace weir::config
