// SPDX-License-Identifier: BSD-3-Clause
// When a worker looks into its ring, and for how long it leaves it alone.

#include <gtest/gtest.h>

#include <cstdint>

#include "base/tsc.hpp"
#include "stage/rx.hpp"
#include "worker_fixture.hpp"

namespace weir::stage {
namespace {

using base::at;

constexpr std::uint64_t kStart = 1'000'000;
constexpr std::uint64_t kRest = 1000;

class InletTest : public WorkerTest {
   protected:
    void arrive(std::size_t packets) {
        mem::Burst burst;
        ASSERT_TRUE(pool_.allocate(burst, packets));
        ASSERT_EQ(ring_.push(burst), packets);
    }
    /// What is taken at TSC `now`.
    std::size_t take(std::uint64_t now) {
        mem::Burst burst;
        const std::size_t taken = inlets_[0].take(burst, now, kRest);
        EXPECT_EQ(burst.size(), taken);
        return taken;
    }

    ring::PacketRing ring_{256, this_socket()};
    Inlet inlets_[1] = {{&ring_, 0, {}, {}}};
};

TEST_F(InletTest, LetsPacketsGatherBehindASmallBurst) {
    arrive(2);
    EXPECT_EQ(take(kStart), 2U);
    arrive(3);
    EXPECT_EQ(take(kStart + 1), 0U);
    arrive(4);
    EXPECT_EQ(take(kStart + kRest - 1), 0U);
    EXPECT_EQ(take(kStart + kRest), 7U);
}

TEST_F(InletTest, KeepsNoPacketBeyondTheRestThoughNothingMoreComes) {
    arrive(63);
    EXPECT_EQ(take(kStart), 63U);
    arrive(1);
    EXPECT_EQ(take(kStart + kRest - 1), 0U);
    EXPECT_EQ(take(kStart + kRest), 1U);
    EXPECT_EQ(ring_.used(), 0U);
}

TEST_F(InletTest, CountsTheRestFromTheBurstAndNotFromAVainLook) {
    arrive(2);
    EXPECT_EQ(take(kStart), 2U);
    EXPECT_EQ(take(kStart + kRest), 0U);
    arrive(2);
    EXPECT_EQ(take(kStart + kRest + 1), 2U);
}

TEST_F(InletTest, KeepsNoPacketWhileTheLoadIsLow) {
    for (std::uint64_t now = kStart; now < kStart + 20; ++now) {
        arrive(1);
        EXPECT_EQ(take(now), 1U);
        EXPECT_EQ(take(now), 0U);
    }
    // Several at once are not kept either, if what came before is longer ago than a rest.
    for (std::uint64_t now = 2 * kStart; now < 3 * kStart; now += kStart / 10) {
        arrive(5);
        EXPECT_EQ(take(now), 5U);
    }
}

TEST_F(InletTest, DoesNotRestWithoutATime) {
    arrive(2);
    EXPECT_EQ(take(kStart), 2U);
    arrive(2);
    mem::Burst burst;
    EXPECT_EQ(inlets_[0].take(burst, kStart, 0), 2U);
}

TEST_F(InletTest, LooksAgainAtOnceBehindAFullBurst) {
    arrive(mem::kMaxBurst);
    arrive(5);
    EXPECT_EQ(take(kStart), mem::kMaxBurst);
    EXPECT_EQ(take(kStart), 5U);
}

TEST_F(InletTest, RestsByItself) {
    ring::PacketRing other(256, this_socket());
    Inlet inlets[2] = {{&ring_, 0, {}, {}}, {&other, 0, {}, {}}};
    Worker worker(setup());
    WorkerTask task(inlets, worker, kRest);
    arrive(2);
    EXPECT_EQ(task.poll({Phase::kRun, kStart, StageClock::off()}), 2U);
    arrive(2);
    mem::Burst burst;
    ASSERT_TRUE(pool_.allocate(burst, 3));
    other.push(burst);
    EXPECT_EQ(task.poll({Phase::kRun, kStart + 1, StageClock::off()}), 3U) << "the other ring's";
    EXPECT_EQ(ring_.used(), 2U);
    EXPECT_EQ(task.poll({Phase::kRun, kStart + kRest, StageClock::off()}), 2U);
}

TEST_F(InletTest, ARunThatIsToldToStopWhileARingRestsEmptiesIt) {
    Worker::Setup all_delivered = setup();
    all_delivered.drop_malformed = false;
    Worker worker(all_delivered);
    WorkerTask task(inlets_, worker, base::tsc_now() / 4);  // Half an hour or so.
    arrive(2);
    EXPECT_EQ(task.poll(Phase::kRun), 2U);
    arrive(7);
    EXPECT_EQ(task.poll(Phase::kRun), 0U);
    EXPECT_EQ(task.poll(Phase::kStopGenerators), 0U);
    EXPECT_EQ(task.poll(Phase::kDrain), 7U);
    EXPECT_EQ(ring_.used(), 0U);
    EXPECT_EQ(task.held(), 0U);
    EXPECT_EQ(worker.counters().read()[at(WorkerCounter::kDelivered)], 9U);
    EXPECT_EQ(pool_.available(), pool_.size());
}

}  // namespace
}  // namespace weir::stage
