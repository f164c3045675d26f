// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "parse/layer.hpp"
#include "parse/status.hpp"

/// What the demo's traffic holds, by construction: of all packets, and of each IPsec association
/// every figure that docs/ipsec.md defines. Plain data, made by Traffic::truth().
namespace weir::gen {

/// Histograms by powers of two: class k counts 2^k to 2^(k+1) - 1, the last all above too.
inline constexpr std::size_t kLatenessClasses = 12;
inline constexpr std::size_t kLengthsByPower = 13;
/// Anti-replay windows of which it is known what they would drop.
inline constexpr std::array<std::uint32_t, 8> kTruthWindows = {32,  64,   128,  256,
                                                               512, 1024, 2048, 4096};

/// One security association: who it is, and what was done to its sequence numbers.
struct AssociationTruth {
    parse::LayerKind network = parse::LayerKind::kNone;  ///< kIpv4 or kIpv6.
    std::array<std::uint8_t, 16> source{};  ///< As on the wire; IPv4 fills the first four octets.
    std::array<std::uint8_t, 16> destination{};           ///< Likewise.
    std::uint32_t spi = 0;                                ///< Host byte order.
    parse::LayerKind protocol = parse::LayerKind::kNone;  ///< kEsp or kAh.
    /// The one between the same hosts that fell silent when this one's first packet was sent.
    std::optional<std::uint32_t> follows_spi;
    bool replaced = false;  ///< Another has followed it.

    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint64_t lost = 0;           ///< Numbers below the highest sent that were not sent so far.
    std::uint64_t duplicated = 0;     ///< Packets that repeat a number.
    std::uint64_t reordered = 0;      ///< Packets sent after a higher number, no duplicates.
    std::uint64_t beyond_window = 0;  ///< First packets of a restart that is not plain yet.
    std::uint64_t restarts = 0;
    std::uint64_t wraps = 0;
    std::uint64_t expected = 0;  ///< Numbers from lowest to highest, over all epochs.
    std::uint64_t highest = 0;   ///< Of this epoch.

    std::array<std::uint64_t, kLatenessClasses> lateness{};
    std::uint32_t latest = 0;
    std::array<std::uint64_t, kTruthWindows.size()> would_drop{};
    std::array<std::uint32_t, kLengthsByPower> gap_lengths{};
    std::uint32_t longest_gap = 0;
    std::array<std::uint32_t, kLengthsByPower> extents{};
    std::uint32_t longest_extent = 0;
    std::array<std::uint32_t, 3> n_reordered{};  ///< n = 1, 2, 3 or more.

    /// Smallest anti-replay window that would have dropped nothing but duplicates; 0 for none.
    [[nodiscard]] std::uint32_t smallest_window() const noexcept {
        return beyond_window == 0 ? latest + 1 : 0;
    }
};

/// What has been generated so far.
struct Truth {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::array<std::uint64_t, parse::kParseStatuses> statuses{};  ///< Packets by status.
    /// Packets that hold the layer; of a malformed one, the layers that can be read all the same.
    std::array<std::uint64_t, parse::kLayerKinds> layers{};
    std::uint64_t ipsec_packets = 0;
    /// Associations of which at least one packet was generated. Those that follow each other stand
    /// one behind the other.
    std::vector<AssociationTruth> associations;
};

}  // namespace weir::gen
