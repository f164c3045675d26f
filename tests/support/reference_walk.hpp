// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "support/reference_octets.hpp"
#include "support/reference_reading.hpp"

/// From the walk over the rows to the record.
namespace weir::test {

/// A layer of the list, with all that the enclosing packet, or its own length, leaves it.
struct Listed {
    LayerKind kind;
    Octets octets;
    bool quoted;
};

/// A first fragment.
struct Fragment {
    std::size_t end;    ///< Of its octets; what is missing there may stand in a later one.
    std::size_t layer;  ///< Number of the layer that says so: IPv4, or IPv6's fragment header.
    /// IPv6's headers up to the first that is no extension header have to be in it.
    bool has_whole_chain;
};

/// What the walk over a packet found.
struct Walk {
    std::vector<Listed> layers;                       ///< Outermost first.
    std::optional<Fragment> fragment = std::nullopt;  ///< The innermost.
    ParseStatus status = ParseStatus::kOk;
    LayerKind fault_layer = LayerKind::kNone;
    std::size_t valid_octets = 0;
};

/// PacketRecord::flags that this layer alone would set.
[[nodiscard]] std::uint8_t fragment_flags(const Listed& layer);

/// All of the first cache line but the flow hash, and the layer list.
void fill_record(const Walk& walk, parse::PacketRecord& record);

}  // namespace weir::test
