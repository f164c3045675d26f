// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/walk.hpp"
#include "wire/tunnel.hpp"

namespace weir::parse {

/// More extension headers than there are types (3GPP TS 29.281, table 5.2.1-3) are an attack.
inline constexpr int kMaxGtpExtensions = 8;

/// Octets of the GTP-U header that stands at the walk's offset, extension headers included; 0 when
/// the walk has to stop. Each extension header says its length, in words, first, and the type of
/// the next in its last octet (3GPP TS 29.281, section 5.2.1).
[[nodiscard, gnu::always_inline]] inline std::size_t gtp_header_octets(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kGtpU;
    constexpr ParseStatus kBeyond = ParseStatus::kGtpExtensionBeyondMessage;
    constexpr std::uint8_t kOptional = wire::kGtpExtension | wire::kGtpSequence | wire::kGtpNpdu;
    std::size_t octets = sizeof(wire::GtpU);
    const std::uint8_t flags = walk.view<wire::GtpU>().flags;
    if ((flags & kOptional) == 0) return octets;
    octets += sizeof(wire::GtpUOptional);
    if (!walk.need(octets, ParseStatus::kGtpTooShort, kLayer)) return 0;
    if ((flags & wire::kGtpExtension) == 0) return octets;
    for (int extensions = 0; walk.octet(octets - 1) != 0; ++extensions) {
        if (extensions == kMaxGtpExtensions) {
            walk.note(ParseStatus::kTooManyLayers, kLayer);
            return 0;
        }
        if (!walk.need(octets + 1, kBeyond, kLayer)) return 0;
        const std::size_t length = walk.octet(octets) * std::size_t{4};
        if (length == 0) {
            walk.note(ParseStatus::kGtpExtensionLengthZero, kLayer);
            return 0;
        }
        octets += length;
        if (!walk.need(octets, kBeyond, kLayer)) return 0;
    }
    return octets;
}

/// 3GPP TS 32.295, section 6.1.1: GTP', which charging uses and whose header differs behind the
/// length. Later versions than there are are left alone.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_gtp_prime(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kGtpPrime;
    if (walk.octet(0) >> 5 > wire::kGtpPrimeLatest) return walk.decline();
    if (walk.need(wire::kGtpPrimeOctets, ParseStatus::kGtpTooShort, kLayer) && walk.add(kLayer)) {
        walk.advance(wire::kGtpPrimeOctets);
    }
    return LayerKind::kNone;
}

/// 3GPP TS 29.281, section 5.1. A G-PDU does not say what it carries: IP shows by its first nibble.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_gtp(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kGtpU;
    constexpr std::size_t kOctets = sizeof(wire::GtpU);
    if (!walk.need(1, ParseStatus::kGtpTooShort, kLayer)) return LayerKind::kNone;
    if ((walk.octet(0) & wire::kGtpProtocolType) == 0) return parse_gtp_prime(walk);
    if (walk.octet(0) >> 5 != 1) return walk.decline();
    if (!walk.need(kOctets, ParseStatus::kGtpTooShort, kLayer)) return LayerKind::kNone;
    const auto& header = walk.view<wire::GtpU>();
    if (!walk.add(kLayer)) return LayerKind::kNone;
    const std::size_t length = header.length.host();
    if (length <= walk.rest() - kOctets) {
        walk.bound(kOctets + length);
    } else if (!walk.in_fragment()) {
        walk.note(ParseStatus::kGtpLengthBeyondPacket, kLayer);
    }
    walk.tunnel(kLayer, header.teid.host());
    const std::size_t octets = gtp_header_octets(walk);
    if (octets == 0) return LayerKind::kNone;
    if (header.message_type != wire::kGtpGpdu || walk.rest() == octets) {
        walk.advance(octets);
        return LayerKind::kNone;
    }
    if (!walk.need(octets + 1, ParseStatus::kGtpTooShort, kLayer)) return LayerKind::kNone;
    const unsigned nibble = walk.octet(octets) >> 4;
    walk.advance(octets);
    if (nibble == 4) return LayerKind::kIpv4;
    return nibble == 6 ? LayerKind::kIpv6 : LayerKind::kNone;
}

}  // namespace weir::parse
