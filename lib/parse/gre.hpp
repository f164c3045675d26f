// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/ethernet.hpp"
#include "parse/walk.hpp"
#include "wire/tunnel.hpp"

/// GRE with what only it carries: ERSPAN.
namespace weir::parse {

/// Draft-foschiano-erspan, sections 4.1 to 4.3. GRE tells the type, so that it is read with GRE.
template <int Type>
[[nodiscard, gnu::always_inline]] inline LayerKind parse_erspan(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kErspan;
    constexpr ParseStatus kTooShort = ParseStatus::kErspanTooShort;
    std::size_t octets = Type == 2 ? sizeof(wire::Erspan) : 0;
    if constexpr (Type == 3) {
        if (!walk.need(sizeof(wire::Erspan3), kTooShort, kLayer)) return LayerKind::kNone;
        octets = walk.view<wire::Erspan3>().octets();
    }
    if (!walk.need(octets, kTooShort, kLayer) || !walk.add(kLayer)) return LayerKind::kNone;
    walk.advance(octets);
    return walk.rest() == 0 ? LayerKind::kNone : LayerKind::kEth;
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
    if (protocol == wire::kGreErspan3) return parse_erspan<3>(walk);
    if (protocol == wire::kGreErspan) {
        return (flags & wire::kGreSequence) != 0 ? parse_erspan<2>(walk) : parse_erspan<1>(walk);
    }
    return layer_of_gre_protocol(protocol);
}

}  // namespace weir::parse
