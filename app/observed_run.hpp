// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "config/options.hpp"
#include "pipeline/run_report.hpp"

namespace weir::app {

/// What a run says on standard output while it goes on.
enum class Progress : std::uint8_t {
    kAll,    ///< The plan; then the panel on a terminal, a line a second elsewhere.
    kPanel,  ///< The panel on a terminal.
    kNone
};

/// Runs, prints what `answer` makes of it, and writes the report files that `options` ask for.
/// Returns the exit code; throws SetupError.
int observed_run(const config::Options& options, Progress progress,
                 const std::function<std::string(const pipeline::RunReport&)>& answer);

}  // namespace weir::app
