// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/log_histogram.hpp"
#include "pipeline/snapshot.hpp"

/// What the figures of a snapshot come to that were sampled or counted by class: cost by stage,
/// delays, sizes of bursts. Pure arithmetic.
namespace weir::pipeline {

/// A stage's part of the busy cycles of one lcore, or of several together.
struct StageShare {
    std::string name;
    double cycles = 0;   ///< Of all turns, as the turns sampled say. All stages of an lcore come to
                         ///< its busy cycles.
    double packets = 0;  ///< Likewise, packets that went through.
    std::uint64_t sampled_packets = 0;
    double share = 0;  ///< Of all cycles here, 0 to 1.

    [[nodiscard]] double cycles_a_packet() const { return packets > 0 ? cycles / packets : 0; }
};

/// Only stages that took time, in the order in which a packet meets them. Empty while no turn was
/// sampled.
[[nodiscard]] std::vector<StageShare> stage_shares(std::span<const LcoreState> lcores);

/// The lcores' figures between two looks at them.
[[nodiscard]] std::vector<LcoreState> lcores_since(std::span<const LcoreState> before,
                                                   std::span<const LcoreState> now);

/// The bursts between two looks at them.
[[nodiscard]] BurstCounts bursts_since(const BurstCounts& before, const BurstCounts& now);

/// Nanoseconds that so many of 100 or 1000 took at most; too high by an eighth at most, but `max`.
struct DelayFigures {
    std::uint64_t count = 0;
    std::uint64_t p50_ns = 0, p90_ns = 0, p99_ns = 0, p99_9_ns = 0, max_ns = 0;
};
[[nodiscard]] DelayFigures delay_figures(const base::LongLogHistogram& ticks,
                                         double ticks_per_second);

struct BurstFigures {
    std::uint64_t bursts = 0, packets = 0;
    std::uint64_t p10 = 0, p50 = 0, p90 = 0, max = 0;  ///< Packets: so many of 100 bursts have no
                                                       ///< more.
    [[nodiscard]] double mean() const {
        return bursts == 0 ? 0 : static_cast<double>(packets) / static_cast<double>(bursts);
    }
};
[[nodiscard]] BurstFigures burst_figures(const BurstCounts& counts);

/// All workers, or ports, together.
[[nodiscard]] base::LongLogHistogram all_waits(const Snapshot& state);
[[nodiscard]] base::LongLogHistogram all_verdicts(const Snapshot& state);
[[nodiscard]] base::LongLogHistogram all_fills(const Snapshot& state);
[[nodiscard]] BurstCounts all_rx_bursts(const Snapshot& state);
[[nodiscard]] BurstCounts all_worker_bursts(const Snapshot& state);

}  // namespace weir::pipeline
