// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "pipeline/run_report.hpp"

namespace weir::report {

/// Makes sure that reports can be written into `directory`, creating it where needed. Throws
/// SetupError. Call before a run, so that hours of work do not end without a report.
void prepare_report_directory(const std::string& directory);

/// Writes report.json and report.html into `directory`, which is created where needed, each whole
/// or not at all: reports that were there stay until both new ones are complete. Throws SetupError.
void write_reports(const pipeline::RunReport& report, const std::string& directory);

}  // namespace weir::report
