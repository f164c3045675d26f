// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_mempool.h>

#include <string>
#include <vector>

/// How the hooks learn what drivers do. Drivers take mbufs from a pool and free them inside DPDK's
/// libraries, without a word to Weir. So in builds that watch (watch.hpp), a packet pool has
/// mempool operations in front of its store's, and no per-lcore caches, which would go
/// past them: every mbuf that enters or leaves the pool is seen, on whatever lcore. It also means
/// that a freed mbuf comes back as late as can be: the ring is a queue, the caches are stacks. Cold
/// set-up, called by PacketPool; the operations themselves are called by packet lcores.
namespace weir::mem {

/// Name of the operations, for rte_pktmbuf_pool_create_by_ops(). Registers them at the first call;
/// throws SetupError.
[[nodiscard]] const char* watched_pool_ops();

/// From here on the pool, whose mbufs are all in it, is watched; until unwatch_pool().
void watch_pool(rte_mempool& pool);
void unwatch_pool(rte_mempool& pool) noexcept;

/// See ledger::missing(); empty without the ledger.
[[nodiscard]] std::vector<std::string> missing_from(const rte_mempool& pool);

}  // namespace weir::mem
