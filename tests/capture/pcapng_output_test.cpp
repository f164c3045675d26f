// SPDX-License-Identifier: BSD-3-Clause
#include "capture/pcapng_output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "support/capture_output.hpp"
#include "support/setup_error.hpp"
#include "support/write_faults.hpp"

namespace weir::capture {
namespace {

using test::Bytes;
using test::kInterfaces;
using test::kNow;
using testing::HasSubstr;

/// Both kinds of file.
class PcapngOutputTest : public testing::TestWithParam<const char*> {
   protected:
    [[nodiscard]] std::string path() const { return folder_ / GetParam(); }

    test::TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, PcapngOutputTest, testing::Values("out.pcapng", "out.pcapng.zst"),
                         [](const auto& kind) {
                             const std::string name = kind.param;
                             return name.ends_with(".zst") ? "Compressed" : "Plain";
                         });

TEST_P(PcapngOutputTest, GivesBackEveryPacketAsItWas) {
    PcapngOutput output(test::output_setup(path()), kNow);
    for (std::uint64_t first = 0; first < 3000; first += 1000) {
        const PcapngOutput::Written written = output.write(test::run_of(first, 1000), 1000, kNow);
        EXPECT_EQ(written.packets, 1000U);
        EXPECT_EQ(written.lost, 0U);
    }
    output.close({}, kNow);
    EXPECT_EQ(output.path(), path());
    EXPECT_EQ(output.last_error(), "");
    test::expect_packets(path(), test::numbers_from(0, 3000));
    test::expect_exact(output, {path()}, 3000);
    EXPECT_EQ(output.totals().bytes, test::run_of(0, 3000).size());
}

TEST_P(PcapngOutputTest, IsWholeAfterEveryWrite) {
    PcapngOutput output(test::output_setup(path()), kNow);
    test::expect_packets(path(), {});
    test::expect_exact(output, {path()}, 0);
    for (std::uint64_t count = 1; count <= 20; ++count) {
        output.write(test::run_of(count - 1, 1), 1, kNow);
        test::expect_packets(path(), test::numbers_from(0, count));
        test::expect_exact(output, {path()}, count);
    }
}

TEST_P(PcapngOutputTest, SaysWhatTheSetupSays) {
    { const PcapngOutput output(test::output_setup(path()), kNow); }
    const test::WalkedFile file = test::walk_file(path());
    ASSERT_EQ(file.problem, "");
    const auto sections = file.of(test::kSectionBlock);
    EXPECT_EQ(sections.at(0).option(1), "for a test");
    EXPECT_EQ(sections.at(0).option(2), "a machine");
    EXPECT_EQ(sections.at(0).option(3), "an operating system");
    EXPECT_EQ(sections.at(0).option(4), "Weir");
    const auto interfaces = file.of(test::kInterfaceBlock);
    ASSERT_EQ(interfaces.size(), 2U);
    EXPECT_EQ(interfaces[1].u32(8), 1U) << "Ethernet";
    EXPECT_EQ(interfaces[1].u32(12), 65535U);
    EXPECT_EQ(interfaces[0].option(2), "port0");
    EXPECT_EQ(interfaces[1].option(2), "port1");
    EXPECT_EQ(interfaces[1].option(3), "the port number 1");
    EXPECT_EQ(interfaces[1].option(9), "\x09");
    EXPECT_EQ(interfaces[1].option(11), std::string("\0udp port 4500", 14));
    EXPECT_EQ(interfaces[1].option(15), "a card (net_null)");
}

TEST_P(PcapngOutputTest, LeavesOutWhatIsEmptyAndCutsWhatIsTooLong) {
    PcapngOutputSetup setup;
    setup.path = path();
    setup.interfaces.resize(1);
    setup.section.comment = std::string(70000, 'x');
    { const PcapngOutput output(setup, kNow); }
    const test::WalkedFile file = test::walk_file(path());
    ASSERT_EQ(file.problem, "");
    EXPECT_EQ(file.of(test::kSectionBlock).at(0).options.size(), 1U);
    EXPECT_EQ(file.of(test::kSectionBlock).at(0).option(1), std::string(65535, 'x'));
    EXPECT_EQ(file.of(test::kInterfaceBlock).at(0).options.size(), 1U) << "the unit of time";
}

TEST_P(PcapngOutputTest, EndsWithTheStatisticsOfWhatItHoldsAndIsGiven) {
    PcapngOutput output(test::output_setup(path()), kNow);
    output.write(test::run_of(0, 11), 11, kNow + 1);  // Six and five packets.
    const InterfaceCounts counts[] = {{.not_selected = 1, .not_stored = 4, .dropped = 2},
                                      {.not_selected = 1ULL << 60, .not_stored = 0, .dropped = 3}};
    output.close(counts, kNow + 5'000'000'123);
    const InterfaceStatistics expected[] = {
        {.received = 11, .dropped = 2, .filter_accepted = 10, .os_dropped = 4, .delivered = 6},
        {.received = (1ULL << 60) + 5,
         .dropped = 3,
         .filter_accepted = 5,
         .os_dropped = 0,
         .delivered = 5}};
    const test::WalkedFile file = test::walk_file(path());
    ASSERT_EQ(file.problem, "");
    ASSERT_EQ(file.count(test::kStatisticsBlock), kInterfaces);
    for (std::uint32_t i = 0; i < kInterfaces; ++i) {
        // The last blocks of the file, in the interfaces' order.
        const test::WalkedBlock& block = file.blocks.at(file.blocks.size() - kInterfaces + i);
        ASSERT_EQ(block.type, test::kStatisticsBlock);
        EXPECT_EQ(block.u32(8), i);
        EXPECT_EQ(std::uint64_t{block.u32(12)} << 32 | block.u32(16), kNow + 5'000'000'123);
        EXPECT_EQ(block.time(2), kNow);
        EXPECT_EQ(block.time(3), kNow + 5'000'000'123);
        EXPECT_EQ(block.number(4), expected[i].received);
        EXPECT_EQ(block.number(5), expected[i].dropped);
        EXPECT_EQ(block.number(6), expected[i].filter_accepted);
        EXPECT_EQ(block.number(7), expected[i].os_dropped);
        EXPECT_EQ(block.number(8), expected[i].delivered);
    }
}

TEST_P(PcapngOutputTest, HasTheCountsNotedLastWhenItIsNotClosed) {
    PcapngOutput output(test::output_setup(path()), kNow);
    const InterfaceCounts counts[] = {{.not_selected = 10}, {.not_selected = 12}};
    output.note_counts(counts, kNow + 7);
    output.write(test::run_of(0, 1), 1, kNow + 8);
    const auto blocks = test::walk_file(path()).of(test::kStatisticsBlock);
    ASSERT_EQ(blocks.size(), kInterfaces);
    EXPECT_EQ(blocks[0].number(4), 11U);
    EXPECT_EQ(blocks[1].number(4), 12U);
    EXPECT_EQ(blocks[1].time(3), kNow + 7);
}

TEST_P(PcapngOutputTest, AddsAComment) {
    PcapngOutput output(test::output_setup(path()), kNow);
    output.write(test::run_of(0, 1), 1, kNow);
    for (std::uint64_t number = 1; number < 6; ++number) {  // Lengths of any remainder.
        const std::string comment = "trigger" + std::string(number, '!');
        EXPECT_EQ(output.write_packet(test::run_of(number, 1), comment, kNow).packets, 1U);
    }
    EXPECT_EQ(output.write_packet(test::run_of(6, 1), "", kNow).packets, 1U);
    output.close({}, kNow);
    test::expect_packets(path(), test::numbers_from(0, 7));
    test::expect_exact(output, {path()}, 7);
    const auto blocks = test::walk_file(path()).of(test::kPacketBlock);
    ASSERT_EQ(blocks.size(), 7U);
    EXPECT_EQ(blocks[0].option(1), "");
    EXPECT_EQ(blocks[1].option(1), "trigger!");
    EXPECT_EQ(blocks[5].option(1), "trigger!!!!!");
    EXPECT_TRUE(blocks[6].options.empty());
}

TEST(PcapngComment, StandsBehindTheOptionsThatABlockHas) {
    Bytes once;
    Bytes twice;
    append_commented(once, test::run_of(3, 1), "one");
    append_commented(twice, once, "two");
    test::PcapngFile file;
    Bytes whole = file.section().interface(1, 0, 9).interface(1, 0, 9).bytes();
    whole.insert(whole.end(), twice.begin(), twice.end());
    const test::WalkedFile walked = test::walk_pcapng(whole);
    ASSERT_EQ(walked.problem, "");
    const auto options = walked.of(test::kPacketBlock).at(0).options;
    ASSERT_EQ(options.size(), 2U);
    EXPECT_EQ(options[0].second, "one");
    EXPECT_EQ(options[1].second, "two");
    EXPECT_EQ(test::read_all(whole).packets.at(0), test::numbered_packet(3));
}

TEST(PcapngComment, StandsBehindOptionsThatHaveNoEnd) {
    test::Writer body(false);
    for (const std::uint32_t number : {0U, 0U, 7U, 4U, 4U}) body.u32(number);
    body.u32(0xabcdabcd);  // The packet.
    body.u16(2);           // epb_flags, section 4.3, and nothing behind it.
    body.u16(4);
    body.u32(1);
    const Bytes block = test::PcapngFile().block(test::kPacketBlock, body).bytes();
    Bytes whole = test::PcapngFile().section().interface(1, 0, 9).bytes();
    append_commented(whole, block, "text");
    const test::WalkedFile walked = test::walk_pcapng(whole);
    ASSERT_EQ(walked.problem, "");
    const auto options = walked.of(test::kPacketBlock).at(0).options;
    ASSERT_EQ(options.size(), 2U);
    EXPECT_EQ(options[0].first, 2U);
    EXPECT_EQ(options[1].second, "text");
}

TEST(PcapngComment, IsNotPutIntoWhatIsNoBlock) {
    Bytes to;
    append_commented(to, {}, "text");
    EXPECT_TRUE(to.empty());
    const Bytes two = test::run_of(0, 2);
    append_commented(to, two, "text");
    EXPECT_EQ(to, two);
}

TEST_P(PcapngOutputTest, WritesARunWithOneCall) {
    PcapngOutput output(test::output_setup(path()), kNow);
    test::ScopedWriteFaults faults({});
    output.write(test::run_of(0, 5000), 5000, kNow);
    EXPECT_EQ(faults.now().calls, 1U);
}

TEST_P(PcapngOutputTest, LosesWhatComesAfterTheEnd) {
    PcapngOutput output(test::output_setup(path()), kNow);
    output.write(test::run_of(0, 3), 3, kNow);
    {
        const test::ScopedWriteFaults faults({.good_calls = 0, .error = ENOSPC});
        EXPECT_EQ(output.write(test::run_of(0, 2), 2, kNow).reason, WriteLoss::kDiskFull);
    }
    output.close({}, kNow);
    const PcapngOutput::Written written = output.write(test::run_of(3, 4), 4, kNow);
    EXPECT_EQ(written.packets, 0U);
    EXPECT_EQ(written.lost, 4U);
    EXPECT_EQ(test::lost(output, WriteLoss::kWriteError), 4U);
    output.close({}, kNow);
    test::expect_exact(output, {path()}, 9);
}

TEST_P(PcapngOutputTest, ReplacesAnOldFile) {
    {
        PcapngOutput output(test::output_setup(path()), kNow);
        output.write(test::run_of(0, 100), 100, kNow);
    }
    PcapngOutput output(test::output_setup(path()), kNow);
    output.write(test::run_of(7, 2), 2, kNow);
    output.close({}, kNow);
    test::expect_packets(path(), {7, 8});
}

std::string refusal(const PcapngOutputSetup& setup) {
    const std::string text = test::setup_error([&] { const PcapngOutput output(setup, kNow); });
    EXPECT_THAT(text, HasSubstr("write capture " + setup.path));
    return text;
}

TEST(PcapngOutputRefusal, NamesTheCause) {
    const test::TemporaryFolder folder;
    EXPECT_THAT(refusal(test::output_setup(folder / "out.pcap")), HasSubstr("FILE.pcapng"));
    EXPECT_THAT(refusal(test::output_setup(folder / ".pcapng")), HasSubstr("FILE.pcapng"));
    EXPECT_THAT(refusal(test::output_setup(folder / "no/out.pcapng")),
                HasSubstr("No such file or directory\n  make its folder first"));
    std::filesystem::create_directory(folder / "a.pcapng");
    EXPECT_THAT(refusal(test::output_setup(folder / "a.pcapng")), HasSubstr("Is a directory"));
    EXPECT_THAT(refusal(test::output_setup(folder / "out.pcapng", {.files_kept = 3})),
                HasSubstr("say how many octets or seconds"));
    EXPECT_EQ(folder.files().size(), 1U);
}

TEST(PcapngOutputRefusal, SaysThatADeviceIsFull) {
    const test::TemporaryFolder folder;
    for (const char* name : {"out.pcapng", "out.pcapng.zst"}) {
        std::filesystem::create_symlink("/dev/full", folder / name);
        EXPECT_THAT(refusal(test::output_setup(folder / name)),
                    HasSubstr("No space left on device\n  free space"));
    }
    EXPECT_EQ(folder.files().size(), 2U) << "what is no file is not removed";
}

TEST(PcapngOutputRefusal, LeavesNoFileWithoutHeaders) {
    const test::TemporaryFolder folder;
    for (std::uint64_t limit = 0; limit < 300; limit += 10) {
        const test::ScopedWriteFaults faults({.file_limit = limit, .error = ENOSPC});
        EXPECT_THAT(refusal(test::output_setup(folder / "out.pcapng")),
                    HasSubstr("No space left on device"));
        EXPECT_TRUE(folder.files().empty());
    }
}

TEST(PcapngOutputNames, ArePeoplesWords) {
    EXPECT_EQ(write_loss_name(WriteLoss::kDiskFull), "disk_full");
    EXPECT_EQ(write_loss_name(WriteLoss::kWriteError), "write_error");
}

}  // namespace
}  // namespace weir::capture
