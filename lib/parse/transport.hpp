// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/walk.hpp"
#include "wire/transport.hpp"

/// TCP, UDP with what its ports lead to, ICMP and ICMPv6.
namespace weir::parse {

inline void enter_transport(Walk& walk, LayerKind kind) noexcept {
    PacketRecord& record = walk.record;
    const auto offset = static_cast<std::uint16_t>(walk.offset);
    if (record.outer_transport == LayerKind::kNone) {
        record.outer_transport = kind;
        record.outer_transport_offset = offset;
    }
    record.inner_transport = kind;
    record.inner_transport_offset = offset;
}

/// RFC 9293, section 3.1.
[[nodiscard]] inline LayerKind parse_tcp(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kTcp;
    if (!walk.need(sizeof(wire::Tcp), ParseStatus::kTcpTooShort, kLayer) || !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    const auto header = walk.load<wire::Tcp>();
    enter_transport(walk, kLayer);
    walk.record.source_port = header.source_port.host();
    walk.record.destination_port = header.destination_port.host();
    if (header.data_offset() < 5) return walk.note(ParseStatus::kTcpDataOffsetTooSmall, kLayer);
    const std::uint32_t octets = header.data_offset() * 4;
    if (walk.need(octets, ParseStatus::kTcpOptionsBeyondPacket, kLayer)) walk.advance(octets);
    return LayerKind::kNone;
}

/// RFC 768. A fragment's UDP length speaks of the whole datagram and is not held against it.
[[nodiscard]] inline LayerKind parse_udp(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kUdp;
    if (!walk.need(sizeof(wire::Udp), ParseStatus::kUdpTooShort, kLayer) || !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    const auto header = walk.load<wire::Udp>();
    const std::uint16_t source = header.source_port.host();
    const std::uint16_t destination = header.destination_port.host();
    enter_transport(walk, kLayer);
    walk.record.source_port = source;
    walk.record.destination_port = destination;
    const std::uint32_t length = header.length.host();
    if (length < sizeof(wire::Udp)) return walk.note(ParseStatus::kUdpLengthTooSmall, kLayer);
    if (length <= walk.rest()) {
        walk.end = walk.offset + length;
    } else if (!walk.fragmented) {
        walk.note(ParseStatus::kUdpLengthBeyondPacket, kLayer);
    }
    walk.advance(sizeof(wire::Udp));
    const bool vxlan = source == wire::kVxlanPort || destination == wire::kVxlanPort;
    return vxlan && walk.rest() != 0 ? LayerKind::kVxlan : LayerKind::kNone;
}

/// RFC 792 and RFC 4443: type, code and checksum.
[[nodiscard]] inline LayerKind parse_icmp(Walk& walk, LayerKind kind) noexcept {
    const ParseStatus too_short =
        kind == LayerKind::kIcmp ? ParseStatus::kIcmpTooShort : ParseStatus::kIcmpv6TooShort;
    if (!walk.need(sizeof(wire::Icmp), too_short, kind) || !walk.add(kind)) {
        return LayerKind::kNone;
    }
    enter_transport(walk, kind);
    walk.advance(sizeof(wire::Icmp));
    return LayerKind::kNone;
}

/// RFC 7348, section 5. Behind it stands an Ethernet frame.
[[nodiscard]] inline LayerKind parse_vxlan(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kVxlan;
    if (!walk.need(sizeof(wire::Vxlan), ParseStatus::kVxlanTooShort, kLayer) || !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    if (walk.record.tunnel == LayerKind::kNone) {
        walk.record.tunnel = kLayer;
        walk.record.tunnel_id = walk.load<wire::Vxlan>().vni_reserved.host() >> 8;
    }
    walk.advance(sizeof(wire::Vxlan));
    return walk.rest() == 0 ? LayerKind::kNone : LayerKind::kEth;
}

}  // namespace weir::parse
