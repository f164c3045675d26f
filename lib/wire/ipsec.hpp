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

}  // namespace weir::wire
