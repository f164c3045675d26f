// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "cut_plan.hpp"

/// Packets with what docs/parser.md wants of them wherever they end: every layer that the parser
/// knows occurs in at least one of them.
namespace weir::parse {

struct CutCase {
    std::string name;
    Packet packet;
    CutPlan plan;

    friend std::ostream& operator<<(std::ostream& out, const CutCase& each) {
        return out << each.name;
    }
};

[[nodiscard]] std::vector<CutCase> link_cases();
[[nodiscard]] std::vector<CutCase> network_cases();
[[nodiscard]] std::vector<CutCase> transport_cases();
[[nodiscard]] std::vector<CutCase> quote_cases();
[[nodiscard]] std::vector<CutCase> tunnel_cases();

/// The beginnings of plans.
inline CutPlan eth_plan() {
    return CutPlan().layer(LayerKind::kEth, true).header(14, ParseStatus::kEthTooShort);
}
inline CutPlan& ipv4(CutPlan& plan, bool announced = false) {
    return plan.layer(LayerKind::kIpv4, announced)
        .length(2, 0, 20)
        .header(20, ParseStatus::kIpv4TooShort);
}
inline CutPlan& ipv6(CutPlan& plan, bool announced = false) {
    return plan.layer(LayerKind::kIpv6, announced)
        .length(4, 40, 40)
        .header(40, ParseStatus::kIpv6TooShort);
}
inline CutPlan& udp(CutPlan& plan) {
    return plan.layer(LayerKind::kUdp).length(4, 0, 8).header(8, ParseStatus::kUdpTooShort);
}
inline CutPlan ipv4_plan() {
    CutPlan plan = eth_plan();
    return ipv4(plan, true);
}
inline CutPlan ipv6_plan() {
    CutPlan plan = eth_plan();
    return ipv6(plan, true);
}
inline CutPlan udp_plan() {
    CutPlan plan = ipv4_plan();
    return udp(plan);
}

/// `packet` with an IPv4 packet inside.
inline Packet inner(Packet packet) { return packet.ipv4("10.9.0.1", "10.9.0.2").payload(5); }

}  // namespace weir::parse
