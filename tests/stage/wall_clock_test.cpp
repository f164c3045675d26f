// SPDX-License-Identifier: BSD-3-Clause
#include "stage/wall_clock.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace weir::stage {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kStart = 1'700'000'000 * kSecond;
/// A TSC of 2 GHz.
constexpr ClockAnchor kAnchor{1'000'000, kStart, 0.5};

ClockSample sample(std::uint64_t tsc, std::uint64_t ns) { return {tsc, ns}; }

TEST(ClockAnchor, ConvertsBeforeAndAfterItself) {
    EXPECT_EQ(kAnchor.ns_at(1'000'000), kStart);
    EXPECT_EQ(kAnchor.ns_at(1'000'000 + 2'000'000'000), kStart + kSecond);
    EXPECT_EQ(kAnchor.ns_at(1'000'000 - 1000), kStart - 500);
}

TEST(NextAnchor, OfAClockThatKeepsTimeGoesOnAsBefore) {
    const ClockSample before = sample(1'000'000, kStart);
    const ClockSample now = sample(1'000'000 + 2'000'000'000, kStart + kSecond);
    const ClockAnchor next = next_anchor(kAnchor, before, now, kSecond);
    EXPECT_EQ(next.ns, now.ns);
    EXPECT_DOUBLE_EQ(next.ns_per_tick, 0.5);
}

TEST(NextAnchor, NeverJumpsOverASmallDifferenceAndMakesItUp) {
    for (const std::int64_t off : {-40'000, -1, 1, 300, 200'000}) {
        const ClockSample before = sample(1'000'000, kStart + static_cast<std::uint64_t>(off));
        const ClockSample now = sample(1'000'000 + 2'000'000'000, before.ns + kSecond);
        const ClockAnchor next = next_anchor(kAnchor, before, now, kSecond);
        EXPECT_EQ(next.ns_at(now.tsc), kAnchor.ns_at(now.tsc)) << off;
        const std::uint64_t later = now.tsc + 2'000'000'000;
        const auto error = static_cast<std::int64_t>(next.ns_at(later) - (now.ns + kSecond));
        EXPECT_LE(std::abs(error), 2) << off;
    }
}

TEST(NextAnchor, TakesTheSpeedThatWasMeasured) {
    // 200 ppm faster than it was thought to be.
    const ClockSample before = sample(1'000'000, kStart);
    const ClockSample now = sample(1'000'000 + 2'000'000'000, kStart + kSecond + 200'000);
    const ClockAnchor next = next_anchor(kAnchor, before, now, kSecond);
    EXPECT_NEAR(next.ns_per_tick, 0.5 * (1 + 200e-6) * (1 + 200e-6), 1e-12);
}

TEST(NextAnchor, SteersALargeDifferenceSlowlyAndASetClockAtOnce) {
    const ClockSample before = sample(1'000'000, kStart + 50'000'000);
    const ClockSample now = sample(1'000'000 + 2'000'000'000, before.ns + kSecond);
    const ClockAnchor slow = next_anchor(kAnchor, before, now, kSecond);
    EXPECT_EQ(slow.ns, kAnchor.ns_at(now.tsc));
    EXPECT_NEAR(slow.ns_per_tick, 0.5 * (1 + 500e-6), 1e-12);
    // Set by an hour between the samples: the speed stays what it was.
    for (const std::int64_t step : {-3600, 3600}) {
        const std::uint64_t set = kStart + kSecond + static_cast<std::uint64_t>(step) * kSecond;
        const ClockAnchor next = next_anchor(kAnchor, sample(1'000'000, kStart),
                                             sample(1'000'000 + 2'000'000'000, set), kSecond);
        EXPECT_EQ(next.ns, set);
        EXPECT_DOUBLE_EQ(next.ns_per_tick, 0.5);
    }
}

TEST(SampleClock, IsTheTimeOfDay) {
    const auto time_of_day = [] {
        return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                              std::chrono::system_clock::now().time_since_epoch())
                                              .count());
    };
    const std::uint64_t before = time_of_day();
    const ClockSample now = sample_clock();
    EXPECT_GE(now.ns, before);
    EXPECT_LE(now.ns, time_of_day());
}

TEST(WallClock, GivesWholeAnchorsOnly) {
    WallClock clock;
    clock.publish({1, 1, 1});
    std::atomic<bool> done{false};
    std::thread writer([&] {
        for (std::uint64_t i = 2; i < 300'000; ++i) {
            clock.publish({i, i, static_cast<double>(i)});
        }
        done = true;
    });
    ClockAnchor known;
    std::uint64_t last = 0;
    bool whole = true;
    while (!done) {
        clock.refresh(known);
        whole = whole && known.tsc == known.ns &&
                known.ns_per_tick == static_cast<double>(known.ns) && known.tsc >= last;
        last = known.tsc;
    }
    writer.join();
    EXPECT_TRUE(whole);
    clock.refresh(known);
    EXPECT_EQ(known.tsc, 299'999U);
}

}  // namespace
}  // namespace weir::stage
