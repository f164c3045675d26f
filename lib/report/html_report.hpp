// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "pipeline/run_report.hpp"

namespace weir::report {

/// The report as one page for a browser or a printer: tables and plots, without script and without
/// anything to load. Well-formed XML too. The same report gives the same page.
[[nodiscard]] std::string html_report(const pipeline::RunReport& report);

}  // namespace weir::report
