// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "metrics/metric_set.hpp"
#include "pipeline/snapshot.hpp"
#include "pipeline/wiring.hpp"

/// The part of observe() that is about time: what stages cost, how long packets take, how they come
/// in bursts.
namespace weir::pipeline {

/// Of an lcore's stages, those too that took none; and how many turns were sampled.
[[nodiscard]] std::vector<StageSample> observe_stages(const stage::StageClock& clock,
                                                      std::uint64_t& sampled_turns);

[[nodiscard]] std::vector<WorkerState> observe_delays(const Wiring& wiring);

/// All of it as metrics. Those of rings exist where rings do.
void set_cost_metrics(const Snapshot& snapshot, metrics::MetricSet& metrics);

}  // namespace weir::pipeline
