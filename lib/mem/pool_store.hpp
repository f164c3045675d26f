// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_mempool.h>

#include <cstdint>

/// Where a packet pool keeps its free mbufs: a ring of any producers and consumers, behind the
/// per-lcore caches, as in DPDK's own mempools; but it remembers how low it ever stood and how
/// often it had nothing to give. The caches take and give hundreds of mbufs at a time, so that
/// remembering costs nothing a packet.
namespace weir::mem {

/// How close a pool came to its end.
struct PoolWatermarks {
    std::uint64_t lowest_free = 0;  ///< Fewest mbufs ever in the store, those in caches left out.
    std::uint64_t exhausted = 0;  ///< Requests that found too few mbufs. That a cache could not be
                                  ///< refilled whole is none.
};

/// The name under which DPDK knows the store; registers it first, once in a process. Throws
/// SetupError.
[[nodiscard]] const char* pool_store_name();

/// What the store of `pool`, which was made with it, remembers. Any thread.
[[nodiscard]] PoolWatermarks pool_watermarks(const rte_mempool& pool) noexcept;

}  // namespace weir::mem
