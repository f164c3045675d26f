// SPDX-License-Identifier: BSD-3-Clause
#include "stage/rx.hpp"

#include <gtest/gtest.h>
#include <rte_lcore.h>

#include <map>
#include <memory>
#include <vector>

#include "base/tsc.hpp"
#include "flow_source.hpp"
#include "mem/packet_meta.hpp"
#include "mem/packet_pool.hpp"

namespace weir::stage {
namespace {

using base::at;

base::SocketId this_socket() { return {static_cast<int>(rte_socket_id())}; }

/// An rx task with its rings, and what came out of each.
struct Bench {
    Bench(std::size_t workers, std::size_t ring_size, Source& source, std::uint64_t limit_packets)
        : outlets(workers), limit(limit_packets), sources{&source} {
        for (std::size_t i = 0; i < workers; ++i) {
            rings.push_back(std::make_unique<ring::PacketRing>(ring_size, this_socket()));
            outlets[i].ring = rings[i].get();
        }
        task = std::make_unique<RxTask>(sources, outlets, limit, 1000);
    }
    std::size_t drain(std::size_t worker) {
        std::size_t packets = 0;
        mem::Burst burst;
        while (rings[worker]->pop(burst) != 0) {
            for (rte_mbuf* mbuf : burst.mbufs()) {
                const unsigned flow = mbuf->hash.fdir.lo;
                worker_of_flow.try_emplace(flow, worker);
                EXPECT_EQ(worker_of_flow[flow], worker) << "a flow was split";
                EXPECT_EQ(mbuf->packet_type, next_of_flow[flow]++) << "a flow lost its order";
            }
            packets += burst.size();
            burst.free_all();
        }
        return packets;
    }

    std::vector<std::unique_ptr<ring::PacketRing>> rings;
    std::vector<Outlet> outlets;
    PacketLimit limit;
    std::vector<Source*> sources;
    std::unique_ptr<RxTask> task;
    std::map<unsigned, std::size_t> worker_of_flow;
    std::map<unsigned, unsigned> next_of_flow;
};

class RxTaskTest : public testing::Test {
   protected:
    mem::PacketPool pool_{"rx_task", 4095, 512, this_socket()};
};

TEST_F(RxTaskTest, KeepsFlowsWholeAndInOrderOverSeveralWorkers) {
    for (const std::size_t workers : {1U, 2U, 3U, 4U}) {
        FlowSource source(pool_, 10000, true);
        Bench bench(workers, 256, source, PacketLimit::kNone);
        std::size_t packets = 0;
        for (int turn = 0; turn < 5000; ++turn) {
            bench.task->poll(turn < 4900 ? Phase::kRun : Phase::kDrain);
            for (std::size_t i = 0; i < workers; ++i) packets += bench.drain(i);
        }
        EXPECT_EQ(packets, 10000U);
        EXPECT_EQ(bench.task->held(), 0U);
    }
    EXPECT_EQ(pool_.available(), pool_.size());
}

TEST_F(RxTaskTest, CountsExactlyWhatFullRingsDrop) {
    for (const std::size_t workers : {1U, 3U}) {
        {
            FlowSource source(pool_, 3000, false);
            Bench bench(workers, 64, source, PacketLimit::kNone);
            for (int turn = 0; turn < 200; ++turn) bench.task->poll(Phase::kRun);
            std::size_t packets = 0;
            for (int turn = 0; turn < 10; ++turn) {
                mem::Burst burst;
                for (const auto& ring : bench.rings) {
                    while (ring->pop(burst) != 0) {
                        packets += burst.size();
                        burst.free_all();
                    }
                }
                bench.task->poll(Phase::kDrain);
            }
            const auto dropped = source.counters().read()[at(SourceCounter::kRingFull)];
            EXPECT_GT(dropped, 0U);
            EXPECT_EQ(packets + dropped, 3000U);
            EXPECT_EQ(source.counters().read()[at(SourceCounter::kPackets)], 3000U);
        }
        EXPECT_EQ(pool_.available(), pool_.size());
    }
}

TEST_F(RxTaskTest, DoesNotReadALosslessSourceWithoutRoom) {
    FlowSource source(pool_, 3000, true);
    Bench bench(1, 64, source, PacketLimit::kNone);
    for (int turn = 0; turn < 200; ++turn) bench.task->poll(Phase::kRun);
    EXPECT_EQ(source.counters().read()[at(SourceCounter::kRingFull)], 0U);
    const auto received = source.counters().read()[at(SourceCounter::kPackets)];
    EXPECT_EQ(bench.rings[0]->used() + bench.task->held(), received);
    EXPECT_LT(received, 3000U);
}

TEST_F(RxTaskTest, StampsEveryPacketThatItHandsOn) {
    for (const std::size_t workers : {1U, 2U}) {
        FlowSource source(pool_, 500, true);
        Bench bench(workers, 1024, source, PacketLimit::kNone);
        const std::uint64_t start = base::tsc_now();
        for (int turn = 0; turn < 100; ++turn) bench.task->poll(Phase::kRun);
        bench.task->poll(Phase::kDrain);
        std::size_t packets = 0;
        for (const auto& ring : bench.rings) {
            mem::Burst burst;
            while (ring->pop(burst) != 0) {
                // Steps are of some ticks.
                const std::uint64_t now = base::tsc_now() + 1024;
                for (const rte_mbuf* mbuf : burst.mbufs()) {
                    EXPECT_GT(mem::ReceiveStamp::ticks_until(mbuf, now), 0U);
                    EXPECT_LE(mem::ReceiveStamp::ticks_until(mbuf, now), now - start + 1024);
                }
                packets += burst.size();
                burst.free_all();
            }
        }
        EXPECT_EQ(packets, 500U);
    }
}

/// The task's turn at a TSC that the test chooses; flush_delay_tsc is 1000 (see Bench).
Turn turn_at(std::uint64_t now, Phase phase = Phase::kRun) {
    return {phase, now, StageClock::off()};
}

TEST_F(RxTaskTest, StagesNoPacketWhileTheLoadIsLow) {
    FlowSource source(pool_, 200, true, 5);
    Bench bench(2, 256, source, PacketLimit::kNone);
    for (std::uint64_t turn = 1; turn <= 40; ++turn) {
        bench.task->poll(turn_at(turn * 1000));
        EXPECT_EQ(bench.task->held(), 0U);
        EXPECT_EQ(bench.drain(0) + bench.drain(1), 5U);
    }
}

TEST_F(RxTaskTest, StagesUntilTheDelayHasPassedSinceTheLastBurst) {
    FlowSource source(pool_, 60, true, FlowSource::kFlows);
    Bench bench(2, 256, source, PacketLimit::kNone);
    bench.task->poll(turn_at(5000));
    EXPECT_EQ(bench.drain(0) + bench.drain(1), 20U) << "nothing had gone that way";
    bench.task->poll(turn_at(5001));
    bench.task->poll(turn_at(5999));
    EXPECT_EQ(bench.drain(0) + bench.drain(1), 0U);
    EXPECT_EQ(bench.task->held(), 40U);
    bench.task->poll(turn_at(6000));
    EXPECT_EQ(bench.drain(0) + bench.drain(1), 40U) << "nothing more had to come";
    EXPECT_EQ(bench.task->held(), 0U);
}

TEST_F(RxTaskTest, StagesNothingLongerBehindARingThatWasFull) {
    FlowSource source(pool_, 2 * 64 + 20, true);
    Bench bench(2, 8, source, PacketLimit::kNone);
    bench.task->poll(turn_at(5000));
    ASSERT_GT(bench.task->held(), 0U);
    const std::size_t in_rings = bench.rings[0]->used() + bench.rings[1]->used();
    ASSERT_EQ(in_rings, bench.rings[0]->capacity() + bench.rings[1]->capacity());
    bench.task->poll(turn_at(6000));  // Due, and no room.
    EXPECT_EQ(bench.drain(0) + bench.drain(1), in_rings);
    bench.task->poll(turn_at(6001));
    EXPECT_EQ(bench.rings[0]->used() + bench.rings[1]->used(), in_rings);
}

TEST_F(RxTaskTest, HandsOnAFullBurstAtOnce) {
    FlowSource source(pool_, 1000, true);
    Bench bench(2, 1024, source, PacketLimit::kNone);
    for (int turn = 0; turn < 10; ++turn) {
        bench.task->poll(turn_at(5000));
        for (const Outlet& outlet : bench.outlets) EXPECT_LT(outlet.staged.size(), mem::kMaxBurst);
    }
    EXPECT_EQ(bench.task->held() + bench.drain(0) + bench.drain(1), 640U);
}

TEST_F(RxTaskTest, StagesNothingDuringADrain) {
    FlowSource source(pool_, 40, true, 20);
    Bench bench(2, 256, source, PacketLimit::kNone);
    bench.task->poll(turn_at(5000));
    bench.task->poll(turn_at(5001));
    EXPECT_EQ(bench.task->held(), 20U);
    bench.task->poll(turn_at(5002, Phase::kDrain));
    EXPECT_EQ(bench.task->held(), 0U);
    EXPECT_EQ(bench.drain(0) + bench.drain(1), 40U);
}

TEST_F(RxTaskTest, StopsAtTheLimitExactly) {
    FlowSource source(pool_, 3000, true);
    Bench bench(2, 1024, source, 777);
    for (int turn = 0; turn < 200; ++turn) bench.task->poll(Phase::kRun);
    EXPECT_TRUE(bench.limit.reached());
    EXPECT_EQ(source.counters().read()[at(SourceCounter::kPackets)], 777U);
}

/// A driver that gives full bursts only.
class FullBurstSource final : public Source {
   public:
    explicit FullBurstSource(mem::PacketPool& pool) : Source({0}, false), pool_(pool) {}
    Received receive(mem::Burst& burst, std::size_t) noexcept override {
        if (!pool_.allocate(burst, 32)) return {};
        for (rte_mbuf* mbuf : burst.mbufs()) rte_pktmbuf_append(mbuf, 100);
        return {3200, 0, 0};
    }

   private:
    mem::PacketPool& pool_;
};

TEST_F(RxTaskTest, TrimsTheLastBurstOfADriverThatCannotBeAskedForLess) {
    {
        FullBurstSource source(pool_);
        PacketLimit limit(100);
        std::size_t kept = 0;
        for (int i = 0; i < 10; ++i) {
            mem::Burst burst;
            receive_counted(source, limit, burst);
            kept += burst.size();
        }
        EXPECT_EQ(kept, 100U);
        const auto values = source.counters().read();
        EXPECT_EQ(values[at(SourceCounter::kPackets)], 100U);
        EXPECT_EQ(values[at(SourceCounter::kBytes)], 10000U);
        EXPECT_EQ(values[at(SourceCounter::kTrimmed)], 28U);
    }
    EXPECT_EQ(pool_.available(), pool_.size());
}

}  // namespace
}  // namespace weir::stage
