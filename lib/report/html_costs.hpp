// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "pipeline/run_report.hpp"

/// The part of report.html about where time goes. Returns markup, or nothing when there is nothing
/// to say.
namespace weir::report {

/// Stages of each lcore, latency, ring fill, bursts.
[[nodiscard]] std::string html_costs(const pipeline::RunReport& report);

}  // namespace weir::report
