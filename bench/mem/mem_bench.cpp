// SPDX-License-Identifier: BSD-3-Clause
// A packet buffer of 2 KiB taken and given back, 32 at a time, first in first out with 8192 in
// flight, as packets travel: from the C library's malloc, as raw memory from a mempool, and as
// initialised mbufs from Weir's pool. One iteration is one burst; items are buffers. malloc is
// called under the C library's own name, so that the seal in front of it costs nothing here.

#include <benchmark/benchmark.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include "mem/packet_pool.hpp"

// NOLINTBEGIN(bugprone-reserved-identifier): the C library's names.
extern "C" void* __libc_malloc(std::size_t bytes);
extern "C" void __libc_free(void* memory);
// NOLINTEND(bugprone-reserved-identifier)

namespace weir {
namespace {

constexpr std::size_t kBurst = 32;
constexpr std::size_t kInFlight = 8192;
constexpr std::size_t kBytes = 2048;
/// What is in flight, a burst more, and what a cache can hold back.
constexpr std::size_t kPoolSize = kInFlight + kBurst + 2 * mem::kMempoolCacheSize;

/// Takes bursts and gives back the oldest, in a circle of kInFlight buffers. `take(where)` and
/// `give(where)` move kBurst pointers.
template <typename Take, typename Give>
void circulate(benchmark::State& state, Take&& take, Give&& give) {
    constexpr std::size_t kSlots = kInFlight + kBurst;
    std::vector<void*> circle(kSlots);
    for (std::size_t at = 0; at < kInFlight; at += kBurst) take(&circle[at]);
    std::size_t newest = kInFlight;
    std::size_t oldest = 0;
    for (auto _ : state) {
        take(&circle[newest]);
        give(&circle[oldest]);
        newest = oldest;
        oldest = (oldest + kBurst) % kSlots;
    }
    for (std::size_t at = 0; at < kSlots; at += kBurst) {
        if (at != newest) give(&circle[at]);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBurst));
}

void BM_Buffer_Malloc(benchmark::State& state) {
    circulate(
        state,
        [](void** where) {
            for (std::size_t i = 0; i < kBurst; ++i) where[i] = __libc_malloc(kBytes);
        },
        [](void** where) {
            for (std::size_t i = 0; i < kBurst; ++i) __libc_free(where[i]);
        });
}
BENCHMARK(BM_Buffer_Malloc);

void BM_Buffer_Mempool(benchmark::State& state) {
    rte_mempool* const pool =
        rte_mempool_create("bench_raw", kPoolSize, kBytes, mem::kMempoolCacheSize, 0, nullptr,
                           nullptr, nullptr, nullptr, SOCKET_ID_ANY, 0);
    if (pool == nullptr) throw std::runtime_error("no memory for the mempool");
    circulate(
        state,
        [pool](void** where) {
            if (rte_mempool_get_bulk(pool, where, kBurst) != 0) std::abort();
        },
        [pool](void** where) { rte_mempool_put_bulk(pool, where, kBurst); });
    rte_mempool_free(pool);
}
BENCHMARK(BM_Buffer_Mempool);

void BM_Buffer_PacketPool(benchmark::State& state) {
    mem::PacketPool pool("bench_mbufs", kPoolSize, kBytes, {SOCKET_ID_ANY});
    circulate(
        state,
        [&pool](void** where) {
            if (rte_pktmbuf_alloc_bulk(pool.handle(), reinterpret_cast<rte_mbuf**>(where),
                                       kBurst) != 0) {
                std::abort();
            }
        },
        [](void** where) { rte_pktmbuf_free_bulk(reinterpret_cast<rte_mbuf**>(where), kBurst); });
}
BENCHMARK(BM_Buffer_PacketPool);

}  // namespace
}  // namespace weir
