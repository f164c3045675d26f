// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "pipeline/run_report.hpp"

/// The parts of report.html that say what became of packets. Each returns markup, or nothing when
/// there is nothing to say.
namespace weir::report {

/// The ledger as a sum, its verdict and what is missing.
[[nodiscard]] std::string html_ledger(const pipeline::RunReport& report);
/// The --fail-on conditions and how they ended.
[[nodiscard]] std::string html_conditions(const pipeline::RunReport& report);
/// What the demo planted and what was found.
[[nodiscard]] std::string html_demo(const pipeline::RunReport& report);
/// The capture's own books.
[[nodiscard]] std::string html_capture(const pipeline::RunReport& report);

}  // namespace weir::report
