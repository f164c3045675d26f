// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "parse_check.hpp"

/// How one string of octets says which packet to parse and how: what libFuzzer changes, what the
/// corpora hold, and what the bulk mutator makes. A header of kHeaderOctets, then the frame; all
/// zeroes: standard options, and as long on the wire as the frame is.
namespace weir::fuzz {

inline constexpr std::size_t kHeaderOctets = 11;

/// The header's octets. Numbers of two octets are big-endian.
enum HeaderOctet : std::size_t {
    kFlags = 0,       ///< Bit 0: guard before the frame. Bit 1: change a UDP port.
    kMaxLayers = 1,   ///< Modulo 65; 0: the standard.
    kEspNull = 2,     ///< 0: encrypted; else one more than the octets of the ICV.
    kWireLength = 3,  ///< How the next two give the wire length: a WireLength, modulo kCount.
    kWireValue = 4,
    kPort = 6,       ///< The UDP port that is changed,
    kPortKind = 8,   ///< to lead to: index in port_kinds(), modulo its size.
    kPrefixSize = 9  ///< Of the prefix to be parsed as well, modulo one more than the frame.
};

inline constexpr std::uint8_t kBehindGuard = 1;
inline constexpr std::uint8_t kChangesPort = 2;

enum class WireLength : std::uint8_t { kLonger, kExactly, kFromMax, kCount };

/// What a UDP port may lead to; the last is kNone.
[[nodiscard]] std::span<const parse::LayerKind> port_kinds();

struct ParseInput {
    ParseCase packet;  ///< Its frame lies within the input.
    std::size_t prefix = 0;
};

/// What `input` says; what its header lacks is zero.
[[nodiscard]] ParseInput read_parse_input(std::span<const std::byte> input);

}  // namespace weir::fuzz
