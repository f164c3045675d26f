// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/walk.hpp"
#include "wire/transport.hpp"

/// TCP, UDP with what its ports lead to, UDP-Lite, SCTP, DCCP.
namespace weir::parse {

/// RFC 9293, section 3.1.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_tcp(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kTcp;
    if (!walk.need(sizeof(wire::Tcp), ParseStatus::kTcpTooShort, kLayer) ||
        !walk.add_transport(kLayer)) {
        return LayerKind::kNone;
    }
    const auto& header = walk.view<wire::Tcp>();
    walk.ports(header.source_port, header.destination_port);
    const std::size_t octets = header.data_offset() * std::size_t{4};
    if (octets < sizeof(wire::Tcp)) [[unlikely]] {
        return walk.note(ParseStatus::kTcpDataOffsetTooSmall, kLayer);
    }
    if (walk.need(octets, ParseStatus::kTcpOptionsBeyondPacket, kLayer)) walk.advance(octets);
    return LayerKind::kNone;
}

/// RFC 768. A fragment's UDP length speaks of the whole datagram and is not held against it.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_udp(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kUdp;
    constexpr std::size_t kOctets = sizeof(wire::Udp);
    if (!walk.need(kOctets, ParseStatus::kUdpTooShort, kLayer) || !walk.add_transport(kLayer)) {
        return LayerKind::kNone;
    }
    const auto& header = walk.view<wire::Udp>();
    walk.ports(header.source_port, header.destination_port);
    const std::size_t length = header.length.host();
    if (length < kOctets) [[unlikely]] {
        return walk.note(ParseStatus::kUdpLengthTooSmall, kLayer);
    }
    const bool beyond = length > walk.rest();
    if (beyond && !walk.in_fragment()) [[unlikely]] {
        walk.note(ParseStatus::kUdpLengthBeyondPacket, kLayer);
    }
    const UdpPorts::Carried carried =
        walk.options.udp_ports.carried(walk.record.source_port, walk.record.destination_port);
    if (carried.kind == LayerKind::kNone) [[likely]] {
        walk.advance(kOctets);
        return LayerKind::kNone;
    }
    if (!beyond) walk.bound(length);
    walk.advance(kOctets);
    if (walk.rest() == 0) return LayerKind::kNone;
    // ESP in UDP shares its port with IKE and keepalives, which is looked into first.
    const auto looked_into = [](LayerKind kind) {
        return kind == LayerKind::kEsp ? LayerKind::kNatKeepalive : kind;
    };
    walk.expect(looked_into(carried.otherwise));
    return looked_into(carried.kind);
}

/// RFC 3828, section 3.1. In a fragment the coverage speaks of the whole packet.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_udp_lite(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kUdpLite;
    constexpr std::size_t kOctets = sizeof(wire::UdpLite);
    if (!walk.need(kOctets, ParseStatus::kUdpLiteTooShort, kLayer) || !walk.add_transport(kLayer)) {
        return LayerKind::kNone;
    }
    const auto& header = walk.view<wire::UdpLite>();
    walk.ports(header.source_port, header.destination_port);
    const std::size_t coverage = header.coverage.host();
    if ((coverage != 0 && coverage < kOctets) || (coverage > walk.rest() && !walk.in_fragment())) {
        walk.note(ParseStatus::kUdpLiteCoverageInvalid, kLayer);
    }
    walk.advance(kOctets);
    return LayerKind::kNone;
}

/// RFC 9260, section 3. Of the chunks only the first is held against the packet, so that the work
/// does not grow with their number.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_sctp(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kSctp;
    constexpr std::size_t kOctets = sizeof(wire::Sctp);
    if (!walk.need(kOctets, ParseStatus::kSctpTooShort, kLayer) || !walk.add_transport(kLayer)) {
        return LayerKind::kNone;
    }
    const auto& header = walk.view<wire::Sctp>();
    walk.ports(header.source_port, header.destination_port);
    if (walk.rest() > kOctets) {
        if (!walk.need(kOctets + sizeof(wire::SctpChunk), ParseStatus::kSctpChunkTooShort,
                       kLayer)) {
            return LayerKind::kNone;
        }
        const std::size_t chunk = walk.view<wire::SctpChunk>(kOctets).length.host();
        if (chunk < sizeof(wire::SctpChunk)) {
            return walk.note(ParseStatus::kSctpChunkLengthTooSmall, kLayer);
        }
        if (kOctets + chunk > walk.rest() && !walk.in_fragment()) {
            return walk.note(ParseStatus::kSctpChunkBeyondPacket, kLayer);
        }
    }
    walk.advance(kOctets);
    return LayerKind::kNone;
}

/// RFC 4340, section 5.1.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_dccp(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kDccp;
    constexpr ParseStatus kTooShort = ParseStatus::kDccpTooShort;
    if (!walk.need(sizeof(wire::Dccp), kTooShort, kLayer) || !walk.add_transport(kLayer)) {
        return LayerKind::kNone;
    }
    const auto& header = walk.view<wire::Dccp>();
    walk.ports(header.source_port, header.destination_port);
    if (!walk.need(header.generic_octets(), kTooShort, kLayer)) return LayerKind::kNone;
    const std::size_t octets = header.data_offset * std::size_t{4};
    if (octets < header.generic_octets()) {
        return walk.note(ParseStatus::kDccpDataOffsetTooSmall, kLayer);
    }
    if (walk.need(octets, ParseStatus::kDccpHeaderBeyondPacket, kLayer)) walk.advance(octets);
    return LayerKind::kNone;
}

}  // namespace weir::parse
