// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "gen/traffic.hpp"
#include "pipeline/run_report.hpp"
#include "pipeline/snapshot.hpp"
#include "pipeline/wiring.hpp"

namespace weir::pipeline {

/// Holds what the demo's traffic planted against what the run found: packets, each parse status,
/// each layer, and the sequence faults of every IPsec association. After the books are closed.
[[nodiscard]] std::vector<DemoCheck> check_demo(const gen::Traffic& traffic, const Wiring& wiring,
                                                const Snapshot& snapshot);

}  // namespace weir::pipeline
