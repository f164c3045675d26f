// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/ethernet.hpp"
#include "parse/walk.hpp"
#include "wire/tunnel.hpp"

namespace weir::parse {

/// So many Geneve options are held against the options' length; there may be 63, which would be the
/// most work of all.
inline constexpr int kMaxGeneveOptions = 8;

/// RFC 8926, section 3.4; options section 3.5.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_geneve(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kGeneve;
    constexpr std::size_t kOctets = sizeof(wire::Geneve);
    if (!walk.need(kOctets, ParseStatus::kGeneveTooShort, kLayer)) return LayerKind::kNone;
    const auto& header = walk.view<wire::Geneve>();
    if (header.version() != 0) return walk.note(ParseStatus::kGeneveVersionInvalid, kLayer);
    if (!walk.add(kLayer)) return LayerKind::kNone;
    walk.tunnel(kLayer, header.vni());
    const std::size_t octets = kOctets + header.options_octets();
    if (!walk.need(octets, ParseStatus::kGeneveOptionsBeyondPacket, kLayer)) {
        return LayerKind::kNone;
    }
    std::size_t at = kOctets;
    for (int options = 0; at < octets && options < kMaxGeneveOptions; ++options) {
        at += walk.view<wire::GeneveOption>(at).octets();
    }
    if (at > octets) walk.note(ParseStatus::kGeneveOptionBeyondHeader, kLayer);
    const std::uint16_t protocol = header.protocol.host();
    walk.advance(octets);
    return walk.rest() == 0 ? LayerKind::kNone : layer_of_ether_type(protocol);
}

}  // namespace weir::parse
