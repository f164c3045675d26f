// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/byte_order.hpp"

namespace weir::wire {

/// EtherType values (IEEE 802 numbers, IANA).
inline constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
inline constexpr std::uint16_t kEtherTypeArp = 0x0806;
inline constexpr std::uint16_t kEtherTypeVlan = 0x8100;     ///< IEEE 802.1Q C-tag.
inline constexpr std::uint16_t kEtherTypeQinQ = 0x88a8;     ///< IEEE 802.1ad S-tag.
inline constexpr std::uint16_t kEtherTypeQinQOld = 0x9100;  ///< Used before 802.1ad.
inline constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;
inline constexpr std::uint16_t kEtherTypeMpls = 0x8847;          ///< RFC 3032, section 5.
inline constexpr std::uint16_t kEtherTypeMplsUpstream = 0x8848;  ///< RFC 5332, section 3.
inline constexpr std::uint16_t kEtherTypeEthernet = 0x6558;  ///< Transparent bridging (RFC 1701).
inline constexpr std::uint16_t kEtherTypePppoeDiscovery = 0x8863;  ///< RFC 2516.
inline constexpr std::uint16_t kEtherTypePppoeSession = 0x8864;
/// Up to this the field is the length of an 802.3 frame (IEEE 802.3 clause 3.2.6).
inline constexpr std::uint16_t kEthernetLengthMax = 1500;

/// IEEE 802.3 clause 3.2: an EtherType frame, or a length one.
struct Ethernet {
    std::uint8_t destination[6];
    std::uint8_t source[6];
    base::be16 ether_type;  ///< A length up to kEthernetLengthMax.
};
static_assert(sizeof(Ethernet) == 14 && offsetof(Ethernet, ether_type) == 12);

/// What stands behind a TPID: tag control information and the next EtherType (IEEE 802.1Q clause
/// 9).
struct VlanTag {
    base::be16 tci;  ///< PCP (3 bits), DEI (1), VID (12).
    base::be16 ether_type;
};
static_assert(sizeof(VlanTag) == 4 && offsetof(VlanTag, ether_type) == 2);

/// IEEE 802.2 clause 3.2, up to the first octet of the control field.
struct Llc {
    std::uint8_t dsap;
    std::uint8_t ssap;
    std::uint8_t control;  ///< Two octets, unless the last two bits are set (an unnumbered PDU).

    [[nodiscard]] unsigned octets() const noexcept { return (control & 3) == 3 ? 3 : 4; }
    /// Whether a SNAP header follows (RFC 1042).
    [[nodiscard]] bool is_snap() const noexcept {
        return dsap == 0xaa && ssap == 0xaa && control == 3;
    }
};
static_assert(sizeof(Llc) == 3);
/// What a Novell "raw" 802.3 frame has where LLC would begin: an IPX checksum that is never used.
inline constexpr std::uint16_t kNovellRaw = 0xffff;

/// RFC 1042, behind LLC.
struct Snap {
    std::uint8_t oui[3];
    base::be16 protocol;  ///< An EtherType for the OUIs below.

    [[nodiscard]] bool has_ether_type() const noexcept {
        // Encapsulated Ethernet, and what 802.1H bridges make of it (IEEE 802.1H, annex).
        return oui[0] == 0 && oui[1] == 0 && (oui[2] == 0 || oui[2] == 0xf8);
    }
};
static_assert(sizeof(Snap) == 5 && offsetof(Snap, protocol) == 3);

/// RFC 2516, section 4.
struct Pppoe {
    std::uint8_t version_type;
    std::uint8_t code;  ///< What kind of discovery packet; 0 in a session.
    base::be16 session_id;
    base::be16 length;  ///< Octets behind this header.
};
static_assert(sizeof(Pppoe) == 6 && offsetof(Pppoe, length) == 4);

/// RFC 826. Behind it stand sender and target addresses of these lengths.
struct Arp {
    base::be16 hardware_type;
    base::be16 protocol_type;
    std::uint8_t hardware_length;
    std::uint8_t protocol_length;
    base::be16 operation;

    /// The whole packet, addresses included.
    [[nodiscard]] unsigned octets() const noexcept {
        return static_cast<unsigned>(sizeof(Arp)) + 2U * (hardware_length + protocol_length);
    }
};
static_assert(sizeof(Arp) == 8 && offsetof(Arp, hardware_length) == 4);
static_assert(offsetof(Arp, operation) == 6);

}  // namespace weir::wire
