// SPDX-License-Identifier: BSD-3-Clause
#include "config/sa_command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <utility>

#include "base/setup_error.hpp"
#include "config/setting_options.hpp"
#include "config/toml_file.hpp"

namespace weir::config {
namespace {

using base::SetupError;

/// Settings of a run that mean something for files that are read without one.
constexpr std::string_view kForFiles[] = {"filter",        "udp-port",     "esp-null-icv",
                                          "max-layers",    "sa-capacity",  "sa-idle",
                                          "points-before", "points-after", "points-capacity"};

void refuse_run_settings(const Values& values) {
    for (const auto& [name, given] : values) {
        if (given.empty() || std::ranges::find(kForFiles, name) != std::end(kForFiles)) continue;
        throw SetupError("use", fmt::format("--{}", name), "capture files are read without a run",
                         "leave it away, or name the files with --port FILE");
    }
}

}  // namespace

SaCommandLine parse_sa_command_line(std::vector<std::string> arguments) {
    SaCommandLine line;
    CLI::App app("Say how each IPsec security association fares, from its sequence numbers.",
                 "weir sa");
    app.footer(
        "Several files are read as points of one network, in the order of time. With --port, or a\n"
        "CONFIG.toml, it is a run, with all options of `weir run`. Exit codes: 0 all well,\n"
        "1 a verdict of FAIL, 2 usage or set-up, 3 the ledger does not balance, 4 a file is "
        "damaged\n"
        "(what could be read is counted).");
    app.allow_extras();
    app.add_flag("--json", line.json, "all figures, as one JSON document");
    std::vector<std::string> names;
    app.add_option("FILE", names, "capture files, pcap or pcapng; - is standard input");
    Values values;
    for (const Setting& setting : settings()) {
        if (setting.name != kEalArguments) add_option(app, setting, values);
    }
    const std::vector<std::string> behind = split_off(arguments);
    if (!parse_arguments(app, std::move(arguments), values)) {
        line.help = app.help();
        return line;
    }
    for (const std::string& word : app.remaining()) {
        if (word.starts_with("-") && word != "-") refuse_option(app, word);
        names.push_back(word);
    }
    // Of a run they are EAL's; else they are files, whatever they look like.
    const bool run =
        !values["port"].empty() || (!names.empty() && names.front().ends_with(".toml"));
    std::vector<std::string>& takes_them = run ? values[kEalArguments] : names;
    takes_them.insert(takes_them.end(), behind.begin(), behind.end());
    if (std::ranges::count(names, "-") > 1) {
        throw SetupError("read", "-", "standard input is named twice", "name it once");
    }
    if (names.size() == 1 && names.front().ends_with(".toml")) {
        read_toml_file(names.front(), line.options);
    } else {
        line.files = std::move(names);
    }
    if (!line.files.empty()) refuse_run_settings(values);
    // In a run what is silent makes room; of files all is to be seen.
    if (!line.files.empty()) line.options.sa_idle_seconds = 0;
    for (const Setting& setting : settings()) {
        apply_given(setting, values[setting.name], line.options);
    }
    if (line.files.empty() && line.options.ports.empty()) {
        throw SetupError("follow", "associations", "no capture file and no port is named",
                         "weir sa FILE, or weir sa --port PORT");
    }
    return line;
}

}  // namespace weir::config
