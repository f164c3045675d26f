// SPDX-License-Identifier: BSD-3-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "support/capture_output.hpp"

/// Disks and limits that are full indeed: a small tmpfs in a mount namespace of the test's own, and
/// RLIMIT_FSIZE, each in a child process.
namespace weir::capture {
namespace {

using test::Bytes;
using test::kNow;
using test::lost;
using testing::HasSubstr;

class PcapngFull : public testing::TestWithParam<const char*> {
   protected:
    test::TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, PcapngFull, testing::Values("out.pcapng", "out.pcapng.zst"),
                         [](const auto& kind) {
                             const std::string name = kind.param;
                             return name.ends_with(".zst") ? "Compressed" : "Plain";
                         });

/// A packet block of 1,000 octets of noise, which do not become fewer by compression.
Bytes noise_run(std::uint64_t packets) {
    static std::uint64_t state = 1;
    Bytes run;
    for (std::uint64_t i = 0; i < packets; ++i) {
        Bytes frame(1000);
        for (std::byte& octet : frame) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            octet = std::byte(state >> 56);
        }
        const std::size_t at = run.size();
        run.resize(at + packet_block_bytes(frame.size()));
        append_packet_block(run.data() + at, 0, kNow, 1000, frame);
    }
    return run;
}

bool write_text(const char* path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    return file.flush().good();
}

/// Mounts a tmpfs of 1 MiB in a mount namespace of this process's own, as root or, in a user
/// namespace, as anybody. It goes with the process.
bool mount_small_disk(const std::string& folder) {
    const auto user = std::to_string(::geteuid());
    const auto group = std::to_string(::getegid());
    if (user == "0") {
        if (::unshare(CLONE_NEWNS) != 0) return false;
    } else if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 ||
               !write_text("/proc/self/setgroups", "deny") ||
               !write_text("/proc/self/uid_map", "0 " + user + " 1") ||
               !write_text("/proc/self/gid_map", "0 " + group + " 1")) {
        return false;
    }
    return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=1m") == 0;
}

/// A capture of noise, each run a second after the one before.
class Capture {
   public:
    explicit Capture(const std::string& path) : output_(test::output_setup(path), kNow) {}

    PcapngOutput::Written write(std::uint64_t packets) {
        now_ += test::kSecond;
        given_ += packets;
        return output_.write(noise_run(packets), packets, now_);
    }
    /// Writes until packets are lost.
    PcapngOutput::Written fill() {
        for (int i = 0; i < 1000; ++i) {
            const PcapngOutput::Written written = write(50);
            if (written.lost > 0) return written;
        }
        ADD_FAILURE() << "the disk is never full";
        return {};
    }
    void close() {
        output_.close({}, now_);
        const auto blocks = test::walk_file(output_.path()).of(test::kStatisticsBlock);
        ASSERT_EQ(blocks.size(), test::kInterfaces);
        EXPECT_EQ(blocks[0].number(4) + blocks[1].number(4), given_);
        EXPECT_EQ(blocks[0].number(8) + blocks[1].number(8), output_.totals().packets);
        test::expect_exact(output_, {output_.path()}, given_);
    }
    [[nodiscard]] const PcapngOutput& output() const { return output_; }

   private:
    PcapngOutput output_;
    std::uint64_t now_ = kNow;
    std::uint64_t given_ = 0;
};

TEST_P(PcapngFull, DiskLeavesAWholeFileAndTakesMoreWhenThereIsRoom) {
    const std::string disk = folder_ / "disk";
    std::filesystem::create_directory(disk);
    const int result = test::in_child([&] {
        if (!mount_small_disk(disk)) return test::kCannotInChild;
        const std::string other = disk + "/other";
        EXPECT_TRUE(write_text(other.c_str(), std::string(300 << 10, 'x')));
        Capture capture(disk + "/" + GetParam());
        EXPECT_EQ(capture.fill().reason, WriteLoss::kDiskFull);
        const std::uint64_t full = capture.output().totals().packets;
        EXPECT_GT(full, 600U) << "of 1,032 octets, in 724 KiB";
        for (int i = 0; i < 3; ++i) EXPECT_EQ(capture.write(50).packets, 0U);
        test::expect_exact(capture.output(), {capture.output().path()},
                           full + lost(capture.output()));
        std::filesystem::remove(other);
        for (int i = 0; i < 5; ++i) EXPECT_EQ(capture.write(50).packets, 50U);
        EXPECT_EQ(capture.fill().reason, WriteLoss::kDiskFull);
        // A compressed run is written whole or not at all.
        const bool is_whole_run = std::string(GetParam()).ends_with(".zst");
        EXPECT_LE(std::filesystem::space(disk).available, is_whole_run ? 52'000U : 0U);
        EXPECT_EQ(lost(capture.output(), WriteLoss::kWriteError), 0U);
        EXPECT_THAT(capture.output().last_error(), HasSubstr("No space left on device"));
        capture.close();
        return 0;
    });
    if (result == test::kCannotInChild) {
        GTEST_SKIP() << "NOT TESTED: a full disk. No mount namespace can be made here";
    }
}

TEST_P(PcapngFull, SmallestDiskTakesEveryPacketThatFits) {
    const std::string disk = folder_ / "disk";
    std::filesystem::create_directory(disk);
    const int result = test::in_child([&] {
        if (!mount_small_disk(disk)) return test::kCannotInChild;
        Capture capture(disk + "/" + GetParam());
        // One at a time, so that compressed files are filled as well as others.
        for (int i = 0; i < 2000; ++i) static_cast<void>(capture.write(1));
        capture.close();
        const std::uint64_t bytes = std::filesystem::file_size(capture.output().path());
        EXPECT_GT(bytes, (1U << 20) - 1100);
        EXPECT_LE(bytes, 1U << 20);
        return 0;
    });
    if (result == test::kCannotInChild) {
        GTEST_SKIP() << "NOT TESTED: a full disk. No mount namespace can be made here";
    }
}

void limit_files_to(rlim_t bytes) {
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
}

bool is_pending(int signal) {
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, signal) == 1;
}

bool is_blocked(int signal) {
    sigset_t blocked;
    pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    return sigismember(&blocked, signal) == 1;
}

TEST_P(PcapngFull, LimitOfFileSizeDoesNotEndTheProcess) {
    const int result = test::in_child([&] {
        std::signal(SIGXFSZ, SIG_DFL);  // Which ends it.
        Capture capture(folder_ / GetParam());
        limit_files_to(200 << 10);
        EXPECT_EQ(capture.fill().reason, WriteLoss::kWriteError);
        EXPECT_THAT(capture.output().last_error(), HasSubstr("File too large"));
        EXPECT_FALSE(is_pending(SIGXFSZ));
        EXPECT_FALSE(is_blocked(SIGXFSZ));
        EXPECT_FALSE(is_blocked(SIGPIPE));
        test::expect_exact(capture.output(), {capture.output().path()},
                           capture.output().totals().packets + lost(capture.output()));
        limit_files_to(400 << 10);
        EXPECT_EQ(capture.write(50).packets, 50U);
        EXPECT_EQ(capture.fill().reason, WriteLoss::kWriteError);
        EXPECT_LE(std::filesystem::file_size(capture.output().path()), 400U << 10);
        EXPECT_EQ(lost(capture.output(), WriteLoss::kDiskFull), 0U);
        capture.close();
        return 0;
    });
    EXPECT_EQ(result, 0);
}

TEST_P(PcapngFull, SignalThatTheCallerHasBlockedIsLeftToHim) {
    const int result = test::in_child([&] {
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGXFSZ);
        pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        Capture capture(folder_ / GetParam());
        limit_files_to(20 << 10);
        EXPECT_EQ(capture.fill().reason, WriteLoss::kWriteError);
        EXPECT_TRUE(is_pending(SIGXFSZ));
        EXPECT_TRUE(is_blocked(SIGXFSZ));
        capture.close();
        return 0;
    });
    EXPECT_EQ(result, 0);
}

}  // namespace
}  // namespace weir::capture
