// SPDX-License-Identifier: BSD-3-Clause
#include "report/cost_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_report.hpp"

namespace weir::report {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

TEST(CostText, TheTablesSayWhatStagesCostAndHowLongPacketsTake) {
    EXPECT_THAT(
        cost_tables(sample_report().final),
        AllOf(ContainsRegex("receive +10.0 +8.0 % +500\n"),
              ContainsRegex("spread +20.0 +16.0 % +500\n"),
              ContainsRegex("parse +100.0 +76.0 % +475\n"),
              ContainsRegex("rx to worker +1.02 us +10.0 us +10.0 us +10.0 us +10.0 us  of "
                            "19 bursts\n"),
              ContainsRegex("rx to verdict +2.00 us +2.00 us +2.00 us +2.00 us +2.00 us  of "
                            "50 packets sampled\n"),
              ContainsRegex("received +50.0 +50 +50 +50 +50  of 20 bursts\n"),
              ContainsRegex("to workers +50.0 +50 +50 +50 +50  of 19 bursts\n")));
}

TEST(CostText, EachOfSeveralWorkersHasItsLatency) {
    pipeline::Snapshot state = sample_report().final;
    state.workers.resize(2);
    state.workers[1].rx_to_worker.add(200);
    EXPECT_THAT(cost_tables(state),
                AllOf(ContainsRegex("rx to worker .* of 20 bursts\n.*\n"),
                      ContainsRegex("worker 0\n +rx to worker .* of 19 bursts\n"),
                      ContainsRegex("worker 1\n +rx to worker +100 ns .* of 1 bursts\n")));
}

TEST(CostText, SaysNothingOfWhatDidNotHappen) {
    EXPECT_EQ(cost_tables({}), "");
    EXPECT_THAT(cost_lines({}, {}), IsEmpty());
    const pipeline::Snapshot state = sample_report().final;
    EXPECT_THAT(cost_lines(state, state), IsEmpty());
}

TEST(CostText, TheLiveLinesAreOfWhatCameSince) {
    const pipeline::Snapshot before = sample_report().final;
    pipeline::Snapshot now = before;
    now.lcores[1].busy_cycles += 100'000;
    now.lcores[1].stages[2].ticks += 10'000;
    now.lcores[1].stages[2].packets += 50;
    now.workers[0].rx_to_worker.add(600);
    now.ports[0].bursts[8] += 3;
    now.workers[0].bursts[4] += 2;
    EXPECT_THAT(cost_lines(before, now),
                ElementsAre("cycles/packet  parse 200.0",
                            StartsWith("rx to worker   p50 320 ns  p90 320 ns"),
                            "packets/burst  received 8.0  to workers 4.0"));
}

}  // namespace
}  // namespace weir::report
