// SPDX-License-Identifier: BSD-3-Clause
#include "stage/stage_clock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <numeric>
#include <thread>

#include "stage/task.hpp"

namespace weir::stage {
namespace {

using base::at;

std::uint64_t ticks_of(const StageClock& clock, Stage stage) {
    return clock.counters().read()[at(StageCounter::kTicks) + at(stage)];
}
std::uint64_t packets_of(const StageClock& clock, Stage stage) {
    return clock.counters().read()[at(StageCounter::kPackets) + at(stage)];
}
std::uint64_t turns_of(const StageClock& clock) {
    return clock.counters().read()[at(StageCounter::kTurns)];
}

/// Turns that move packets, until the clock samples.
int turns_to_sample(StageClock& clock) {
    int turns = 0;
    while (!clock.sampling()) {
        clock.begin(0);
        clock.end(0, 1);
        ++turns;
    }
    return turns;
}

TEST(StageClock, GivesEachStageTheTimeSinceTheLastEnded) {
    StageClock clock;
    turns_to_sample(clock);
    clock.begin(1000);
    clock.lap(Stage::kReceive, 64, 1500);
    clock.lap(Stage::kParse, 64, 8000);
    clock.lap(Stage::kTally, 64, 8100);
    clock.lap(Stage::kAction, 64, 9000);
    clock.lap(Stage::kTally, 0, 9030);
    EXPECT_EQ(clock.last(), 9030U);
    clock.end(9040, 64);
    EXPECT_EQ(ticks_of(clock, Stage::kReceive), 500U);
    EXPECT_EQ(ticks_of(clock, Stage::kParse), 6500U);
    EXPECT_EQ(ticks_of(clock, Stage::kTally), 130U);
    EXPECT_EQ(ticks_of(clock, Stage::kAction), 900U);
    EXPECT_EQ(ticks_of(clock, Stage::kLoop), 10U);
    EXPECT_EQ(ticks_of(clock, Stage::kFilter), 0U);
    EXPECT_EQ(packets_of(clock, Stage::kTally), 64U);
    EXPECT_EQ(packets_of(clock, Stage::kLoop), 0U);
    EXPECT_EQ(turns_of(clock), 1U);
}

TEST(StageClock, CountsNothingOfOtherTurns) {
    StageClock clock;
    clock.begin(0);
    clock.lap(Stage::kParse, 64, 500);
    clock.end(600, 64);
    EXPECT_EQ(turns_of(clock), 0U);
    EXPECT_EQ(ticks_of(clock, Stage::kParse), 0U);
}

TEST(StageClock, PassesOverATurnThatMovesNothing) {
    StageClock clock;
    turns_to_sample(clock);
    clock.begin(0);
    clock.lap(Stage::kReceive, 0, 400);
    clock.end(500, 0);
    EXPECT_EQ(turns_of(clock), 0U);
    ASSERT_TRUE(clock.sampling());
    clock.begin(500);
    clock.lap(Stage::kReceive, 3, 600);
    clock.end(650, 3);
    EXPECT_EQ(ticks_of(clock, Stage::kReceive), 100U);
    EXPECT_EQ(packets_of(clock, Stage::kReceive), 3U);
    EXPECT_EQ(ticks_of(clock, Stage::kLoop), 50U);
    EXPECT_EQ(turns_of(clock), 1U);
    EXPECT_FALSE(clock.sampling());
}

TEST(StageClock, SamplesOneTurnIn64AtVaryingIntervals) {
    StageClock clock;
    int least = 1000;
    int most = 0;
    int turns = 0;
    constexpr int kSamples = 10'000;
    for (int i = 0; i < kSamples; ++i) {
        const int waited = turns_to_sample(clock);
        clock.begin(0);
        clock.lap(Stage::kParse, 1, 10);
        clock.end(10, 1);
        turns += waited + 1;
        if (i == 0) continue;
        least = std::min(least, waited);
        most = std::max(most, waited);
    }
    EXPECT_EQ(turns_of(clock), static_cast<std::uint64_t>(kSamples));
    EXPECT_EQ(least, 32);
    EXPECT_EQ(most, 95);
    EXPECT_NEAR(static_cast<double>(turns) / kSamples, 64.5, 1);
}

TEST(StageClock, TakesItsOwnTimeAway) {
    StageClock clock;
    clock.calibrate();
    EXPECT_EQ(turns_of(clock), 0U);
    EXPECT_EQ(ticks_of(clock, Stage::kLoop), 0U);
    turns_to_sample(clock);
    constexpr std::uint64_t kTook = 1'000'000;
    clock.begin(0);
    clock.lap(Stage::kParse, 1, kTook);
    clock.lap(Stage::kTally, 1, kTook + 1);
    clock.end(kTook + 1, 1);
    // Reading the TSC takes time everywhere, and nowhere as much as a tenth of this.
    EXPECT_LT(ticks_of(clock, Stage::kParse), kTook);
    EXPECT_GT(ticks_of(clock, Stage::kParse), kTook / 10 * 9);
    // What took less than a stamp took nothing.
    EXPECT_EQ(ticks_of(clock, Stage::kTally), 0U);
}

/// A sampled turn of one stage and so many ticks.
void take_turn(StageClock& clock, std::uint64_t ticks) {
    turns_to_sample(clock);
    clock.begin(1000);
    clock.lap(Stage::kParse, 64, 1000 + ticks);
    clock.end(1000 + ticks, 64);
}

TEST(StageClock, KeepsInterruptedTurnsApart) {
    StageClock clock;
    for (int i = 0; i < 100; ++i) take_turn(clock, 6400);
    take_turn(clock, 10'000'000);
    for (int i = 0; i < 100; ++i) take_turn(clock, 12'800);
    EXPECT_EQ(ticks_of(clock, Stage::kInterrupted), 10'000'000U);
    EXPECT_EQ(packets_of(clock, Stage::kInterrupted), 0U);
    EXPECT_EQ(ticks_of(clock, Stage::kParse), 100U * 6400 + 100U * 12'800);
    EXPECT_EQ(packets_of(clock, Stage::kParse), 200U * 64);
    EXPECT_EQ(turns_of(clock), 201U);
}

TEST(StageClock, TakesForUsualWhatIsAlwaysSlow) {
    StageClock clock;
    for (int i = 0; i < 100; ++i) take_turn(clock, 6400);
    for (int i = 0; i < 1000; ++i) take_turn(clock, 2'000'000);
    EXPECT_LT(ticks_of(clock, Stage::kInterrupted), 10U * 2'000'000);
    EXPECT_GT(packets_of(clock, Stage::kParse), 1090U * 64);
    // From the first turn on, where no other is known.
    StageClock slow;
    take_turn(slow, 2'000'000);
    EXPECT_EQ(ticks_of(slow, Stage::kParse), 2'000'000U);
}

TEST(StageClock, OneThatIsOffNeverSamples) {
    EXPECT_FALSE(StageClock::off().sampling());
    StageClock::off().lap(Stage::kParse, 64);
    EXPECT_EQ(turns_of(StageClock::off()), 0U);
}

/// Moves a packet in every second turn, and takes a known time for it.
class BusyTask final : public Task {
   public:
    std::size_t poll(const Turn& turn) noexcept override {
        turns_.fetch_add(1, std::memory_order_relaxed);
        if ((turns_.load(std::memory_order_relaxed) & 1) != 0) return 0;
        while (base::tsc_now() - turn.started_tsc < kTicks) {
        }
        turn.clock.lap(Stage::kParse, 7);
        return 1;
    }
    [[nodiscard]] std::uint64_t turns() const { return turns_.load(std::memory_order_relaxed); }

    static constexpr std::uint64_t kTicks = 5000;

   private:
    std::atomic<std::uint64_t> turns_{0};
};

TEST(StageClock, AgreesWithTheBusyTimeOfALoop) {
    BusyTask task;
    Task* const tasks[] = {&task};
    std::atomic<Phase> phase{Phase::kRun};
    LcoreLoop loop;
    loop.tasks = tasks;
    loop.phase = &phase;
    std::thread lcore([&loop] { loop.run(); });
    while (task.turns() < 40'000) std::this_thread::yield();
    phase.store(Phase::kExit, std::memory_order_release);
    lcore.join();
    const auto lcore_counts = loop.counters.read();
    const auto sampled = loop.clock.counters().read();
    const auto ticks = sampled.begin() + at(StageCounter::kTicks);
    const std::uint64_t all = std::accumulate(ticks, ticks + kStages, std::uint64_t{0});
    const std::uint64_t turns = sampled[at(StageCounter::kTurns)];
    const std::uint64_t busy_turns =
        lcore_counts[at(LcoreCounter::kPolls)] - lcore_counts[at(LcoreCounter::kEmptyPolls)];
    EXPECT_NEAR(static_cast<double>(busy_turns) / static_cast<double>(turns), 64, 4);
    EXPECT_LE(packets_of(loop.clock, Stage::kParse), 7 * turns);
    EXPECT_GE(packets_of(loop.clock, Stage::kParse), 7 * turns / 2);
    const std::uint64_t interrupted = ticks_of(loop.clock, Stage::kInterrupted);
    // No turn is shorter than the task, and most are not much longer.
    EXPECT_GE(all, turns * (BusyTask::kTicks - 1000));
    EXPECT_GE(lcore_counts[at(LcoreCounter::kBusyTsc)], busy_turns * BusyTask::kTicks);
    EXPECT_GT(ticks_of(loop.clock, Stage::kParse), (all - interrupted) * 9 / 10);
}

}  // namespace
}  // namespace weir::stage
