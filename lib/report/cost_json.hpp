// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "pipeline/costs.hpp"
#include "pipeline/snapshot.hpp"

/// Where time goes, for machines; docs/report.md lists the keys.
namespace weir::report {

/// A list of the stages of one lcore, or of all together.
[[nodiscard]] nlohmann::ordered_json stages_json(std::span<const pipeline::LcoreState> lcores);

/// Burst size → bursts, of those that occurred.
[[nodiscard]] nlohmann::ordered_json bursts_json(const pipeline::BurstCounts& counts);

/// Packets in a ring when a burst was taken.
[[nodiscard]] nlohmann::ordered_json fill_json(const base::LongLogHistogram& fill);

/// A list of the workers.
[[nodiscard]] nlohmann::ordered_json workers_json(const pipeline::Snapshot& state);

/// Delays of all workers together.
[[nodiscard]] nlohmann::ordered_json latency_json(const pipeline::Snapshot& state);

}  // namespace weir::report
