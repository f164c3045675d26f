// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/capture_commands.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "capture_fixture.hpp"

namespace weir::pipeline {
namespace {

/// A capture ring whose writer is the test, and which commands reach.
class CaptureCommandsTest : public CaptureStoreTest {
   protected:
    CaptureRing make_ring() {
        CaptureRing::Setup setup;
        setup.stores = stores_;
        setup.request = &request_;
        setup.ring_bytes = kRingBytes;
        setup.working_segments = kLeast;
        return {setup, output_};
    }

    static constexpr std::uint64_t kRingBytes = 1 << 24;
    std::atomic<std::uint64_t> request_{0};
    SegmentOutput output_{output_setup(true),
                          [] { return std::vector<capture::InterfaceCounts>(1); }};
    CaptureRing ring_ = make_ring();
    CaptureWriter writer_{stores_, ring_, output_};
};

TEST(CommandReason, IsWhatWasGivenWithoutTheSpacesAround) {
    EXPECT_EQ(command_reason(""), "command");
    EXPECT_EQ(command_reason(" \t\r\n"), "command");
    EXPECT_EQ(command_reason(" link, \"port 3\"\n"), "command: link, \"port 3\"");
}

TEST(CommandReason, IsPrintable) {
    EXPECT_EQ(command_reason("a\x1b[2J\nb\x80 Br\xc3\xbc"
                             "cke"),
              "command: a?[2J?b? Br\xc3\xbc"
              "cke");
}

TEST(CommandReason, IsCut) {
    EXPECT_EQ(command_reason(std::string(4096, 'x')), "command: " + std::string(kReasonBytes, 'x'));
    const std::string cut_within = std::string(kReasonBytes - 1, 'x') + "\xc3\xbc";
    EXPECT_EQ(command_reason(cut_within), "command: " + std::string(kReasonBytes - 1, 'x') + "?");
}

TEST(CaptureCommands, AreRegisteredOnce) {
    EXPECT_NO_THROW(register_capture_commands());
    EXPECT_NO_THROW(register_capture_commands());
}

TEST_F(CaptureCommandsTest, AreRefusedWithoutARing) {
    EXPECT_EQ(CommandedRing::trigger("x"), "no capture ring is being kept");
    EXPECT_FALSE(CommandedRing::state());
    { const CommandedRing commanded(ring_, writer_); }
    EXPECT_EQ(CommandedRing::trigger("x"), "no capture ring is being kept");
    EXPECT_EQ(ring_.requests().accepted, 0U);
}

TEST_F(CaptureCommandsTest, TriggerTheRingThatIsKeptOneAtATime) {
    const CommandedRing commanded(ring_, writer_);
    ring_.take(first_, filled(first_, 0, 10));
    EXPECT_EQ(CommandedRing::trigger("because"), "");
    EXPECT_EQ(CommandedRing::trigger("again"), "another trigger is pending or being served");
    CommandedRing::State state = CommandedRing::state().value();
    EXPECT_EQ(state.ring_bytes, kRingBytes);
    EXPECT_EQ(state.requests.accepted, 1U);
    EXPECT_EQ(state.requests.ignored, 1U);
    EXPECT_TRUE(state.requests.pending);
    ring_.step(false);
    ASSERT_EQ(files().size(), 1U);
    EXPECT_NE(contents(files()[0]).find("because"), std::string::npos);
    EXPECT_FALSE(CommandedRing::state()->requests.pending);
    EXPECT_EQ(CommandedRing::trigger("another"), "");
}

TEST_F(CaptureCommandsTest, FromManyThreadsAreEachServedOrCounted) {
    const CommandedRing commanded(ring_, writer_);
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<int> running{4};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&accepted, &running] {
            for (int j = 0; j < 25; ++j) {
                if (CommandedRing::trigger("many").empty()) ++accepted;
                std::this_thread::yield();
            }
            --running;
        });
    }
    while (running > 0) ring_.step(false);
    for (std::thread& thread : threads) thread.join();
    ring_.step(true);
    EXPECT_GE(accepted, 1U);
    EXPECT_EQ(output_.totals.triggers, accepted);
    EXPECT_EQ(output_.totals.triggers + output_.totals.triggers_ignored, 100U);
}

TEST_F(CaptureCommandsTest, MeetOnlyRingsThatAreThere) {
    std::atomic<bool> stop{false};
    std::thread client([&stop] {
        while (!stop) {
            static_cast<void>(CommandedRing::trigger("x"));
            static_cast<void>(CommandedRing::state());
        }
    });
    for (int i = 0; i < 200; ++i) {
        CaptureRing ring = make_ring();
        {
            const CommandedRing commanded(ring, writer_);
            std::this_thread::yield();
        }
        ring.step(true);
        EXPECT_FALSE(ring.requests().pending) << "what was accepted is served";
    }
    stop = true;
    client.join();
}

}  // namespace
}  // namespace weir::pipeline
