// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/byte_order.hpp"

namespace weir::wire {

/// IP protocol numbers, which are IPv6 next headers too (IANA).
inline constexpr std::uint8_t kProtocolHopByHop = 0;
inline constexpr std::uint8_t kProtocolIcmp = 1;
inline constexpr std::uint8_t kProtocolIpv4 = 4;
inline constexpr std::uint8_t kProtocolTcp = 6;
inline constexpr std::uint8_t kProtocolUdp = 17;
inline constexpr std::uint8_t kProtocolDccp = 33;
inline constexpr std::uint8_t kProtocolIpv6 = 41;
inline constexpr std::uint8_t kProtocolRouting = 43;
inline constexpr std::uint8_t kProtocolFragment = 44;
inline constexpr std::uint8_t kProtocolGre = 47;
inline constexpr std::uint8_t kProtocolEsp = 50;
inline constexpr std::uint8_t kProtocolAh = 51;
inline constexpr std::uint8_t kProtocolIcmpv6 = 58;
inline constexpr std::uint8_t kProtocolNoNext = 59;
inline constexpr std::uint8_t kProtocolDestinationOptions = 60;
inline constexpr std::uint8_t kProtocolL2tp = 115;  ///< Version 3, without UDP.
inline constexpr std::uint8_t kProtocolSctp = 132;
inline constexpr std::uint8_t kProtocolMobility = 135;
inline constexpr std::uint8_t kProtocolUdpLite = 136;
inline constexpr std::uint8_t kProtocolMpls = 137;
inline constexpr std::uint8_t kProtocolEthernet = 143;

/// RFC 791, section 3.1.
struct Ipv4 {
    std::uint8_t version_ihl;  ///< Version (4 bits), header length in 32-bit words (4).
    std::uint8_t tos;
    base::be16 total_length;  ///< Octets, header included.
    base::be16 id;
    base::be16 flags_offset;  ///< Reserved, DF, MF, then the fragment offset in 8-octet units.
    std::uint8_t ttl;
    std::uint8_t protocol;
    base::be16 checksum;
    std::uint8_t source[4];
    std::uint8_t destination[4];

    [[nodiscard]] unsigned version() const noexcept { return version_ihl >> 4; }
    [[nodiscard]] unsigned ihl() const noexcept { return version_ihl & 0x0f; }
};
static_assert(sizeof(Ipv4) == 20 && offsetof(Ipv4, total_length) == 2);
static_assert(offsetof(Ipv4, flags_offset) == 6 && offsetof(Ipv4, protocol) == 9);
static_assert(offsetof(Ipv4, source) == 12 && offsetof(Ipv4, destination) == 16);
/// Version 4 and five words: a header without options.
inline constexpr std::uint8_t kIpv4VersionIhlPlain = 0x45;
inline constexpr std::uint16_t kIpv4MoreFragments = 0x2000;
inline constexpr std::uint16_t kIpv4OffsetMask = 0x1fff;

/// RFC 8200, section 3.
struct Ipv6 {
    base::be32 version_class_flow;  ///< Version (4 bits), traffic class (8), flow label (20).
    base::be16 payload_length;      ///< Octets behind this header, extension headers included.
    std::uint8_t next_header;
    std::uint8_t hop_limit;
    std::uint8_t source[16];
    std::uint8_t destination[16];

    [[nodiscard]] unsigned version() const noexcept { return version_class_flow.octets[0] >> 4; }
};
static_assert(sizeof(Ipv6) == 40 && offsetof(Ipv6, payload_length) == 4);
static_assert(offsetof(Ipv6, next_header) == 6 && offsetof(Ipv6, source) == 8);
static_assert(offsetof(Ipv6, destination) == 24);

/// How hop-by-hop, routing, destination options and mobility headers begin (RFC 8200, sections 4.3
/// to 4.6; RFC 6275, section 6.1).
struct Ipv6Extension {
    std::uint8_t next_header;
    std::uint8_t length;  ///< 8-octet units behind the first 8 octets.

    [[nodiscard]] unsigned octets() const noexcept { return (length + 1U) * 8; }
};
static_assert(sizeof(Ipv6Extension) == 2);
inline constexpr std::uint8_t kOptionPad1 = 0;             ///< One octet, without length.
inline constexpr std::uint8_t kOptionJumboPayload = 0xc2;  ///< RFC 2675, section 2.

/// RFC 8200, section 4.4.
struct Ipv6Routing {
    Ipv6Extension extension;
    std::uint8_t type;
    std::uint8_t segments_left;
};
static_assert(sizeof(Ipv6Routing) == 4);

/// RFC 6275, section 6.1.
struct Ipv6Mobility {
    Ipv6Extension extension;
    std::uint8_t type;
    std::uint8_t reserved;
    base::be16 checksum;
};
static_assert(sizeof(Ipv6Mobility) == 6 && offsetof(Ipv6Mobility, type) == 2);

/// RFC 8200, section 4.5.
struct Ipv6Fragment {
    std::uint8_t next_header;
    std::uint8_t reserved;
    base::be16 offset_more;  ///< Offset in 8-octet units (13 bits), reserved (2), M flag (1).
    base::be32 id;
};
static_assert(sizeof(Ipv6Fragment) == 8 && offsetof(Ipv6Fragment, offset_more) == 2);
static_assert(offsetof(Ipv6Fragment, id) == 4);
inline constexpr std::uint16_t kIpv6MoreFragments = 0x0001;
inline constexpr std::uint16_t kIpv6OffsetMask = 0xfff8;

}  // namespace weir::wire
