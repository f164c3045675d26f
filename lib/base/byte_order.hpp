// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

/// Integers in network byte order, as types of their own. A be16 or be32 never converts to a
/// host integer by itself: host() says where the order changes, so that forgetting it does not
/// compile. Both have alignment 1, so that header structs made of them may stand at any address
/// of a packet and need no packing attribute.
namespace weir::base {

/// 16 bits as they stand on the wire.
struct be16 {
    std::uint8_t octets[2];

    /// The value in host byte order.
    [[nodiscard]] constexpr std::uint16_t host() const noexcept {
        return static_cast<std::uint16_t>(octets[0] << 8 | octets[1]);
    }
    [[nodiscard]] static constexpr be16 from_host(std::uint16_t value) noexcept {
        return {{static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)}};
    }
    friend constexpr bool operator==(const be16&, const be16&) noexcept = default;
};

/// 32 bits as they stand on the wire.
struct be32 {
    std::uint8_t octets[4];

    /// The value in host byte order.
    [[nodiscard]] constexpr std::uint32_t host() const noexcept {
        return std::uint32_t{octets[0]} << 24 | std::uint32_t{octets[1]} << 16 |
               std::uint32_t{octets[2]} << 8 | std::uint32_t{octets[3]};
    }
    [[nodiscard]] static constexpr be32 from_host(std::uint32_t value) noexcept {
        return {{static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
                 static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)}};
    }
    friend constexpr bool operator==(const be32&, const be32&) noexcept = default;
};

static_assert(sizeof(be16) == 2 && alignof(be16) == 1);
static_assert(sizeof(be32) == 4 && alignof(be32) == 1);

}  // namespace weir::base
