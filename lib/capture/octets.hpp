// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

/// What both halves of the capture reader use: numbers in the byte order of whoever wrote the file
/// (the packets' own order is wire's matter), and what the two formats have in common.
namespace weir::capture {

inline constexpr std::uint16_t kLinkTypeEthernet = 1;
/// No capture holds longer packets (libpcap's MAXIMUM_SNAPLEN): a greater length is damage.
inline constexpr std::uint32_t kMaxCapturedOctets = 262144;
inline constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;
/// The type of a pcapng section header block; it reads the same in either byte order.
inline constexpr std::uint32_t kBlockSection = 0x0a0d0d0a;

[[nodiscard]] inline std::uint16_t read_u16(const std::byte* at, bool big_endian) noexcept {
    const auto first = std::to_integer<unsigned>(at[0]);
    const auto second = std::to_integer<unsigned>(at[1]);
    return static_cast<std::uint16_t>(big_endian ? first << 8 | second : second << 8 | first);
}

[[nodiscard]] inline std::uint32_t read_u32(const std::byte* at, bool big_endian) noexcept {
    const std::uint32_t first = read_u16(at, big_endian);
    const std::uint32_t second = read_u16(at + 2, big_endian);
    return big_endian ? first << 16 | second : second << 16 | first;
}

}  // namespace weir::capture
