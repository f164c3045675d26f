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

/// RFC 768.
struct Udp {
    base::be16 source_port;
    base::be16 destination_port;
    base::be16 length;  ///< Octets, header included.
    base::be16 checksum;
};
static_assert(sizeof(Udp) == 8 && offsetof(Udp, length) == 4 && offsetof(Udp, checksum) == 6);

/// How ICMP (RFC 792) and ICMPv6 (RFC 4443, section 2.1) messages begin.
struct Icmp {
    std::uint8_t type;
    std::uint8_t code;
    base::be16 checksum;
};
static_assert(sizeof(Icmp) == 4 && offsetof(Icmp, checksum) == 2);

/// RFC 7348, section 5.
struct Vxlan {
    std::uint8_t flags;
    std::uint8_t reserved[3];
    base::be32 vni_reserved;  ///< VNI (24 bits), reserved (8).

    [[nodiscard]] std::uint32_t vni() const noexcept { return vni_reserved.host() >> 8; }
};
static_assert(sizeof(Vxlan) == 8 && offsetof(Vxlan, vni_reserved) == 4);
inline constexpr std::uint16_t kVxlanPort = 4789;

}  // namespace weir::wire
