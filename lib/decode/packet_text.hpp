// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "decode/decoded_packet.hpp"

/// Packets for people to read.
namespace weir::decode {

/// Appends one line: number, seconds since `start_ns` ("-" where either time is not known), wire
/// octets, innermost addresses, layers, what tells most of the innermost ones, and the status where
/// it is not ok.
void append_summary(const DecodedPacket& packet, std::optional<std::uint64_t> start_ns,
                    std::string& text);

/// Appends all layers with all fields: offset, octets, name and value of each.
void append_tree(const DecodedPacket& packet, std::string& text);

/// Appends sixteen octets a line, with offset and, where printable, as characters.
void append_hex(std::span<const std::byte> octets, std::string& text);

}  // namespace weir::decode
