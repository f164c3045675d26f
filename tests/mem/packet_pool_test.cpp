// SPDX-License-Identifier: BSD-3-Clause
#include "mem/packet_pool.hpp"

#include <gtest/gtest.h>
#include <rte_lcore.h>

#include "mem/hugepage_array.hpp"
#include "mem/packet_meta.hpp"
#include "support/setup_error.hpp"

namespace weir::mem {
namespace {

constexpr std::uint32_t kDataBytes = 2048;

base::SocketId this_socket() { return {static_cast<int>(rte_socket_id())}; }

TEST(PacketPool, HandsOutExactlyWhatItHolds) {
    PacketPool pool("exact", 127, kDataBytes, this_socket());
    EXPECT_EQ(pool.size(), 127U);
    EXPECT_EQ(pool.available(), 127U);
    BurstOf<256> taken;
    while (pool.allocate(taken, 1)) {
    }
    EXPECT_EQ(taken.size(), 127U);
    EXPECT_EQ(pool.available(), 0U);
    taken.free_all();
    EXPECT_EQ(pool.available(), 127U);
}

TEST(PacketPool, GivesAllOrNoneOfABulk) {
    PacketPool pool("bulk", 63, kDataBytes, this_socket());
    Burst first;
    Burst second;
    ASSERT_TRUE(pool.allocate(first, 60));
    EXPECT_FALSE(pool.allocate(second, 4));
    EXPECT_TRUE(second.empty());
    EXPECT_TRUE(pool.allocate(second, 3));
}

TEST(PacketPool, RemembersHowLowItStoodAndWhenItHadNothing) {
    constexpr std::size_t kMbufs = 1023;
    PacketPool pool("marks", kMbufs, kDataBytes, this_socket());
    EXPECT_EQ(pool.watermarks().lowest_free, kMbufs);
    BurstOf<2048> taken;
    ASSERT_TRUE(pool.allocate(taken, 100));
    // The main lcore's cache was filled beside, where a pool has caches.
    const PoolWatermarks after = pool.watermarks();
    EXPECT_EQ(pool.cached(), watch::kPools ? 0U : kMempoolCacheSize);
    EXPECT_EQ(after.lowest_free, kMbufs - 100 - pool.cached());
    EXPECT_EQ(after.exhausted, 0U);
    taken.free_all();
    EXPECT_EQ(pool.watermarks().lowest_free, after.lowest_free);

    while (pool.allocate(taken, 1)) {
    }
    EXPECT_EQ(taken.size(), kMbufs);
    EXPECT_EQ(pool.watermarks().lowest_free, 0U);
    EXPECT_EQ(pool.watermarks().exhausted, 1U);
    EXPECT_FALSE(pool.allocate(taken, 1));
    EXPECT_EQ(pool.watermarks().exhausted, 2U);
}

TEST(PacketPool, KnowsItsMemoryBeforehand) {
    PacketPool pool("sized", 1023, kDataBytes, this_socket());
    EXPECT_EQ(mbuf_memory_bytes(kDataBytes), pool.mbuf_bytes());
    EXPECT_EQ(pool.data_bytes(), kDataBytes);
}

TEST(PacketPool, RefusesWhatMemoryCannotHoldAndSaysHowMuch) {
    const std::string text = test::setup_error(
        [] { const PacketPool pool("huge", 10'000'000, kDataBytes, this_socket()); });
    EXPECT_NE(text.find("MiB"), std::string::npos) << text;
    EXPECT_NE(text.find("weir plan"), std::string::npos) << text;
}

TEST(Burst, FreesWhatItHoldsWhenItGoes) {
    PacketPool pool("owner", 63, kDataBytes, this_socket());
    {
        Burst burst;
        ASSERT_TRUE(pool.allocate(burst, 32));
        EXPECT_EQ(pool.available(), 31U);
    }
    EXPECT_EQ(pool.available(), 63U);
}

TEST(Burst, KeepsTheRestInOrderWhenSomeAreGiven) {
    PacketPool pool("order", 63, kDataBytes, this_socket());
    Burst burst;
    ASSERT_TRUE(pool.allocate(burst, 8));
    rte_mbuf* given[3] = {burst[0], burst[1], burst[2]};
    rte_mbuf* fourth = burst[3];
    burst.give(3);
    EXPECT_EQ(burst.size(), 5U);
    EXPECT_EQ(burst[0], fourth);
    rte_pktmbuf_free_bulk(given, 3);
    burst.free_from(2);
    EXPECT_EQ(burst.size(), 2U);
    EXPECT_EQ(pool.available(), 61U);
}

TEST(PacketMeta, TellsCapturedPacketsFromLiveOnes) {
    PacketPool pool("meta", 63, kDataBytes, this_socket());
    const PacketMeta meta = PacketMeta::register_fields();
    Burst burst;
    ASSERT_TRUE(pool.allocate(burst, 2));
    burst[0]->pkt_len = 60;
    burst[1]->pkt_len = 60;
    meta.set_captured(burst[1], 1514, 1'700'000'000'123'456'789ULL);
    EXPECT_EQ(meta.wire_bytes(burst[0]), 60U);
    EXPECT_EQ(meta.timestamp_ns(burst[0]), 0U);
    EXPECT_EQ(meta.wire_bytes(burst[1]), 1514U);
    EXPECT_EQ(meta.timestamp_ns(burst[1]), 1'700'000'000'123'456'789ULL);
}

TEST(HugepageArray, IsZeroedAndAligned) {
    struct Entry {
        std::uint64_t value;
    };
    HugepageArray<Entry> array("test table", 1000, this_socket());
    EXPECT_EQ(array.elements().size(), 1000U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.elements().data()) % 64, 0U);
    for (const Entry& entry : array.elements()) EXPECT_EQ(entry.value, 0U);
}

}  // namespace
}  // namespace weir::mem
