// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/setup_error.hpp"
#include "pipeline/associations.hpp"
#include "pipeline/snapshot.hpp"

namespace weir::pipeline {

/// One line of the demo's comparison of what was planted with what was found.
struct DemoCheck {
    std::string what;  ///< "IPsec lost", "status ipv4_ihl_too_small", …
    std::uint64_t planted = 0;
    std::uint64_t found = 0;
};

/// A --fail-on condition and how it ended.
struct ConditionResult {
    std::string expression;
    std::uint64_t value = 0;
    bool failed = false;  ///< The condition held, so the run counts as failed.
};

/// Calls of the allocator on a packet lcore from one place.
struct AllocationSite {
    unsigned lcore = 0;
    std::string call;  ///< "malloc", "free", …
    std::uint64_t count = 0;
    std::vector<std::string> stack;  ///< Innermost function first.
};

/// Everything that is known when a run is over, ports closed, EAL still up.
struct RunReport {
    std::string version;
    std::string started_at;  ///< UTC, ISO 8601.
    std::string wiring;      ///< "pipeline" or "run-to-completion".
    std::string memory;      ///< "2 MiB hugepages" or "4 KiB pages".
    std::string action;
    std::string stop_reason;  ///< "end of capture", "duration", "packets", "signal".
    MemoryState memory_warm;  ///< After the first second, or at the start of a shorter run.
    Snapshot final;
    std::vector<AllocationSite> allocations;  ///< Empty when the packet path kept its promise.
    AssociationList associations;
    std::vector<std::string> missing;  ///< What does not balance, in words; empty when all does.
    std::vector<DemoCheck> demo;       ///< Empty unless it was the demo.
    std::vector<ConditionResult> conditions;
    base::ExitCode exit_code = base::ExitCode::kOk;
};

}  // namespace weir::pipeline
