// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/observe_costs.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "pipeline/costs.hpp"

namespace weir::pipeline {
namespace {

using base::at;
using stage::StageCounter;

void set_stage_metrics(const Snapshot& snapshot, metrics::MetricSet& metrics) {
    for (const std::string_view name : stage::kStageNames) {
        metrics.set(fmt::format("stage.{}.cycles", name), 0);
        metrics.set(fmt::format("stage.{}.cycles_per_packet", name), 0);
    }
    for (const StageShare& stage : stage_shares(snapshot.lcores)) {
        const auto rounded = [](double value) {
            return static_cast<std::uint64_t>(std::llround(value));
        };
        metrics.set(fmt::format("stage.{}.cycles", stage.name), rounded(stage.cycles));
        metrics.set(fmt::format("stage.{}.cycles_per_packet", stage.name),
                    rounded(stage.cycles_a_packet()));
    }
}

void set_lcore_metrics(const Snapshot& snapshot, metrics::MetricSet& metrics) {
    for (const LcoreState& lcore : snapshot.lcores) {
        const std::string prefix = fmt::format("lcore.{}.", lcore.id);
        metrics.set(prefix + "packets", lcore.packets);
        metrics.set(prefix + "polls", lcore.polls);
        metrics.set(prefix + "empty_polls", lcore.empty_polls);
        metrics.set(prefix + "busy_cycles", lcore.busy_cycles);
        metrics.set(prefix + "total_cycles", lcore.total_cycles);
    }
}

/// `counted`: "bursts" or "packets", which the histogram counts.
void set_delay_metrics(const std::string& prefix, const char* counted,
                       const base::LongLogHistogram& ticks, double ticks_per_second,
                       metrics::MetricSet& metrics) {
    const DelayFigures figures = delay_figures(ticks, ticks_per_second);
    metrics.set(prefix + counted, figures.count);
    metrics.set(prefix + "p50_ns", figures.p50_ns);
    metrics.set(prefix + "p90_ns", figures.p90_ns);
    metrics.set(prefix + "p99_ns", figures.p99_ns);
    metrics.set(prefix + "p99_9_ns", figures.p99_9_ns);
    metrics.set(prefix + "max_ns", figures.max_ns);
}

void set_burst_metrics(const std::string& prefix, const BurstCounts& counts,
                       metrics::MetricSet& metrics) {
    const BurstFigures figures = burst_figures(counts);
    metrics.set(prefix + "bursts", figures.bursts);
    metrics.set(prefix + "packets", figures.packets);
    metrics.set(prefix + "p10", figures.p10);
    metrics.set(prefix + "p50", figures.p50);
    metrics.set(prefix + "p90", figures.p90);
    metrics.set(prefix + "max", figures.max);
}

}  // namespace

std::vector<StageSample> observe_stages(const stage::StageClock& clock,
                                        std::uint64_t& sampled_turns) {
    const auto values = clock.counters().read();
    sampled_turns = values[at(StageCounter::kTurns)];
    std::vector<StageSample> stages;
    for (std::size_t i = 0; i < stage::kStages; ++i) {
        stages.push_back({std::string(stage::kStageNames[i]), values[at(StageCounter::kTicks) + i],
                          values[at(StageCounter::kPackets) + i]});
    }
    return stages;
}

std::vector<WorkerState> observe_delays(const Wiring& wiring) {
    std::vector<WorkerState> workers;
    for (const WorkerSlot& slot : wiring.workers()) {
        WorkerState& worker = workers.emplace_back();
        worker.bursts = slot.worker->bursts().read();
        worker.rx_to_verdict = slot.worker->verdicts().read();
        for (const stage::Inlet& inlet : slot.inlets) worker.rx_to_worker += inlet.waits.read();
    }
    return workers;
}

void set_cost_metrics(const Snapshot& snapshot, metrics::MetricSet& metrics) {
    set_stage_metrics(snapshot, metrics);
    set_lcore_metrics(snapshot, metrics);
    const double hz = snapshot.ticks_per_second;
    set_delay_metrics("latency.rx_to_verdict.", "packets", all_verdicts(snapshot), hz, metrics);
    set_burst_metrics("burst.rx.", all_rx_bursts(snapshot), metrics);
    set_burst_metrics("burst.worker.", all_worker_bursts(snapshot), metrics);
    if (snapshot.rings.empty()) return;
    set_delay_metrics("latency.rx_to_worker.", "bursts", all_waits(snapshot), hz, metrics);
    const base::LongLogHistogram fill = all_fills(snapshot);
    metrics.set("ring.fill.samples", fill.total());
    metrics.set("ring.fill.p50", fill.quantile(0.5));
    metrics.set("ring.fill.p99", fill.quantile(0.99));
    metrics.set("ring.fill.max", fill.most());
}

}  // namespace weir::pipeline
