// SPDX-License-Identifier: BSD-3-Clause
#include "base/shared_histogram.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>

namespace weir::base {
namespace {

TEST(SharedLogHistogram, CountsAsTheUnsharedOneDoes) {
    SharedLogHistogram shared;
    LongLogHistogram plain;
    for (std::uint64_t value = 0; value < UINT64_MAX / 9; value = value * 9 / 8 + 1) {
        shared.add(value);
        plain.add(value);
    }
    EXPECT_EQ(shared.read().counts(), plain.counts());
    EXPECT_EQ(shared.read().most(), plain.most());
}

TEST(SharedLogHistogram, AddsSeveralOfAValueAtOnce) {
    SharedLogHistogram histogram;
    histogram.add(5, 99);
    histogram.add(1000);
    const LongLogHistogram read = histogram.read();
    EXPECT_EQ(read.total(), 100U);
    EXPECT_EQ(read.quantile(0.99), 5U);
    EXPECT_EQ(read.quantile(1), 1000U);
}

TEST(SharedLogHistogram, HoldsMoreThan32BitsCount) {
    SharedLogHistogram histogram;
    histogram.add(1, std::uint64_t{1} << 33);
    histogram.add(2);
    EXPECT_EQ(histogram.read().total(), (std::uint64_t{1} << 33) + 1);
}

TEST(SharedTally, CountsEachValueFromZeroToTheMost) {
    SharedTally<64> tally;
    tally.add(0);
    tally.add(64);
    tally.add(64);
    const auto counts = tally.read();
    EXPECT_EQ(counts[0], 1U);
    EXPECT_EQ(counts[63], 0U);
    EXPECT_EQ(counts[64], 2U);
}

TEST(SharedHistograms, AReaderSeesCountsThatNeverFall) {
    SharedLogHistogram histogram;
    SharedTally<7> tally;
    std::atomic<bool> stop{false};
    std::thread writer([&] {
        for (std::uint64_t i = 0; !stop.load(std::memory_order_relaxed); ++i) {
            histogram.add(i & 1023);
            tally.add(i & 7);
        }
    });
    std::uint64_t last = 0;
    while (last < 10'000) {
        const std::uint64_t total = histogram.read().total();
        ASSERT_GE(total, last);
        last = total;
        ASSERT_LE(histogram.read().most(), 1023U);
        const auto counts = tally.read();
        ASSERT_LE(counts[0], tally.read()[0]);
    }
    stop = true;
    writer.join();
    EXPECT_GE(histogram.read().total(), last);
}

}  // namespace
}  // namespace weir::base
