// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/byte_order.hpp"

namespace weir::wire {

/// RFC 9293, section 3.1.
struct Tcp {
    base::be16 source_port;
    base::be16 destination_port;
    base::be32 sequence;
    base::be32 acknowledgment;
    std::uint8_t offset_reserved;  ///< Data offset in 32-bit words (4 bits), reserved (4).
    std::uint8_t flags;
    base::be16 window;
    base::be16 checksum;
    base::be16 urgent_pointer;

    [[nodiscard]] unsigned data_offset() const noexcept { return offset_reserved >> 4; }
};
static_assert(sizeof(Tcp) == 20 && offsetof(Tcp, sequence) == 4);
static_assert(offsetof(Tcp, offset_reserved) == 12 && offsetof(Tcp, flags) == 13);
static_assert(offsetof(Tcp, checksum) == 16);

/// TCP option kinds (RFC 9293, section 3.2; RFC 2018; RFC 7323).
inline constexpr std::uint8_t kTcpEndOfOptions = 0;
inline constexpr std::uint8_t kTcpNoOperation = 1;
inline constexpr std::uint8_t kTcpMss = 2;
inline constexpr std::uint8_t kTcpWindowScale = 3;
inline constexpr std::uint8_t kTcpSackPermitted = 4;
inline constexpr std::uint8_t kTcpSack = 5;
inline constexpr std::uint8_t kTcpTimestamps = 8;

/// RFC 768.
struct Udp {
    base::be16 source_port;
    base::be16 destination_port;
    base::be16 length;  ///< Octets, header included.
    base::be16 checksum;
};
static_assert(sizeof(Udp) == 8 && offsetof(Udp, length) == 4 && offsetof(Udp, checksum) == 6);

/// UDP ports (IANA) that lead to what Weir parses.
inline constexpr std::uint16_t kIkePort = 500;
inline constexpr std::uint16_t kL2tpPort = 1701;
inline constexpr std::uint16_t kGtpUPort = 2152;
inline constexpr std::uint16_t kTeredoPort = 3544;
inline constexpr std::uint16_t kNatTPort = 4500;  ///< IKE, and ESP in UDP (RFC 3948).
inline constexpr std::uint16_t kGrePort = 4754;   ///< RFC 8086.
inline constexpr std::uint16_t kVxlanPort = 4789;
inline constexpr std::uint16_t kVxlanGpePort = 4790;
inline constexpr std::uint16_t kGenevePort = 6081;
inline constexpr std::uint16_t kMplsPort = 6635;        ///< RFC 7510.
inline constexpr std::uint16_t kSctpPort = 9899;        ///< RFC 6951.
inline constexpr std::uint16_t kWireGuardPort = 51820;  ///< Not assigned, but what everybody uses.

/// RFC 3828, section 3.1.
struct UdpLite {
    base::be16 source_port;
    base::be16 destination_port;
    base::be16 coverage;  ///< Octets that the checksum covers, from the header on; 0: all.
    base::be16 checksum;
};
static_assert(sizeof(UdpLite) == 8 && offsetof(UdpLite, coverage) == 4);

/// RFC 9260, section 3.1.
struct Sctp {
    base::be16 source_port;
    base::be16 destination_port;
    base::be32 verification_tag;
    base::be32 checksum;
};
static_assert(sizeof(Sctp) == 12 && offsetof(Sctp, verification_tag) == 4);

/// RFC 9260, section 3.2.
struct SctpChunk {
    std::uint8_t type;
    std::uint8_t flags;
    base::be16 length;  ///< Octets, this header included, padding not.
};
static_assert(sizeof(SctpChunk) == 4 && offsetof(SctpChunk, length) == 2);

/// The generic header of RFC 4340, section 5.1, up to where its two forms part.
struct Dccp {
    base::be16 source_port;
    base::be16 destination_port;
    std::uint8_t data_offset;  ///< 32-bit words.
    std::uint8_t ccval_coverage;
    base::be16 checksum;
    std::uint8_t reserved_type_x;  ///< Reserved (3 bits), type (4), X: 48-bit sequence numbers.
    std::uint8_t sequence[3];

    [[nodiscard]] unsigned generic_octets() const noexcept {
        return (reserved_type_x & 1) != 0 ? 16 : 12;
    }
};
static_assert(sizeof(Dccp) == 12 && offsetof(Dccp, reserved_type_x) == 8);

/// How ICMP (RFC 792) and ICMPv6 (RFC 4443, section 2.1) messages begin.
struct Icmp {
    std::uint8_t type;
    std::uint8_t code;
    base::be16 checksum;
};
static_assert(sizeof(Icmp) == 4 && offsetof(Icmp, checksum) == 2);
/// Behind so many octets of an error message stands the packet it speaks of.
inline constexpr std::size_t kIcmpErrorOctets = 8;

/// An echo request or reply (RFC 792, RFC 4443 section 4.1).
struct IcmpEcho {
    Icmp icmp;
    base::be16 id;
    base::be16 sequence;
};
static_assert(sizeof(IcmpEcho) == 8 && offsetof(IcmpEcho, id) == 4);

}  // namespace weir::wire
