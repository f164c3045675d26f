// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parse/parse.hpp"

namespace weir::parse {

/// What a UDP port leads to.
struct UdpPort {
    std::uint16_t port = 0;
    LayerKind kind = LayerKind::kNone;
};

/// "8472=vxlan": a port from 1 to 65535, and one of vxlan, vxlangpe, geneve, gtp, l2tp, teredo,
/// wireguard, mpls, isakmp, gre, sctp, esp (with IKE and keepalives, as on port 4500), or none.
/// Throws std::invalid_argument with what was expected. Cold.
[[nodiscard]] UdpPort parse_udp_port(const std::string& text);

/// The options that users give as text and numbers. `udp_ports`: as parse_udp_port() takes them,
/// which are added to the standard ones. `esp_null_icv`: octets of ICV, 0 to 255; none: ESP is
/// encrypted. `max_layers`: 1 to 64; none: 32. Throws std::invalid_argument, and SetupError when
/// there are too many ports. Cold.
[[nodiscard]] ParseOptions make_parse_options(const std::vector<std::string>& udp_ports,
                                              std::optional<unsigned> esp_null_icv,
                                              std::optional<unsigned> max_layers);

}  // namespace weir::parse
