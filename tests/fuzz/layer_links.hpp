// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "parse/layer.hpp"
#include "parse/parse.hpp"

/// How the layers of a packet hang together: the field that says what stands behind a header, and
/// the lengths that speak of all that stands behind. For putting packets together that Packet
/// would not build.
namespace weir::fuzz {

/// A packet that is being changed, and where its layers stand.
struct LayeredPacket {
    std::span<std::byte> bytes;
    const parse::LayerList& layers;
    std::size_t layer_count;
};

/// Where a header says what stands behind it.
struct NextField {
    std::size_t at = 0;
    std::size_t octets = 0;  ///< 1 or 2; 0: nowhere.
};
[[nodiscard]] NextField next_field(parse::LayerKind kind);

/// What `kind` says of a `next` behind it; nullopt where it cannot.
[[nodiscard]] std::optional<std::uint16_t> next_code(parse::LayerKind kind, parse::LayerKind next);

/// All that next fields may say, of one octet or of two.
[[nodiscard]] std::span<const std::uint16_t> known_codes(std::size_t octets);

/// Makes the header of `kind` at `at` say that `next` stands behind it, if it can.
void link(std::span<std::byte> packet, std::size_t at, parse::LayerKind kind,
          parse::LayerKind next);

/// Makes every length in the packet's headers reach to the packet's end.
void repair_lengths(const LayeredPacket& packet);

/// Writes a number in network byte order unless it would not fit the packet.
void put8(std::span<std::byte> packet, std::size_t at, unsigned value);
void put16(std::span<std::byte> packet, std::size_t at, std::size_t value);
/// Reads one; 0 behind the packet's end.
[[nodiscard]] unsigned get8(std::span<const std::byte> packet, std::size_t at);
[[nodiscard]] unsigned get16(std::span<const std::byte> packet, std::size_t at);

}  // namespace weir::fuzz
