// SPDX-License-Identifier: BSD-3-Clause
// How long packets take from one lcore to the next, with turns at known times.

#include <gtest/gtest.h>

#include "flow_source.hpp"
#include "mem/packet_meta.hpp"
#include "ring/packet_ring.hpp"
#include "stage/rx.hpp"
#include "worker_fixture.hpp"

namespace weir::stage {
namespace {

class LatencyTest : public WorkerTest {
   protected:
    static Turn turn(std::uint64_t now, StageClock& clock = StageClock::off()) {
        return {Phase::kRun, now, clock};
    }
    /// A clock that samples the turn begun now.
    static StageClock& sampling(StageClock& clock, std::uint64_t now) {
        while (!clock.sampling()) clock.end(0, 1);
        clock.begin(now);
        return clock;
    }
};

TEST_F(LatencyTest, AStampKnowsTimesToSixteenTicks) {
    rte_mbuf mbuf{};
    for (const std::uint64_t now : {std::uint64_t{0}, std::uint64_t{1} << 36,
                                    (std::uint64_t{1} << 36) - 100, UINT64_MAX - 1000}) {
        mem::ReceiveStamp::set(&mbuf, now);
        for (const std::uint64_t ticks : {0U, 15U, 16U, 100U, 1'000'000U}) {
            const std::uint64_t found = mem::ReceiveStamp::ticks_until(&mbuf, now + ticks);
            EXPECT_LE(found, ticks + 15);
            EXPECT_GE(found + 15, ticks);
        }
    }
    mem::ReceiveStamp::set(&mbuf, 1'000'000);
    EXPECT_EQ(mem::ReceiveStamp::ticks_until(&mbuf, 999'000), 0U) << "before it was received";
    const std::uint64_t range = mem::ReceiveStamp::kRange;
    EXPECT_EQ(mem::ReceiveStamp::ticks_until(&mbuf, 1'000'000 + range - 16), range - 16);
}

/// An rx task and a worker task with a ring between them.
struct Path {
    Path(mem::PacketPool& pool, const Worker::Setup& setup, std::size_t packets)
        : source(pool, packets, true), worker(setup) {}

    FlowSource source;
    Worker worker;
    ring::PacketRing ring{1024, this_socket()};
    Source* const sources[1] = {&source};
    Inlet inlets[1] = {{&ring, 0, {}, {}}};
    Outlet outlets[1] = {{&ring, {}, 0}};
    PacketLimit limit{PacketLimit::kNone};
    RxTask rx{sources, outlets, limit, 1000};
    WorkerTask task{inlets, worker, 0};
};

TEST_F(LatencyTest, IsFromOneTurnToTheOther) {
    Path path(pool_, setup(), 128);
    path.rx.poll(turn(1'600'000));
    path.rx.poll(turn(1'616'000));
    path.task.poll(turn(1'640'000));
    path.task.poll(turn(1'656'000));
    path.task.poll(turn(9'000'000));  // Nothing is left.
    const base::LongLogHistogram waits = path.inlets[0].waits.read();
    EXPECT_EQ(waits.total(), 2U);
    EXPECT_EQ(waits.most(), 40'000U) << "both bursts waited so long";
    EXPECT_EQ(waits.quantile(0), 40'000U);
    EXPECT_EQ(path.inlets[0].fill.read().total(), 0U) << "no turn was sampled";
    EXPECT_EQ(path.worker.verdicts().read().total(), 0U);
    EXPECT_EQ(path.worker.bursts().read()[64], 2U);
    EXPECT_EQ(path.source.bursts().read()[64], 2U);
}

TEST_F(LatencyTest, ASampledTurnSeesTheRingAndTheVerdict) {
    Path path(pool_, setup(), 3 * 64);
    const std::uint64_t now = base::tsc_now();
    for (int i = 0; i < 3; ++i) path.rx.poll(turn(now - 100'000));
    StageClock clock;
    path.task.poll(turn(now, sampling(clock, now)));
    const auto fill = path.inlets[0].fill.read();
    EXPECT_EQ(fill.total(), 1U);
    EXPECT_EQ(fill.most(), 3U * 64);
    const auto verdicts = path.worker.verdicts().read();
    EXPECT_EQ(verdicts.total(), 64U) << "each packet of the burst";
    EXPECT_GE(verdicts.quantile(0), 100'000U - 16);
    EXPECT_GE(verdicts.most(), path.inlets[0].waits.read().most()) << "the verdict is later";
    path.task.poll(turn(now));
    path.task.poll(turn(now));
    EXPECT_EQ(path.inlets[0].fill.read().total(), 1U);
}

TEST_F(LatencyTest, RunToCompletionGoesFromReceptionToVerdict) {
    FlowSource source(pool_, 64, true);
    Source* const sources[] = {&source};
    auto with_delay = setup();
    with_delay.delay_tsc = 50'000;
    Worker worker(with_delay);
    PacketLimit limit(PacketLimit::kNone);
    DirectTask task(sources, worker, limit);
    StageClock clock;
    const std::uint64_t now = base::tsc_now();
    task.poll(turn(now, sampling(clock, now)));
    clock.end(clock.last(), 64);
    const auto verdicts = worker.verdicts().read();
    EXPECT_EQ(verdicts.total(), 64U);
    EXPECT_GE(verdicts.quantile(0), 50'000U);
    const auto stages = clock.counters().read();
    const auto of = [&stages](StageCounter counter, Stage stage) {
        return stages[base::at(counter) + base::at(stage)];
    };
    EXPECT_GE(of(StageCounter::kTicks, Stage::kDelay), 50'000U);
    for (const Stage stage : {Stage::kReceive, Stage::kDelay, Stage::kParse, Stage::kTally,
                              Stage::kIpsec, Stage::kAction}) {
        EXPECT_EQ(of(StageCounter::kPackets, stage), 64U) << kStageNames[base::at(stage)];
    }
    EXPECT_EQ(of(StageCounter::kTicks, Stage::kFilter), 0U) << "there is none";
}

/// The second of two sources is read after the first has had its burst.
TEST_F(LatencyTest, EachSourceHasATimeOfItsOwn) {
    FlowSource first(pool_, 64, true);
    FlowSource second(pool_, 64, true);
    Source* const sources[] = {&first, &second};
    ring::PacketRing ring(1024, this_socket());
    Outlet outlets[1] = {{&ring, {}, 0}};
    PacketLimit limit(PacketLimit::kNone);
    RxTask rx(sources, outlets, limit, 1000);
    const std::uint64_t long_ago = base::tsc_now() - 1'000'000'000;
    rx.poll(turn(long_ago));
    mem::Burst burst;
    ASSERT_EQ(ring.pop(burst), 64U);
    const std::uint64_t now = base::tsc_now();
    EXPECT_GE(mem::ReceiveStamp::ticks_until(burst[0], now), 999'000'000U);
    burst.free_all();
    ASSERT_EQ(ring.pop(burst), 64U);
    EXPECT_LT(mem::ReceiveStamp::ticks_until(burst[0], now), 900'000'000U);
}

}  // namespace
}  // namespace weir::stage
