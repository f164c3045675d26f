// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

#include "pipeline/run_report.hpp"

namespace weir::report {

/// The final report for people: the ledger as a sum, then ports, lcores, rings and pools, protocol
/// shares, the demo's comparison, and the verdicts. Ends with a line break.
[[nodiscard]] std::string text_report(const pipeline::RunReport& report);

/// "1,234,567": digits in groups of three.
[[nodiscard]] std::string grouped(std::uint64_t number);

}  // namespace weir::report
