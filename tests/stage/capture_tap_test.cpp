// SPDX-License-Identifier: BSD-3-Clause
#include "stage/capture_tap.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "base/tsc.hpp"
#include "capture/pcapng_block.hpp"
#include "gen/packet_builder.hpp"
#include "worker_fixture.hpp"

namespace weir::stage {
namespace {

using base::at;
using capture::PacketBlock;
using capture::Segment;
using gen::Packet;

constexpr std::uint64_t kAll = ~std::uint64_t{0};

Packet udp(std::uint16_t port = 53) {
    return Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(1000, port).payload(20);
}

/// A tap with the rings around it, and as many segments as a test gives it.
class CaptureTapTest : public WorkerTest {
   protected:
    CaptureTapTest() { clock_.publish({base::tsc_now(), kNow, 0.5}); }

    CaptureTap::Setup tap_setup() {
        CaptureTap::Setup result{.meta = meta_};
        result.snaplen = parse::kMaxFrameBytes;
        result.free = &free_;
        result.full = &full_;
        result.counters = counters_;
        result.clock = &clock_;
        result.request = &request_;
        return result;
    }
    void give_segments(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            segments_.push_back(std::make_unique<Segment>());
            free_.push(segments_.back().get());
        }
    }
    void store(CaptureTap& tap, const mem::Burst& burst, std::uint64_t chosen = kAll) {
        const std::uint64_t valid =
            burst.size() == 64 ? kAll : (std::uint64_t{1} << burst.size()) - 1;
        tap.store(burst, chosen & valid, parser_);
    }
    /// The packets that were handed over, in order; the segments go back to the tap.
    std::vector<Frame> handed_over(std::vector<PacketBlock>* blocks = nullptr) {
        std::vector<Frame> frames;
        while (Segment* segment = full_.pop()) {
            capture::PacketBlockWalker walker(segment->blocks());
            for (PacketBlock block = walker.next(); !block.bytes.empty(); block = walker.next()) {
                frames.emplace_back(block.captured.begin(), block.captured.end());
                if (blocks != nullptr) blocks->push_back(block);
            }
            EXPECT_TRUE(walker.rest().empty());
            if (blocks != nullptr) continue;  // They point into the segment.
            segment->clear();
            free_.push(segment);
        }
        return frames;
    }
    std::uint64_t count(TapCounter counter, std::size_t port = 0) {
        return counters_[port].read()[at(counter)];
    }

    static constexpr std::uint64_t kNow = 1'700'000'000'000'000'000;
    SegmentRing free_{64, this_socket()};
    SegmentRing full_{64, this_socket()};
    std::vector<std::unique_ptr<Segment>> segments_;
    std::vector<TapCounters> counters_ = std::vector<TapCounters>(3);
    WallClock clock_;
    std::atomic<std::uint64_t> request_{0};
    PacketParser parser_{meta_, {}, scratch_};
};

TEST_F(CaptureTapTest, CopiesWhatIsChosenAndMatchesAndLeavesThePacketsAlone) {
    const filter::Filter filter("port 53");
    CaptureTap::Setup setup = tap_setup();
    setup.filter = &filter;
    give_segments(1);
    CaptureTap tap(setup);
    mem::Burst burst;
    push(burst, udp(53).build(), 0, 1);
    push(burst, udp(54).build(), 0, 1);
    push(burst, udp(53).payload(5).build(), 0, 2);
    push(burst, udp(53).build(), 0, 1);
    store(tap, burst, 0b0111);
    EXPECT_EQ(burst.size(), 4U);
    tap.hand_over();
    std::vector<PacketBlock> blocks;
    const std::vector<Frame> frames = handed_over(&blocks);
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_EQ(frames[0], udp(53).build());
    EXPECT_EQ(frames[1], udp(53).payload(5).build());
    EXPECT_EQ(blocks[0].interface, 1U);
    EXPECT_EQ(blocks[1].interface, 2U);
    for (const std::size_t port : {1, 2}) {
        EXPECT_EQ(count(TapCounter::kSelected, port), 1U);
        EXPECT_EQ(count(TapCounter::kStored, port), 1U);
        EXPECT_EQ(count(TapCounter::kNoSegment, port), 0U);
    }
    EXPECT_EQ(count(TapCounter::kStoredBytes, 2), udp(53).payload(5).build().size());
    EXPECT_EQ(count(TapCounter::kSelected, 0), 0U);
    // Whatever was chosen: three packets of one port in two runs, one of the other.
    EXPECT_EQ(count(TapCounter::kSeen, 0), 0U);
    EXPECT_EQ(count(TapCounter::kSeen, 1), 3U);
    EXPECT_EQ(count(TapCounter::kSeen, 2), 1U);
}

TEST_F(CaptureTapTest, CountsWhatComesByThoughNothingOfItIsChosen) {
    CaptureTap::Setup setup = tap_setup();
    setup.counters = setup.counters.first(1);
    CaptureTap tap(setup);
    mem::Burst burst;
    while (burst.room() > 0) push(burst, udp().build(), 0, 0);
    store(tap, burst, 0);
    EXPECT_EQ(count(TapCounter::kSeen), mem::kMaxBurst);
    EXPECT_EQ(count(TapCounter::kSelected), 0U);
}

TEST_F(CaptureTapTest, CopiesAPacketHoweverItIsDividedIntoSegments) {
    CaptureTap::Setup setup = tap_setup();
    const Frame frame = udp().payload(200).build();
    for (const std::uint32_t snaplen : {1U, 40U, 64U, 100U, 65535U}) {
        setup.snaplen = snaplen;
        give_segments(1);
        CaptureTap tap(setup);
        for (std::size_t split = 1; split <= frame.size(); split += 7) {
            mem::Burst burst;
            push(burst, frame, split);
            store(tap, burst);
        }
        tap.hand_over();
        Frame cut = frame;
        cut.resize(std::min<std::size_t>(snaplen, frame.size()));
        std::vector<PacketBlock> blocks;
        const std::vector<Frame> frames = handed_over(&blocks);
        ASSERT_EQ(frames.size(), (frame.size() + 6) / 7);
        for (const Frame& each : frames) EXPECT_EQ(each, cut);
        for (const PacketBlock& block : blocks) EXPECT_EQ(block.wire_bytes, frame.size());
    }
}

TEST_F(CaptureTapTest, KeepsAFilesTimesAndLengthsAndGivesLivePacketsTheTimeOfDay) {
    give_segments(1);
    CaptureTap tap(tap_setup());
    mem::Burst burst;
    for (int i = 0; i < 3; ++i) push(burst, udp().build());
    meta_.set_captured(burst[0], 1500, 123'456'789);
    meta_.set_captured(burst[1], 1501, 0);  // The file had no time for it.
    const std::uint64_t before = base::tsc_now();
    store(tap, burst);
    const std::uint64_t after = base::tsc_now();
    tap.hand_over();
    std::vector<PacketBlock> blocks;
    handed_over(&blocks);
    ASSERT_EQ(blocks.size(), 3U);
    EXPECT_EQ(blocks[0].timestamp_ns, 123'456'789U);
    EXPECT_EQ(blocks[0].wire_bytes, 1500U);
    EXPECT_EQ(blocks[1].timestamp_ns, 0U);
    ClockAnchor anchor;
    clock_.refresh(anchor);
    EXPECT_GE(blocks[2].timestamp_ns, anchor.ns_at(before));
    EXPECT_LE(blocks[2].timestamp_ns, anchor.ns_at(after));
    EXPECT_EQ(blocks[2].wire_bytes, udp().build().size());
}

TEST_F(CaptureTapTest, CountsWhatFindsNoSegmentAndGoesOnWhenThereIsOne) {
    CaptureTap tap(tap_setup());
    mem::Burst burst;
    for (int i = 0; i < 5; ++i) push(burst, udp().build());
    store(tap, burst);
    EXPECT_EQ(count(TapCounter::kSelected), 5U);
    EXPECT_EQ(count(TapCounter::kNoSegment), 5U);
    tap.hand_over();
    EXPECT_EQ(full_.used(), 0U);
    give_segments(1);
    store(tap, burst);
    EXPECT_EQ(count(TapCounter::kSelected), 10U);
    EXPECT_EQ(count(TapCounter::kStored), 5U);
    EXPECT_EQ(count(TapCounter::kNoSegment), 5U);
}

TEST_F(CaptureTapTest, HandsOverFullSegmentsAndLosesNothingBetweenThem) {
    give_segments(2);
    CaptureTap tap(tap_setup());
    std::size_t packets = 0;
    while (count(TapCounter::kNoSegment) == 0) {
        mem::Burst burst;
        for (int i = 0; i < 60; ++i) push(burst, udp().payload(packets++ % 1400).build());
        store(tap, burst);
    }
    EXPECT_EQ(count(TapCounter::kSelected), packets);
    const std::uint64_t stored = count(TapCounter::kStored);
    EXPECT_EQ(stored + count(TapCounter::kNoSegment), packets);
    EXPECT_EQ(full_.used(), 2U);
    const std::vector<Frame> frames = handed_over();
    ASSERT_EQ(frames.size(), stored);
    // The first ones in order; at the end a short one may still have found room.
    for (std::size_t i = 0; i + 60 < frames.size(); ++i) {
        ASSERT_EQ(frames[i], udp().payload(i % 1400).build());
    }
}

TEST_F(CaptureTapTest, HandsOverAPartWhenItsTimeIsUp) {
    CaptureTap::Setup setup = tap_setup();
    setup.hand_over_tsc = rte_get_tsc_hz() / 50;
    give_segments(2);
    CaptureTap tap(setup);
    mem::Burst burst;
    push(burst, udp().build());
    store(tap, burst);
    tap.poll(Phase::kRun);
    EXPECT_EQ(full_.used(), 0U);
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
    store(tap, burst);  // The first packet's time counts.
    tap.poll(Phase::kRun);
    EXPECT_EQ(handed_over().size(), 2U);
    tap.poll(Phase::kRun);
    EXPECT_EQ(full_.used(), 0U);
}

TEST_F(CaptureTapTest, HandsOverAPartWhenItIsAskedTo) {
    give_segments(2);
    CaptureTap tap(tap_setup());
    mem::Burst burst;
    push(burst, udp().build());
    store(tap, burst);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    tap.poll(Phase::kRun);
    EXPECT_EQ(full_.used(), 0U) << "nobody has asked";
    request_ = 7;
    EXPECT_EQ(tap.met_request(), 0U);
    tap.poll(Phase::kRun);
    EXPECT_EQ(tap.met_request(), 7U);
    EXPECT_EQ(handed_over().size(), 1U);
    request_ = 8;
    tap.poll(Phase::kRun);
    EXPECT_EQ(tap.met_request(), 8U) << "with nothing to hand over, too";
}

TEST_F(CaptureTapTest, HoldsTheWorkerBackOnlyWhenToldToAndNotForEver) {
    CaptureTap::Setup setup = tap_setup();
    EXPECT_TRUE(CaptureTap(setup).has_room());
    setup.wait = true;
    setup.give_up_tsc = rte_get_tsc_hz() / 100;
    CaptureTap tap(setup);
    EXPECT_FALSE(tap.has_room());
    give_segments(least_segments(setup.snaplen) - 2);
    EXPECT_FALSE(tap.has_room());
    give_segments(1);
    EXPECT_TRUE(tap.has_room());
    for (std::size_t i = 0; i < least_segments(setup.snaplen) - 1; ++i) {
        ASSERT_NE(free_.pop(), nullptr);
    }
    EXPECT_FALSE(tap.has_room());
    tap.poll(Phase::kRun);
    std::this_thread::sleep_for(std::chrono::milliseconds(15));
    tap.poll(Phase::kRun);
    EXPECT_FALSE(tap.has_room()) << "while running it waits as long as it takes";
    tap.poll(Phase::kDrain);
    std::this_thread::sleep_for(std::chrono::milliseconds(15));
    tap.poll(Phase::kDrain);
    EXPECT_TRUE(tap.has_room());
}

/// A frame of so many octets, whatever they are, in one or two mbufs.
void push_long(mem::Burst& burst, mem::PacketPool& pool, std::size_t bytes) {
    const std::size_t part = std::min<std::size_t>(bytes, pool.data_bytes());
    rte_mbuf* first = rte_pktmbuf_alloc(pool.handle());
    ASSERT_NE(rte_pktmbuf_append(first, static_cast<std::uint16_t>(part)), nullptr);
    if (part < bytes) {
        rte_mbuf* second = rte_pktmbuf_alloc(pool.handle());
        rte_pktmbuf_append(second, static_cast<std::uint16_t>(bytes - part));
        ASSERT_EQ(rte_pktmbuf_chain(first, second), 0);
    }
    first->port = 0;
    burst.push(first);
}

TEST_F(CaptureTapTest, ABurstOfTheLongestFramesFitsWhereThereIsRoom) {
    mem::PacketPool pool("longest", 255, 65280, this_socket());
    for (const std::uint32_t snaplen : {65535U, 40000U, 1514U, 1U}) {
        CaptureTap::Setup setup = tap_setup();
        setup.snaplen = snaplen;
        setup.wait = true;
        give_segments(least_segments(snaplen));
        CaptureTap tap(setup);
        for (int turn = 0; turn < 50; ++turn) {
            if (!tap.has_room()) handed_over();
            ASSERT_TRUE(tap.has_room()) << "the least segments do not suffice for " << snaplen;
            mem::Burst burst;
            for (std::size_t i = 0; i < mem::kMaxBurst; ++i) push_long(burst, pool, snaplen);
            store(tap, burst);
            ASSERT_EQ(count(TapCounter::kNoSegment), 0U);
        }
        tap.hand_over();
        handed_over();
        while (free_.pop() != nullptr) {
        }
    }
}

TEST_F(CaptureTapTest, AWorkerCapturesBehindItsFilterAndBeforeItsAction) {
    const filter::Filter filter("not port 9999");
    Worker::Setup worker_setup = setup();
    worker_setup.filter = &filter;
    give_segments(1);
    CaptureTap tap(tap_setup());
    worker_setup.capture = &tap;
    Worker worker(worker_setup);
    mem::Burst burst;
    const Frame bad = Packet().eth().ipv4("10.0.0.1", "10.0.0.2").set8(0, 0x44).udp(1, 2).build();
    push(burst, udp().build());
    push(burst, udp(9999).build());
    push(burst, bad);
    worker.process(burst);
    EXPECT_EQ(worker.counters().read()[at(WorkerCounter::kFiltered)], 1U);
    request_ = 1;
    worker.flush(Phase::kRun);
    EXPECT_EQ(handed_over(), (std::vector<Frame>{udp().build(), bad}));
    EXPECT_EQ(pool_.available(), pool_.size());
}

}  // namespace
}  // namespace weir::stage
