// SPDX-License-Identifier: BSD-3-Clause
#include "mem/heap_usage.hpp"

#include <rte_lcore.h>
#include <rte_malloc.h>

namespace weir::mem {

HeapUsage heap_usage() noexcept {
    HeapUsage usage;
    for (unsigned i = 0; i < rte_socket_count(); ++i) {
        rte_malloc_socket_stats stats{};
        if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &stats) != 0) continue;
        usage.bytes += stats.heap_allocsz_bytes;
        usage.reserved_bytes += stats.heap_totalsz_bytes;
        usage.allocations += stats.alloc_count;
    }
    return usage;
}

}  // namespace weir::mem
