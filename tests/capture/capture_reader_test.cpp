// SPDX-License-Identifier: BSD-3-Clause
#include "capture/capture_reader.hpp"

#include <gtest/gtest.h>

#include "support/capture_outcome.hpp"
#include "support/pcap_file.hpp"

namespace weir::capture {
namespace {

using test::Bytes;
using test::CaptureOutcome;
using test::frame_of;
using test::kCaptureTime;
using test::PcapFile;
using test::PcapngFile;
using test::prefix_of;
using test::read_all;
using test::read_as_stream;
using test::sample_pcap;
using test::sample_pcapng;

TEST(CaptureReader, ReadsEveryVariantOfPcap) {
    for (const bool big_endian : {false, true}) {
        for (const bool nanoseconds : {false, true}) {
            for (const bool modified : {false, true}) {
                if (nanoseconds && modified) continue;
                PcapFile::Variant variant;
                variant.big_endian = big_endian;
                variant.nanoseconds = nanoseconds;
                variant.modified = modified;
                PcapFile file(variant);
                file.packet(frame_of(60, 1), kCaptureTime).packet(frame_of(0, 0), kCaptureTime);
                file.packet(frame_of(9000, 2), kCaptureTime + 5, 65000);
                const CaptureOutcome outcome = read_all(file.bytes());
                ASSERT_EQ(outcome.end, ReadResult::kEnd) << outcome.problem;
                ASSERT_EQ(outcome.packets.size(), 3U);
                EXPECT_EQ(outcome.packets[0].bytes, frame_of(60, 1));
                EXPECT_EQ(outcome.packets[0].original, 60U);
                EXPECT_EQ(outcome.packets[0].timestamp_ns,
                          nanoseconds ? kCaptureTime : kCaptureTime / 1000 * 1000);
                EXPECT_EQ(outcome.packets[2].original, 65000U);
                EXPECT_EQ(outcome.packets[2].bytes, frame_of(9000, 2));
            }
        }
    }
}

TEST(CaptureReader, ReadsAPcapFileWithoutPackets) {
    const CaptureOutcome outcome = read_all(PcapFile().bytes());
    EXPECT_EQ(outcome.end, ReadResult::kEnd);
    EXPECT_TRUE(outcome.packets.empty());
    EXPECT_EQ(outcome.problem, "");
}

TEST(CaptureReader, DoesNotCutPacketsToPcapsSnapshotLength) {
    for (const std::uint32_t snap_length : {0U, 1U, 40U, 0xffffffffU}) {
        PcapFile::Variant variant;
        variant.snap_length = snap_length;
        const CaptureOutcome outcome =
            read_all(PcapFile(variant).packet(frame_of(60, 1), 0).bytes());
        ASSERT_EQ(outcome.packets.size(), 1U);
        EXPECT_EQ(outcome.packets[0].bytes.size(), 60U);
    }
}

TEST(CaptureReader, HandsOnAnOriginalLengthBelowTheCapturedOne) {
    const CaptureOutcome outcome = read_all(PcapFile().packet(frame_of(60, 1), 0, 20).bytes());
    ASSERT_EQ(outcome.packets.size(), 1U);
    EXPECT_EQ(outcome.packets[0].bytes.size(), 60U);
    EXPECT_EQ(outcome.packets[0].original, 20U);
}

TEST(CaptureReader, ReadsTheLengthsOfOldPcapVersionsInTheirOrder) {
    // The writer's captured length becomes the original one: it has to be the greater.
    for (const std::uint16_t minor : {0, 2, 3}) {
        Bytes file = PcapFile().packet(frame_of(60, 1), 0, 40).bytes();
        file[6] = static_cast<std::byte>(minor);
        const CaptureOutcome outcome = read_all(prefix_of(file, file.size() - 20));
        ASSERT_EQ(outcome.packets.size(), 1U) << minor << outcome.problem;
        EXPECT_EQ(outcome.packets[0].bytes.size(), 40U);
        EXPECT_EQ(outcome.packets[0].original, 60U);
    }
    // In a file of version 2.3 that is written like later ones, nothing is exchanged.
    Bytes file = PcapFile().packet(frame_of(40, 1), 0, 60).bytes();
    file[6] = std::byte{3};
    ASSERT_EQ(read_all(file).packets.size(), 1U);
    EXPECT_EQ(read_all(file).packets[0].original, 60U);
}

TEST(CaptureReader, ReadsSectionsInterfacesAndAllPacketBlocksOfPcapng) {
    const CaptureOutcome outcome = read_all(sample_pcapng());
    ASSERT_EQ(outcome.end, ReadResult::kEnd) << outcome.problem;
    ASSERT_EQ(outcome.packets.size(), 6U);
    EXPECT_EQ(outcome.packets[0].timestamp_ns, kCaptureTime / 1000 * 1000);
    EXPECT_EQ(outcome.packets[1].timestamp_ns, kCaptureTime + 10'000'000'000ULL);
    EXPECT_EQ(outcome.packets[1].original, 1500U);
    EXPECT_EQ(outcome.packets[1].interface, 1U);
    EXPECT_EQ(outcome.packets[2].bytes, frame_of(62, 3));
    EXPECT_EQ(outcome.packets[2].timestamp_ns, std::nullopt) << "simple packet blocks have no time";
    EXPECT_EQ(outcome.packets[3].timestamp_ns, 5'000'000'000ULL);
    EXPECT_EQ(outcome.packets[3].bytes, frame_of(63, 4));
    EXPECT_EQ(outcome.packets[4].bytes.size(), 40U) << "cut to the interface's snapshot length";
    EXPECT_EQ(outcome.packets[4].original, 900U);
    EXPECT_EQ(outcome.packets[5].bytes, frame_of(30, 6));
    EXPECT_EQ(outcome.packets[5].interface, 0U) << "sections count their interfaces anew";
    EXPECT_EQ(outcome.skipped, 1U);
}

TEST(CaptureReader, CountsTimeInPowersOfTwoAndTen) {
    struct Case {
        std::uint8_t resolution;
        std::uint64_t units;
        std::uint64_t nanoseconds;
    };
    constexpr Case kCases[] = {
        {0, 7, 7'000'000'000},
        {3, 7'001, 7'001'000'000},
        {6, 7'000'001, 7'000'001'000},
        {9, kCaptureTime, kCaptureTime},
        {12, 1'500'000'000'999, 1'500'000'000},
        {0x80 | 0, 7, 7'000'000'000},
        {0x80 | 10, 3 * 1024 + 512, 3'500'000'000},
        {0x80 | 32, (std::uint64_t{1'700'000'001} << 32) + (1U << 31), 1'700'000'001'500'000'000},
    };
    for (const Case& each : kCases) {
        PcapngFile file;
        file.section().interface(1, 0, each.resolution).packet(0, each.units, frame_of(14, 0));
        const CaptureOutcome outcome = read_all(file.bytes());
        ASSERT_EQ(outcome.packets.size(), 1U);
        EXPECT_EQ(outcome.packets[0].timestamp_ns, each.nanoseconds) << int{each.resolution};
    }
}

TEST(CaptureReader, AddsAnInterfacesTimeOffsetWithItsSign) {
    for (const bool big_endian : {false, true}) {
        PcapngFile file;
        file.section(big_endian).interface(1, 0, 9, static_cast<std::uint64_t>(-1000));
        file.packet(0, kCaptureTime, frame_of(14, 0));
        const CaptureOutcome outcome = read_all(file.bytes());
        ASSERT_EQ(outcome.packets.size(), 1U);
        EXPECT_EQ(outcome.packets[0].timestamp_ns, kCaptureTime - 1'000'000'000'000ULL);
    }
}

/// 64 bits of nanoseconds reach from 1970 to 2554.
TEST(CaptureReader, GivesNoTimeForOneThatItCannotHold) {
    struct Case {
        std::uint8_t resolution;
        std::uint64_t offset_seconds;
        std::uint64_t units;
        std::optional<std::uint64_t> nanoseconds;
    };
    constexpr std::uint64_t kMost = UINT64_MAX / 1'000'000'000;
    constexpr std::nullopt_t kNone = std::nullopt;
    for (const Case& each :
         {Case{0, static_cast<std::uint64_t>(-1000), 5, kNone},
          Case{0, static_cast<std::uint64_t>(-6), 5, kNone},
          Case{0, static_cast<std::uint64_t>(-5), 5, 0},
          Case{0, static_cast<std::uint64_t>(-4), 5, 1'000'000'000},
          Case{0, 0, kMost, kMost * 1'000'000'000}, Case{0, 0, kMost + 1, kNone},
          Case{0, 1, kMost, kNone}, Case{6, 0, 20'000'000'000'000'000, kNone},
          Case{9, 0, UINT64_MAX, UINT64_MAX}, Case{9, 1, UINT64_MAX, kNone},
          Case{0, 0, UINT64_MAX, kNone}, Case{0x80, INT64_MAX, UINT64_MAX, kNone}}) {
        PcapngFile file;
        file.section().interface(1, 0, each.resolution, each.offset_seconds);
        const CaptureOutcome outcome =
            read_all(file.packet(0, each.units, frame_of(14, 0)).bytes());
        ASSERT_EQ(outcome.packets.size(), 1U);
        EXPECT_EQ(outcome.packets[0].timestamp_ns, each.nanoseconds) << each.units;
    }
}

TEST(CaptureReader, GivesNoTimeInUnitsThatItCannotCount) {
    const auto time_in = [](std::uint8_t resolution, std::uint64_t units) {
        PcapngFile file;
        file.section().interface(1, 0, resolution, 3).packet(0, units, frame_of(14, 0));
        return read_all(file.bytes()).packets.at(0).timestamp_ns;
    };
    EXPECT_EQ(time_in(19, 10'000'000'000'000'000'000U), 4'000'000'000U);
    EXPECT_EQ(time_in(0x80 | 63, std::uint64_t{1} << 63), 4'000'000'000U);
    for (const std::uint8_t finer : {20, 99, 127, 0x80 | 64, 0xff}) {
        EXPECT_EQ(time_in(finer, std::uint64_t{1} << 63), std::nullopt) << int{finer};
    }
}

TEST(CaptureReader, TellsATimeOfZeroFromNone) {
    EXPECT_EQ(read_all(PcapFile().packet(frame_of(20, 0), 0).bytes()).packets.at(0).timestamp_ns,
              0U);
    PcapngFile ng;
    ng.section().interface().packet(0, 0, frame_of(20, 0)).simple_packet(frame_of(20, 0), 20);
    const CaptureOutcome outcome = read_all(ng.bytes());
    EXPECT_EQ(outcome.packets.at(0).timestamp_ns, 0U);
    EXPECT_EQ(outcome.packets.at(1).timestamp_ns, std::nullopt);
}

TEST(CaptureReader, TakesHalfAWordForTheInterfaceOfAnObsoletePacketBlock) {
    for (const bool big_endian : {false, true}) {
        PcapngFile file;
        file.section(big_endian).interface(1, 0, 6).interface(1, 0, 9);
        const CaptureOutcome outcome =
            read_all(file.obsolete_packet(1, 77, frame_of(20, 0)).bytes());
        ASSERT_EQ(outcome.packets.size(), 1U) << outcome.problem;
        EXPECT_EQ(outcome.packets[0].interface, 1U);
        EXPECT_EQ(outcome.packets[0].timestamp_ns, 77U);
    }
}

TEST(CaptureReader, ReadsAStreamAsItReadsAFile) {
    for (const Bytes& file : {sample_pcap(), sample_pcapng()}) {
        const CaptureOutcome whole = read_all(file);
        EXPECT_EQ(whole.end, ReadResult::kEnd);
        for (const std::size_t step : {1U, 2U, 7U, 64U}) {
            EXPECT_EQ(read_as_stream(file, step), whole) << step;
        }
    }
}

TEST(CaptureReader, NeedsNoWindowAboveItsGreatestRecord) {
    test::Writer body(false);
    body.bytes().resize(CaptureReader::kMaxRecordOctets - 12);
    PcapngFile file;
    file.section().block(0x77, body).interface().packet(0, 1, frame_of(20, 0));
    EXPECT_EQ(read_all(file.bytes()).packets.size(), 1U);
    body.bytes().resize(body.bytes().size() + 4);
    PcapngFile greater;
    greater.section().block(0x77, body);
    const auto start = std::span(greater.bytes()).first(100);
    EXPECT_EQ(read_all(start, false).end, ReadResult::kDamaged) << "without waiting for the rest";
}

TEST(CaptureReader, TakesTheUpperHalfOfTheLinkTypeForFcsBits) {
    for (const std::uint32_t bits : {0x44000000U, 0x30000000U, 0x00010000U}) {
        PcapFile::Variant variant;
        variant.link_type = bits | 1;
        const Bytes file = PcapFile(variant).packet(frame_of(20, 0), 0).bytes();
        EXPECT_EQ(read_all(file).packets.size(), 1U);
    }
}

TEST(CaptureReader, LeavesOutPacketsOfOtherInterfacesCounted) {
    PcapngFile file;
    file.section().interface(1).interface(101);
    file.packet(1, 1, frame_of(20, 0)).packet(0, 2, frame_of(21, 0)).packet(1, 3, frame_of(22, 0));
    // Nothing but other interfaces, but not at the start any more.
    file.section().interface(113).packet(0, 4, frame_of(23, 0));
    const CaptureOutcome outcome = read_all(file.bytes());
    EXPECT_EQ(outcome.end, ReadResult::kEnd);
    ASSERT_EQ(outcome.packets.size(), 1U);
    EXPECT_EQ(outcome.packets[0].bytes, frame_of(21, 0));
    EXPECT_EQ(outcome.skipped, 3U);
}

TEST(CaptureReader, ReadsEthernetPacketsThatComeAfterOthers) {
    PcapngFile file;
    file.section().interface(113).packet(0, 1, frame_of(20, 0));
    file.interface(1).packet(1, 2, frame_of(21, 0));
    file.section().interface(101).packet(0, 3, frame_of(22, 0));
    const CaptureOutcome outcome = read_all(file.bytes());
    EXPECT_EQ(outcome.end, ReadResult::kEnd) << outcome.problem;
    ASSERT_EQ(outcome.packets.size(), 1U);
    EXPECT_EQ(outcome.packets[0].bytes, frame_of(21, 0));
    EXPECT_EQ(outcome.skipped, 2U);
    EXPECT_EQ(read_as_stream(file.bytes()), outcome);
}

TEST(CaptureReader, RefusesAFileAtItsEndThatHeldOtherPacketsOnly) {
    PcapngFile file;
    file.section().interface(1).interface(101).packet(1, 1, frame_of(20, 0));
    EXPECT_EQ(read_all(file.bytes(), false).end, ReadResult::kNeedMore);
    EXPECT_EQ(read_all(file.bytes()).end, ReadResult::kUnsupported);
    EXPECT_EQ(read_all(file.bytes()).problem, "its link type is 101 (raw IP), not 1 (Ethernet)");
    PcapngFile nothing;
    nothing.section().interface(101);
    EXPECT_EQ(read_all(nothing.bytes()).end, ReadResult::kEnd) << "no packets at all";
}

TEST(CaptureReader, StartsAnewAfterRestart) {
    const Bytes damaged = prefix_of(sample_pcapng(), sample_pcapng().size() - 1);
    PcapngFile nanoseconds;
    nanoseconds.section().interface(1, 0, 9).interface().packet(1, 0, frame_of(20, 0));
    CaptureReader reader;
    CapturedPacket packet;
    for (const Bytes& file :
         {sample_pcapng(), damaged, nanoseconds.bytes(), sample_pcap(), sample_pcapng()}) {
        const CaptureOutcome fresh = read_all(file);
        std::size_t consumed = 0;
        std::span<const std::byte> rest = file;
        std::size_t count = 0;
        while (reader.next(rest, true, consumed, packet) == ReadResult::kPacket) {
            ASSERT_LT(count, fresh.packets.size());
            EXPECT_EQ(test::ReadPacket(packet), fresh.packets[count++]);
            rest = rest.subspan(consumed);
        }
        EXPECT_EQ(reader.packets(), fresh.packets.size());
        EXPECT_EQ(reader.skipped_packets(), fresh.skipped);
        EXPECT_EQ(reader.problem(), fresh.problem);
        reader.restart();
        EXPECT_EQ(reader.packets() + reader.skipped_packets(), 0U);
        EXPECT_EQ(reader.problem(), "");
    }
}

}  // namespace
}  // namespace weir::capture
