// SPDX-License-Identifier: BSD-3-Clause
#include "config/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "base/setup_error.hpp"
#include "config/setting_options.hpp"
#include "config/toml_file.hpp"

namespace weir::config {
namespace {

using base::SetupError;

void add_options(CLI::App& app, Values& values) {
    for (const Setting& setting : settings()) {
        if (setting.name == kEalArguments) continue;
        add_option(app, setting, values);
    }
}

[[noreturn]] void refuse_extra(const CLI::App& app, const std::string& word) {
    if (word.starts_with("-")) {
        refuse_option(app, word, "; what goes to DPDK's EAL stands behind --");
    }
    throw SetupError("use", fmt::format("'{}'", word), "it belongs to no option",
                     "ports and capture files are given with --port; only one configuration file "
                     "may be named");
}

}  // namespace

CommandLine parse_command_line(std::vector<std::string> arguments, const CommandName& name) {
    CommandLine result;
    Values values;
    values[kEalArguments] = split_off(arguments);
    CLI::App app(name.purpose, "weir " + name.word);
    app.footer(
        "Arguments behind -- go to DPDK's EAL. Exit codes: 0 all well, 1 a verdict of FAIL,\n"
        "2 usage or set-up, 3 the ledger does not balance, 4 the input is damaged.");
    app.allow_extras();
    std::string file;
    const CLI::Option* file_given =
        app.add_option("CONFIG.toml", file, "configuration; the command line wins over it");
    add_options(app, values);
    if (!parse_arguments(app, std::move(arguments), values)) {
        result.help = app.help();
        return result;
    }
    if (!app.remaining().empty()) refuse_extra(app, app.remaining().front());
    if (file_given->count() != 0) read_toml_file(file, result.options);
    for (const Setting& setting : settings()) {
        apply_given(setting, values[setting.name], result.options);
    }
    return result;
}

}  // namespace weir::config
