// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/pcap_file.hpp"

/// Goes through little-endian pcapng files block by block, apart from the library's own reader and
/// writer, and strictly: a file is either whole or says what is wrong.
namespace weir::test {

inline constexpr std::uint32_t kSectionBlock = 0x0a0d0d0a;
inline constexpr std::uint32_t kInterfaceBlock = 1;
inline constexpr std::uint32_t kStatisticsBlock = 5;
inline constexpr std::uint32_t kPacketBlock = 6;

struct WalkedBlock {
    std::uint32_t type = 0;
    Bytes bytes;                                                 ///< All of the block.
    std::vector<std::pair<std::uint16_t, std::string>> options;  ///< But opt_endofopt.

    [[nodiscard]] std::uint32_t u32(std::size_t at) const;
    /// The value of the only option with this code; "" when there is none.
    [[nodiscard]] std::string option(std::uint16_t code) const;
    /// Likewise, as a number.
    [[nodiscard]] std::uint64_t number(std::uint16_t code) const;
    /// Likewise, as a time of a statistics block, whose upper half comes first.
    [[nodiscard]] std::uint64_t time(std::uint16_t code) const;
};

struct WalkedFile {
    std::vector<WalkedBlock> blocks;
    std::string problem;  ///< Empty: the file is whole.

    [[nodiscard]] std::uint64_t count(std::uint32_t type) const;
    [[nodiscard]] std::vector<WalkedBlock> of(std::uint32_t type) const;
};

[[nodiscard]] WalkedFile walk_pcapng(std::span<const std::byte> file);

/// What `path` holds.
[[nodiscard]] Bytes content_of(const std::string& path);

/// What libzstd makes of the frames that `compressed` consists of. `problem` is set when it does
/// not like them, and when the last one is not ended.
[[nodiscard]] Bytes decompressed(std::span<const std::byte> compressed, std::string& problem);

/// The walk of a file by its name: compressed if that ends in .zst.
[[nodiscard]] WalkedFile walk_file(const std::string& path);

}  // namespace weir::test
