// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "capture/pcapng_block.hpp"
#include "capture/pcapng_output.hpp"
#include "support/capture_outcome.hpp"
#include "support/pcapng_walk.hpp"

/// What the tests of the capture's output share: packets known by their number, a folder for the
/// files, and the check that what was counted is what the files hold.
namespace weir::test {

inline constexpr std::uint64_t kSecond = 1'000'000'000;
inline constexpr std::uint64_t kNow = 1'795'574'230 * kSecond;  ///< 2026-11-25 02:37:10 UTC.
inline constexpr std::uint32_t kInterfaces = 2;

/// A folder that goes with the object.
class TemporaryFolder {
   public:
    TemporaryFolder() {
        std::string name = testing::TempDir() + "weir_output.XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        path_ = name;
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] std::string operator/(const std::string& name) const {
        return path_ + "/" + name;
    }
    /// The files in it, sorted by name.
    [[nodiscard]] std::vector<std::string> files() const {
        std::vector<std::string> paths;
        for (const auto& entry : std::filesystem::directory_iterator(path_)) {
            paths.push_back(entry.path());
        }
        std::ranges::sort(paths);
        return paths;
    }

   private:
    std::string path_;
};

/// Packet `number`, as it is read back: no two of a test are alike.
inline ReadPacket numbered_packet(std::uint64_t number) {
    Bytes frame(60 + number * 37 % 400);
    for (std::size_t i = 0; i < frame.size(); ++i) frame[i] = std::byte(number * 7 + i * i);
    capture::CapturedPacket packet;
    packet.bytes = frame;
    packet.original_bytes = static_cast<std::uint32_t>(frame.size() + number % 3);
    packet.timestamp_ns = kCaptureTime + number * 1'001;
    packet.interface = static_cast<std::uint32_t>(number % kInterfaces);
    return ReadPacket(packet);
}

/// The blocks of the packets `first`, `first` + 1, … as a packet lcore lays them out.
inline Bytes run_of(std::uint64_t first, std::uint64_t count) {
    Bytes run;
    for (std::uint64_t number = first; number < first + count; ++number) {
        const ReadPacket packet = numbered_packet(number);
        const std::size_t at = run.size();
        run.resize(at + capture::packet_block_bytes(packet.bytes.size()), std::byte{0xa5});
        capture::append_packet_block(run.data() + at, packet.interface, *packet.timestamp_ns,
                                     packet.original, packet.bytes);
    }
    return run;
}

inline capture::PcapngOutputSetup output_setup(const std::string& path,
                                               const capture::Rotation& rotation = {}) {
    capture::PcapngOutputSetup setup;
    setup.path = path;
    setup.rotation = rotation;
    for (std::uint32_t i = 0; i < kInterfaces; ++i) {
        setup.interfaces.push_back({.name = "port" + std::to_string(i),
                                    .description = "the port number " + std::to_string(i),
                                    .filter = "udp port 4500",
                                    .hardware = "a card (net_null)",
                                    .snaplen = 65535});
    }
    setup.section = {.comment = "for a test",
                     .hardware = "a machine",
                     .os = "an operating system",
                     .application = "Weir"};
    return setup;
}

/// The packets of a file, by Weir's own reader, which has to find nothing wrong.
inline std::vector<ReadPacket> packets_of(const std::string& path) {
    Bytes content = content_of(path);
    std::string problem;
    if (path.ends_with(".zst")) content = decompressed(content, problem);
    EXPECT_EQ(problem, "") << path;
    CaptureOutcome outcome = read_all(content);
    EXPECT_EQ(outcome.end, capture::ReadResult::kEnd) << path << ": " << outcome.problem;
    return std::move(outcome.packets);
}

/// Each of `numbers` is in the file, in this order, and nothing else.
inline void expect_packets(const std::string& path, const std::vector<std::uint64_t>& numbers) {
    const std::vector<ReadPacket> packets = packets_of(path);
    ASSERT_EQ(packets.size(), numbers.size()) << path;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        ASSERT_EQ(packets[i], numbered_packet(numbers[i])) << path << ", packet " << i;
    }
}

inline std::vector<std::uint64_t> numbers_from(std::uint64_t first, std::uint64_t count) {
    std::vector<std::uint64_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), first);
    return numbers;
}

inline std::uint64_t lost(const capture::PcapngOutput& output, capture::WriteLoss reason) {
    return output.totals().lost[static_cast<std::size_t>(reason)];
}

inline std::uint64_t lost(const capture::PcapngOutput& output) {
    return lost(output, capture::WriteLoss::kDiskFull) +
           lost(output, capture::WriteLoss::kWriteError);
}

/// Walks `files`, all that are left of a capture of `given` packets: each is whole and has its
/// statistics, and together they hold what the output says that it wrote.
inline void expect_exact(const capture::PcapngOutput& output, const std::vector<std::string>& files,
                         std::uint64_t given) {
    const capture::OutputTotals totals = output.totals();
    std::uint64_t packets = totals.packets_deleted;
    std::uint64_t bytes = 0;
    std::uint64_t file_bytes = 0;
    for (const std::string& path : files) {
        const WalkedFile file = walk_file(path);
        EXPECT_EQ(file.problem, "") << path;
        EXPECT_EQ(file.count(kInterfaceBlock), kInterfaces) << path;
        EXPECT_EQ(file.count(kStatisticsBlock), kInterfaces) << path;
        packets += file.count(kPacketBlock);
        for (const WalkedBlock& block : file.of(kPacketBlock)) bytes += block.bytes.size();
        file_bytes += std::filesystem::file_size(path);
    }
    EXPECT_EQ(totals.packets, packets);
    EXPECT_EQ(totals.packets + lost(output), given);
    if (totals.files_deleted == 0) {
        EXPECT_EQ(totals.bytes, bytes);
        EXPECT_EQ(totals.file_bytes, file_bytes);
    }
    EXPECT_EQ(totals.files, files.size() + totals.files_deleted);
}

inline constexpr int kCannotInChild = 77;

/// Runs `body` in a process of its own, for what cannot be undone (limits, mounts), half a minute
/// at most. Its failures are this process's; what it returns is returned: 0, or kCannotInChild.
template <typename Body>
[[nodiscard]] int in_child(Body&& body) {
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        ::alarm(30);
        const int result = body();
        std::fflush(nullptr);
        ::_exit(testing::Test::HasFailure() ? 1 : result);
    }
    int status = -1;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    EXPECT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    EXPECT_TRUE(code == 0 || code == kCannotInChild) << "see above";
    return code;
}

}  // namespace weir::test
