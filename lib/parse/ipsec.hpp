// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/ip.hpp"
#include "parse/transport.hpp"
#include "parse/walk.hpp"
#include "wire/ipsec.hpp"

/// ESP, behind which nothing is readable without keys, and AH, behind which everything is.
namespace weir::parse {

inline void enter_ipsec(Walk& walk, LayerKind kind, std::uint32_t spi,
                        std::uint32_t sequence) noexcept {
    PacketRecord& record = walk.record;
    if (record.ipsec != LayerKind::kNone) return;
    record.ipsec = kind;
    record.spi = spi;
    record.sequence = sequence;
    record.ipsec_offset = static_cast<std::uint16_t>(walk.offset);
    record.ipsec_network_offset = record.inner_network_offset;
}

/// RFC 4303, section 2. ESP is no IPv6 extension header here: it ends what can be read.
[[nodiscard]] inline LayerKind parse_esp(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kEsp;
    if (!walk.need(sizeof(wire::Esp), ParseStatus::kEspTooShort, kLayer) || !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    const auto header = walk.load<wire::Esp>();
    enter_transport(walk, kLayer);
    enter_ipsec(walk, kLayer, header.spi.host(), header.sequence.host());
    walk.advance(sizeof(wire::Esp));
    return LayerKind::kNone;
}

/// RFC 4302, section 2.
[[nodiscard]] inline LayerKind parse_ah(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kAh;
    if (!walk.need(sizeof(wire::Ah), ParseStatus::kAhTooShort, kLayer)) return LayerKind::kNone;
    const auto header = walk.load<wire::Ah>();
    if (header.octets() < sizeof(wire::Ah)) {
        return walk.note(ParseStatus::kAhLengthTooSmall, kLayer);
    }
    if (!walk.need(header.octets(), ParseStatus::kAhTooShort, kLayer) || !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    enter_ipsec(walk, kLayer, header.spi.host(), header.sequence.host());
    walk.advance(header.octets());
    return layer_of_protocol(walk, header.next_header);
}

}  // namespace weir::parse
