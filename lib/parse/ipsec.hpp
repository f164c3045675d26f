// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/ip.hpp"
#include "parse/walk.hpp"
#include "wire/ipsec.hpp"

/// ESP, behind which nothing is readable without keys, and AH, behind which everything is.
namespace weir::parse {

/// The record speaks of the outermost IPsec header only.
[[gnu::always_inline]] inline void enter_ipsec(Walk& walk, LayerKind kind, base::be32 spi,
                                               base::be32 sequence) noexcept {
    PacketRecord& record = walk.record;
    if (record.ipsec != LayerKind::kNone) return;
    record.ipsec = kind;
    record.spi = spi.host();
    record.sequence = sequence.host();
    record.ipsec_offset = static_cast<std::uint16_t>(walk.offset());
    record.ipsec_network_offset = record.inner_network_offset;
}

/// RFC 4303, section 2. ESP is no IPv6 extension header here: it ends what can be read.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_esp(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kEsp;
    if (!walk.need(sizeof(wire::Esp), ParseStatus::kEspTooShort, kLayer) ||
        !walk.add_transport(kLayer)) {
        return LayerKind::kNone;
    }
    const auto& header = walk.view<wire::Esp>();
    enter_ipsec(walk, kLayer, header.spi, header.sequence);
    walk.advance(sizeof(wire::Esp));
    return LayerKind::kNone;
}

/// RFC 4302, section 2.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_ah(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kAh;
    if (!walk.need(sizeof(wire::Ah), ParseStatus::kAhTooShort, kLayer)) return LayerKind::kNone;
    const auto& header = walk.view<wire::Ah>();
    const std::size_t octets = header.octets();
    const std::uint8_t next_header = header.next_header;
    if (octets < sizeof(wire::Ah)) return walk.note(ParseStatus::kAhLengthTooSmall, kLayer);
    if (!walk.need(octets, ParseStatus::kAhTooShort, kLayer) || !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    enter_ipsec(walk, kLayer, header.spi, header.sequence);
    walk.advance(octets);
    return layer_of_protocol(walk, next_header);
}

}  // namespace weir::parse
