// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/ethernet.hpp"
#include "parse/walk.hpp"
#include "wire/tunnel.hpp"

namespace weir::parse {

/// RFC 8926, section 3.4. Each option is held against the options' length (section 3.5): there are
/// no more than 63.
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
    while (at < octets) at += walk.view<wire::GeneveOption>(at).octets();
    if (at != octets) walk.note(ParseStatus::kGeneveOptionBeyondHeader, kLayer);
    const std::uint16_t protocol = header.protocol.host();
    walk.advance(octets);
    return walk.rest() == 0 ? LayerKind::kNone : layer_of_ether_type(protocol);
}

}  // namespace weir::parse
