// SPDX-License-Identifier: BSD-3-Clause
#include "parse/parse.hpp"

#include "parse/ethernet.hpp"
#include "parse/ip.hpp"
#include "parse/ipsec.hpp"
#include "parse/transport.hpp"
#include "parse/vxlan.hpp"
#include "parse/walk.hpp"

namespace weir::parse {
namespace {

/// Parses the layer `kind` at the walk's offset; returns the next one, kNone at the end. Inlined
/// with all it calls: then the walk stays in registers, and where a layer knows the next one the
/// compiler jumps there without coming back to the switch.
[[gnu::always_inline]] inline LayerKind parse_layer(Walk& walk, LayerKind kind) noexcept {
    switch (kind) {
        case LayerKind::kEth:
            return parse_ethernet(walk);
        case LayerKind::kVlan:
            return parse_vlan(walk);
        case LayerKind::kArp:
            return parse_arp(walk);
        case LayerKind::kIpv4:
            return parse_ipv4(walk);
        case LayerKind::kIpv6:
            return parse_ipv6(walk);
        case LayerKind::kIpv6HopByHop:
        case LayerKind::kIpv6DestOpts:
        case LayerKind::kIpv6Routing:
            return parse_ipv6_extension(walk, kind);
        case LayerKind::kIpv6Fragment:
            return parse_ipv6_fragment(walk);
        case LayerKind::kTcp:
            return parse_tcp(walk);
        case LayerKind::kUdp:
            return parse_udp(walk);
        case LayerKind::kIcmp:
        case LayerKind::kIcmpv6:
            return parse_icmp(walk, kind);
        case LayerKind::kEsp:
            return parse_esp(walk);
        case LayerKind::kAh:
            return parse_ah(walk);
        case LayerKind::kVxlan:
            return parse_vxlan(walk);
        default:
            break;
    }
    return LayerKind::kNone;
}

}  // namespace

void parse(const base::PacketView& packet, PacketRecord& record) noexcept {
    Walk walk(packet, record);
    // Each turn adds a layer or ends, and the number of layers is limited: so is the work.
    LayerKind next = LayerKind::kEth;
    do {
        next = parse_layer(walk, next);
    } while (next != LayerKind::kNone);
    walk.finish();
}

}  // namespace weir::parse
