// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_mbuf.h>
#include <rte_mempool.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::mem {

/// Whether all of `packets` are what a pool may take back as they are: out of one pool, of one
/// segment in its own buffer, and nobody else holds one. Of such a packet `next` is null, as the
/// mbuf library demands of every last segment. Looks at the first cache line of each mbuf only.
[[nodiscard]] inline bool may_return_as_they_are(std::span<rte_mbuf* const> packets) noexcept {
    // The eight octets from data_off on: data_off, refcnt, nb_segs, port.
    constexpr std::uint64_t kCounts = 0x0000'ffff'ffff'0000;
    constexpr std::uint64_t kOneEach = 0x0000'0001'0001'0000;
    static_assert(offsetof(rte_mbuf, refcnt) == offsetof(rte_mbuf, data_off) + 2 &&
                  offsetof(rte_mbuf, nb_segs) == offsetof(rte_mbuf, data_off) + 4);
    const rte_mempool* pool = packets.front()->pool;
    std::uint64_t other = 0;
    for (const rte_mbuf* packet : packets) {
        const auto* counts = reinterpret_cast<const std::uint64_t*>(&packet->rearm_data);
        // Whoever held the packet too may be letting go of it now.
        other |= (__atomic_load_n(counts, __ATOMIC_RELAXED) & kCounts) ^ kOneEach;
        other |= packet->ol_flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL);
        other |=
            reinterpret_cast<std::uintptr_t>(packet->pool) ^ reinterpret_cast<std::uintptr_t>(pool);
    }
    return other == 0;
}

/// Frees `packets`, at least one, like rte_pktmbuf_free_bulk().
inline void free_to_pools(std::span<rte_mbuf*> packets) noexcept {
    const auto count = static_cast<unsigned>(packets.size());
    if (may_return_as_they_are(packets)) [[likely]] {
        void* const* const objects = reinterpret_cast<void* const*>(packets.data());
        rte_mempool_put_bulk(packets.front()->pool, objects, count);
    } else {
        rte_pktmbuf_free_bulk(packets.data(), count);
    }
}

}  // namespace weir::mem
