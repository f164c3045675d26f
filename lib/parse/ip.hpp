// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/walk.hpp"
#include "wire/ip.hpp"

/// IPv4, IPv6 and its extension headers. An IP packet's own length bounds everything inside it:
/// what stands behind is padding.
namespace weir::parse {

/// What an IPv4 protocol or (`ipv6`) an IPv6 next header number leads to. Extension headers exist
/// behind IPv6 only (RFC 8200, section 4).
[[nodiscard]] inline LayerKind layer_of_any_protocol(std::uint8_t protocol, bool ipv6) noexcept {
    switch (protocol) {
        case wire::kProtocolIcmp:
            return LayerKind::kIcmp;
        case wire::kProtocolIpv4:
            return LayerKind::kIpv4;
        case wire::kProtocolTcp:
            return LayerKind::kTcp;
        case wire::kProtocolUdp:
            return LayerKind::kUdp;
        case wire::kProtocolDccp:
            return LayerKind::kDccp;
        case wire::kProtocolIpv6:
            return LayerKind::kIpv6;
        case wire::kProtocolGre:
            return LayerKind::kGre;
        case wire::kProtocolEsp:
            return LayerKind::kEsp;
        case wire::kProtocolAh:
            return LayerKind::kAh;
        case wire::kProtocolIcmpv6:
            return LayerKind::kIcmpv6;
        case wire::kProtocolL2tp:
            return LayerKind::kL2tp;
        case wire::kProtocolSctp:
            return LayerKind::kSctp;
        case wire::kProtocolUdpLite:
            return LayerKind::kUdpLite;
        case wire::kProtocolMpls:
            return LayerKind::kMpls;
        case wire::kProtocolEthernet:
            return LayerKind::kEth;
        case wire::kProtocolHopByHop:
            return ipv6 ? LayerKind::kIpv6HopByHop : LayerKind::kNone;
        case wire::kProtocolRouting:
            return ipv6 ? LayerKind::kIpv6Routing : LayerKind::kNone;
        case wire::kProtocolFragment:
            return ipv6 ? LayerKind::kIpv6Fragment : LayerKind::kNone;
        case wire::kProtocolDestinationOptions:
            return ipv6 ? LayerKind::kIpv6DestOpts : LayerKind::kNone;
        case wire::kProtocolMobility:
            return ipv6 ? LayerKind::kIpv6Mobility : LayerKind::kNone;
        default:
            return LayerKind::kNone;
    }
}

/// Whether `kind` is read as a part of IPv6: a next header field, a length, and what they say.
[[nodiscard]] constexpr bool is_ipv6_extension(LayerKind kind) noexcept {
    return kind == LayerKind::kIpv6HopByHop || kind == LayerKind::kIpv6DestOpts ||
           kind == LayerKind::kIpv6Routing || kind == LayerKind::kIpv6Fragment ||
           kind == LayerKind::kIpv6Mobility;
}

/// The layer behind an IP header or extension header; kNone also where the payload is empty.
[[nodiscard, gnu::always_inline]] inline LayerKind layer_of_protocol(
    const Walk& walk, std::uint8_t protocol) noexcept {
    if (walk.rest() == 0) return LayerKind::kNone;
    // Most packets by far: two comparisons cost less than the switch's indirect jump mispredicted.
    if (protocol == wire::kProtocolTcp) return LayerKind::kTcp;
    if (protocol == wire::kProtocolUdp) return LayerKind::kUdp;
    return layer_of_any_protocol(protocol, walk.record.inner_network == LayerKind::kIpv6);
}

/// Bounds the walk by an IP packet's own length, `octets` from its header on. A length past the end
/// of what encloses the packet is a defect, but for one inside a first fragment: that packet goes
/// on in the later ones.
[[gnu::always_inline]] inline void bound_packet(Walk& walk, LayerKind kind, std::size_t octets,
                                                ParseStatus beyond) noexcept {
    if (octets <= walk.rest()) [[likely]] {
        walk.bound(octets);
    } else if (!walk.in_fragment()) {
        walk.note(beyond, kind);
    }
    walk.record.network_end_offset =
        static_cast<std::uint16_t>(std::min(walk.end(), kMaxFrameBytes));
}

/// RFC 791, section 3.1.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_ipv4(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kIpv4;
    if (!walk.need(sizeof(wire::Ipv4), ParseStatus::kIpv4TooShort, kLayer)) {
        return LayerKind::kNone;
    }
    const auto& header = walk.view<wire::Ipv4>();
    std::size_t header_octets = sizeof(wire::Ipv4);
    if (header.version_ihl != wire::kIpv4VersionIhlPlain) [[unlikely]] {
        if (header.version() != 4) return walk.note(ParseStatus::kIpv4VersionInvalid, kLayer);
        if (header.ihl() < 5) return walk.note(ParseStatus::kIpv4IhlTooSmall, kLayer);
        header_octets = header.ihl() * std::size_t{4};
        if (!walk.need(header_octets, ParseStatus::kIpv4OptionsBeyondFrame, kLayer)) {
            return LayerKind::kNone;
        }
    }
    if (!walk.add_network(kLayer)) return LayerKind::kNone;
    const std::size_t total = header.total_length.host();
    if (total < header_octets) [[unlikely]] {
        walk.bound(header_octets);
        walk.record.network_end_offset = static_cast<std::uint16_t>(walk.end());
        return walk.note(ParseStatus::kIpv4TotalLengthTooSmall, kLayer);
    }
    bound_packet(walk, kLayer, total, ParseStatus::kIpv4TotalLengthBeyondFrame);
    walk.advance(header_octets);
    const std::uint16_t flags_offset = header.flags_offset.host();
    if ((flags_offset & (wire::kIpv4MoreFragments | wire::kIpv4OffsetMask)) != 0) [[unlikely]] {
        walk.record.flags |= kFragment;
        if ((flags_offset & wire::kIpv4OffsetMask) != 0) {
            walk.record.flags |= kLaterFragment;
            return LayerKind::kNone;
        }
        walk.enter_fragment();
    }
    return layer_of_protocol(walk, header.protocol);
}

enum class Jumbo : std::uint8_t { kNo, kYes, kUnknown };

/// Whether an IPv6 packet with payload length 0 carries a jumbo payload option in the hop-by-hop
/// header behind it (RFC 2675, section 2); unknown where the capture ends too early. Only the first
/// options count, as RFC 8504, section 5.3 allows, so that the work is bounded.
[[nodiscard]] inline Jumbo has_jumbo_option(std::span<const std::byte> captured,
                                            std::size_t on_wire) noexcept {
    constexpr int kMaxOptions = 8;
    if (on_wire < sizeof(wire::Ipv6Extension)) return Jumbo::kNo;
    if (captured.size() < sizeof(wire::Ipv6Extension)) return Jumbo::kUnknown;
    const auto& header = wire::view<wire::Ipv6Extension>(captured.data());
    const std::size_t end = std::min<std::size_t>(header.octets(), on_wire);
    std::size_t at = sizeof(wire::Ipv6Extension);
    for (int option = 0; option < kMaxOptions && at < end; ++option) {
        if (at >= captured.size()) return Jumbo::kUnknown;
        const auto type = std::to_integer<std::uint8_t>(captured[at]);
        if (type == wire::kOptionJumboPayload) return Jumbo::kYes;
        if (type == wire::kOptionPad1) {
            ++at;
            continue;
        }
        if (at + 1 >= end) return Jumbo::kNo;
        if (at + 1 >= captured.size()) return Jumbo::kUnknown;
        at += 2 + std::to_integer<std::size_t>(captured[at + 1]);
    }
    return Jumbo::kNo;
}

/// RFC 8200, section 3; jumbograms (RFC 2675) are refused.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_ipv6(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kIpv6;
    constexpr std::size_t kOctets = sizeof(wire::Ipv6);
    if (!walk.need(kOctets, ParseStatus::kIpv6TooShort, kLayer)) return LayerKind::kNone;
    const auto& header = walk.view<wire::Ipv6>();
    if (header.version() != 6) return walk.note(ParseStatus::kIpv6VersionInvalid, kLayer);
    if (!walk.add_network(kLayer)) return LayerKind::kNone;
    const std::size_t payload = header.payload_length.host();
    const std::uint8_t next_header = header.next_header;
    Jumbo jumbo = Jumbo::kNo;
    if (payload == 0 && next_header == wire::kProtocolHopByHop) [[unlikely]] {
        jumbo = has_jumbo_option(walk.captured_behind(kOctets), walk.rest() - kOctets);
    }
    bound_packet(walk, kLayer, kOctets + payload, ParseStatus::kIpv6PayloadLengthBeyondFrame);
    if (jumbo != Jumbo::kNo) [[unlikely]] {
        return jumbo == Jumbo::kYes ? walk.note(ParseStatus::kIpv6Jumbogram, kLayer)
                                    : walk.truncated(kLayer);
    }
    walk.advance(kOctets);
    return layer_of_protocol(walk, next_header);
}

/// Hop-by-hop options, routing, destination options (RFC 8200, sections 4.3, 4.4, 4.6), mobility
/// (RFC 6275, section 6.1).
[[nodiscard, gnu::always_inline]] inline LayerKind parse_ipv6_extension(Walk& walk,
                                                                        LayerKind kind) noexcept {
    constexpr std::size_t kShortest = 8;
    if (!walk.need(kShortest, ParseStatus::kIpv6ExtensionTooShort, kind)) return LayerKind::kNone;
    const auto& header = walk.view<wire::Ipv6Extension>();
    const std::size_t octets = header.octets();
    const std::uint8_t next_header = header.next_header;
    if (!walk.need(octets, ParseStatus::kIpv6ExtensionTooShort, kind) || !walk.add(kind)) {
        return LayerKind::kNone;
    }
    walk.advance_chain(octets);
    return layer_of_protocol(walk, next_header);
}

/// RFC 8200, section 4.5. An atomic fragment (RFC 6946) is a whole packet.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_ipv6_fragment(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kIpv6Fragment;
    if (!walk.need(sizeof(wire::Ipv6Fragment), ParseStatus::kIpv6ExtensionTooShort, kLayer) ||
        !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    const auto& header = walk.view<wire::Ipv6Fragment>();
    const std::uint16_t offset_more = header.offset_more.host();
    const std::uint8_t next_header = header.next_header;
    walk.advance_chain(sizeof(wire::Ipv6Fragment));
    if ((offset_more & (wire::kIpv6OffsetMask | wire::kIpv6MoreFragments)) != 0) {
        walk.record.flags |= kFragment;
        if ((offset_more & wire::kIpv6OffsetMask) != 0) {
            walk.record.flags |= kLaterFragment;
            return LayerKind::kNone;
        }
        walk.enter_fragment();
    }
    return layer_of_protocol(walk, next_header);
}

}  // namespace weir::parse
