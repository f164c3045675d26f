// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/segment_store.hpp"

#include <gtest/gtest.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <set>
#include <vector>

#include "base/setup_error.hpp"

namespace weir::pipeline {
namespace {

using capture::Segment;

base::SocketId this_socket() { return {static_cast<int>(rte_socket_id())}; }

/// Octets in use of the heap that segments come from.
std::size_t heap_in_use() {
    rte_malloc_socket_stats stats{};
    EXPECT_EQ(rte_malloc_get_socket_stats(this_socket().value, &stats), 0);
    return stats.heap_allocsz_bytes;
}

TEST(SegmentStore, BeginsWithTheLeastAndGivesAllBack) {
    const std::size_t before = heap_in_use();
    {
        SegmentStore store(3, 8, this_socket());
        EXPECT_EQ(store.segments(), 3U);
        EXPECT_EQ(store.free_segments(), 3U);
        EXPECT_FALSE(store.at_limit());
        EXPECT_GE(heap_in_use(), before + 3 * capture::kSegmentBytes);
    }
    EXPECT_EQ(heap_in_use(), before);
}

TEST(SegmentStore, HasThePagesOfASegmentBeforeTheWorkerGetsIt) {
    SegmentStore store(3, 8, this_socket());
    const auto page_bytes = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    while (Segment* segment = store.free().pop()) {
        const auto at = reinterpret_cast<std::uintptr_t>(segment);
        const std::uintptr_t begin = at / page_bytes * page_bytes;
        const std::uintptr_t bytes = at + capture::kSegmentBytes - begin;
        std::vector<unsigned char> resident((bytes + page_bytes - 1) / page_bytes);
        ASSERT_EQ(mincore(reinterpret_cast<void*>(begin), bytes, resident.data()), 0);
        EXPECT_TRUE(std::ranges::all_of(resident, [](auto page) { return (page & 1) != 0; }));
        store.grow();
    }
    EXPECT_TRUE(store.at_limit());
}

TEST(SegmentStore, GrowsBeforeTheFreeOnesRunOutAndStopsAtItsLimit) {
    SegmentStore store(3, 8, this_socket());
    store.grow();
    EXPECT_EQ(store.segments(), 3U) << "all are free";
    std::set<Segment*> used;
    for (std::size_t i = 0; i < 8; ++i) {
        Segment* segment = store.free().pop();
        ASSERT_NE(segment, nullptr) << i;
        EXPECT_TRUE(used.insert(segment).second);
        segment->add(0, i, 1, 1)[0] = std::byte(i);
        store.grow();
        EXPECT_TRUE(store.free_segments() >= 3 || store.at_limit());
    }
    EXPECT_EQ(store.free().pop(), nullptr);
    EXPECT_EQ(store.segments(), 8U);
    EXPECT_TRUE(store.at_limit());
    // None has moved, and what is in them has stayed.
    std::uint64_t sum = 0;
    for (Segment* segment : used) {
        const auto block = capture::first_packet_block(segment->blocks());
        EXPECT_EQ(block.captured[0], std::byte(block.timestamp_ns));
        sum += block.timestamp_ns;
        store.give_back(*segment);
        EXPECT_EQ(segment->packets(), 0U);
    }
    EXPECT_EQ(sum, 28U);
    EXPECT_EQ(store.free_segments(), 8U);
}

TEST(SegmentStore, ThatFindsNoMemoryStaysAsLargeAsItIs) {
    constexpr std::size_t kTooMany = 1000;  // The tests' EAL has 192 MiB.
    SegmentStore store(1, kTooMany, this_socket());
    std::size_t taken = 0;
    while (store.free().pop() != nullptr) {
        ++taken;
        store.grow();
    }
    EXPECT_TRUE(store.at_limit());
    EXPECT_EQ(taken, store.segments());
    EXPECT_GT(taken, 10U);
    EXPECT_LT(taken, kTooMany);
}

TEST(SegmentStore, ThatFindsTooLittleAtTheStartSaysSoAndKeepsNothing) {
    const std::size_t before = heap_in_use();
    EXPECT_THROW(SegmentStore(1000, 1000, this_socket()), base::SetupError);
    EXPECT_EQ(heap_in_use(), before);
}

}  // namespace
}  // namespace weir::pipeline
