// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "metrics/metric_set.hpp"
#include "pipeline/snapshot.hpp"

/// The capture's own books. A capture is a copy, so that they stand beside the ledger: what was
/// selected is stored or not, and what was stored is written or not, each for one reason.
namespace weir::pipeline {

/// The counters by name, those at 0 too.
void set_capture_metrics(const CaptureState& capture, metrics::MetricSet& metrics);

/// The final check: says in `missing` what does not add up, and whether all does in the state.
void close_capture(CaptureState& capture, std::vector<std::string>& missing);

}  // namespace weir::pipeline
