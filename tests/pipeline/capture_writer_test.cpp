// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/capture_writer.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "base/setup_error.hpp"
#include "capture_fixture.hpp"
#include "pipeline/capture_ring.hpp"

namespace weir::pipeline {
namespace {

using capture::InterfaceCounts;

class CaptureWriterTest : public CaptureStoreTest {};

std::vector<InterfaceCounts> no_counts() { return std::vector<InterfaceCounts>(1); }

TEST_F(CaptureWriterTest, WritesWhatIsHandedOverAndGivesTheSegmentsBack) {
    SegmentOutput output(output_setup(), no_counts);
    DirectSink sink(output);
    CaptureWriter writer(stores_, sink, output);
    writer.start(0);
    constexpr std::uint32_t kPackets = 1000;
    std::uint64_t next = 0;
    for (int turn = 0; turn < 40; ++turn) {
        SegmentStore& store = *stores_[static_cast<std::size_t>(turn) % 2];
        while (store.free_segments() == 0) std::this_thread::yield();
        store.full().push(&filled(store, next, kPackets));
        next += kPackets;
    }
    writer.stop();
    const CaptureTotals totals = writer.totals();
    EXPECT_EQ(totals.written, next);
    EXPECT_EQ(totals.output.packets, next);
    EXPECT_EQ(totals.output.files, 1U);
    EXPECT_EQ(first_.free_segments(), first_.segments());
    EXPECT_EQ(second_.free_segments(), second_.segments());
    std::vector<std::uint64_t> numbers = numbers_in(folder_ + "/out.pcapng");
    std::ranges::sort(numbers);
    EXPECT_EQ(numbers, count_from(0, next));
}

TEST_F(CaptureWriterTest, StopsOnlyOnceTheRingsAreEmpty) {
    SegmentOutput output(output_setup(), no_counts);
    DirectSink sink(output);
    CaptureWriter writer(stores_, sink, output);
    first_.full().push(&filled(first_, 0, 10));
    first_.full().push(&filled(first_, 10, 10));
    second_.full().push(&filled(second_, 20, 10));
    writer.start(0);
    writer.stop();
    EXPECT_EQ(writer.totals().written, 30U);
}

TEST_F(CaptureWriterTest, CountsWhatTheDiskDoesNotTake) {
    std::filesystem::create_symlink("/dev/full", folder_ + "/out.pcapng");
    EXPECT_THROW(SegmentOutput(output_setup(), no_counts), base::SetupError)
        << "at the start it is refused";
    std::filesystem::remove(folder_ + "/out.pcapng");
    SegmentOutput output(output_setup(true), no_counts);
    // The first file begins with the first packet; by then its folder is gone.
    std::filesystem::remove_all(folder_);
    output.write(first_, filled(first_, 0, 10), "comment");
    output.write(first_, filled(first_, 10, 5));
    EXPECT_EQ(output.totals.written, 0U);
    EXPECT_EQ(output.totals.lost[base::at(capture::WriteLoss::kWriteError)], 15U);
    EXPECT_EQ(first_.free_segments(), first_.segments());
}

TEST_F(CaptureWriterTest, PutsTheCommentOnTheLastPacket) {
    SegmentOutput output(output_setup(), no_counts);
    output.write(first_, filled(first_, 0, 3), "the reason");
    output.write(first_, filled(first_, 3, 1), "another");
    output.close();
    const std::string path = folder_ + "/out.pcapng";
    EXPECT_EQ(numbers_in(path), count_from(0, 4));
    EXPECT_EQ(output.totals.written, 4U);
    const std::string text = contents(path);
    const std::size_t reason = text.find("the reason");
    ASSERT_NE(reason, std::string::npos);
    EXPECT_EQ(text.find("the reason", reason + 1), std::string::npos);
    // Behind the third packet's octets and before the fourth's.
    EXPECT_GT(reason, text.rfind(std::string(100, '\x02')));
    EXPECT_LT(reason, text.find(std::string(100, '\x03')));
    EXPECT_GT(text.find("another"), text.find(std::string(100, '\x03')));
}

TEST_F(CaptureWriterTest, TheFileTellsThePortsCounters) {
    SegmentOutput output(output_setup(), [] {
        return std::vector<InterfaceCounts>{
            {.not_selected = 0x1122334455667788, .dropped = 0x0102030405060708}};
    });
    output.close();
    const std::string text = contents(folder_ + "/out.pcapng");
    EXPECT_NE(text.find("\x88\x77\x66\x55\x44\x33\x22\x11"), std::string::npos);
    EXPECT_NE(text.find("\x08\x07\x06\x05\x04\x03\x02\x01"), std::string::npos);
}

TEST_F(CaptureWriterTest, ItsThreadTakesNoSignals) {
    SegmentOutput output(output_setup(), no_counts);
    /// Says what the writer's thread has blocked.
    class Spy final : public SegmentSink {
       public:
        void take(SegmentStore&, capture::Segment&) override {}
        void step(bool) override {
            sigset_t set;
            pthread_sigmask(SIG_BLOCK, nullptr, &set);
            blocked = sigismember(&set, SIGUSR1) == 1 && sigismember(&set, SIGTERM) == 1;
        }
        std::atomic<bool> blocked{false};
    } spy;
    CaptureWriter writer(stores_, spy, output);
    writer.start(0);
    writer.stop();
    EXPECT_TRUE(spy.blocked);
    sigset_t set;
    pthread_sigmask(SIG_BLOCK, nullptr, &set);
    EXPECT_EQ(sigismember(&set, SIGUSR1), 0) << "the caller's mask is as it was";
}

}  // namespace
}  // namespace weir::pipeline
