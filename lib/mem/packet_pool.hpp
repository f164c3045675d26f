// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_mbuf.h>
#include <rte_mempool.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "mem/burst.hpp"
#include "mem/pool_store.hpp"

/// The packet pool: an mbuf mempool on one NUMA socket, allocated once at start. Drivers and
/// sources take mbufs from it on rx lcores, whoever ends a packet's life gives them back; both ends
/// go through DPDK's per-lcore caches, so any lcore may do either.
namespace weir::mem {

class PacketPool {
   public:
    /// Allocates `mbufs` mbufs of `data_bytes` (without headroom) on `socket`. Throws SetupError
    /// with the memory needed; a partial construction frees what it had.
    PacketPool(const std::string& name, std::size_t mbufs, std::uint32_t data_bytes,
               base::SocketId socket);
    /// Every mbuf must be back (see available()); what is not dangles.
    ~PacketPool();
    PacketPool(const PacketPool&) = delete;
    PacketPool& operator=(const PacketPool&) = delete;

    [[nodiscard]] rte_mempool* handle() const noexcept { return pool_; }
    [[nodiscard]] std::size_t size() const noexcept { return pool_->size; }
    /// Mbufs not in use, per-lcore caches included. Exact when no lcore works on the pool.
    [[nodiscard]] std::size_t available() const noexcept { return rte_mempool_avail_count(pool_); }
    /// Any thread.
    [[nodiscard]] PoolWatermarks watermarks() const noexcept { return pool_watermarks(*pool_); }
    /// Mbufs in the per-lcore caches. When no lcore works on the pool.
    [[nodiscard]] std::size_t cached() const noexcept;
    [[nodiscard]] std::string name() const { return pool_->name; }
    [[nodiscard]] base::SocketId socket() const noexcept { return {pool_->socket_id}; }
    /// Octets that one mbuf takes, with its header, headroom and the mempool's own.
    [[nodiscard]] std::size_t mbuf_bytes() const noexcept {
        return pool_->elt_size + pool_->header_size + pool_->trailer_size;
    }
    /// Octets of packet one mbuf can hold behind its headroom.
    [[nodiscard]] std::uint32_t data_bytes() const noexcept {
        return rte_pktmbuf_data_room_size(pool_) - RTE_PKTMBUF_HEADROOM;
    }

    /// Who holds what is not back, in words, one line for each owner and place: in builds with the
    /// ownership ledger only. When no lcore works on the pool.
    [[nodiscard]] std::vector<std::string> missing() const;

    /// Takes exactly `count` reset mbufs into `burst` (which must have room), or none: false then.
    template <std::size_t Capacity>
    [[nodiscard]] bool allocate(BurstOf<Capacity>& burst, std::size_t count,
                                Place place = Place::here()) noexcept {
        if (rte_pktmbuf_alloc_bulk(pool_, burst.tail(), static_cast<unsigned>(count)) != 0) {
            return false;
        }
        burst.took(count, Owner::kPool, place);
        return true;
    }

   private:
    rte_mempool* pool_;
};

/// Mbufs a per-lcore cache of the pool holds at most (DPDK flushes above 1.5 times its size).
inline constexpr unsigned kMempoolCacheSize = 256;

/// Octets that one mbuf with room for `data_bytes` takes in a pool, with all that belongs to it.
[[nodiscard]] std::size_t mbuf_memory_bytes(std::uint32_t data_bytes) noexcept;
/// Octets that a pool of `mbufs` mbufs takes beside them: its ring and the per-lcore caches.
[[nodiscard]] std::size_t pool_overhead_bytes(std::size_t mbufs) noexcept;

}  // namespace weir::mem
