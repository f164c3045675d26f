// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parse/parse.hpp"

namespace weir::config {

/// What the command line of `weir decode` asks for.
struct DecodeCommandLine {
    std::string help;                     ///< Not empty: print it and do nothing else.
    std::string file;                     ///< "-" is standard input.
    bool json = false;                    ///< One line of JSON a packet.
    bool hex = false;                     ///< The octets too.
    std::string filter;                   ///< tcpdump expression; empty: everything.
    std::optional<std::uint64_t> packet;  ///< Only this one, from 1.
    parse::ParseOptions parse_options;
};

/// Reads the arguments behind `weir decode`. Throws SetupError that names the option and what was
/// expected.
[[nodiscard]] DecodeCommandLine parse_decode_command_line(std::vector<std::string> arguments);

}  // namespace weir::config
