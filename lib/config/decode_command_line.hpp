// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::config {

/// What the command line of `weir decode` asks for.
struct DecodeCommandLine {
    std::string help;                    ///< Not empty: print it and do nothing else.
    std::string file;                    ///< "-" is standard input.
    bool json = false;                   ///< One line of JSON a packet.
    bool hex = false;                    ///< The octets too.
    std::string filter;                  ///< tcpdump expression; empty: everything.
    std::optional<std::int64_t> packet;  ///< Only this one, from 1.
    std::vector<std::string> udp_ports;  ///< "8472=vxlan": see parse/parse_options_setup.hpp.
    std::optional<unsigned>
        esp_null_icv;  ///< ESP is not encrypted and has an ICV of so many octets.
    std::optional<unsigned> max_layers;
};

/// Reads the arguments behind `weir decode`. Throws SetupError that names the option and what was
/// expected.
[[nodiscard]] DecodeCommandLine parse_decode_command_line(std::vector<std::string> arguments);

}  // namespace weir::config
