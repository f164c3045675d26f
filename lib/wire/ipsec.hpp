// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/byte_order.hpp"

namespace weir::wire {

/// How an Encapsulating Security Payload begins: all of it that is readable without keys (RFC 4303,
/// section 2).
struct Esp {
    base::be32 spi;
    base::be32 sequence;
};
static_assert(sizeof(Esp) == 8 && offsetof(Esp, sequence) == 4);

/// Authentication Header up to its ICV (RFC 4302, section 2).
struct Ah {
    std::uint8_t next_header;
    std::uint8_t payload_length;  ///< Length of the whole header in 32-bit words, minus 2.
    base::be16 reserved;
    base::be32 spi;
    base::be32 sequence;

    [[nodiscard]] unsigned octets() const noexcept { return (payload_length + 2U) * 4; }
};
static_assert(sizeof(Ah) == 12 && offsetof(Ah, spi) == 4 && offsetof(Ah, sequence) == 8);

/// What ends an ESP packet before its ICV (RFC 4303, section 2).
struct EspTrailer {
    std::uint8_t padding_length;
    std::uint8_t next_header;
};
static_assert(sizeof(EspTrailer) == 2);

/// IKEv1 (RFC 2408, section 3.1) and IKEv2 (RFC 7296, section 3.1).
struct Ike {
    std::uint8_t initiator_spi[8];
    std::uint8_t responder_spi[8];
    std::uint8_t next_payload;
    std::uint8_t version;  ///< Major (4 bits), minor (4).
    std::uint8_t exchange_type;
    std::uint8_t flags;
    base::be32 message_id;
    base::be32 length;  ///< Octets, this header included.
};
static_assert(sizeof(Ike) == 28 && offsetof(Ike, next_payload) == 16);
static_assert(offsetof(Ike, message_id) == 20);

/// In front of IKE on the port that ESP uses too: four zero octets (RFC 3948, section 2.2).
inline constexpr std::size_t kNonEspMarkerOctets = 4;
/// All of a NAT keepalive's payload (RFC 3948, section 2.3).
inline constexpr std::uint8_t kNatKeepalive = 0xff;

}  // namespace weir::wire
