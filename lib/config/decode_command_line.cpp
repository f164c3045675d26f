// SPDX-License-Identifier: BSD-3-Clause
#include "config/decode_command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/nearest.hpp"
#include "base/setup_error.hpp"
#include "config/setting_options.hpp"
#include "parse/parse_options_setup.hpp"

namespace weir::config {
namespace {

using base::SetupError;

/// Settings of `weir run` that mean the same here.
constexpr std::string_view kShared[] = {"udp-port", "esp-null-icv", "max-layers"};

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
    app.add_option("--filter", line.filter, "tcpdump expression; only what matches is printed")
        ->type_name("EXPR");
    std::string packet;
    app.add_option("--packet", packet, "print all fields of this packet only; the first is 1")
        ->type_name("N");
    Values values;
    for (const std::string_view name : kShared) add_option(app, *find_setting(name), values);
    std::erase(arguments, "--");
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
    if (!packet.empty()) line.packet = packet_number(packet);
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
