// SPDX-License-Identifier: BSD-3-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "support/capture_output.hpp"
#include "support/write_faults.hpp"

/// Captures in several files: when one ends, what it is called, which are kept.
namespace weir::capture {
namespace {

using test::Bytes;
using test::kNow;
using test::kSecond;
using test::lost;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::uint64_t kMinute = 60 * kSecond;

class PcapngRotation : public testing::Test {
   protected:
    [[nodiscard]] PcapngOutputSetup setup(const Rotation& rotation,
                                          const std::string& name = "out.pcapng") const {
        return test::output_setup(folder_ / name, rotation);
    }

    test::TemporaryFolder folder_;
};

/// The packets of one file after the other.
std::vector<test::ReadPacket> packets_of(const std::vector<std::string>& paths) {
    std::vector<test::ReadPacket> packets;
    for (const std::string& path : paths) {
        for (auto& packet : test::packets_of(path)) packets.push_back(std::move(packet));
    }
    return packets;
}

void expect_consecutive(const std::vector<std::string>& paths, std::uint64_t first,
                        std::uint64_t count) {
    const auto packets = packets_of(paths);
    ASSERT_EQ(packets.size(), count);
    for (std::uint64_t i = 0; i < count; ++i) {
        ASSERT_EQ(packets[i], test::numbered_packet(first + i)) << i;
    }
}

TEST_F(PcapngRotation, PutsNumberAndUtcTimeBeforeTheExtension) {
    const OutputName name = output_name("/tmp/a.b/out.pcapng");
    EXPECT_EQ(name.whole(), "/tmp/a.b/out.pcapng");
    EXPECT_FALSE(name.is_compressed());
    EXPECT_EQ(name.numbered(1, kNow), "/tmp/a.b/out_00001_20261125023710.pcapng");
    EXPECT_EQ(name.numbered(123456, 0), "/tmp/a.b/out_123456_19700101000000.pcapng");
    const OutputName compressed = output_name("x.pcapng.zst");
    EXPECT_TRUE(compressed.is_compressed());
    EXPECT_EQ(compressed.numbered(99999, kNow + kSecond - 1), "x_99999_20261125023710.pcapng.zst");
}

TEST_F(PcapngRotation, BySizeFillsEachFileAsFarAsItGoes) {
    for (const std::uint64_t limit : {5000, 5001, 20'000}) {
        const test::TemporaryFolder folder;
        PcapngOutput output(test::output_setup(folder / "out.pcapng", {.file_bytes = limit}), kNow);
        for (std::uint64_t first = 0; first < 1000; first += 100) {
            EXPECT_EQ(output.write(test::run_of(first, 100), 100, kNow).packets, 100U);
        }
        output.close({}, kNow);
        const auto files = folder.files();
        ASSERT_GT(files.size(), 10U);
        test::expect_exact(output, files, 1000);
        expect_consecutive(files, 0, 1000);
        for (std::size_t i = 0; i < files.size(); ++i) {
            const std::uint64_t bytes = std::filesystem::file_size(files[i]);
            EXPECT_LE(bytes, limit);
            if (i + 1 == files.size()) break;
            const auto next = test::walk_file(files[i + 1]).of(test::kPacketBlock).at(0);
            EXPECT_GT(bytes + next.bytes.size(), limit) << "one more would have fitted";
        }
    }
}

TEST_F(PcapngRotation, BySizePutsAPacketThatIsTooLongIntoAFileOfItsOwn) {
    PcapngOutput output(setup({.file_bytes = 1}), kNow);
    EXPECT_EQ(output.write(test::run_of(0, 7), 7, kNow).packets, 7U);
    output.close({}, kNow);
    EXPECT_THAT(folder_.files(), SizeIs(7));
    test::expect_exact(output, folder_.files(), 7);
    expect_consecutive(folder_.files(), 0, 7);
}

TEST_F(PcapngRotation, BySizeEndsACompressedFileWithTheWriteThatReachesIt) {
    PcapngOutput output(setup({.file_bytes = 20'000}, "out.pcapng.zst"), kNow);
    for (std::uint64_t first = 0; first < 2000; first += 20) {
        output.write(test::run_of(first, 20), 20, kNow);
    }
    output.close({}, kNow);
    const auto files = folder_.files();
    ASSERT_GT(files.size(), 3U);
    test::expect_exact(output, files, 2000);
    expect_consecutive(files, 0, 2000);
    for (std::size_t i = 0; i + 1 < files.size(); ++i) {
        EXPECT_GE(std::filesystem::file_size(files[i]), 20'000U);
        EXPECT_LT(std::filesystem::file_size(files[i]), 20'000U + 8000U);
    }
}

TEST_F(PcapngRotation, BySizeEndsACompressedFileThatIsJustAsLong) {
    std::uint64_t bytes = 0;
    {
        PcapngOutput output(setup({}, "out.pcapng.zst"), kNow);
        output.write(test::run_of(0, 20), 20, kNow);
        bytes = output.totals().file_bytes;
    }
    for (const std::uint64_t more : {0, 1}) {
        const test::TemporaryFolder folder;
        PcapngOutput output(
            test::output_setup(folder / "out.pcapng.zst", {.file_bytes = bytes + more}), kNow);
        output.write(test::run_of(0, 20), 20, kNow);
        output.write(test::run_of(20, 20), 20, kNow);
        EXPECT_THAT(folder.files(), SizeIs(2 - more));
    }
}

TEST_F(PcapngRotation, ByTimeBeginsAFileWhenTheTimeIsUp) {
    PcapngOutput output(setup({.file_seconds = 60}), kNow);
    output.write(test::run_of(0, 10), 10, kNow + 1);
    output.rotate_if_due(kNow + kMinute - 1);
    EXPECT_THAT(folder_.files(), SizeIs(1));
    output.rotate_if_due(kNow + kMinute);
    EXPECT_THAT(folder_.files(), SizeIs(2));
    output.write(test::run_of(10, 10), 10, kNow + kMinute + 1);
    output.write(test::run_of(20, 10), 10, kNow + 3 * kMinute);
    output.close({}, kNow + 3 * kMinute);
    EXPECT_THAT(folder_.files(), ElementsAre(folder_ / "out_00001_20261125023710.pcapng",
                                             folder_ / "out_00002_20261125023810.pcapng",
                                             folder_ / "out_00003_20261125024010.pcapng"));
    EXPECT_EQ(output.path(), folder_.files().back());
    test::expect_exact(output, folder_.files(), 30);
    for (std::uint64_t i = 0; i < 3; ++i) {
        test::expect_packets(folder_.files()[i], test::numbers_from(10 * i, 10));
        for (const auto& block : test::walk_file(folder_.files()[i]).of(test::kStatisticsBlock)) {
            EXPECT_GE(block.time(3), block.time(2)) << "though nothing was noted";
        }
    }
}

TEST_F(PcapngRotation, ByTimeLeavesAFileWithoutPacketsOpen) {
    PcapngOutput output(setup({.file_seconds = 60, .files_kept = 2}), kNow);
    output.write(test::run_of(0, 10), 10, kNow);
    for (std::uint64_t minute = 1; minute < 100; ++minute) {
        output.rotate_if_due(kNow + minute * kMinute);
    }
    EXPECT_EQ(output.totals().files, 2U) << "idle time deletes nothing";
    output.write(test::run_of(10, 5), 5, kNow + 100 * kMinute);
    output.close({}, kNow + 100 * kMinute);
    test::expect_exact(output, folder_.files(), 15);
}

TEST_F(PcapngRotation, DoesNotFollowAClockThatIsSetBack) {
    PcapngOutput output(setup({.file_seconds = 60}), kNow);
    output.write(test::run_of(0, 10), 10, kNow);
    output.rotate_if_due(kNow - 10 * kMinute);
    EXPECT_THAT(folder_.files(), SizeIs(1));
}

TEST_F(PcapngRotation, KeepsSoManyFiles) {
    for (const char* name : {"out.pcapng", "out.pcapng.zst"}) {
        for (const std::uint32_t kept : {1, 3}) {
            const test::TemporaryFolder folder;
            const std::string other = folder / "out_00000_20200101000000.pcapng";
            ASSERT_EQ(std::fclose(std::fopen(other.c_str(), "w")), 0);
            PcapngOutput output(
                test::output_setup(folder / name, {.file_seconds = 1, .files_kept = kept}), kNow);
            for (std::uint64_t i = 0; i < 10; ++i) {
                output.write(test::run_of(10 * i, 10 + i), 10 + i, kNow + i * kSecond);
                ASSERT_LE(folder.files().size(), kept + 1);
            }
            output.close({}, kNow + 10 * kSecond);
            auto files = folder.files();
            ASSERT_EQ(files.size(), kept + 1);
            EXPECT_EQ(files.front(), other) << "only what the capture has made is deleted";
            files.erase(files.begin());
            EXPECT_THAT(files.back(), HasSubstr("out_00010_"));
            test::expect_exact(output, files, 145);
            EXPECT_EQ(output.totals().files_deleted, 10 - kept);
            EXPECT_EQ(output.last_error(), "");
        }
    }
}

/// Two captures into one name, one after the other in the same second and both at once.
TEST_F(PcapngRotation, OverwritesNoFileThatIsThere) {
    for (const char* name : {"out.pcapng", "out.pcapng.zst"}) {
        for (const bool on_demand : {false, true}) {
            const test::TemporaryFolder folder;
            const auto setup =
                test::output_setup(folder / name, {.file_bytes = 2000, .on_demand = on_demand});
            {
                PcapngOutput before(setup, kNow);
                before.write(test::run_of(0, 40), 40, kNow);
            }
            const auto files_before = folder.files();
            ASSERT_FALSE(files_before.empty());
            std::vector<Bytes> content;
            for (const std::string& path : files_before) content.push_back(test::content_of(path));
            PcapngOutput first(setup, kNow);
            PcapngOutput second(setup, kNow);
            for (std::uint64_t i = 0; i < 10; ++i) {
                first.write(test::run_of(10 * i, 10), 10, kNow);
                second.write(test::run_of(10 * i, 10), 10, kNow);
            }
            first.close({}, kNow);
            second.close({}, kNow);
            for (std::size_t i = 0; i < content.size(); ++i) {
                EXPECT_EQ(test::content_of(files_before[i]), content[i]) << files_before[i];
            }
            EXPECT_EQ(packets_of(folder.files()).size(), 240U);
            EXPECT_EQ(folder.files().size(),
                      files_before.size() + first.totals().files + second.totals().files);
        }
    }
}

TEST_F(PcapngRotation, DoesNotWriteThroughALink) {
    const std::string other = folder_ / "other";
    const std::string link = output_name(folder_ / "out.pcapng").numbered(1, kNow);
    std::filesystem::create_symlink(other, link);
    PcapngOutput output(setup({.file_seconds = 60}), kNow);
    EXPECT_THAT(output.path(), HasSubstr("out_00002_"));
    EXPECT_FALSE(std::filesystem::exists(other));
}

TEST_F(PcapngRotation, CountsNoFileAsDeletedThatSomebodyElseDeleted) {
    PcapngOutput output(setup({.file_seconds = 1, .files_kept = 1}), kNow);
    output.write(test::run_of(0, 3), 3, kNow);
    ASSERT_EQ(::unlink(output.path().c_str()), 0);
    output.rotate_if_due(kNow + kSecond);
    EXPECT_EQ(output.totals().files_deleted, 0U);
    EXPECT_EQ(output.totals().packets_deleted, 0U);
    EXPECT_EQ(output.last_error(), "");
}

/// However far the counts are ahead, a file says of packets what it holds.
TEST_F(PcapngRotation, GivesEachFileTheStatisticsOfItsPacketsAndItsTime) {
    PcapngOutput output(setup({.file_seconds = 60}), kNow);
    std::uint64_t not_selected = 0;
    for (std::uint64_t i = 0; i < 3; ++i) {
        not_selected += 1000 * (i + 1);
        const InterfaceCounts counts[] = {
            {.not_selected = not_selected, .not_stored = 0, .dropped = 5 * i},
            {.not_selected = 7, .not_stored = 2 * i, .dropped = 0}};
        output.note_counts(counts, kNow + (i + 1) * kMinute - kSecond);
        output.write(test::run_of(10 * i, 2 * i + 1), 2 * i + 1,
                     kNow + (i + 1) * kMinute - kSecond);
        if (i < 2) output.rotate_if_due(kNow + (i + 1) * kMinute);
        if (i == 2) output.close(counts, kNow + (i + 1) * kMinute - kSecond);
    }
    const auto files = folder_.files();
    ASSERT_THAT(files, SizeIs(3));
    test::expect_exact(output, files, 9);
    for (std::uint64_t i = 0; i < 3; ++i) {
        const auto blocks = test::walk_file(files[i]).of(test::kStatisticsBlock);
        ASSERT_EQ(blocks.size(), 2U);
        EXPECT_EQ(blocks[0].time(2), kNow + i * kMinute);
        EXPECT_EQ(blocks[0].time(3), kNow + (i + 1) * kMinute - kSecond);
        EXPECT_EQ(blocks[0].number(4), 1000 * (i + 1) + i + 1);
        EXPECT_EQ(blocks[0].number(5), i == 0 ? 0U : 5U);
        EXPECT_EQ(blocks[0].number(6), i + 1);
        EXPECT_EQ(blocks[0].number(8), i + 1);
        const std::uint64_t not_stored = i == 0 ? 0U : 2U;
        EXPECT_EQ(blocks[1].number(4), i + not_stored + (i == 0 ? 7U : 0U));
        EXPECT_EQ(blocks[1].number(6), i + not_stored);
        EXPECT_EQ(blocks[1].number(7), not_stored);
        EXPECT_EQ(blocks[1].number(8), i);
    }
}

TEST_F(PcapngRotation, BySizeSaysOfEachFileWhatItHolds) {
    PcapngOutput output(setup({.file_bytes = 3000}), kNow);
    const InterfaceCounts counts[] = {{.not_selected = 100}, {.not_selected = 200}};
    output.note_counts(counts, kNow);
    output.write(test::run_of(0, 100), 100, kNow);
    output.close(counts, kNow);
    std::uint64_t received = 0;
    for (const std::string& path : folder_.files()) {
        const test::WalkedFile file = test::walk_file(path);
        const auto blocks = file.of(test::kStatisticsBlock);
        ASSERT_EQ(blocks.size(), 2U);
        EXPECT_EQ(blocks[0].number(8) + blocks[1].number(8), file.count(test::kPacketBlock));
        for (const auto& block : blocks) {
            EXPECT_EQ(block.number(6), block.number(8));
            EXPECT_GE(block.number(4), block.number(6));
            received += block.number(4);
        }
    }
    EXPECT_EQ(received, 400U);
}

TEST_F(PcapngRotation, SaysInTheNextFileWhatWasLostBeforeIt) {
    PcapngOutput output(setup({.file_seconds = 60}), kNow);
    output.write(test::run_of(0, 10), 10, kNow);
    {
        const test::ScopedWriteFaults faults({.file_limit = 100, .error = ENOSPC});
        EXPECT_EQ(output.write(test::run_of(10, 4), 4, kNow + kMinute).lost, 4U);
    }
    output.write(test::run_of(14, 6), 6, kNow + 2 * kMinute);
    output.close({}, kNow + 2 * kMinute);
    ASSERT_THAT(folder_.files(), SizeIs(2));
    for (const auto& block : test::walk_file(folder_.files()[1]).of(test::kStatisticsBlock)) {
        EXPECT_EQ(block.number(7), 2U);
        EXPECT_EQ(block.number(8), 3U);
        EXPECT_EQ(block.number(6), 5U);
    }
}

TEST_F(PcapngRotation, LosesPacketsWhileNoFileCanBeBegun) {
    PcapngOutput output(setup({.file_seconds = 60}), kNow);
    output.write(test::run_of(0, 10), 10, kNow);
    const std::uint64_t now = kNow + kMinute;
    {
        // The former file's statistics are there already, and the new one has no room.
        const test::ScopedWriteFaults faults({.file_limit = 100, .error = ENOSPC});
        EXPECT_EQ(output.write(test::run_of(10, 4), 4, now).lost, 4U);
        EXPECT_EQ(output.write(test::run_of(14, 5), 5, now + 1).lost, 5U);
        EXPECT_EQ(output.write(test::run_of(19, 6), 6, now + kMinute).lost, 6U);
        output.rotate_if_due(now + 2 * kMinute);
    }
    EXPECT_THAT(folder_.files(), SizeIs(1)) << "no file without headers is left";
    EXPECT_THAT(output.last_error(), HasSubstr("begin " + (folder_ / "out_00002_")));
    EXPECT_EQ(output.write(test::run_of(25, 7), 7, now + 2 * kMinute).packets, 7U);
    output.close({}, now + 2 * kMinute);
    EXPECT_THAT(folder_.files(), ElementsAre(folder_ / "out_00001_20261125023710.pcapng",
                                             folder_ / "out_00002_20261125024010.pcapng"));
    EXPECT_EQ(lost(output, WriteLoss::kDiskFull), 15U);
    test::expect_exact(output, folder_.files(), 32);
}

TEST_F(PcapngRotation, LosesPacketsWhileItsFolderIsAway) {
    const std::string folder = folder_ / "captures";
    std::filesystem::create_directory(folder);
    PcapngOutput output(test::output_setup(folder + "/out.pcapng", {.file_bytes = 3000}), kNow);
    output.write(test::run_of(0, 2), 2, kNow);
    std::filesystem::rename(folder, folder_ / "away");
    const PcapngOutput::Written written = output.write(test::run_of(2, 50), 50, kNow);
    EXPECT_GT(written.packets, 0U) << "what still fitted into the open file";
    EXPECT_EQ(written.reason, WriteLoss::kWriteError);
    EXPECT_THAT(output.last_error(), HasSubstr("No such file or directory"));
    std::filesystem::rename(folder_ / "away", folder);
    output.write(test::run_of(52, 5), 5, kNow + kSecond);
    output.close({}, kNow + kSecond);
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        files.push_back(entry.path());
    }
    EXPECT_THAT(files, SizeIs(2));
    test::expect_exact(output, files, 57);
}

}  // namespace
}  // namespace weir::capture
