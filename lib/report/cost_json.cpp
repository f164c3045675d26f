// SPDX-License-Identifier: BSD-3-Clause
#include "report/cost_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

namespace weir::report {
namespace {

using Json = nlohmann::ordered_json;
using pipeline::DelayFigures;
using pipeline::Snapshot;

/// `counted`: "bursts" or "packets".
Json delay_json(const char* counted, const base::LongLogHistogram& ticks, double hz) {
    const DelayFigures delay = pipeline::delay_figures(ticks, hz);
    return {{counted, delay.count},   {"p50_ns", delay.p50_ns},     {"p90_ns", delay.p90_ns},
            {"p99_ns", delay.p99_ns}, {"p99_9_ns", delay.p99_9_ns}, {"max_ns", delay.max_ns}};
}

Json delays_json(const base::LongLogHistogram& waits, const base::LongLogHistogram& verdicts,
                 double hz) {
    return {{"rx_to_worker", delay_json("bursts", waits, hz)},
            {"rx_to_verdict", delay_json("packets", verdicts, hz)}};
}

}  // namespace

Json stages_json(std::span<const pipeline::LcoreState> lcores) {
    Json stages = Json::array();
    for (const pipeline::StageShare& stage : pipeline::stage_shares(lcores)) {
        stages.push_back({{"name", stage.name},
                          {"cycles", std::llround(stage.cycles)},
                          {"share", stage.share},
                          {"cycles_per_packet", stage.cycles_a_packet()},
                          {"sampled_packets", stage.sampled_packets}});
    }
    return stages;
}

Json bursts_json(const pipeline::BurstCounts& counts) {
    Json bursts = Json::object();
    for (std::size_t size = 0; size < counts.size(); ++size) {
        if (counts[size] != 0) bursts[std::to_string(size)] = counts[size];
    }
    return bursts;
}

Json fill_json(const base::LongLogHistogram& fill) {
    return {{"samples", fill.total()},
            {"p50", fill.quantile(0.5)},
            {"p90", fill.quantile(0.9)},
            {"p99", fill.quantile(0.99)},
            {"max", fill.most()}};
}

Json workers_json(const Snapshot& state) {
    Json workers = Json::array();
    for (std::size_t i = 0; i < state.workers.size(); ++i) {
        const pipeline::WorkerState& worker = state.workers[i];
        workers.push_back({{"number", i},
                           {"bursts", bursts_json(worker.bursts)},
                           {"latency", delays_json(worker.rx_to_worker, worker.rx_to_verdict,
                                                   state.ticks_per_second)}});
    }
    return workers;
}

Json latency_json(const Snapshot& state) {
    return delays_json(pipeline::all_waits(state), pipeline::all_verdicts(state),
                       state.ticks_per_second);
}

}  // namespace weir::report
