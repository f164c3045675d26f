// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "gen/truth.hpp"
#include "pipeline/associations.hpp"
#include "pipeline/run_report.hpp"
#include "pipeline/snapshot.hpp"
#include "pipeline/wiring.hpp"

namespace weir::pipeline {

/// Packets of which two lcores may be apart at most in the times they give them: what one burst,
/// and with several workers all rings, can hold.
[[nodiscard]] std::uint64_t most_apart(const Wiring& wiring);

/// Holds what the demo's traffic planted against what the run found: packets, each parse status,
/// each layer, and every figure of every IPsec association, the one that it followed included.
/// Figures of an association that differ are named, up to a number of them. Rekeys are compared
/// once both associations have more packets than `most_apart`: before that nothing says by the
/// times of their packets which of them began or ended first. After the books are closed.
[[nodiscard]] std::vector<DemoCheck> check_demo(const gen::Truth& truth,
                                                const AssociationList& associations,
                                                const Snapshot& snapshot, std::uint64_t most_apart);

}  // namespace weir::pipeline
