// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/byte_order.hpp"

/// Headers that carry whole packets or frames of others.
namespace weir::wire {

/// One label stack entry (RFC 3032, section 2.1): label (20 bits), traffic class (3), bottom of
/// stack (1), TTL (8).
struct MplsEntry {
    base::be32 entry;

    [[nodiscard]] std::uint32_t label() const noexcept { return entry.host() >> 12; }
    [[nodiscard]] unsigned traffic_class() const noexcept { return entry.octets[2] >> 1 & 7; }
    [[nodiscard]] bool bottom() const noexcept { return (entry.octets[2] & 1) != 0; }
    [[nodiscard]] unsigned ttl() const noexcept { return entry.octets[3]; }
};
static_assert(sizeof(MplsEntry) == 4);
/// The label of a generic associated channel (RFC 5586): what follows is no packet of a user.
inline constexpr std::uint32_t kMplsGal = 13;

/// RFC 4385, section 3.
struct PseudowireControlWord {
    base::be16 flags_length;
    base::be16 sequence;
};
static_assert(sizeof(PseudowireControlWord) == 4);

/// RFC 1662, section 3.1: in front of a PPP protocol field, where they are not left out.
inline constexpr std::uint8_t kPppAddress = 0xff;
inline constexpr std::uint8_t kPppControl = 0x03;
/// PPP protocol numbers (IANA).
inline constexpr std::uint16_t kPppIpv4 = 0x0021;
inline constexpr std::uint16_t kPppIpv6 = 0x0057;
inline constexpr std::uint16_t kPppMpls = 0x0281;
inline constexpr std::uint16_t kPppMplsMulticast = 0x0283;

/// RFC 2784, section 2, with the fields of RFC 2890 and, as version 1, RFC 2637, section 4.1; up to
/// the optional fields.
struct Gre {
    base::be16 flags_version;
    base::be16 protocol;  ///< An EtherType, or one of those below.

    [[nodiscard]] unsigned version() const noexcept { return flags_version.octets[1] & 7; }
    [[nodiscard]] bool has_checksum_word() const noexcept {
        return (flags_version.octets[0] & 0xc0) != 0;
    }
    /// With all optional fields but RFC 1701's routing.
    [[nodiscard]] unsigned octets() const noexcept;
};
static_assert(sizeof(Gre) == 4);
inline constexpr std::uint16_t kGreChecksum = 0x8000;
inline constexpr std::uint16_t kGreRouting = 0x4000;  ///< RFC 1701 only.
inline constexpr std::uint16_t kGreKey = 0x2000;
inline constexpr std::uint16_t kGreSequence = 0x1000;
inline constexpr std::uint16_t kGreAcknowledgment = 0x0080;  ///< Version 1 only.
inline constexpr std::uint16_t kGrePpp = 0x880b;
inline constexpr std::uint16_t kGreErspan = 0x88be;  ///< Type II, or I where there is no sequence.
inline constexpr std::uint16_t kGreErspan3 = 0x22eb;

inline unsigned Gre::octets() const noexcept {
    const unsigned flags = flags_version.host();
    const unsigned acknowledgment = version() == 1 ? flags >> 7 & 1 : 0;
    // Checksum and routing offset share a word, which is there for either (RFC 1701).
    return 4 * (1 + (has_checksum_word() ? 1 : 0) + (flags >> 13 & 1) + (flags >> 12 & 1) +
                acknowledgment);
}

/// Draft-foschiano-erspan, section 4.2: type II.
struct Erspan {
    base::be16 version_vlan;
    base::be16 cos_session;  ///< Session: the last 10 bits.
    base::be32 index;

    [[nodiscard]] unsigned version() const noexcept { return version_vlan.octets[0] >> 4; }
};
inline constexpr unsigned kErspanVersion2 = 1;  ///< The version field of type II.
inline constexpr unsigned kErspanVersion3 = 2;  ///< And of type III.
static_assert(sizeof(Erspan) == 8);

/// Draft-foschiano-erspan, section 4.3: type III, up to its optional 8 octets.
struct Erspan3 {
    base::be16 version_vlan;
    base::be16 cos_session;
    base::be32 timestamp;
    base::be16 sgt;
    base::be16 flags;  ///< P, frame type (5 bits), …; the last bit: the optional sub-header is
                       ///< there.

    [[nodiscard]] unsigned octets() const noexcept { return (flags.octets[1] & 1) != 0 ? 20 : 12; }
    [[nodiscard]] unsigned frame_type() const noexcept { return flags.octets[0] >> 2 & 0x1f; }
};
inline constexpr unsigned kErspanEthernet = 0;  ///< Frame types.
inline constexpr unsigned kErspanIp = 2;
static_assert(sizeof(Erspan3) == 12 && offsetof(Erspan3, flags) == 10);

/// RFC 7348, section 5.
struct Vxlan {
    std::uint8_t flags;
    std::uint8_t reserved[3];
    base::be32 vni_reserved;  ///< VNI (24 bits), reserved (8).

    [[nodiscard]] std::uint32_t vni() const noexcept { return vni_reserved.host() >> 8; }
};
static_assert(sizeof(Vxlan) == 8 && offsetof(Vxlan, vni_reserved) == 4);

/// Draft-ietf-nvo3-vxlan-gpe, section 3.
struct VxlanGpe {
    std::uint8_t flags;
    std::uint8_t reserved[2];
    std::uint8_t next_protocol;
    base::be32 vni_reserved;

    [[nodiscard]] std::uint32_t vni() const noexcept { return vni_reserved.host() >> 8; }
};
static_assert(sizeof(VxlanGpe) == 8 && offsetof(VxlanGpe, vni_reserved) == 4);
inline constexpr std::uint8_t kVxlanGpeHasProtocol = 0x04;  ///< The P flag.
inline constexpr std::uint8_t kVxlanGpeIpv4 = 1;
inline constexpr std::uint8_t kVxlanGpeIpv6 = 2;
inline constexpr std::uint8_t kVxlanGpeEthernet = 3;
inline constexpr std::uint8_t kVxlanGpeMpls = 5;

/// RFC 8926, section 3.4, up to the options.
struct Geneve {
    std::uint8_t version_options;  ///< Version (2 bits), length of the options in words (6).
    std::uint8_t flags;
    base::be16 protocol;  ///< An EtherType.
    base::be32 vni_reserved;

    [[nodiscard]] unsigned version() const noexcept { return version_options >> 6; }
    [[nodiscard]] unsigned options_octets() const noexcept { return (version_options & 0x3fU) * 4; }
    [[nodiscard]] std::uint32_t vni() const noexcept { return vni_reserved.host() >> 8; }
};
static_assert(sizeof(Geneve) == 8 && offsetof(Geneve, vni_reserved) == 4);

/// RFC 8926, section 3.5.
struct GeneveOption {
    base::be16 option_class;
    std::uint8_t type;
    std::uint8_t length;  ///< Words behind these four octets: the last 5 bits.

    [[nodiscard]] unsigned octets() const noexcept { return 4 * (1 + (length & 0x1fU)); }
};
static_assert(sizeof(GeneveOption) == 4);

/// 3GPP TS 29.281, section 5.1, up to the optional fields.
struct GtpU {
    std::uint8_t flags;  ///< Version (3 bits), PT, reserved, E, S, PN.
    std::uint8_t message_type;
    base::be16 length;  ///< Octets behind these eight.
    base::be32 teid;

    [[nodiscard]] unsigned version() const noexcept { return flags >> 5; }
};
static_assert(sizeof(GtpU) == 8 && offsetof(GtpU, teid) == 4);
inline constexpr std::uint8_t kGtpProtocolType = 0x10;  ///< Set: GTP; clear: GTP'.
inline constexpr unsigned kGtpPrimeLatest =
    2;  ///< Versions 0 to 2 (3GPP TS 32.295, section 6.1.1).
inline constexpr std::uint8_t kGtpExtension = 0x04;
inline constexpr std::uint8_t kGtpSequence = 0x02;
inline constexpr std::uint8_t kGtpNpdu = 0x01;
inline constexpr std::uint8_t kGtpGpdu = 255;  ///< The message type that carries packets.

/// A GTP' header ends behind its length and a sequence number (3GPP TS 32.295, section 6.1.1).
inline constexpr std::size_t kGtpPrimeOctets = 6;

/// What follows when one of E, S and PN is set (3GPP TS 29.281, section 5.1).
struct GtpUOptional {
    base::be16 sequence;
    std::uint8_t npdu;
    std::uint8_t next_extension;  ///< 0: none.
};
static_assert(sizeof(GtpUOptional) == 4);

/// RFC 2661, section 3.1 and RFC 3931, section 4.1.2: how every L2TP header in UDP begins.
struct L2tp {
    base::be16 flags_version;

    [[nodiscard]] unsigned version() const noexcept { return flags_version.octets[1] & 0x0f; }
};
static_assert(sizeof(L2tp) == 2);
inline constexpr std::uint16_t kL2tpControl = 0x8000;
inline constexpr std::uint16_t kL2tpLength = 0x4000;
inline constexpr std::uint16_t kL2tpSequence = 0x0800;
inline constexpr std::uint16_t kL2tpOffset = 0x0200;

/// RFC 4380, section 5.1.1: indications in front of the IPv6 packet.
inline constexpr std::uint16_t kTeredoOrigin = 0x0000;
inline constexpr std::uint16_t kTeredoAuthentication = 0x0001;
inline constexpr std::size_t kTeredoOriginOctets = 8;
/// Without client identifier and authentication value, whose lengths are octets 2 and 3.
inline constexpr std::size_t kTeredoAuthenticationOctets = 13;

/// The WireGuard protocol, section 5.4: how all its messages begin.
struct WireGuard {
    std::uint8_t type;
    std::uint8_t reserved[3];
    std::uint8_t index[4];  ///< Little-endian: of the receiver in data, else of the sender.
};
static_assert(sizeof(WireGuard) == 8);
inline constexpr std::uint8_t kWireGuardData = 4;

}  // namespace weir::wire
