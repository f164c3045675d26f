// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <sanitizer/asan_interface.h>

#include <cstddef>

/// What AddressSanitizer is told about mbufs, since a pool is one piece of memory to it: while Weir
/// holds a packet only the octets from data to data + data_len of each segment may be touched; no
/// octet of a packet in a ring; nothing of an mbuf in its pool, header included. Drivers get their
/// mbufs open. Only builds with AddressSanitizer may call this.
///
/// Shadow memory has one octet for eight, which says how many of the first of them may be touched.
/// So the end of the data is exact, but up to seven octets of headroom go unseen when data does not
/// start at a multiple of eight (Weir's headroom of 128 does), and up to seven behind the buffer.
/// Unseen too is what code without instrumentation does: DPDK's libraries and drivers, libpcap, but
/// for their calls of memcpy and its like, which are intercepted.
namespace weir::mem::poison {

/// Closes head and tail room of every segment.
inline void fence(const rte_mbuf* packet) noexcept {
    for (const rte_mbuf* mbuf = packet; mbuf != nullptr; mbuf = mbuf->next) {
        // A buffer that is not the mbuf's own may be in use by others.
        if (!RTE_MBUF_DIRECT(mbuf)) continue;
        const auto* buffer = static_cast<const std::byte*>(mbuf->buf_addr);
        const std::size_t end = std::size_t{mbuf->data_off} + mbuf->data_len;
        __asan_unpoison_memory_region(buffer, mbuf->buf_len);
        __asan_poison_memory_region(buffer, mbuf->data_off);
        __asan_poison_memory_region(buffer + end, mbuf->buf_len - end);
    }
}

/// Opens head and tail room of every segment: for a driver, or to let the packet grow.
inline void open(const rte_mbuf* packet) noexcept {
    for (const rte_mbuf* mbuf = packet; mbuf != nullptr; mbuf = mbuf->next) {
        if (!RTE_MBUF_DIRECT(mbuf)) continue;
        __asan_unpoison_memory_region(mbuf->buf_addr, mbuf->buf_len);
    }
}

/// Closes the buffers of every segment, data too: nobody may touch them on the way.
inline void close(const rte_mbuf* packet) noexcept {
    for (const rte_mbuf* mbuf = packet; mbuf != nullptr; mbuf = mbuf->next) {
        if (!RTE_MBUF_DIRECT(mbuf)) continue;
        __asan_poison_memory_region(mbuf->buf_addr, mbuf->buf_len);
    }
}

/// Closes all of an mbuf that goes into the pool.
inline void bury(const rte_mempool& pool, const void* mbuf) noexcept {
    __asan_poison_memory_region(mbuf, pool.elt_size);
}

/// Opens all of an mbuf that leaves the pool, or whose pool goes.
inline void dig_up(const rte_mempool& pool, const void* mbuf) noexcept {
    __asan_unpoison_memory_region(mbuf, pool.elt_size);
}

}  // namespace weir::mem::poison
