// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "pipeline/costs.hpp"
#include "pipeline/snapshot.hpp"

/// Where time goes, for people: what stages cost, how long packets take, how they come in bursts.
namespace weir::report {

/// Tables of the final report; each is left out when it has nothing to say.
[[nodiscard]] std::string cost_tables(const pipeline::Snapshot& state);

/// The live view's lines about what happened between two looks; none of what did not.
[[nodiscard]] std::vector<std::string> cost_lines(const pipeline::Snapshot& before,
                                                  const pipeline::Snapshot& now);

}  // namespace weir::report
