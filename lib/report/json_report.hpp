// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "pipeline/run_report.hpp"

namespace weir::report {

/// The report as JSON, schema "weir-report/1" (docs/report.md). Octets that are not UTF-8 in names
/// are replaced.
[[nodiscard]] std::string json_report(const pipeline::RunReport& report);

}  // namespace weir::report
