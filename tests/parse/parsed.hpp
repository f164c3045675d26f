// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gen/packet_builder.hpp"
#include "parse/parse.hpp"

/// What the tests of the parser share: frames, how to begin them, and their records.
namespace weir::parse {

using gen::Packet;
using Frame = std::vector<std::byte>;
using Kinds = std::vector<LayerKind>;

/// The record of `frame`, which had `wire_bytes` on the wire when that is more than its size.
inline PacketRecord parsed(const Frame& frame, std::uint32_t wire_bytes = 0) {
    PacketRecord record;
    parse({frame, std::max(wire_bytes, static_cast<std::uint32_t>(frame.size()))}, record);
    return record;
}
inline PacketRecord parsed(const Packet& packet) { return parsed(packet.build()); }

/// The first `octets` of `frame`.
inline Frame first(const Frame& frame, std::size_t octets) {
    return {frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(octets)};
}

/// The list of layers as far as it was written.
inline Kinds kinds(const PacketRecord& record) {
    const auto listed = std::min<std::ptrdiff_t>(record.layer_count, kMaxListedLayers);
    return {record.layer_kinds.begin(), record.layer_kinds.begin() + listed};
}

inline Packet ip4() { return Packet().eth().ipv4("10.0.0.1", "10.0.0.2"); }
inline Packet ip6() { return Packet().eth().ipv6("2001:db8::1", "2001:db8::2"); }

}  // namespace weir::parse
