// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "config/options.hpp"
#include "crypto/sa_keys.hpp"
#include "metrics/condition.hpp"
#include "pipeline/machine.hpp"
#include "pipeline/plan.hpp"
#include "port/device.hpp"

/// What stands between the options and the start of a run: everything that can be found wrong
/// before EAL is up, found by `weir plan` as by `weir run`. Control thread only.
namespace weir::pipeline {

struct Prepared {
    std::vector<port::PortSpec> specs;  ///< The demo's own port where none is named.
    std::vector<metrics::Condition> conditions;
    std::vector<crypto::SecurityAssociation> keys;
    Machine machine;
    Plan plan;
};

/// Throws SetupError for what the machine cannot do, or contradicts itself.
[[nodiscard]] Prepared prepare(const config::Options& options);

/// Throws SetupError for what a run refuses only when it makes it: filters, capture files and
/// kernel interfaces. Looks at all of them and keeps none.
void try_out(const config::Options& options, const Prepared& prepared);

}  // namespace weir::pipeline
