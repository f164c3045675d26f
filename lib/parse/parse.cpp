// SPDX-License-Identifier: BSD-3-Clause
#include "parse/parse.hpp"

#include "parse/common_stack.hpp"
#include "parse/ethernet.hpp"
#include "parse/geneve.hpp"
#include "parse/gre.hpp"
#include "parse/gtp.hpp"
#include "parse/icmp.hpp"
#include "parse/ip.hpp"
#include "parse/ipsec.hpp"
#include "parse/l2tp.hpp"
#include "parse/mpls.hpp"
#include "parse/ppp.hpp"
#include "parse/teredo.hpp"
#include "parse/transport.hpp"
#include "parse/vxlan.hpp"
#include "parse/walk.hpp"
#include "parse/wireguard.hpp"

namespace weir::parse {
namespace {

constexpr ParseOptions kStandardOptions{};

/// Parses the layer `kind` at the walk's offset; returns the next one, kNone at the end. Inlined
/// with all it calls: then the walk stays in registers, and where a layer knows the next one the
/// compiler jumps there without coming back to the switch.
[[gnu::always_inline]] inline LayerKind parse_layer(Walk& walk, LayerKind kind) noexcept {
    switch (kind) {
        case LayerKind::kEth:
            return parse_ethernet(walk);
        case LayerKind::kVlan:
            return parse_vlan(walk);
        case LayerKind::kLlc:
            return parse_llc(walk);
        case LayerKind::kSnap:
            return parse_snap(walk);
        case LayerKind::kArp:
            return parse_arp(walk);
        case LayerKind::kMpls:
            return parse_mpls(walk);
        case LayerKind::kPseudowire:
            return parse_pseudowire(walk);
        case LayerKind::kPppoeDiscovery:
        case LayerKind::kPppoeSession:
            return parse_pppoe(walk, kind);
        case LayerKind::kPpp:
            return parse_ppp(walk);
        case LayerKind::kIpv4:
            return parse_ipv4(walk);
        case LayerKind::kIpv6:
            return parse_ipv6(walk);
        case LayerKind::kIpv6HopByHop:
        case LayerKind::kIpv6DestOpts:
        case LayerKind::kIpv6Routing:
        case LayerKind::kIpv6Mobility:
            return parse_ipv6_extension(walk, kind);
        case LayerKind::kIpv6Fragment:
            return parse_ipv6_fragment(walk);
        case LayerKind::kTcp:
            return parse_tcp(walk);
        case LayerKind::kUdp:
            return parse_udp(walk);
        case LayerKind::kUdpLite:
            return parse_udp_lite(walk);
        case LayerKind::kSctp:
            return parse_sctp(walk);
        case LayerKind::kDccp:
            return parse_dccp(walk);
        case LayerKind::kIcmp:
        case LayerKind::kIcmpv6:
            return parse_icmp(walk, kind);
        case LayerKind::kEsp:
            return parse_esp(walk);
        case LayerKind::kAh:
            return parse_ah(walk);
        case LayerKind::kIke:
            return parse_ike(walk);
        case LayerKind::kNatKeepalive:
            return parse_nat_traversal(walk);
        case LayerKind::kGre:
            return parse_gre(walk);
        case LayerKind::kVxlan:
            return parse_vxlan(walk);
        case LayerKind::kVxlanGpe:
            return parse_vxlan_gpe(walk);
        case LayerKind::kGeneve:
            return parse_geneve(walk);
        case LayerKind::kGtpU:
            return parse_gtp(walk);
        case LayerKind::kL2tp:
            return parse_l2tp(walk);
        case LayerKind::kTeredo:
            return parse_teredo(walk);
        case LayerKind::kWireGuard:
            return parse_wireguard(walk);
        case LayerKind::kErspan:    // Read with GRE.
        case LayerKind::kGtpPrime:  // Told from GTP-U there.
        case LayerKind::kNone:
        case LayerKind::kCount:
            break;
    }
    return LayerKind::kNone;
}

/// Parses from the first layer on to the end. Each turn adds a layer or ends, and the number of
/// layers is limited: so is the work. `offsets` and `kinds` take the first `listed` layers.
[[gnu::noinline]] void parse_all(const base::PacketView& packet, const ParseOptions& options,
                                 PacketRecord& record, std::uint16_t* offsets, LayerKind* kinds,
                                 std::size_t listed) noexcept {
    Walk walk(packet, options, record, offsets, kinds, listed);
    LayerKind next = LayerKind::kEth;
    do {
        next = parse_layer(walk, next);
    } while (next != LayerKind::kNone);
    walk.finish();
}

}  // namespace

void parse(const base::PacketView& packet, const ParseOptions& options,
           PacketRecord& record) noexcept {
    if (packet.bytes.size() <= kMaxFrameBytes &&
        parse_common(packet.bytes.data(), static_cast<std::uint16_t>(packet.bytes.size()), options,
                     record)) [[likely]] {
        return;
    }
    parse_general(packet, options, record);
}

void parse_general(const base::PacketView& packet, const ParseOptions& options,
                   PacketRecord& record) noexcept {
    parse_all(packet, options, record, record.layer_offsets.data(), record.layer_kinds.data(),
              kMaxListedLayers);
}

void parse(const base::PacketView& packet, PacketRecord& record) noexcept {
    parse(packet, kStandardOptions, record);
}

void parse_deep(const base::PacketView& packet, const ParseOptions& options, PacketRecord& record,
                LayerList& layers) noexcept {
    parse_all(packet, options, record, layers.offsets.data(), layers.kinds.data(),
              LayerList::kCapacity);
}

}  // namespace weir::parse
