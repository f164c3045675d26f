// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/ip.hpp"
#include "parse/walk.hpp"
#include "wire/ipsec.hpp"
#include "wire/transport.hpp"

/// ICMP, ICMPv6, and the packets that their errors quote.
namespace weir::parse {

/// Whether an ICMP message quotes a packet: destination unreachable, source quench, redirect, time
/// exceeded, parameter problem (RFC 792), or any ICMPv6 error but those of later RFCs (RFC 4443,
/// section 2.1).
[[nodiscard]] constexpr bool quotes_packet(LayerKind kind, std::uint8_t type) noexcept {
    if (kind == LayerKind::kIcmpv6) return type >= 1 && type <= 4;
    return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

/// Whether a message of this type has 8 octets at least: those of RFC 792 and RFC 950, and those of
/// RFC 4443, RFC 2710 and RFC 4861. Other types may end behind the checksum (RFC 4443,
/// section 2.1), as some do (RFC 6550, section 6.2.1: 6 octets).
[[nodiscard]] constexpr bool has_eight_octets(LayerKind kind, std::uint8_t type) noexcept {
    if (kind == LayerKind::kIcmpv6) return (type >= 1 && type <= 4) || (type >= 128 && type <= 137);
    return type == 0 || (type >= 3 && type <= 5) || type == 8 || (type >= 11 && type <= 18);
}

/// How much of a quoted layer must be there to be listed: what tells it from others. Errors quote
/// as little as 8 octets behind the IP header (RFC 792).
[[nodiscard]] constexpr std::size_t quoted_octets(LayerKind kind) noexcept {
    switch (kind) {
        case LayerKind::kIpv4:
            return sizeof(wire::Ipv4);
        case LayerKind::kIpv6:
            return sizeof(wire::Ipv6);
        case LayerKind::kEsp:
            return sizeof(wire::Esp);
        case LayerKind::kAh:
            return sizeof(wire::Ah);
        default:
            return 4;
    }
}

/// A quoted packet ends where its own length says, unless the quote ends before: what stands behind
/// may be padding and an extension structure (RFC 4884, section 4). `octets` may be no length at
/// all: some hosts change it before they quote.
[[gnu::always_inline]] inline void bound_quote(Walk& walk, std::size_t octets,
                                               std::size_t header_octets) noexcept {
    if (octets >= header_octets && octets <= walk.rest()) walk.bound(octets);
}

/// A quoted IPv4 header; what follows it.
[[nodiscard, gnu::always_inline]] inline LayerKind quote_ipv4(Walk& walk) noexcept {
    constexpr std::size_t kPlain = sizeof(wire::Ipv4);
    if (walk.rest() < kPlain || !walk.need(kPlain, ParseStatus::kIcmpTooShort, LayerKind::kIpv4)) {
        return LayerKind::kNone;
    }
    const auto& header = walk.view<wire::Ipv4>();
    const std::size_t octets = header.ihl() * std::size_t{4};
    if (header.version() != 4 || octets < kPlain || !walk.quote(LayerKind::kIpv4, octets)) {
        return LayerKind::kNone;
    }
    bound_quote(walk, header.total_length.host(), octets);
    const bool later = (header.flags_offset.host() & wire::kIpv4OffsetMask) != 0;
    const std::uint8_t protocol = header.protocol;
    walk.advance(octets);
    return later ? LayerKind::kNone : layer_of_any_protocol(protocol, false);
}

/// A quoted IPv6 header with its extension headers; what follows them.
[[nodiscard, gnu::always_inline]] inline LayerKind quote_ipv6(Walk& walk) noexcept {
    constexpr std::size_t kShortest = 8;  // Of an extension header.
    constexpr std::size_t kOctets = sizeof(wire::Ipv6);
    if (walk.rest() < kOctets ||
        !walk.need(kOctets, ParseStatus::kIcmpv6TooShort, LayerKind::kIpv6)) {
        return LayerKind::kNone;
    }
    const auto& header = walk.view<wire::Ipv6>();
    if (header.version() != 6 || !walk.quote(LayerKind::kIpv6, kOctets)) return LayerKind::kNone;
    bound_quote(walk, kOctets + header.payload_length.host(), kOctets);
    LayerKind next = layer_of_any_protocol(header.next_header, true);
    walk.advance(kOctets);
    while (is_ipv6_extension(next)) {
        if (walk.rest() < kShortest || !walk.need(kShortest, ParseStatus::kIcmpv6TooShort, next)) {
            return LayerKind::kNone;
        }
        const auto& extension = walk.view<wire::Ipv6Extension>();
        const bool fragment = next == LayerKind::kIpv6Fragment;
        const std::size_t octets = fragment ? kShortest : extension.octets();
        if (!walk.quote(next, octets)) return LayerKind::kNone;
        const bool later = fragment && (walk.view<wire::Ipv6Fragment>().offset_more.host() &
                                        wire::kIpv6OffsetMask) != 0;
        const std::uint8_t next_header = extension.next_header;
        walk.advance(octets);
        if (later) return LayerKind::kNone;
        next = layer_of_any_protocol(next_header, true);
    }
    return next;
}

/// RFC 792 and RFC 4443: type, code and checksum, and the packet that an error speaks of. That one
/// is cut as a rule, so that nothing of it is held against the message.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_icmp(Walk& walk, LayerKind kind) noexcept {
    const bool ipv4 = kind == LayerKind::kIcmp;
    const ParseStatus too_short = ipv4 ? ParseStatus::kIcmpTooShort : ParseStatus::kIcmpv6TooShort;
    if (!walk.need(sizeof(wire::Icmp), too_short, kind) || !walk.add_transport(kind)) {
        return LayerKind::kNone;
    }
    const std::uint8_t type = walk.view<wire::Icmp>().type;
    if (has_eight_octets(kind, type) && !walk.need(wire::kIcmpErrorOctets, too_short, kind)) {
        return LayerKind::kNone;
    }
    if (!quotes_packet(kind, type)) [[likely]] {
        walk.advance(sizeof(wire::Icmp));
        return LayerKind::kNone;
    }
    walk.advance(wire::kIcmpErrorOctets);
    const std::size_t payload = walk.offset();
    const LayerKind quoted = ipv4 ? quote_ipv4(walk) : quote_ipv6(walk);
    if (quoted != LayerKind::kNone) static_cast<void>(walk.quote(quoted, quoted_octets(quoted)));
    // The quote is the message's payload, which the record tells the start of.
    walk.go_back(walk.offset() - payload);
    return LayerKind::kNone;
}

}  // namespace weir::parse
