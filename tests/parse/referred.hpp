// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "parsed.hpp"
#include "support/reference_parser.hpp"

/// What the tests of the reference parser share: what it says of a packet, in one line.
namespace weir::parse {

struct Referred {
    PacketRecord record;
    LayerList layers;
};

/// `wire_octets`: when that is more than the frame's size.
inline Referred referred(const Frame& frame, std::size_t wire_octets = 0,
                         const ParseOptions& options = {}) {
    Referred result;
    const auto wire = static_cast<std::uint32_t>(std::max(wire_octets, frame.size()));
    test::reference_parse({frame, wire}, options, result.record, result.layers);
    return result;
}
inline PacketRecord record_of(const Packet& packet) { return referred(packet.build()).record; }

/// "eth ip udp: ok, 42": layers, status, valid_bytes; with a defect "eth ip: udp_too_short in udp,
/// 34". Layers of a quote stand behind "|".
inline std::string told(const Referred& result) {
    const PacketRecord& record = result.record;
    std::uint64_t unquoted = record.layer_mask;
    std::string text;
    for (std::size_t i = 0; i < record.layer_count; ++i) {
        const LayerKind kind = result.layers.kinds[i];
        const bool quote_begins = (record.flags & kQuoted) != 0 && i > 0 &&
                                  (result.layers.kinds[i - 1] == LayerKind::kIcmp ||
                                   result.layers.kinds[i - 1] == LayerKind::kIcmpv6);
        if (quote_begins) text += text.empty() ? "|" : " |";
        if (!text.empty()) text += ' ';
        text += to_string(kind);
        unquoted &= ~layer_bit(kind);
    }
    if (unquoted != 0) text += " and a mask of more";
    text += ": ";
    text += to_string(record.status);
    if (record.fault_layer != LayerKind::kNone) {
        text += " in ";
        text += to_string(record.fault_layer);
    }
    return text + ", " + std::to_string(record.valid_bytes);
}
inline std::string told(const Packet& packet) { return told(referred(packet.build())); }
inline std::string told(const Frame& frame, std::size_t wire_octets = 0,
                        const ParseOptions& options = {}) {
    return told(referred(frame, wire_octets, options));
}

}  // namespace weir::parse
