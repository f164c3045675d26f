// SPDX-License-Identifier: BSD-3-Clause
#include "base/log_histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace weir::base {
namespace {

TEST(LogHistogram, IsEmptyAtFirst) {
    const LogHistogram histogram;
    EXPECT_EQ(histogram.total(), 0U);
    EXPECT_EQ(histogram.quantile(0.5), 0U);
    EXPECT_EQ(histogram.most(), 0U);
}

TEST(LogHistogram, KnowsEachValueToAnEighth) {
    for (std::uint64_t value = 0; value < 100'000; value = value * 9 / 8 + 1) {
        LogHistogram histogram;
        histogram.add(value);
        histogram.add(value + value / 4 + 1);
        EXPECT_GE(histogram.quantile(0.5), value);
        EXPECT_LE(histogram.quantile(0.5), value + value / 8);
        EXPECT_EQ(histogram.quantile(1), value + value / 4 + 1);
    }
}

TEST(LogHistogram, QuantilesOfManyValuesAreNearTheExactOnes) {
    std::mt19937_64 random(1);
    std::vector<std::uint64_t> values;
    LogHistogram histogram;
    for (int i = 0; i < 100'000; ++i) {
        values.push_back(random() >> (24 + random() % 40));
        histogram.add(values.back());
    }
    std::ranges::sort(values);
    for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        const std::uint64_t exact = values[static_cast<std::size_t>(share * 100'000) - 1];
        EXPECT_GE(histogram.quantile(share), exact) << share;
        EXPECT_LE(histogram.quantile(share), exact + exact / 8) << share;
    }
    EXPECT_EQ(histogram.most(), values.back());
    EXPECT_EQ(histogram.total(), values.size());
}

TEST(LogHistogram, QuantilesOfFewValuesLeaveNoneOut) {
    for (std::uint64_t count = 1; count <= 1000; ++count) {
        LogHistogram histogram;
        for (std::uint64_t i = 1; i < count; ++i) histogram.add(1);
        histogram.add(7);
        // The one that is greater is among the first 99.9 % only where these are all.
        EXPECT_EQ(histogram.quantile(0.999), count < 1000 ? 7U : 1U) << count;
        EXPECT_EQ(histogram.quantile(0.9), count < 10 ? 7U : 1U) << count;
        EXPECT_EQ(histogram.quantile(0.5), count < 2 ? 7U : 1U) << count;
    }
}

TEST(LogHistogram, TheGreatestValuesShareAClass) {
    LogHistogram histogram;
    histogram.add(UINT64_MAX);
    histogram.add(LogHistogram::kMost + 1);
    EXPECT_EQ(histogram.total(), 2U);
    EXPECT_EQ(histogram.quantile(0.5), LogHistogram::kMost);
    EXPECT_EQ(histogram.most(), UINT64_MAX);
}

TEST(LogHistogram, Adds) {
    LogHistogram one;
    LogHistogram other;
    one.add(3);
    other.add(300);
    one += other;
    EXPECT_EQ(one.total(), 2U);
    EXPECT_EQ(one.quantile(0.5), 3U);
    EXPECT_EQ(one.most(), 300U);
}

TEST(LogHistogram, TellsWhatCameSinceAnEarlierLook) {
    LongLogHistogram earlier;
    earlier.add(1'000'000);
    earlier.add(5);
    LongLogHistogram now = earlier;
    now.add(5);
    now.add(100);
    const LongLogHistogram rest = now.since(earlier);
    EXPECT_EQ(rest.total(), 2U);
    EXPECT_EQ(rest.quantile(0.5), 5U);
    EXPECT_GE(rest.most(), 100U);
    EXPECT_LE(rest.most(), 100U + 100U / 8);
    EXPECT_EQ(now.since(now).total(), 0U);
    EXPECT_EQ(now.since(now).most(), 0U);
}

}  // namespace
}  // namespace weir::base
