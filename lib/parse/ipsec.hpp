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

/// What NULL-encrypted ESP (RFC 2410) carries: `icv_octets` are its integrity check value. The walk
/// stands at the ESP header, which is there.
[[nodiscard, gnu::always_inline]] inline LayerKind enter_null_encryption(
    Walk& walk, std::size_t icv_octets) noexcept {
    constexpr LayerKind kLayer = LayerKind::kEsp;
    constexpr std::size_t kHeader = sizeof(wire::Esp);
    constexpr std::size_t kTrailer = sizeof(wire::EspTrailer);
    if (!walk.need(walk.rest(), ParseStatus::kEspTooShort, kLayer)) return LayerKind::kNone;
    if (walk.rest() < kHeader + kTrailer + icv_octets) {
        return walk.note(ParseStatus::kEspPaddingInvalid, kLayer);
    }
    const std::size_t trailer = walk.rest() - icv_octets - kTrailer;
    const auto& header = walk.view<wire::EspTrailer>(trailer);
    const std::size_t padding = header.padding_length;
    const std::uint8_t next_header = header.next_header;
    if (kHeader + padding > trailer) return walk.note(ParseStatus::kEspPaddingInvalid, kLayer);
    // RFC 4303, section 2.4: 1, 2, 3, ...; what is encrypted after all does not look like that.
    for (std::size_t i = 0; i < padding; ++i) {
        if (walk.octet(trailer - padding + i) != i + 1) {
            return walk.note(ParseStatus::kEspPaddingInvalid, kLayer);
        }
    }
    walk.bound(trailer - padding);
    walk.advance(kHeader);
    return layer_of_protocol(walk, next_header);
}

/// RFC 4303, section 2. ESP is no IPv6 extension header here: it ends what can be read, unless
/// nothing is encrypted.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_esp(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kEsp;
    if (!walk.need(sizeof(wire::Esp), ParseStatus::kEspTooShort, kLayer) ||
        !walk.add_transport(kLayer)) {
        return LayerKind::kNone;
    }
    const auto& header = walk.view<wire::Esp>();
    enter_ipsec(walk, kLayer, header.spi, header.sequence);
    const int icv_octets = walk.options.esp_null_icv_octets;
    // The trailer of a fragment is elsewhere.
    if (icv_octets < 0 || walk.in_fragment()) [[likely]] {
        walk.advance(sizeof(wire::Esp));
        return LayerKind::kNone;
    }
    return enter_null_encryption(walk, static_cast<std::size_t>(icv_octets));
}

/// What stands on the port that IKE and ESP share behind a NAT (RFC 3948, section 2): a keepalive,
/// which is added, or the non-ESP marker and IKE, or ESP.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_nat_traversal(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kEsp;
    if (walk.rest() == 1) {
        if (!walk.need(1, ParseStatus::kEspTooShort, kLayer)) return LayerKind::kNone;
        if (walk.octet(0) != wire::kNatKeepalive) return kLayer;
        if (walk.add(LayerKind::kNatKeepalive)) walk.advance(1);
        return LayerKind::kNone;
    }
    if (!walk.need(wire::kNonEspMarkerOctets, ParseStatus::kEspTooShort, kLayer)) {
        return LayerKind::kNone;
    }
    if (walk.view<base::be32>().host() != 0) return kLayer;
    if (walk.rest() == wire::kNonEspMarkerOctets) return LayerKind::kNone;
    walk.advance(wire::kNonEspMarkerOctets);
    if (!walk.need(sizeof(wire::Ike), ParseStatus::kIkeTooShort, LayerKind::kIke)) {
        return LayerKind::kNone;
    }
    if (walk.view<wire::Ike>().length.host() >= sizeof(wire::Ike)) return LayerKind::kIke;
    walk.go_back(wire::kNonEspMarkerOctets);
    return walk.decline();
}

/// RFC 2408, section 3.1; RFC 7296, section 3.1. Payloads are not read. What is too short for the
/// header, or says so itself, is no IKE: keepalives were sent to IKE's own port too.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_ike(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kIke;
    if (walk.rest() < sizeof(wire::Ike)) return walk.decline();
    if (!walk.need(sizeof(wire::Ike), ParseStatus::kIkeTooShort, kLayer)) return LayerKind::kNone;
    const std::size_t length = walk.view<wire::Ike>().length.host();
    if (length < sizeof(wire::Ike)) return walk.decline();
    if (!walk.add(kLayer)) return LayerKind::kNone;
    if (length > walk.rest() && !walk.in_fragment()) {
        walk.note(ParseStatus::kIkeLengthBeyondPacket, kLayer);
    }
    walk.advance(sizeof(wire::Ike));
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
    walk.advance_chain(octets);
    return layer_of_protocol(walk, next_header);
}

}  // namespace weir::parse
