// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "parse/packet_record.hpp"
#include "wire/view.hpp"

/// The state of one parse and the three things every protocol does with it: ask for octets, add
/// its layer, note a defect. Included by the protocol families, which only parse.cpp dispatches.
namespace weir::parse {

struct Walk {
    const std::byte* data;
    std::uint32_t captured;  ///< Octets that may be read.
    std::uint32_t end;       ///< Where the innermost enclosing packet ends on the wire.
    PacketRecord& record;
    std::uint32_t offset = 0;  ///< Of the header to be parsed next.
    bool ipv6 = false;         ///< The innermost network layer is IPv6.
    bool fragmented = false;   ///< The innermost network packet is a fragment.

    /// Whether `octets` of a header at offset are there. If not, the status says whether the packet
    /// ends (`too_short`) or only its capture does.
    [[nodiscard]] bool need(std::uint32_t octets, ParseStatus too_short, LayerKind layer) noexcept {
        if (offset + octets <= std::min(captured, end)) return true;
        if (offset + octets <= end) {
            // The capture's cut overrides an earlier defect: what follows is not known.
            record.status = ParseStatus::kTruncated;
            record.fault_layer = layer;
        } else {
            note(too_short, layer);
        }
        return false;
    }

    /// Notes a defect unless there was one before. Returns kNone, for "and stops here".
    LayerKind note(ParseStatus status, LayerKind layer) noexcept {
        if (record.status == ParseStatus::kOk) {
            record.status = status;
            record.fault_layer = layer;
        }
        return LayerKind::kNone;
    }

    /// Adds a layer whose header starts at offset; false beyond the depth limit.
    [[nodiscard]] bool add(LayerKind kind) noexcept {
        const std::size_t count = record.layer_count;
        if (count == kMaxLayers) {
            note(ParseStatus::kTooManyLayers, kind);
            return false;
        }
        if (count < kMaxListedLayers) {
            record.layer_offsets[count] = static_cast<std::uint16_t>(offset);
            record.layer_kinds[count] = kind;
        }
        record.layer_count = static_cast<std::uint8_t>(count + 1);
        record.layer_mask |= layer_bit(kind);
        return true;
    }

    /// Goes past a header of `octets` that is well-formed.
    void advance(std::uint32_t octets) noexcept {
        offset += octets;
        if (record.status == ParseStatus::kOk) {
            record.valid_bytes = static_cast<std::uint16_t>(offset);
        }
    }

    template <typename Header>
    [[nodiscard]] Header load() const noexcept {
        return wire::load<Header>(data + offset);
    }

    /// Octets of the innermost enclosing packet from offset on, on the wire.
    [[nodiscard]] std::uint32_t rest() const noexcept { return end - offset; }
};

}  // namespace weir::parse
