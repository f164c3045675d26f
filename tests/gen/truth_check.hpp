// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "gen/truth.hpp"

namespace weir::gen {

/// Holds an association's truth against its sequence numbers in the order in which they were sent:
/// every figure as docs/ipsec.md defines it, worked out by a model that remembers each number.
/// What differs is reported as a failure of the test.
void expect_figures(const AssociationTruth& truth, const std::vector<std::uint32_t>& numbers);

}  // namespace weir::gen
