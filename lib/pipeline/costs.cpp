// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/costs.hpp"

#include <algorithm>
#include <cmath>

#include "base/counters.hpp"

namespace weir::pipeline {
namespace {

using base::growth;

/// Adds what an lcore's samples say of all its turns.
void add_lcore(const LcoreState& lcore, std::vector<StageShare>& shares) {
    std::uint64_t ticks = 0;
    for (const StageSample& stage : lcore.stages) ticks += stage.ticks;
    if (ticks == 0) return;
    const double scale = static_cast<double>(lcore.busy_cycles) / static_cast<double>(ticks);
    shares.resize(std::max(shares.size(), lcore.stages.size()));
    for (std::size_t i = 0; i < lcore.stages.size(); ++i) {
        const StageSample& stage = lcore.stages[i];
        shares[i].name = stage.name;
        shares[i].cycles += static_cast<double>(stage.ticks) * scale;
        shares[i].packets += static_cast<double>(stage.packets) * scale;
        shares[i].sampled_packets += stage.packets;
    }
}

void add(const BurstCounts& counts, BurstCounts& sum) {
    std::ranges::transform(counts, sum, sum.begin(), std::plus<>());
}

LcoreState since(const LcoreState& before, const LcoreState& now) {
    LcoreState change = now;
    change.packets = growth(before.packets, now.packets);
    change.busy_cycles = growth(before.busy_cycles, now.busy_cycles);
    change.total_cycles = growth(before.total_cycles, now.total_cycles);
    change.polls = growth(before.polls, now.polls);
    change.empty_polls = growth(before.empty_polls, now.empty_polls);
    change.sampled_turns = growth(before.sampled_turns, now.sampled_turns);
    for (std::size_t i = 0; i < std::min(before.stages.size(), now.stages.size()); ++i) {
        change.stages[i].ticks = growth(before.stages[i].ticks, now.stages[i].ticks);
        change.stages[i].packets = growth(before.stages[i].packets, now.stages[i].packets);
    }
    return change;
}

}  // namespace

std::vector<StageShare> stage_shares(std::span<const LcoreState> lcores) {
    std::vector<StageShare> shares;
    for (const LcoreState& lcore : lcores) add_lcore(lcore, shares);
    std::erase_if(shares, [](const StageShare& stage) { return stage.cycles <= 0; });
    double all = 0;
    for (const StageShare& stage : shares) all += stage.cycles;
    for (StageShare& stage : shares) stage.share = stage.cycles / all;
    return shares;
}

std::vector<LcoreState> lcores_since(std::span<const LcoreState> before,
                                     std::span<const LcoreState> now) {
    std::vector<LcoreState> changes;
    for (std::size_t i = 0; i < now.size(); ++i) {
        changes.push_back(i < before.size() ? since(before[i], now[i]) : now[i]);
    }
    return changes;
}

BurstCounts bursts_since(const BurstCounts& before, const BurstCounts& now) {
    BurstCounts change{};
    std::ranges::transform(before, now, change.begin(), growth);
    return change;
}

DelayFigures delay_figures(const base::LongLogHistogram& ticks, double ticks_per_second) {
    const auto nanoseconds = [ticks_per_second](std::uint64_t value) {
        if (ticks_per_second <= 0) return std::uint64_t{0};
        return static_cast<std::uint64_t>(
            std::llround(static_cast<double>(value) * 1e9 / ticks_per_second));
    };
    return {ticks.total(),
            nanoseconds(ticks.quantile(0.5)),
            nanoseconds(ticks.quantile(0.9)),
            nanoseconds(ticks.quantile(0.99)),
            nanoseconds(ticks.quantile(0.999)),
            nanoseconds(ticks.most())};
}

BurstFigures burst_figures(const BurstCounts& counts) {
    BurstFigures figures;
    for (std::size_t size = 0; size < counts.size(); ++size) {
        figures.bursts += counts[size];
        figures.packets += counts[size] * size;
        if (counts[size] != 0) figures.max = size;
    }
    figures.p10 = base::quantile_class(counts, 0.1);
    figures.p50 = base::quantile_class(counts, 0.5);
    figures.p90 = base::quantile_class(counts, 0.9);
    return figures;
}

base::LongLogHistogram all_waits(const Snapshot& state) {
    base::LongLogHistogram sum;
    for (const WorkerState& worker : state.workers) sum += worker.rx_to_worker;
    return sum;
}

base::LongLogHistogram all_verdicts(const Snapshot& state) {
    base::LongLogHistogram sum;
    for (const WorkerState& worker : state.workers) sum += worker.rx_to_verdict;
    return sum;
}

base::LongLogHistogram all_fills(const Snapshot& state) {
    base::LongLogHistogram sum;
    for (const RingState& ring : state.rings) sum += ring.fill;
    return sum;
}

BurstCounts all_rx_bursts(const Snapshot& state) {
    BurstCounts sum{};
    for (const PortState& port : state.ports) add(port.bursts, sum);
    return sum;
}

BurstCounts all_worker_bursts(const Snapshot& state) {
    BurstCounts sum{};
    for (const WorkerState& worker : state.workers) add(worker.bursts, sum);
    return sum;
}

}  // namespace weir::pipeline
