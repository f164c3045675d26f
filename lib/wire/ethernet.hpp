// SPDX-License-Identifier: BSD-3-Clause
#pragma once

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

struct Ethernet {
    std::uint8_t destination[6];
    std::uint8_t source[6];
    base::be16 ether_type;
};
static_assert(sizeof(Ethernet) == 14);

/// What stands behind a TPID: tag control information and the next EtherType (IEEE 802.1Q clause
/// 9).
struct VlanTag {
    base::be16 tci;  ///< PCP (3 bits), DEI (1), VID (12).
    base::be16 ether_type;
};
static_assert(sizeof(VlanTag) == 4);

/// RFC 826. Behind it stand sender and target addresses of these lengths.
struct Arp {
    base::be16 hardware_type;
    base::be16 protocol_type;
    std::uint8_t hardware_length;
    std::uint8_t protocol_length;
    base::be16 operation;
};
static_assert(sizeof(Arp) == 8);

}  // namespace weir::wire
