// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/walk.hpp"
#include "wire/ip.hpp"

/// IPv4, IPv6 and its extension headers. An IP packet's own length bounds everything inside it:
/// what stands behind is padding.
namespace weir::parse {

/// The layer behind an IP header or extension header; kNone also where the payload is empty.
[[nodiscard]] inline LayerKind layer_of_protocol(const Walk& walk, std::uint8_t protocol) noexcept {
    if (walk.rest() == 0) return LayerKind::kNone;
    switch (protocol) {
        case wire::kProtocolTcp:
            return LayerKind::kTcp;
        case wire::kProtocolUdp:
            return LayerKind::kUdp;
        case wire::kProtocolIcmp:
            return LayerKind::kIcmp;
        case wire::kProtocolIcmpv6:
            return LayerKind::kIcmpv6;
        case wire::kProtocolEsp:
            return LayerKind::kEsp;
        case wire::kProtocolAh:
            return LayerKind::kAh;
        case wire::kProtocolIpv4:
            return LayerKind::kIpv4;
        case wire::kProtocolIpv6:
            return LayerKind::kIpv6;
        default:
            break;
    }
    // Extension headers exist behind IPv6 only (RFC 8200, section 4).
    if (!walk.ipv6) return LayerKind::kNone;
    switch (protocol) {
        case wire::kProtocolHopByHop:
            return LayerKind::kIpv6HopByHop;
        case wire::kProtocolRouting:
            return LayerKind::kIpv6Routing;
        case wire::kProtocolFragment:
            return LayerKind::kIpv6Fragment;
        case wire::kProtocolDestinationOptions:
            return LayerKind::kIpv6DestOpts;
        default:
            return LayerKind::kNone;
    }
}

/// Notes the network layer at walk.offset, which ends at `packet_end`. What an outer one said of a
/// transport no longer holds for the innermost.
inline void enter_network(Walk& walk, LayerKind kind, std::uint32_t packet_end) noexcept {
    PacketRecord& record = walk.record;
    const auto offset = static_cast<std::uint16_t>(walk.offset);
    if (record.outer_network == LayerKind::kNone) {
        record.outer_network = kind;
        record.outer_network_offset = offset;
    }
    record.inner_network = kind;
    record.inner_network_offset = offset;
    record.inner_transport = LayerKind::kNone;
    record.inner_transport_offset = 0;
    record.source_port = 0;
    record.destination_port = 0;
    record.network_end_offset = static_cast<std::uint16_t>(packet_end);
    walk.ipv6 = kind == LayerKind::kIpv6;
    walk.fragmented = false;
}

/// RFC 791, section 3.1.
[[nodiscard]] inline LayerKind parse_ipv4(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kIpv4;
    if (!walk.need(sizeof(wire::Ipv4), ParseStatus::kIpv4TooShort, kLayer)) {
        return LayerKind::kNone;
    }
    const auto header = walk.load<wire::Ipv4>();
    if (header.version() != 4) return walk.note(ParseStatus::kIpv4VersionInvalid, kLayer);
    if (header.ihl() < 5) return walk.note(ParseStatus::kIpv4IhlTooSmall, kLayer);
    const std::uint32_t header_octets = header.ihl() * 4;
    if (!walk.need(header_octets, ParseStatus::kIpv4OptionsBeyondFrame, kLayer) ||
        !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    const std::uint32_t total = header.total_length.host();
    if (total < header_octets) {
        enter_network(walk, kLayer, walk.offset + header_octets);
        return walk.note(ParseStatus::kIpv4TotalLengthTooSmall, kLayer);
    }
    if (total > walk.rest()) {
        walk.note(ParseStatus::kIpv4TotalLengthBeyondFrame, kLayer);
    } else {
        walk.end = walk.offset + total;
    }
    enter_network(walk, kLayer, walk.end);
    walk.advance(header_octets);
    const std::uint16_t flags_offset = header.flags_offset.host();
    if ((flags_offset & (wire::kIpv4MoreFragments | wire::kIpv4OffsetMask)) != 0) {
        walk.record.fragment |= kFragment;
        walk.fragmented = true;
        if ((flags_offset & wire::kIpv4OffsetMask) != 0) {
            walk.record.fragment |= kLaterFragment;
            return LayerKind::kNone;
        }
    }
    return layer_of_protocol(walk, header.protocol);
}

/// RFC 8200, section 3; jumbograms (RFC 2675) are refused.
[[nodiscard]] inline LayerKind parse_ipv6(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kIpv6;
    if (!walk.need(sizeof(wire::Ipv6), ParseStatus::kIpv6TooShort, kLayer)) {
        return LayerKind::kNone;
    }
    const auto header = walk.load<wire::Ipv6>();
    if (header.version() != 6) return walk.note(ParseStatus::kIpv6VersionInvalid, kLayer);
    if (!walk.add(kLayer)) return LayerKind::kNone;
    const std::uint32_t payload = header.payload_length.host();
    if (sizeof(wire::Ipv6) + payload > walk.rest()) {
        walk.note(ParseStatus::kIpv6PayloadLengthBeyondFrame, kLayer);
    } else {
        walk.end = walk.offset + static_cast<std::uint32_t>(sizeof(wire::Ipv6)) + payload;
    }
    enter_network(walk, kLayer, walk.end);
    if (payload == 0 && header.next_header == wire::kProtocolHopByHop) {
        return walk.note(ParseStatus::kIpv6Jumbogram, kLayer);
    }
    walk.advance(sizeof(wire::Ipv6));
    return layer_of_protocol(walk, header.next_header);
}

/// Hop-by-hop options, routing, destination options (RFC 8200, sections 4.3, 4.4, 4.6).
[[nodiscard]] inline LayerKind parse_ipv6_extension(Walk& walk, LayerKind kind) noexcept {
    constexpr std::uint32_t kShortest = 8;
    if (!walk.need(kShortest, ParseStatus::kIpv6ExtensionTooShort, kind)) return LayerKind::kNone;
    const auto header = walk.load<wire::Ipv6Extension>();
    if (!walk.need(header.octets(), ParseStatus::kIpv6ExtensionTooShort, kind) || !walk.add(kind)) {
        return LayerKind::kNone;
    }
    walk.advance(header.octets());
    return layer_of_protocol(walk, header.next_header);
}

/// RFC 8200, section 4.5. An atomic fragment (RFC 6946) is a whole packet.
[[nodiscard]] inline LayerKind parse_ipv6_fragment(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kIpv6Fragment;
    if (!walk.need(sizeof(wire::Ipv6Fragment), ParseStatus::kIpv6ExtensionTooShort, kLayer) ||
        !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    const auto header = walk.load<wire::Ipv6Fragment>();
    walk.advance(sizeof(wire::Ipv6Fragment));
    const unsigned offset_more = header.offset_more.host();
    if ((offset_more & 0xfff9) != 0) {
        walk.record.fragment |= kFragment;
        walk.fragmented = true;
        if (offset_more >> 3 != 0) {
            walk.record.fragment |= kLaterFragment;
            return LayerKind::kNone;
        }
    }
    return layer_of_protocol(walk, header.next_header);
}

}  // namespace weir::parse
