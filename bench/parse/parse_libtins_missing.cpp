// SPDX-License-Identifier: BSD-3-Clause
#include "parse_runs.hpp"

namespace weir::bench {

const bool kHasLibtins = false;

std::uint64_t run_libtins(std::span<rte_mbuf* const>) { return 0; }

}  // namespace weir::bench
