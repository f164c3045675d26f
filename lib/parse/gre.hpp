// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/ethernet.hpp"
#include "parse/walk.hpp"
#include "wire/tunnel.hpp"

/// GRE with what only it carries: ERSPAN.
namespace weir::parse {

/// Draft-foschiano-erspan, section 4.1: type I has no header of its own.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_erspan_1(Walk& walk) noexcept {
    return walk.add(LayerKind::kErspan) ? LayerKind::kEth : LayerKind::kNone;
}

/// What a type III header of `octets` says that stands behind it: a frame or an IP packet. The walk
/// stands at the header.
[[nodiscard, gnu::always_inline]] inline LayerKind enter_erspan_3(Walk& walk,
                                                                  std::size_t octets) noexcept {
    const unsigned carried = walk.view<wire::Erspan3>().frame_type();
    if (walk.rest() == octets || carried != wire::kErspanIp) {
        walk.advance(octets);
        return carried == wire::kErspanEthernet && walk.rest() != 0 ? LayerKind::kEth
                                                                    : LayerKind::kNone;
    }
    if (!walk.need(octets + 1, ParseStatus::kErspanTooShort, LayerKind::kErspan)) {
        return LayerKind::kNone;
    }
    const unsigned nibble = walk.octet(octets) >> 4;
    walk.advance(octets);
    if (nibble == 4) return LayerKind::kIpv4;
    return nibble == 6 ? LayerKind::kIpv6 : LayerKind::kNone;
}

/// Draft-foschiano-erspan, sections 4.2 and 4.3: types II and III, told by their version field. It
/// is read with GRE, behind which alone it stands.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_erspan(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kErspan;
    constexpr ParseStatus kTooShort = ParseStatus::kErspanTooShort;
    if (!walk.need(sizeof(wire::Erspan), kTooShort, kLayer)) return LayerKind::kNone;
    const unsigned version = walk.view<wire::Erspan>().version();
    if (version == wire::kErspanVersion2) {
        if (!walk.add(kLayer)) return LayerKind::kNone;
        walk.advance(sizeof(wire::Erspan));
        return walk.rest() == 0 ? LayerKind::kNone : LayerKind::kEth;
    }
    if (version != wire::kErspanVersion3) return LayerKind::kNone;
    if (!walk.need(sizeof(wire::Erspan3), kTooShort, kLayer)) return LayerKind::kNone;
    const std::size_t octets = walk.view<wire::Erspan3>().octets();
    if (!walk.need(octets, kTooShort, kLayer) || !walk.add(kLayer)) return LayerKind::kNone;
    return enter_erspan_3(walk, octets);
}

/// What GRE carries without more ado: of the EtherTypes those of whole packets.
[[nodiscard]] constexpr LayerKind layer_of_gre_protocol(std::uint16_t protocol) noexcept {
    switch (protocol) {
        case wire::kEtherTypeIpv4:
        case wire::kEtherTypeIpv6:
        case wire::kEtherTypeArp:
        case wire::kEtherTypeEthernet:
        case wire::kEtherTypeMpls:
        case wire::kEtherTypeMplsUpstream:
            return layer_of_ether_type(protocol);
        case wire::kGrePpp:
            return LayerKind::kPpp;
        default:
            return LayerKind::kNone;
    }
}

/// RFC 2784 with RFC 2890, and version 1 of RFC 2637. Where RFC 1701's routing makes the length
/// unknown, and behind a version that is none of these, nothing is read.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_gre(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kGre;
    constexpr ParseStatus kTooShort = ParseStatus::kGreTooShort;
    if (!walk.need(sizeof(wire::Gre), kTooShort, kLayer)) return LayerKind::kNone;
    const auto& header = walk.view<wire::Gre>();
    const std::size_t octets = header.octets();
    if (!walk.need(octets, kTooShort, kLayer) || !walk.add(kLayer)) return LayerKind::kNone;
    const unsigned flags = header.flags_version.host();
    const std::uint16_t protocol = header.protocol.host();
    const std::size_t key_at = header.has_checksum_word() ? 8 : 4;
    walk.tunnel(kLayer, (flags & wire::kGreKey) != 0 ? walk.view<base::be32>(key_at).host() : 0);
    const bool readable = (flags & wire::kGreRouting) == 0 && header.version() <= 1;
    walk.advance(octets);
    if (!readable || walk.rest() == 0) return LayerKind::kNone;
    if (protocol == wire::kGreErspan && (flags & wire::kGreSequence) == 0) {
        return parse_erspan_1(walk);
    }
    if (protocol == wire::kGreErspan || protocol == wire::kGreErspan3) return parse_erspan(walk);
    return layer_of_gre_protocol(protocol);
}

}  // namespace weir::parse
