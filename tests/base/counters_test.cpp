// SPDX-License-Identifier: BSD-3-Clause
#include "base/counters.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>

namespace weir::base {
namespace {

enum class Pair : unsigned { kPackets, kBytes, kCount };

TEST(CounterBlock, StartsAtZeroAndAdds) {
    CounterBlock<Pair> block;
    EXPECT_EQ(block.read()[at(Pair::kPackets)], 0U);
    {
        CounterBlock<Pair>::Update update(block);
        update.add(Pair::kPackets, 3);
        update.add(Pair::kBytes, 192);
        update.add(Pair::kPackets, 1);
    }
    EXPECT_EQ(block.read()[at(Pair::kPackets)], 4U);
    EXPECT_EQ(block.read()[at(Pair::kBytes)], 192U);
}

TEST(CounterBlock, AReaderNeverSeesHalfAnUpdate) {
    CounterBlock<Pair> block;
    std::atomic<bool> stop{false};
    std::thread writer([&] {
        while (!stop.load(std::memory_order_relaxed)) {
            CounterBlock<Pair>::Update update(block);
            update.add(Pair::kPackets, 1);
            update.add(Pair::kBytes, 64);
        }
    });
    std::uint64_t last = 0;
    for (int i = 0; i < 20'000 || last < 1000; ++i) {
        const auto values = block.read();
        ASSERT_EQ(values[at(Pair::kBytes)], 64 * values[at(Pair::kPackets)]);
        ASSERT_GE(values[at(Pair::kPackets)], last);
        last = values[at(Pair::kPackets)];
    }
    stop = true;
    writer.join();
}

struct Sum {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
};

TEST(Published, AReaderNeverSeesHalfAValue) {
    Published<Sum> board;
    EXPECT_EQ(board.read().packets, 0U);
    std::atomic<bool> stop{false};
    std::thread writer([&] {
        Sum sum;
        while (!stop.load(std::memory_order_relaxed)) {
            ++sum.packets;
            sum.bytes += 64;
            board.write(sum);
        }
    });
    std::uint64_t last = 0;
    for (int i = 0; i < 20'000 || last < 1000; ++i) {
        const Sum sum = board.read();
        ASSERT_EQ(sum.bytes, 64 * sum.packets);
        ASSERT_GE(sum.packets, last);
        last = sum.packets;
    }
    stop = true;
    writer.join();
}

}  // namespace
}  // namespace weir::base
