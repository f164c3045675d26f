// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/capture_ring.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "capture_fixture.hpp"
#include "mem/packet_meta.hpp"

namespace weir::pipeline {
namespace {

using capture::Segment;

constexpr std::uint32_t kPackets = 5000;
constexpr std::uint64_t kFilledBytes = kPackets * capture::packet_block_bytes(100);

/// A capture ring with one tap, whose worker is the test.
class CaptureRingTest : public CaptureStoreTest {
   protected:
    CaptureRing make_ring(std::uint64_t ring_bytes, double after_seconds = 0) {
        CaptureRing::Setup setup;
        setup.stores = stores_;
        setup.taps = taps_;
        setup.request = &request_;
        setup.ring_bytes = ring_bytes;
        setup.working_segments = kLeast;
        setup.after_seconds = after_seconds;
        return {setup, output_};
    }
    static stage::CaptureTap make_tap(CaptureRingTest& test) {
        stage::CaptureTap::Setup setup{.meta = mem::PacketMeta::register_fields()};
        setup.snaplen = 65535;
        setup.free = &test.first_.free();
        setup.full = &test.first_.full();
        setup.clock = &test.clock_;
        setup.request = &test.request_;
        return stage::CaptureTap(setup);
    }
    /// Keeps a segment of kPackets packets, as if a worker had handed it over.
    void keep(CaptureRing& ring, SegmentStore& store) {
        store.grow();
        ring.take(store, filled(store, next_, kPackets));
        next_ += kPackets;
    }

    stage::WallClock clock_;
    std::atomic<std::uint64_t> request_{0};
    SegmentOutput output_{output_setup(true),
                          [] { return std::vector<capture::InterfaceCounts>(1); }};
    stage::CaptureTap tap_ = make_tap(*this);
    std::vector<const stage::CaptureTap*> taps_{&tap_};
    std::uint64_t next_ = 0;
};

TEST_F(CaptureRingTest, OverwritesTheOldestOfAnyWorkerAboveItsSize) {
    CaptureRing ring = make_ring(3 * kFilledBytes);
    keep(ring, first_);
    keep(ring, second_);
    keep(ring, second_);
    EXPECT_EQ(output_.totals.overwritten, 0U);
    EXPECT_EQ(output_.totals.held, 3 * kPackets);
    keep(ring, second_);
    EXPECT_EQ(output_.totals.overwritten, kPackets);
    EXPECT_EQ(output_.totals.held, 3 * kPackets);
    EXPECT_EQ(first_.free_segments(), first_.segments()) << "the oldest was the first worker's";
    EXPECT_TRUE(files().empty());
}

TEST_F(CaptureRingTest, OverwritesAWorkersOwnWhenItRunsOutOfSegments) {
    CaptureRing ring = make_ring(100 * kFilledBytes);
    keep(ring, second_);
    for (int i = 0; i < 10; ++i) keep(ring, first_);
    EXPECT_EQ(first_.segments(), kMost);
    EXPECT_GE(first_.free_segments(), kLeast);
    EXPECT_EQ(output_.totals.overwritten, (10 - (kMost - kLeast)) * kPackets);
    EXPECT_EQ(second_.free_segments(), second_.segments() - 1) << "the other's is kept";
}

TEST_F(CaptureRingTest, ATriggerWaitsForTheWorkersAndWritesAllThatIsHeld) {
    CaptureRing ring = make_ring(100 * kFilledBytes);
    keep(ring, first_);
    keep(ring, second_);
    EXPECT_TRUE(ring.trigger("because"));
    EXPECT_FALSE(ring.trigger("again"));
    ring.step(false);
    EXPECT_TRUE(files().empty()) << "the worker has not answered";
    // What the worker hands over now is part of it.
    first_.full().push(&filled(first_, next_, kPackets));
    next_ += kPackets;
    tap_.poll(stage::Phase::kRun);
    ring.step(false);
    ASSERT_EQ(files().size(), 1U);
    EXPECT_EQ(output_.totals.written, 3 * kPackets);
    EXPECT_EQ(output_.totals.held, 0U);
    tap_.poll(stage::Phase::kRun);
    ring.step(false);
    ring.step(false);
    EXPECT_EQ(output_.totals.triggers, 1U);
    EXPECT_EQ(output_.totals.triggers_ignored, 1U);
    EXPECT_EQ(numbers_in(files()[0]), count_from(0, 3 * kPackets));
    EXPECT_NE(contents(files()[0]).find("because"), std::string::npos);
    // That one is done: what follows is kept again, for another file.
    keep(ring, first_);
    EXPECT_EQ(output_.totals.held, kPackets);
    EXPECT_TRUE(ring.trigger("once more"));
    ring.step(true);
    ASSERT_EQ(files().size(), 2U);
    EXPECT_EQ(numbers_in(files()[1]), count_from(3 * kPackets, kPackets));
}

TEST_F(CaptureRingTest, WorkersThatDoNotAnswerAreNotWaitedForForEver) {
    CaptureRing ring = make_ring(100 * kFilledBytes);
    keep(ring, first_);
    ring.trigger("because");
    const auto start = std::chrono::steady_clock::now();
    while (output_.totals.written == 0) {
        ring.step(false);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ASSERT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
    }
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(400));
    EXPECT_EQ(output_.totals.written, kPackets);
}

TEST_F(CaptureRingTest, WhatComesInTheTimeAfterIsWrittenAsItComes) {
    CaptureRing ring = make_ring(100 * kFilledBytes, 0.05);
    ring.trigger("nothing was before");
    ring.step(false);
    tap_.poll(stage::Phase::kRun);
    ring.step(false);
    EXPECT_TRUE(files().empty());
    keep(ring, first_);
    EXPECT_EQ(output_.totals.written, kPackets);
    EXPECT_EQ(output_.totals.held, 0U);
    EXPECT_NE(contents(files()[0]).find("nothing was before"), std::string::npos)
        << "without a packet before, the first after has the comment";
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    ring.step(false);
    tap_.poll(stage::Phase::kRun);
    ring.step(false);
    keep(ring, first_);
    EXPECT_EQ(output_.totals.held, kPackets) << "the time after is over";
}

TEST_F(CaptureRingTest, AReasonWhosePacketIsNotWrittenIsOnTheNext) {
    CaptureRing ring = make_ring(100 * kFilledBytes, 60);
    const std::string away = folder_ + "_away";
    keep(ring, first_);
    std::filesystem::rename(folder_, away);  // No file can be begun.
    ring.trigger("because");
    ring.step(false);
    tap_.poll(stage::Phase::kRun);
    ring.step(false);
    std::filesystem::rename(away, folder_);
    EXPECT_EQ(output_.totals.lost[base::at(capture::WriteLoss::kWriteError)], kPackets);
    std::this_thread::sleep_for(
        std::chrono::nanoseconds(capture::PcapngOutput::kRetryNs + 1'000'000));
    keep(ring, second_);
    keep(ring, first_);
    ring.step(true);
    ASSERT_EQ(files().size(), 1U);
    const std::string text = contents(files()[0]);
    const std::size_t reason = text.find("because");
    ASSERT_NE(reason, std::string::npos);
    EXPECT_EQ(text.find("because", reason + 1), std::string::npos) << "once";
}

TEST_F(CaptureRingTest, AtTheEndServesWhatWasAskedForAndDiscardsTheRest) {
    {
        CaptureRing ring = make_ring(100 * kFilledBytes);
        keep(ring, first_);
        ring.step(true);
        EXPECT_EQ(output_.totals.discarded, kPackets);
    }
    EXPECT_TRUE(files().empty());
    CaptureRing ring = make_ring(100 * kFilledBytes, 3600);
    keep(ring, second_);
    ring.trigger("late");
    ring.step(true);
    EXPECT_EQ(output_.totals.written, kPackets);
    EXPECT_EQ(output_.totals.discarded, kPackets) << "nothing more";
    EXPECT_EQ(output_.totals.held, 0U);
    EXPECT_EQ(numbers_in(files()[0]), count_from(kPackets, kPackets));
    EXPECT_EQ(first_.free_segments(), first_.segments());
    EXPECT_EQ(second_.free_segments(), second_.segments());
}

}  // namespace
}  // namespace weir::pipeline
