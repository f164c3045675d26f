// SPDX-License-Identifier: BSD-3-Clause
#include "mem/packet_pool.hpp"

#include <rte_errno.h>

#include <algorithm>
#include <bit>

#include "base/setup_error.hpp"
#include "mem/pool_store.hpp"
#include "mem/watched_pool.hpp"

namespace weir::mem {
namespace {

/// A mempool refuses caches that could swallow more than it has. A watched pool has none.
unsigned cache_size(std::size_t mbufs) {
    if (watch::kPools) return 0;
    return static_cast<unsigned>(std::min<std::size_t>(kMempoolCacheSize, mbufs * 2 / 3));
}

}  // namespace

PacketPool::PacketPool(const std::string& name, std::size_t mbufs, std::uint32_t data_bytes,
                       base::SocketId socket)
    : pool_(rte_pktmbuf_pool_create_by_ops(
          name.c_str(), static_cast<unsigned>(mbufs), cache_size(mbufs), 0,
          static_cast<std::uint16_t>(data_bytes + RTE_PKTMBUF_HEADROOM), socket.value,
          watch::kPools ? watched_pool_ops() : pool_store_name())) {
    if (pool_ == nullptr) {
        const std::size_t mib =
            ((mbufs * mbuf_memory_bytes(data_bytes) + pool_overhead_bytes(mbufs)) >> 20) + 1;
        throw base::SetupError("create packet pool", name,
                               std::string(rte_strerror(rte_errno)) + "; " + std::to_string(mbufs) +
                                   " mbufs need " + std::to_string(mib) + " MiB on NUMA socket " +
                                   std::to_string(socket.value),
                               "reserve the hugepages that 'weir plan' counts, with the command "
                               "that it prints, or ask for fewer --descriptors or a smaller "
                               "--ring-size");
    }
    if constexpr (watch::kPools) {
        try {
            watch_pool(*pool_);
        } catch (...) {
            rte_mempool_free(pool_);
            throw;
        }
    }
}

std::size_t PacketPool::cached() const noexcept {
    std::size_t mbufs = 0;
    for (unsigned lcore = 0; lcore < RTE_MAX_LCORE && pool_->cache_size != 0; ++lcore) {
        mbufs += pool_->local_cache[lcore].len;
    }
    return mbufs;
}

PacketPool::~PacketPool() {
    if constexpr (watch::kPools) unwatch_pool(*pool_);
    rte_mempool_free(pool_);
}

std::vector<std::string> PacketPool::missing() const {
    if constexpr (watch::kPools) return missing_from(*pool_);
    return {};
}

std::size_t mbuf_memory_bytes(std::uint32_t data_bytes) noexcept {
    const auto element =
        static_cast<std::uint32_t>(sizeof(rte_mbuf) + RTE_PKTMBUF_HEADROOM + data_bytes);
    rte_mempool_objsz size{};
    return rte_mempool_calc_obj_size(element, 0, &size);
}

std::size_t pool_overhead_bytes(std::size_t mbufs) noexcept {
    // The mempool's own ring holds one pointer for each mbuf, rounded up to a power of two.
    const std::size_t ring_slots = std::bit_ceil(mbufs + 1);
    return ring_slots * sizeof(void*) + RTE_MAX_LCORE * sizeof(rte_mempool_cache);
}

}  // namespace weir::mem
