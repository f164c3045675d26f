// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "pipeline/run_report.hpp"

namespace weir::report {

/// The final report for people: how the run ended, ports, lcores, rings and pools, protocol shares,
/// the ledger as a sum, the demo's comparison, the conditions and the result. Ends with a line
/// break.
[[nodiscard]] std::string text_report(const pipeline::RunReport& report);

}  // namespace weir::report
