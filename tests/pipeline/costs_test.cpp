// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/costs.hpp"

#include <gtest/gtest.h>

namespace weir::pipeline {
namespace {

LcoreState lcore(std::uint64_t busy_cycles, std::vector<StageSample> stages) {
    LcoreState state;
    state.busy_cycles = busy_cycles;
    state.stages = std::move(stages);
    return state;
}

TEST(StageShares, ComeToAllBusyCyclesOfTheLcore) {
    const LcoreState state = lcore(
        64'000, {{"receive", 100, 10}, {"filter", 0, 0}, {"parse", 300, 10}, {"loop", 100, 0}});
    const auto shares = stage_shares({&state, 1});
    ASSERT_EQ(shares.size(), 3U) << "a stage that took no time is left out";
    double cycles = 0;
    double share = 0;
    for (const StageShare& stage : shares) {
        cycles += stage.cycles;
        share += stage.share;
    }
    EXPECT_DOUBLE_EQ(cycles, 64'000);
    EXPECT_DOUBLE_EQ(share, 1);
    EXPECT_EQ(shares[1].name, "parse");
    EXPECT_DOUBLE_EQ(shares[1].cycles, 300 * 128);
    EXPECT_DOUBLE_EQ(shares[1].cycles_a_packet(), 30);
    EXPECT_EQ(shares[1].sampled_packets, 10U);
    EXPECT_DOUBLE_EQ(shares[2].cycles_a_packet(), 0) << "no packets of its own";
}

/// A lcore that was sampled half as often counts as much as it was busy.
TEST(StageShares, WeighLcoresByTheirBusyCycles) {
    const LcoreState lcores[] = {lcore(4000, {{"parse", 1000, 100}}),
                                 lcore(4000, {{"parse", 2000, 100}})};
    const auto shares = stage_shares(lcores);
    ASSERT_EQ(shares.size(), 1U);
    EXPECT_DOUBLE_EQ(shares[0].cycles, 8000);
    EXPECT_DOUBLE_EQ(shares[0].packets, 100 * 4 + 100 * 2);
    EXPECT_NEAR(shares[0].cycles_a_packet(), 13.33, 0.01);
}

TEST(StageShares, AreNoneWithoutSamples) {
    EXPECT_TRUE(stage_shares({}).empty());
    const LcoreState idle = lcore(4000, {{"parse", 0, 0}});
    EXPECT_TRUE(stage_shares({&idle, 1}).empty());
}

TEST(LcoresSince, AreWhatWasAdded) {
    LcoreState before = lcore(1000, {{"parse", 100, 10}});
    before.polls = 5;
    LcoreState now = lcore(3000, {{"parse", 250, 14}});
    now.polls = 25;
    now.empty_polls = 3;
    const auto since = lcores_since({&before, 1}, {&now, 1});
    ASSERT_EQ(since.size(), 1U);
    EXPECT_EQ(since[0].busy_cycles, 2000U);
    EXPECT_EQ(since[0].polls, 20U);
    EXPECT_EQ(since[0].empty_polls, 3U);
    EXPECT_EQ(since[0].stages[0].ticks, 150U);
    EXPECT_EQ(since[0].stages[0].packets, 4U);
    EXPECT_EQ(lcores_since({}, {&now, 1})[0].busy_cycles, 3000U) << "there was none before";
}

TEST(DelayFigures, AreNanoseconds) {
    base::LongLogHistogram ticks;
    for (int i = 0; i < 998; ++i) ticks.add(7);
    ticks.add(5000);
    ticks.add(1'000'000);
    const DelayFigures delay = delay_figures(ticks, 2e9);
    EXPECT_EQ(delay.count, 1000U);
    EXPECT_EQ(delay.p50_ns, 4U);
    EXPECT_EQ(delay.p99_ns, 4U);
    EXPECT_GE(delay.p99_9_ns, 2500U);
    EXPECT_LE(delay.p99_9_ns, 2500U * 9 / 8);
    EXPECT_EQ(delay.max_ns, 500'000U);
    EXPECT_EQ(delay_figures(ticks, 0).max_ns, 0U) << "no clock, no figures";
    EXPECT_EQ(delay_figures({}, 2e9).count, 0U);
}

TEST(BurstFigures, CountBurstsAndTheirPackets) {
    BurstCounts counts{};
    counts[1] = 2;
    counts[32] = 7;
    counts[64] = 1;
    const BurstFigures figures = burst_figures(counts);
    EXPECT_EQ(figures.bursts, 10U);
    EXPECT_EQ(figures.packets, 2U + 7 * 32 + 64);
    EXPECT_EQ(figures.p10, 1U);
    EXPECT_EQ(figures.p50, 32U);
    EXPECT_EQ(figures.p90, 32U);
    EXPECT_EQ(figures.max, 64U);
    EXPECT_DOUBLE_EQ(figures.mean(), 29);
    EXPECT_EQ(burst_figures({}).mean(), 0);
}

TEST(Costs, AllTogetherAreTheSumOfEach) {
    Snapshot state;
    state.workers.resize(2);
    state.workers[0].rx_to_worker.add(5);
    state.workers[1].rx_to_worker.add(7);
    state.workers[1].rx_to_verdict.add(9);
    state.workers[0].bursts[3] = 1;
    state.workers[1].bursts[3] = 2;
    state.ports.resize(2);
    state.ports[0].bursts[64] = 3;
    state.ports[1].bursts[64] = 4;
    state.rings.resize(2);
    state.rings[0].fill.add(1);
    state.rings[1].fill.add(2);
    EXPECT_EQ(all_waits(state).total(), 2U);
    EXPECT_EQ(all_verdicts(state).most(), 9U);
    EXPECT_EQ(all_worker_bursts(state)[3], 3U);
    EXPECT_EQ(all_rx_bursts(state)[64], 7U);
    EXPECT_EQ(all_fills(state).total(), 2U);
}

}  // namespace
}  // namespace weir::pipeline
