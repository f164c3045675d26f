// SPDX-License-Identifier: BSD-3-Clause
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

#include "support/capture_output.hpp"
#include "support/setup_error.hpp"
#include "support/write_faults.hpp"

/// Writes that are refused, cut short or interrupted, by a kernel that says so when it is told to.
namespace weir::capture {
namespace {

using test::Bytes;
using test::kNow;
using test::lost;
using testing::HasSubstr;

constexpr std::uint64_t kRetry = PcapngOutput::kRetryNs;

class PcapngFaults : public testing::TestWithParam<const char*> {
   protected:
    [[nodiscard]] std::string path() const { return folder_ / GetParam(); }
    [[nodiscard]] bool is_compressed() const { return path().ends_with(".zst"); }

    test::TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, PcapngFaults, testing::Values("out.pcapng", "out.pcapng.zst"),
                         [](const auto& kind) {
                             const std::string name = kind.param;
                             return name.ends_with(".zst") ? "Compressed" : "Plain";
                         });

TEST_P(PcapngFaults, AreNoneWhenWritesAreShort) {
    PcapngOutput output(test::output_setup(path()), kNow);
    for (std::size_t most : {1, 7, 100, 1000}) {
        const test::ScopedWriteFaults faults({.most_octets = most});
        output.write(test::run_of(output.totals().packets, 10), 10, kNow);
    }
    output.close({}, kNow);
    test::expect_packets(path(), test::numbers_from(0, 40));
    test::expect_exact(output, {path()}, 40);
    EXPECT_EQ(output.last_error(), "");
}

TEST_P(PcapngFaults, AreNoneWhenWritesAreInterrupted) {
    PcapngOutput output(test::output_setup(path()), kNow);
    test::ScopedWriteFaults faults({.most_octets = 500, .interrupted_calls = 3});
    output.write(test::run_of(0, 10), 10, kNow);
    EXPECT_EQ(faults.now().interrupted_calls, 0U);
    faults.now().interrupted_calls = 2;
    output.close({}, kNow);
    EXPECT_EQ(faults.now().interrupted_calls, 0U);
    test::expect_packets(path(), test::numbers_from(0, 10));
    test::expect_exact(output, {path()}, 10);
    EXPECT_EQ(output.last_error(), "");
}

/// The disk is full at every third octet, so at any place in a block: the file stays whole with its
/// statistics, and as many packets as can be are in it.
TEST_P(PcapngFaults, LeaveAWholeFileWhereverTheDiskIsFull) {
    constexpr std::uint64_t kPackets = 9;
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    {
        PcapngOutput output(test::output_setup(path()), kNow);
        start = output.totals().file_bytes;
        output.write(test::run_of(0, 4), 4, kNow);
        output.write(test::run_of(4, kPackets - 4), kPackets - 4, kNow);
        end = output.totals().file_bytes;
    }
    std::uint64_t before = 0;
    for (std::uint64_t limit = start; limit < end + 3; limit += 3) {
        const test::ScopedWriteFaults faults({.file_limit = limit, .error = ENOSPC});
        PcapngOutput output(test::output_setup(path()), kNow);
        output.write(test::run_of(0, 4), 4, kNow);
        output.write(test::run_of(4, kPackets - 4), kPackets - 4, kNow);
        test::expect_exact(output, {path()}, kPackets);  // Before it is closed, too.
        const InterfaceCounts counts[] = {{.not_selected = 5}, {.not_selected = limit}};
        output.close(counts, kNow + 9);
        test::expect_exact(output, {path()}, kPackets);
        ASSERT_LE(std::filesystem::file_size(path()), limit);
        const std::uint64_t packets = output.totals().packets;
        test::expect_packets(path(), test::numbers_from(0, packets));
        EXPECT_EQ(lost(output, WriteLoss::kDiskFull), kPackets - packets);
        const auto statistics = test::walk_file(path()).of(test::kStatisticsBlock);
        EXPECT_EQ(statistics.at(1).number(4), limit + 4);
        EXPECT_EQ(statistics.at(0).number(6) + statistics.at(1).number(6), kPackets);
        EXPECT_EQ(statistics.at(0).number(7) + statistics.at(1).number(7), kPackets - packets);
        EXPECT_EQ(statistics.at(0).number(8), (packets + 1) / 2);
        EXPECT_EQ(statistics.at(1).number(8), packets / 2);
        if (!is_compressed() && packets < kPackets) {
            const std::size_t next = test::run_of(packets, 1).size();
            EXPECT_GT(output.totals().file_bytes + next, limit) << "one more would have fitted";
        }
        ASSERT_GE(packets, before);
        before = packets;
        ASSERT_FALSE(HasFailure()) << "with room for " << limit << " octets";
    }
    EXPECT_EQ(before, kPackets);
}

/// Likewise on file systems where even what is there cannot be overwritten.
TEST_P(PcapngFaults, LeaveAFileThatCanBeReadWhereverWritingEnds) {
    constexpr std::uint64_t kPackets = 6;
    for (unsigned good_calls = 0; good_calls < 40; ++good_calls) {
        PcapngOutput output(test::output_setup(path()), kNow);
        const test::ScopedWriteFaults faults(
            {.most_octets = 97, .good_calls = good_calls, .error = EIO});
        output.write(test::run_of(0, kPackets), kPackets, kNow);
        output.close({}, kNow);
        std::string problem;
        const Bytes content = test::content_of(path());
        const auto file =
            test::walk_pcapng(is_compressed() ? test::decompressed(content, problem) : content);
        ASSERT_EQ(file.problem, "") << good_calls;
        EXPECT_TRUE(problem.empty() || problem == "the last frame is not ended") << problem;
        EXPECT_EQ(file.count(test::kPacketBlock), output.totals().packets) << good_calls;
        EXPECT_EQ(output.totals().packets + lost(output, WriteLoss::kWriteError), kPackets);
        EXPECT_EQ(output.totals().file_bytes, content.size());
    }
}

/// A write fails within the former statistics: the room they had is room for them still.
TEST_P(PcapngFaults, LeaveTheStatisticsTheirRoom) {
    PcapngOutput output(test::output_setup(path()), kNow);
    output.write(test::run_of(0, 5), 5, kNow);
    {
        const test::ScopedWriteFaults faults(
            {.most_octets = 97, .good_calls = 1, .bad_calls = 1, .error = EIO});
        EXPECT_EQ(output.write(test::run_of(5, 5), 5, kNow).lost, 5U);
    }
    test::expect_packets(path(), test::numbers_from(0, 5));
    test::expect_exact(output, {path()}, 10);
}

TEST_P(PcapngFaults, EndWhenThereIsRoomAgain) {
    PcapngOutput output(test::output_setup(path()), kNow);
    output.write(test::run_of(0, 5), 5, kNow);
    std::vector<std::uint64_t> expected = test::numbers_from(0, 5);
    for (std::uint64_t round = 1; round < 5; ++round) {
        const std::uint64_t now = kNow + round * test::kSecond;
        const std::uint64_t first = round * 100;
        {
            const std::uint64_t room = output.totals().file_bytes + 300 * (round - 1);
            const test::ScopedWriteFaults faults({.file_limit = room, .error = EDQUOT});
            const auto written = output.write(test::run_of(first, 20), 20, now);
            EXPECT_GT(written.lost, 0U);
            EXPECT_EQ(written.reason, WriteLoss::kDiskFull);
            for (std::uint64_t i = 0; i < written.packets; ++i) expected.push_back(first + i);
        }
        EXPECT_EQ(output.write(test::run_of(first + 20, 20), 20, now + kRetry).packets, 20U);
        for (std::uint64_t i = 20; i < 40; ++i) expected.push_back(first + i);
    }
    output.close({}, kNow);
    test::expect_packets(path(), expected);
    test::expect_exact(output, {path()}, 5 + 4 * 40);
    EXPECT_THAT(output.last_error(), HasSubstr("write " + path() + ": Disk quota exceeded"));
}

TEST_P(PcapngFaults, AreNotTriedAgainAtOnce) {
    PcapngOutput output(test::output_setup(path()), kNow);
    {
        test::ScopedWriteFaults faults({.good_calls = 0, .error = ENOSPC});
        EXPECT_EQ(output.write(test::run_of(0, 2), 2, kNow).lost, 2U);
        faults.now().calls = 0;
        EXPECT_EQ(output.write(test::run_of(2, 3), 3, kNow + kRetry - 1).lost, 3U);
        EXPECT_EQ(faults.now().calls, 0U);
        EXPECT_EQ(output.write(test::run_of(5, 4), 4, kNow + kRetry).lost, 4U);
        EXPECT_EQ(faults.now().calls, 1U);
    }
    EXPECT_EQ(output.write(test::run_of(9, 5), 5, kNow + kRetry + 1).lost, 5U);
    EXPECT_EQ(output.write(test::run_of(14, 6), 6, kNow + 2 * kRetry).packets, 6U);
    EXPECT_EQ(output.write(test::run_of(20, 7), 7, kNow + 2 * kRetry).packets, 7U);
    EXPECT_EQ(lost(output, WriteLoss::kDiskFull), 14U);
    test::expect_packets(path(), test::numbers_from(14, 13));
    test::expect_exact(output, {path()}, 27);
}

TEST_P(PcapngFaults, AreTriedAgainWhenTheClockIsSetBack) {
    PcapngOutput output(test::output_setup(path()), kNow);
    {
        const test::ScopedWriteFaults faults({.good_calls = 0, .error = EIO});
        EXPECT_EQ(output.write(test::run_of(0, 2), 2, kNow).lost, 2U);
    }
    EXPECT_EQ(output.write(test::run_of(2, 3), 3, kNow - test::kSecond).packets, 3U);
    // The failure is over, even at a time that comes a second time.
    EXPECT_EQ(output.write(test::run_of(5, 3), 3, kNow + 1).packets, 3U);
    EXPECT_EQ(lost(output, WriteLoss::kWriteError), 2U);
}

/// What was written in vain cannot be cut off: nothing is written behind it, until it can be.
TEST_P(PcapngFaults, WaitUntilTheFileCanBeCut) {
    PcapngOutput output(test::output_setup(path()), kNow);
    output.write(test::run_of(0, 5), 5, kNow);
    std::uint64_t kept = 0;
    {
        const std::uint64_t room = output.totals().file_bytes + 700;
        test::ScopedWriteFaults faults({.file_limit = room, .error = EIO, .truncate_error = EIO});
        kept = output.write(test::run_of(5, 20), 20, kNow).packets;
        EXPECT_LT(kept, 20U);
        faults.now().file_limit = UINT64_MAX;
        faults.now().calls = 0;
        EXPECT_EQ(output.write(test::run_of(25, 10), 10, kNow + kRetry).lost, 10U);
        EXPECT_EQ(faults.now().calls, 0U);
    }
    EXPECT_EQ(output.write(test::run_of(35, 5), 5, kNow + 2 * kRetry).packets, 5U);
    output.close({}, kNow);
    std::vector<std::uint64_t> expected = test::numbers_from(0, 5 + kept);
    for (std::uint64_t number = 35; number < 40; ++number) expected.push_back(number);
    test::expect_packets(path(), expected);
    test::expect_exact(output, {path()}, 40);
}

/// Somebody empties the file, or cuts it in a packet: nothing is written behind a hole.
TEST_P(PcapngFaults, LeaveAFileThatOthersHaveCutAsItIs) {
    for (const std::uintmax_t left : {0, 700}) {
        PcapngOutput output(test::output_setup(path()), kNow);
        output.write(test::run_of(0, 20), 20, kNow);
        std::filesystem::resize_file(path(), left);
        const PcapngOutput::Written written = output.write(test::run_of(20, 5), 5, kNow + 1);
        EXPECT_EQ(written.lost, 5U);
        EXPECT_EQ(written.reason, WriteLoss::kWriteError);
        EXPECT_THAT(output.last_error(),
                    HasSubstr("write " + path() + ": somebody else has made it shorter"));
        EXPECT_EQ(output.write(test::run_of(25, 5), 5, kNow + kRetry + 1).lost, 5U);
        output.close({}, kNow + kRetry + 1);
        EXPECT_EQ(std::filesystem::file_size(path()), left);
        EXPECT_EQ(output.totals().packets, 20U);
    }
}

/// Between the look at its length and the write, which makes it as long again: a hole is left. Of a
/// hole that begins in the write's own page, or the one before, nothing is seen.
TEST_P(PcapngFaults, AreToldWhenAFileIsCutUnderAWrite) {
    constexpr std::uint64_t kMany = 2000;
    PcapngOutput output(test::output_setup(path()), kNow);
    for (std::uint64_t first = 0; first < 10 * kMany; first += kMany) {
        output.write(test::run_of(first, kMany), kMany, kNow);
    }
    const std::uintmax_t size = std::filesystem::file_size(path());
    ASSERT_GT(size, 20000U);
    const test::ScopedWriteFaults faults({.foreign_cut = size / 2});
    output.write(test::run_of(10 * kMany, kMany), kMany, kNow);
    ASSERT_GT(std::filesystem::file_size(path()), size) << "the length says nothing";
    EXPECT_EQ(output.write(test::run_of(11 * kMany, 5), 5, kNow + 1).lost, 5U);
    EXPECT_THAT(output.last_error(), HasSubstr("somebody else has made it shorter"));
}

TEST_P(PcapngFaults, AreToldWhenAFileIsCutAfterItsLastWrite) {
    PcapngOutput output(test::output_setup(path()), kNow);
    output.write(test::run_of(0, 20), 20, kNow);
    std::filesystem::resize_file(path(), 10);
    output.close({}, kNow);
    EXPECT_THAT(output.last_error(),
                HasSubstr("finish " + path() + ": somebody else has made it shorter"));
    EXPECT_EQ(std::filesystem::file_size(path()), 10U);
}

TEST_P(PcapngFaults, OfACutFileDoNotEndASequence) {
    PcapngOutput output(test::output_setup(path(), {.file_seconds = 60}), kNow);
    output.write(test::run_of(0, 20), 20, kNow);
    std::filesystem::resize_file(output.path(), 0);
    EXPECT_EQ(output.write(test::run_of(20, 5), 5, kNow + 1).packets, 5U);
    output.close({}, kNow + 1);
    ASSERT_EQ(folder_.files().size(), 2U);
    EXPECT_EQ(std::filesystem::file_size(folder_.files()[0]), 0U);
    test::expect_packets(folder_.files()[1], test::numbers_from(20, 5));
    EXPECT_THAT(output.last_error(), HasSubstr("somebody else has made it shorter"));
}

/// The other end of a pipe, read by a thread as it comes, at most `most` octets.
class PipeReader {
   public:
    PipeReader(const std::string& path, std::size_t most)
        : thread_([this, path, most] {
              const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
              Bytes some(4096);
              while (content_.size() < most) {
                  const ssize_t octets =
                      ::read(file, some.data(), std::min(some.size(), most - content_.size()));
                  if (octets < 0 && errno == EINTR) continue;
                  if (octets <= 0) break;
                  content_.insert(content_.end(), some.begin(), some.begin() + octets);
              }
              ::close(file);
          }) {}
    const Bytes& content() {
        if (thread_.joinable()) thread_.join();
        return content_;
    }

   private:
    Bytes content_;
    std::thread thread_;
};

TEST_P(PcapngFaults, DoNotComeFromPipes) {
    ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
    PipeReader reader(path(), SIZE_MAX);
    PcapngOutput output(test::output_setup(path()), kNow);
    output.write(test::run_of(0, 1000), 1000, kNow);
    output.write(test::run_of(1000, 1000), 1000, kNow);
    output.close({}, kNow);
    std::string problem;
    const Bytes& content = reader.content();
    const auto file =
        test::walk_pcapng(is_compressed() ? test::decompressed(content, problem) : content);
    EXPECT_EQ(file.problem + problem, "");
    EXPECT_EQ(file.count(test::kPacketBlock), 2000U);
    EXPECT_EQ(file.count(test::kStatisticsBlock), test::kInterfaces);
    EXPECT_EQ(output.totals().packets, 2000U);
    EXPECT_EQ(output.totals().file_bytes, content.size());
}

volatile std::sig_atomic_t signals_seen = 0;

void count_signal(int /*signal*/) { signals_seen = signals_seen + 1; }

/// Signals arrive all the time, and the kernel ends calls early for them.
TEST_P(PcapngFaults, DoNotComeFromSignals) {
    ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
    struct sigaction interrupt {};
    interrupt.sa_handler = count_signal;  // Without SA_RESTART.
    struct sigaction former {};
    sigset_t alarm;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarm, nullptr);  // In the reader's thread.
    PipeReader reader(path(), SIZE_MAX);
    pthread_sigmask(SIG_UNBLOCK, &alarm, nullptr);
    PcapngOutput output(test::output_setup(path()), kNow);
    signals_seen = 0;
    ::sigaction(SIGALRM, &interrupt, &former);
    const itimerval often{{0, 50}, {0, 50}};
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &often, nullptr);
    for (std::uint64_t first = 0; first < 20000; first += 5000) {
        output.write(test::run_of(first, 5000), 5000, kNow);
    }
    output.close({}, kNow);
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &former, nullptr);
    std::string problem;
    const Bytes& content = reader.content();
    const auto file =
        test::walk_pcapng(is_compressed() ? test::decompressed(content, problem) : content);
    EXPECT_EQ(file.problem + problem, "");
    EXPECT_GT(signals_seen, 0);
    EXPECT_EQ(file.count(test::kPacketBlock), 20000U);
    EXPECT_EQ(output.totals().packets, 20000U);
    EXPECT_EQ(output.last_error(), "");
}

/// Nobody reads the pipe: whoever waits for that can be stopped.
TEST_P(PcapngFaults, IncludeASignalBeforeThePipeIsRead) {
    ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
    struct sigaction interrupt {};
    interrupt.sa_handler = count_signal;
    struct sigaction former {};
    ::sigaction(SIGALRM, &interrupt, &former);
    const itimerval often{{0, 20'000}, {0, 20'000}};
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &often, nullptr);
    const std::string text =
        test::setup_error([&] { const PcapngOutput output(test::output_setup(path()), kNow); });
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &former, nullptr);
    EXPECT_THAT(text, HasSubstr("Interrupted system call\n  start who reads the pipe first"));
}

TEST_P(PcapngFaults, IncludeAReaderWhoGoes) {
    ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
    PipeReader reader(path(), 100'000);
    PcapngOutput output(test::output_setup(path()), kNow);
    constexpr std::uint64_t kPackets = 100'000;
    for (std::uint64_t i = 0; i < 10; ++i) {
        output.write(test::run_of(i * 10'000, 10'000), 10'000, kNow + i * test::kSecond);
    }
    EXPECT_EQ(reader.content().size(), 100'000U);
    EXPECT_THAT(output.last_error(), HasSubstr("Broken pipe"));
    EXPECT_GT(lost(output, WriteLoss::kWriteError), 0U);
    EXPECT_EQ(output.totals().packets + lost(output), kPackets);
    if (!is_compressed()) {
        // The kernel took at least what was read.
        EXPECT_GT(output.totals().file_bytes, 100'000U - 1000);
        EXPECT_GT(output.totals().packets, 100U);
    }
    output.close({}, kNow);
}

/// A reader that has the pipe open and reads nothing is waited for, but not once time is short.
TEST_P(PcapngFaults, IncludeAReaderWhoDoesNotReadInTheEnd) {
    using Clock = std::chrono::steady_clock;
    ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
    const int reader = ::open(path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(::fcntl(reader, F_SETPIPE_SZ, 4096), 0);
    PcapngOutput output(test::output_setup(path()), kNow);
    static constexpr auto kHurryAfter = std::chrono::milliseconds(300);
    std::thread hurry([&output] {
        std::this_thread::sleep_for(kHurryAfter);
        output.hurry();
    });
    const auto start = Clock::now();
    const PcapngOutput::Written written = output.write(test::run_of(0, 10'000), 10'000, kNow);
    const auto waited = Clock::now() - start;
    hurry.join();
    EXPECT_GE(waited, kHurryAfter + OutputFile::kPatience);
    EXPECT_LT(waited, 3 * OutputFile::kPatience);
    EXPECT_GT(written.lost, 0U);
    EXPECT_EQ(written.reason, WriteLoss::kWriteError);
    EXPECT_THAT(output.last_error(), HasSubstr("Connection timed out"));
    // It is not waited for again.
    const auto later = Clock::now();
    output.write(test::run_of(10'000, 5), 5, kNow + kRetry);
    output.close({}, kNow + kRetry);
    EXPECT_LT(Clock::now() - later, OutputFile::kPatience / 2);
    EXPECT_EQ(output.totals().packets + lost(output, WriteLoss::kWriteError), 10'005U);
    ::close(reader);
}

/// Who takes a little now and then gets everything, whatever the hurry.
TEST_P(PcapngFaults, DoNotComeFromASlowReader) {
    ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
    Bytes content;
    std::thread reader([this, &content] {
        const int file = ::open(path().c_str(), O_RDONLY | O_CLOEXEC);
        Bytes some(64 << 10);
        for (;;) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            const ssize_t octets = ::read(file, some.data(), some.size());
            if (octets <= 0) break;
            content.insert(content.end(), some.begin(), some.begin() + octets);
        }
        ::close(file);
    });
    {
        PcapngOutput output(test::output_setup(path()), kNow);
        output.hurry();
        EXPECT_EQ(output.write(test::run_of(0, 2000), 2000, kNow).packets, 2000U);
    }
    reader.join();
    std::string problem;
    const auto file =
        test::walk_pcapng(is_compressed() ? test::decompressed(content, problem) : content);
    EXPECT_EQ(file.problem + problem, "");
    EXPECT_EQ(file.count(test::kPacketBlock), 2000U);
}

TEST_P(PcapngFaults, LeaveThePipeAtTheEndOfABlock) {
    ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
    PipeReader reader(path(), SIZE_MAX);
    PcapngOutput output(test::output_setup(path()), kNow);
    {
        // Between two packets the kernel says that it cannot; nothing is broken by that.
        const std::size_t two = test::run_of(0, 2).size();
        const test::ScopedWriteFaults faults(
            {.most_octets = two, .good_calls = is_compressed() ? 0U : 1U, .error = EIO});
        EXPECT_EQ(output.write(test::run_of(0, 5), 5, kNow).packets, is_compressed() ? 0U : 2U);
    }
    EXPECT_EQ(output.write(test::run_of(5, 5), 5, kNow + kRetry).packets, 5U);
    {
        // In a packet: no reader could go on behind it.
        test::ScopedWriteFaults faults({.most_octets = 21, .good_calls = 1, .error = EIO});
        EXPECT_EQ(output.write(test::run_of(10, 5), 5, kNow + 2 * kRetry).packets, 0U);
        faults.now().good_calls = UINT32_MAX;
        faults.now().calls = 0;
        EXPECT_EQ(output.write(test::run_of(15, 5), 5, kNow + 3 * kRetry).lost, 5U);
        output.close({}, kNow);
        EXPECT_EQ(faults.now().calls, 0U);
    }
    EXPECT_EQ(output.totals().packets + lost(output, WriteLoss::kWriteError), 20U);
    std::string problem;
    const Bytes& content = reader.content();
    const auto file =
        test::walk_pcapng(is_compressed() ? test::decompressed(content, problem) : content);
    EXPECT_EQ(file.count(test::kPacketBlock), output.totals().packets);
    EXPECT_EQ(output.totals().packets, is_compressed() ? 5U : 7U);
}

}  // namespace
}  // namespace weir::capture
