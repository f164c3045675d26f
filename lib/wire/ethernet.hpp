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
/// Below this the field is the length of an 802.3 frame (IEEE 802.3 clause 3.2.6).
inline constexpr std::uint16_t kEtherTypeMin = 0x0600;

/// IEEE 802.3 clause 3.2: an EtherType frame, or a length one.
struct Ethernet {
    std::uint8_t destination[6];
    std::uint8_t source[6];
    base::be16 ether_type;  ///< A length below kEtherTypeMin.
};
static_assert(sizeof(Ethernet) == 14 && offsetof(Ethernet, ether_type) == 12);

/// What stands behind a TPID: tag control information and the next EtherType (IEEE 802.1Q clause
/// 9).
struct VlanTag {
    base::be16 tci;  ///< PCP (3 bits), DEI (1), VID (12).
    base::be16 ether_type;
};
static_assert(sizeof(VlanTag) == 4 && offsetof(VlanTag, ether_type) == 2);

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
