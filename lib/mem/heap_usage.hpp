// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

namespace weir::mem {

/// What is taken from DPDK's heap (rte_malloc), summed over the NUMA sockets.
struct HeapUsage {
    std::size_t bytes = 0;           ///< With the heap's own headers.
    std::size_t reserved_bytes = 0;  ///< Of the pages that the heap holds.
    std::size_t allocations = 0;     ///< Blocks that were not given back.
};

/// Takes the heap's lock: control thread only.
[[nodiscard]] HeapUsage heap_usage() noexcept;

}  // namespace weir::mem
