// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/ethernet.hpp"
#include "parse/walk.hpp"
#include "wire/tunnel.hpp"

/// MPLS label stacks and pseudowires.
namespace weir::parse {

/// Whether a control word with an Ethernet frame behind it stands behind the label stack entry at
/// the walk's offset. Other pseudowires have control words too, and frames without one may begin
/// with the same nibble: so its other bits have to be zero as RFC 4448, section 4.6 wants them, and
/// the frame has to carry what is known, or a length that fits.
[[nodiscard, gnu::always_inline]] inline bool leads_to_ethernet(Walk& walk) noexcept {
    constexpr std::size_t kControlWord = sizeof(wire::MplsEntry);
    constexpr std::size_t kFrame = kControlWord + sizeof(wire::PseudowireControlWord);
    constexpr std::size_t kOctets = kFrame + sizeof(wire::Ethernet);
    if (walk.rest() < kOctets ||
        !walk.need(kOctets, ParseStatus::kMplsTooShort, LayerKind::kMpls)) {
        return false;
    }
    if (walk.view<wire::PseudowireControlWord>(kControlWord).flags_length.host() != 0) return false;
    const std::size_t type = walk.view<wire::Ethernet>(kFrame).ether_type.host();
    return type <= wire::kEthernetLengthMax
               ? type <= walk.rest() - kOctets
               : layer_of_ether_type(static_cast<std::uint16_t>(type)) != LayerKind::kNone;
}

/// RFC 3032, section 2.1: one label stack entry. What a bottom entry carries, nothing says; by
/// convention (RFC 4928, section 3) an IP packet shows by its first nibble, and so does a
/// pseudowire's control word (RFC 4385, section 3).
[[nodiscard, gnu::always_inline]] inline LayerKind parse_mpls(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kMpls;
    constexpr std::size_t kOctets = sizeof(wire::MplsEntry);
    if (!walk.need(kOctets, ParseStatus::kMplsTooShort, kLayer)) return LayerKind::kNone;
    const auto& header = walk.view<wire::MplsEntry>();
    if (!walk.add(kLayer)) return LayerKind::kNone;
    if (walk.in_network()) {
        walk.tunnel(kLayer, header.label());
    } else {
        if (walk.record.mpls_count == 0) walk.record.mpls_entry = header.entry.host();
        ++walk.record.mpls_count;
    }
    if (!header.bottom()) {
        walk.advance(kOctets);
        return kLayer;
    }
    if (header.label() == wire::kMplsGal || walk.rest() == kOctets) {
        walk.advance(kOctets);
        return LayerKind::kNone;
    }
    if (!walk.need(kOctets + 1, ParseStatus::kMplsTooShort, kLayer)) return LayerKind::kNone;
    const unsigned nibble = walk.octet(kOctets) >> 4;
    if (nibble == 0) {
        const bool pseudowire = leads_to_ethernet(walk);
        walk.advance(kOctets);
        return pseudowire ? LayerKind::kPseudowire : LayerKind::kNone;
    }
    walk.advance(kOctets);
    if (nibble == 4) return LayerKind::kIpv4;
    return nibble == 6 ? LayerKind::kIpv6 : LayerKind::kNone;
}

/// RFC 4385, section 3, with Ethernet inside (RFC 4448). Stands behind a label stack entry only,
/// which saw that it and the frame's header are there.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_pseudowire(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kPseudowire;
    constexpr std::size_t kOctets = sizeof(wire::PseudowireControlWord);
    if (!walk.add(kLayer)) return LayerKind::kNone;
    walk.tunnel(kLayer, walk.previous<wire::MplsEntry>().label());
    walk.advance(kOctets);
    return LayerKind::kEth;
}

}  // namespace weir::parse
