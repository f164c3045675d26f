// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

/// Fields and headers as octets in network byte order, for random_packet*.cpp.
namespace weir::test {

inline void put8(std::vector<std::uint8_t>& bytes, std::size_t at, std::size_t value) {
    bytes[at] = static_cast<std::uint8_t>(value);
}
inline void put16(std::vector<std::uint8_t>& bytes, std::size_t at, std::size_t value) {
    put8(bytes, at, value >> 8);
    put8(bytes, at + 1, value);
}

/// `header` with `payload` behind it.
inline std::vector<std::uint8_t> join(std::vector<std::uint8_t> header,
                                      const std::vector<std::uint8_t>& payload) {
    header.insert(header.end(), payload.begin(), payload.end());
    return header;
}

}  // namespace weir::test
