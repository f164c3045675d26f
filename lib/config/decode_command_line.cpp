// SPDX-License-Identifier: BSD-3-Clause
#include "config/decode_command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>

#include "base/nearest.hpp"
#include "base/setup_error.hpp"

namespace weir::config {
namespace {

using base::SetupError;

[[noreturn]] void refuse_extra(const CLI::App& app, const std::string& word) {
    if (!word.starts_with("-") || word == "-") {
        throw SetupError("use", fmt::format("'{}'", word), "only one file can be named",
                         "call weir decode once for each");
    }
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        if (!option->get_lnames().empty()) names.push_back(option->get_lnames().front());
    }
    const std::string name = word.substr(std::min(word.find_first_not_of('-'), word.size()));
    throw SetupError("use", word, "there is no such option",
                     fmt::format("did you mean --{}? weir decode --help lists all",
                                 base::nearest_word(name.substr(0, name.find('=')), names)));
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
    app.add_option("--filter", line.filter, "tcpdump expression; only what matches is printed")
        ->type_name("EXPR");
    app.add_option("--packet", line.packet, "print all fields of this packet only; the first is 1")
        ->type_name("N")
        ->check(CLI::Range(std::int64_t{1}, std::numeric_limits<std::int64_t>::max()));
    app.add_option("--udp-port", line.udp_ports,
                   "what a UDP port carries, such as 8472=vxlan; may be given several times")
        ->type_name("PORT=LAYER")
        ->allow_extra_args(false);
    app.add_option("--esp-null-icv", line.esp_null_icv,
                   "parse what is in ESP, which is not encrypted and has an ICV of so many octets")
        ->type_name("OCTETS")
        ->check(CLI::Range(0U, 255U));
    app.add_option("--max-layers", line.max_layers, "refuse packets with more layers (32)")
        ->type_name("N")
        ->check(CLI::Range(1U, 64U));
    std::ranges::reverse(arguments);  // CLI11 takes them from the back.
    try {
        app.parse(arguments);
    } catch (const CLI::CallForHelp&) {
        line.help = app.help();
        return line;
    } catch (const CLI::ParseError& error) {
        throw SetupError("read", "the command line", error.what(),
                         "weir decode --help lists all options");
    }
    if (!app.remaining().empty()) refuse_extra(app, app.remaining().front());
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
