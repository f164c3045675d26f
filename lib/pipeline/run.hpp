// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <string>

#include "config/options.hpp"
#include "pipeline/run_report.hpp"
#include "pipeline/snapshot.hpp"

/// The main job: from options to a report. One run at a time in a process; EAL is up only while it
/// lasts. Everything that goes wrong before packets flow is a SetupError; afterwards, what went
/// wrong stands in the report.
namespace weir::pipeline {

/// What the caller hears while it runs, on the control thread.
struct RunObserver {
    /// For people: the plan, before anything is started; then, with a capture ring, where telemetry
    /// is, or why there is none.
    std::function<void(const std::string& plan)> on_plan;
    /// Once a second: the state a second ago, and now.
    std::function<void(const Snapshot& before, const Snapshot& now)> on_second;
};

/// What `run` with these options would take, for people: lcores, memory part by part, and the
/// command that reserves its hugepages. Throws SetupError where `run` would before it starts EAL.
[[nodiscard]] std::string describe_plan(const config::Options& options);

/// Runs until a signal, the duration, the number of packets or the end of every capture file stops
/// it. The exit code is in the report: an unbalanced ledger before a damaged input before a
/// verdict.
[[nodiscard]] RunReport run(const config::Options& options, const RunObserver& observer);

}  // namespace weir::pipeline
