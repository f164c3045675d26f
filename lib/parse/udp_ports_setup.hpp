// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "parse/udp_ports.hpp"

namespace weir::parse {

/// Adds what `text` says, "8472=vxlan": a port from 1 to 65535, and one of the names vxlan,
/// vxlangpe, geneve, gtp, l2tp, teredo, wireguard, mpls, isakmp, esp (ESP and IKE as on port 4500),
/// or none. Throws std::invalid_argument with what was expected. Cold.
void add_udp_port(const std::string& text, UdpPorts& ports);

}  // namespace weir::parse
