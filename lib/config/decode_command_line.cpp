// SPDX-License-Identifier: BSD-3-Clause
#include "config/decode_command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <string_view>
#include <utility>

#include "base/setup_error.hpp"
#include "config/setting_options.hpp"
#include "parse/parse_options_setup.hpp"

namespace weir::config {
namespace {

using base::SetupError;

/// Settings of `weir run` that mean the same here.
constexpr std::string_view kShared[] = {"udp-port", "esp-null-icv", "max-layers"};

std::uint64_t packet_number(const std::string& text) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc() && stop == end && number != 0) return number;
    throw SetupError("use", fmt::format("--packet '{}'", text), "it cannot have this value",
                     "expected a whole number from 1 on");
}

}  // namespace

DecodeCommandLine parse_decode_command_line(std::vector<std::string> arguments) {
    DecodeCommandLine line;
    CLI::App app("Print the packets of a capture file: a line for each, or all of one.",
                 "weir decode");
    app.footer(
        "Reads pcap and pcapng, from a pipe too. Exit codes: 0 all well, 2 usage or set-up, 4 the "
        "file\nis damaged (what could be read is printed).");
    app.allow_extras();
    app.add_option("FILE", line.file, "capture file; - is standard input");
    app.add_flag("--json", line.json, "one line of JSON for each packet");
    app.add_flag("--hex", line.hex, "print the octets too");
    Values values;
    add_option(app, "filter", "EXPR", "tcpdump expression; only what matches is printed", values);
    add_option(app, "packet", "N", "print all fields of this packet only; the first is 1", values);
    for (const std::string_view name : kShared) add_option(app, *find_setting(name), values);
    std::vector<std::string> files = split_off(arguments);
    if (!parse_arguments(app, std::move(arguments), values)) {
        line.help = app.help();
        return line;
    }
    for (const std::string& word : app.remaining()) {
        if (word.starts_with("-") && word != "-") refuse_option(app, word);
        files.push_back(word);
    }
    if (line.file.empty() && !files.empty()) {
        line.file = files.back();
        files.pop_back();
    }
    if (!files.empty()) {
        throw SetupError("use", fmt::format("'{}'", files.back()), "only one file can be named",
                         "call weir decode once for each");
    }
    for (const std::string_view name : {"filter", "packet"}) refuse_repetition(name, values[name]);
    if (!values["filter"].empty()) line.filter = values["filter"].front();
    if (!values["packet"].empty()) line.packet = packet_number(values["packet"].front());
    Options options;
    for (const std::string_view name : kShared) {
        apply_given(*find_setting(name), values[name], options);
    }
    line.parse_options =
        parse::make_parse_options(options.udp_ports, options.esp_null_icv, options.max_layers);
    if (line.file.empty()) {
        throw SetupError("decode", "a capture", "no file is named",
                         "weir decode FILE; - is standard input");
    }
    if (line.json && line.hex) {
        throw SetupError("use", "--hex", "JSON lines hold no octets", "leave --json or --hex away");
    }
    return line;
}

}  // namespace weir::config
