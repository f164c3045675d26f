// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/walk.hpp"
#include "wire/transport.hpp"

/// TCP, UDP with what its ports lead to, ICMP and ICMPv6.
namespace weir::parse {

/// RFC 9293, section 3.1.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_tcp(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kTcp;
    if (!walk.need(sizeof(wire::Tcp), ParseStatus::kTcpTooShort, kLayer) ||
        !walk.add_transport(kLayer)) {
        return LayerKind::kNone;
    }
    const auto& header = walk.view<wire::Tcp>();
    walk.record.source_port = header.source_port.host();
    walk.record.destination_port = header.destination_port.host();
    const std::size_t octets = header.data_offset() * std::size_t{4};
    if (octets < sizeof(wire::Tcp)) [[unlikely]] {
        return walk.note(ParseStatus::kTcpDataOffsetTooSmall, kLayer);
    }
    if (walk.need(octets, ParseStatus::kTcpOptionsBeyondPacket, kLayer)) walk.advance(octets);
    return LayerKind::kNone;
}

/// What a UDP port, on either side, leads to.
[[nodiscard, gnu::always_inline]] inline LayerKind layer_of_udp_ports(
    std::uint16_t source, std::uint16_t destination) noexcept {
    if (source == wire::kVxlanPort || destination == wire::kVxlanPort) return LayerKind::kVxlan;
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
    const std::uint16_t source = header.source_port.host();
    const std::uint16_t destination = header.destination_port.host();
    walk.record.source_port = source;
    walk.record.destination_port = destination;
    const std::size_t length = header.length.host();
    if (length < kOctets) [[unlikely]] {
        return walk.note(ParseStatus::kUdpLengthTooSmall, kLayer);
    }
    const bool beyond = length > walk.rest();
    if (beyond && walk.record.flags == 0) [[unlikely]] {
        walk.note(ParseStatus::kUdpLengthBeyondPacket, kLayer);
    }
    const LayerKind next = layer_of_udp_ports(source, destination);
    if (next != LayerKind::kNone && !beyond) walk.bound(length);
    walk.advance(kOctets);
    return walk.rest() == 0 ? LayerKind::kNone : next;
}

/// RFC 792 and RFC 4443: type, code and checksum.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_icmp(Walk& walk, LayerKind kind) noexcept {
    const ParseStatus too_short =
        kind == LayerKind::kIcmp ? ParseStatus::kIcmpTooShort : ParseStatus::kIcmpv6TooShort;
    if (!walk.need(sizeof(wire::Icmp), too_short, kind) || !walk.add_transport(kind)) {
        return LayerKind::kNone;
    }
    walk.advance(sizeof(wire::Icmp));
    return LayerKind::kNone;
}

}  // namespace weir::parse
