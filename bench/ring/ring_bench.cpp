// SPDX-License-Identifier: BSD-3-Clause
// The hand-over of mbuf pointers from one lcore to another, PacketRing beside rte_ring (single
// producer, single consumer, burst calls), in one program and one run. On machines whose CPUs move
// between host cores the absolute figures drift; the ratio of neighbouring runs is what counts.

#include <benchmark/benchmark.h>
#include <pthread.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include <array>
#include <atomic>
#include <thread>

#include "mem/burst.hpp"
#include "ring/packet_ring.hpp"

namespace weir {
namespace {

constexpr std::size_t kCapacity = 1024;

/// Pointers that are only handed over, never looked at.
std::array<rte_mbuf, mem::kMaxBurst> some_mbufs;

/// Pushes bursts from this thread while another pops them; one iteration hands over one burst.
template <typename Push, typename Pop>
void hand_over(benchmark::State& state, Push&& push, Pop&& pop) {
    const auto burst_size = static_cast<std::size_t>(state.range(0));
    std::atomic<bool> stop{false};
    std::thread consumer([&] {
        const rte_cpuset_t cpus = rte_lcore_cpuset(2);
        pthread_setaffinity_np(pthread_self(), sizeof cpus, &cpus);
        while (!stop.load(std::memory_order_relaxed)) pop();
        while (pop() != 0) {
        }
    });
    for (auto _ : state) {
        std::size_t left = burst_size;
        while (left != 0) left -= push(left);
    }
    stop = true;
    consumer.join();
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(burst_size));
}

void BM_Ring_PacketRing(benchmark::State& state) {
    ring::PacketRing ring(kCapacity, {SOCKET_ID_ANY});
    mem::Burst out;
    hand_over(
        state,
        [&](std::size_t count) {
            mem::Burst burst;
            for (std::size_t i = 0; i < count; ++i) burst.push(&some_mbufs[i]);
            const std::size_t moved = ring.push(burst);
            burst.give(burst.size());
            return moved;
        },
        [&] {
            const std::size_t moved = ring.pop(out);
            out.give(out.size());
            return moved;
        });
}
BENCHMARK(BM_Ring_PacketRing)->Arg(1)->Arg(8)->Arg(32)->Arg(64)->UseRealTime();

void BM_Ring_RteRing(benchmark::State& state) {
    rte_ring* ring = rte_ring_create("bench", kCapacity, SOCKET_ID_ANY,
                                     RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
    std::array<void*, mem::kMaxBurst> in{};
    std::array<void*, mem::kMaxBurst> out{};
    hand_over(
        state,
        [&](std::size_t count) {
            for (std::size_t i = 0; i < count; ++i) in[i] = &some_mbufs[i];
            return rte_ring_sp_enqueue_burst(ring, in.data(), static_cast<unsigned>(count),
                                             nullptr);
        },
        [&] {
            return rte_ring_sc_dequeue_burst(ring, out.data(), static_cast<unsigned>(out.size()),
                                             nullptr);
        });
    rte_ring_free(ring);
}
BENCHMARK(BM_Ring_RteRing)->Arg(1)->Arg(8)->Arg(32)->Arg(64)->UseRealTime();

}  // namespace
}  // namespace weir
