// SPDX-License-Identifier: BSD-3-Clause
#include "ring/packet_ring.hpp"

#include <gtest/gtest.h>
#include <rte_lcore.h>

#include <atomic>
#include <thread>

#include "mem/packet_pool.hpp"

namespace weir::ring {
namespace {

using mem::Burst;
using mem::PacketPool;

base::SocketId this_socket() { return {static_cast<int>(rte_socket_id())}; }

TEST(PacketRing, KeepsOrderAndCapacity) {
    PacketPool pool("ring_order", 255, 256, this_socket());
    PacketRing ring(103, this_socket());
    std::vector<rte_mbuf*> pushed;
    Burst burst;
    std::size_t moved = 0;
    do {
        ASSERT_TRUE(pool.allocate(burst, 40));
        for (rte_mbuf* mbuf : burst.mbufs()) pushed.push_back(mbuf);
        moved = ring.push(burst);
    } while (moved == 40);
    EXPECT_EQ(moved, 23U);
    EXPECT_EQ(burst.size(), 17U);
    EXPECT_EQ(ring.used(), ring.capacity());
    burst.free_all();

    std::size_t next = 0;
    Burst popped;
    while (ring.pop(popped) != 0) {
        for (rte_mbuf* mbuf : popped.mbufs()) EXPECT_EQ(mbuf, pushed[next++]);
        popped.free_all();
    }
    EXPECT_EQ(next, 103U);
    EXPECT_EQ(pool.available(), pool.size());
}

TEST(PacketRing, HoldsAtLeastWhatWasAskedForInWholeLines) {
    for (const std::size_t capacity : {1U, 7U, 8U, 64U, 100U, 1024U}) {
        const PacketRing ring(capacity, this_socket());
        EXPECT_GE(ring.capacity(), capacity);
        EXPECT_LT(ring.capacity(), capacity + 8);
        EXPECT_EQ((ring.capacity() + 1) % 8, 0U);
        EXPECT_EQ(ring_memory_bytes(capacity), (ring.capacity() + 1) * sizeof(void*));
    }
}

TEST(PacketRing, FreesWhatIsLeftWhenItGoes) {
    PacketPool pool("ring_left", 255, 256, this_socket());
    {
        PacketRing ring(128, this_socket());
        Burst burst;
        ASSERT_TRUE(pool.allocate(burst, 50));
        EXPECT_EQ(ring.push(burst), 50U);
        EXPECT_EQ(pool.available(), 205U);
    }
    EXPECT_EQ(pool.available(), 255U);
}

TEST(PacketRing, LosesNothingBetweenTwoThreads) {
    constexpr std::uint32_t kPackets = 200'000;
    PacketPool pool("ring_threads", 1023, 256, this_socket());
    PacketRing ring(256, this_socket());
    std::atomic<bool> failed{false};
    std::thread consumer([&] {
        std::uint32_t expected = 0;
        while (expected < kPackets) {
            Burst burst;
            if (ring.pop(burst) == 0) std::this_thread::yield();
            for (rte_mbuf* mbuf : burst.mbufs()) {
                if (mbuf->hash.usr != expected++) failed = true;
            }
        }
    });
    std::uint32_t next = 0;
    Burst pending;
    while (next < kPackets || !pending.empty()) {
        if (pending.empty() && pool.allocate(pending, 32)) {
            for (rte_mbuf* mbuf : pending.mbufs()) mbuf->hash.usr = next++;
        }
        if (ring.push(pending) == 0) std::this_thread::yield();
    }
    consumer.join();
    EXPECT_FALSE(failed);
    EXPECT_EQ(ring.used(), 0U);
    EXPECT_EQ(pool.available(), pool.size());
}

}  // namespace
}  // namespace weir::ring
