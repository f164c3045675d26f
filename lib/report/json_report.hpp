// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "pipeline/run_report.hpp"

namespace weir::report {

/// The report as JSON, schema "weir-report/1" (docs/report.md). Octets that are not UTF-8 in names
/// are replaced.
[[nodiscard]] std::string json_report(const pipeline::RunReport& report);

/// Makes sure that report.json can be written into `directory`, creating it where needed. Throws
/// SetupError. Call before a run, so that hours of work do not end without a report.
void prepare_report_directory(const std::string& directory);

/// Writes report.json into `directory`, which is created where needed, whole or not at all: a
/// report that was there stays until the new one is complete. Throws SetupError.
void write_json_report(const pipeline::RunReport& report, const std::string& directory);

}  // namespace weir::report
