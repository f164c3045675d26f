// SPDX-License-Identifier: BSD-3-Clause
#include "capture/capture_reader.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <random>
#include <vector>

#include "base/setup_error.hpp"
#include "capture/capture_file.hpp"
#include "support/pcap_file.hpp"

namespace weir::capture {
namespace {

using test::Bytes;
using test::PcapFile;
using test::PcapngFile;

constexpr std::uint64_t kTime = 1'700'000'001'123'456'789ULL;

Bytes frame_of(std::size_t size, unsigned fill) { return Bytes(size, std::byte(fill)); }

/// A packet as it was read, in memory of its own.
struct Read {
    Bytes bytes;
    std::uint32_t original;
    std::uint64_t timestamp_ns;
    bool operator==(const Read&) const = default;
};

struct Outcome {
    std::vector<Read> packets;
    ReadResult end;
    std::string problem;
};

/// Reads all of a file that is in memory at once.
Outcome read_all(std::span<const std::byte> file) {
    CaptureReader reader;
    Outcome outcome;
    for (;;) {
        CapturedPacket packet;
        std::size_t consumed = 0;
        outcome.end = reader.next(file, true, consumed, packet);
        if (outcome.end != ReadResult::kPacket) break;
        outcome.packets.push_back({Bytes(packet.bytes.begin(), packet.bytes.end()),
                                   packet.original_bytes, packet.timestamp_ns});
        file = file.subspan(consumed);
    }
    outcome.problem = reader.problem();
    return outcome;
}

/// Reads a file that arrives octet by octet.
Outcome read_as_stream(std::span<const std::byte> file) {
    CaptureReader reader;
    Outcome outcome;
    std::size_t start = 0;
    std::size_t arrived = 0;
    for (;;) {
        CapturedPacket packet;
        std::size_t consumed = 0;
        outcome.end = reader.next(file.subspan(start, arrived - start), arrived == file.size(),
                                  consumed, packet);
        if (outcome.end == ReadResult::kPacket) {
            outcome.packets.push_back({Bytes(packet.bytes.begin(), packet.bytes.end()),
                                       packet.original_bytes, packet.timestamp_ns});
        } else if (outcome.end != ReadResult::kNeedMore) {
            break;
        }
        start += consumed;
        if (outcome.end == ReadResult::kNeedMore) ++arrived;
        if (arrived > file.size()) {
            ADD_FAILURE() << "wants more than there is";
            break;
        }
    }
    outcome.problem = reader.problem();
    return outcome;
}

Bytes sample_pcapng() {
    PcapngFile file;
    file.section(false).interface().packet(0, kTime / 1000, frame_of(60, 1));
    file.interface(1, 0, 9, 10).packet(1, kTime, frame_of(61, 2), 1500);
    test::Writer other(false);
    other.u32(7);
    file.block(0x0bad, other);
    file.simple_packet(frame_of(62, 3), 62).obsolete_packet(0, 5'000'000, frame_of(63, 4));
    file.section(true).interface(1, 40).simple_packet(frame_of(40, 5), 900);
    file.packet(0, kTime / 1000, frame_of(30, 6));
    return file.bytes();
}

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
                file.packet(frame_of(60, 1), kTime).packet(frame_of(0, 0), kTime);
                file.packet(frame_of(9000, 2), kTime + 5, 65000);
                const Outcome outcome = read_all(file.bytes());
                ASSERT_EQ(outcome.end, ReadResult::kEnd) << outcome.problem;
                ASSERT_EQ(outcome.packets.size(), 3U);
                EXPECT_EQ(outcome.packets[0].bytes, frame_of(60, 1));
                EXPECT_EQ(outcome.packets[0].timestamp_ns,
                          nanoseconds ? kTime : kTime / 1000 * 1000);
                EXPECT_EQ(outcome.packets[2].original, 65000U);
                EXPECT_EQ(outcome.packets[2].bytes.size(), 9000U);
            }
        }
    }
}

TEST(CaptureReader, ReadsSectionsInterfacesAndAllPacketBlocksOfPcapng) {
    const Outcome outcome = read_all(sample_pcapng());
    ASSERT_EQ(outcome.end, ReadResult::kEnd) << outcome.problem;
    ASSERT_EQ(outcome.packets.size(), 6U);
    EXPECT_EQ(outcome.packets[0].timestamp_ns, kTime / 1000 * 1000);
    EXPECT_EQ(outcome.packets[1].timestamp_ns, kTime + 10'000'000'000ULL);
    EXPECT_EQ(outcome.packets[1].original, 1500U);
    EXPECT_EQ(outcome.packets[2].bytes, frame_of(62, 3));
    EXPECT_EQ(outcome.packets[3].timestamp_ns, 5'000'000'000ULL);
    EXPECT_EQ(outcome.packets[4].bytes.size(), 40U) << "cut to the interface's snapshot length";
    EXPECT_EQ(outcome.packets[4].original, 900U);
    EXPECT_EQ(outcome.packets[5].bytes, frame_of(30, 6));
}

TEST(CaptureReader, CountsTimeInPowersOfTwoAndTen) {
    PcapngFile file;
    file.section().interface(1, 0, 0x80 | 10).packet(0, 3 * 1024 + 512, frame_of(14, 0));
    file.interface(1, 0, 0).packet(1, 7, frame_of(14, 0));
    file.interface(1, 0, 12).packet(2, 1'500'000'000'000ULL, frame_of(14, 0));
    const Outcome outcome = read_all(file.bytes());
    ASSERT_EQ(outcome.packets.size(), 3U);
    EXPECT_EQ(outcome.packets[0].timestamp_ns, 3'500'000'000ULL);
    EXPECT_EQ(outcome.packets[1].timestamp_ns, 7'000'000'000ULL);
    EXPECT_EQ(outcome.packets[2].timestamp_ns, 1'500'000'000ULL);
}

TEST(CaptureReader, ReadsAStreamAsItReadsAFile) {
    PcapFile pcap;
    for (unsigned i = 0; i < 5; ++i) pcap.packet(frame_of(60 + i, i), kTime + i);
    for (const Bytes& file : {pcap.bytes(), sample_pcapng()}) {
        const Outcome whole = read_all(file);
        const Outcome stream = read_as_stream(file);
        EXPECT_EQ(whole.end, stream.end);
        EXPECT_EQ(whole.packets, stream.packets);
    }
}

TEST(CaptureReader, DeliversWhatStandsBeforeACut) {
    PcapFile pcap;
    for (unsigned i = 0; i < 3; ++i) pcap.packet(frame_of(20, i), kTime);
    for (const Bytes& file : {pcap.bytes(), sample_pcapng()}) {
        const Outcome whole = read_all(file);
        for (std::size_t size = 28; size < file.size(); ++size) {
            const Outcome cut = read_all(std::span(file).first(size));
            ASSERT_LE(cut.packets.size(), whole.packets.size());
            ASSERT_TRUE(std::equal(cut.packets.begin(), cut.packets.end(), whole.packets.begin()));
            // Either the cut is between two records, or it is damage with a place.
            if (cut.end == ReadResult::kDamaged) {
                ASSERT_NE(cut.problem.find("damaged at byte"), std::string::npos);
            } else {
                ASSERT_EQ(cut.end, ReadResult::kEnd) << size;
            }
            ASSERT_EQ(cut.packets, read_as_stream(std::span(file).first(size)).packets);
        }
    }
}

TEST(CaptureReader, RefusesWhatIsNoEthernetCapture) {
    const auto refused = [](const Bytes& file) {
        const Outcome outcome = read_all(file);
        return outcome.end == ReadResult::kUnsupported && !outcome.problem.empty();
    };
    EXPECT_TRUE(refused({}));
    EXPECT_TRUE(refused(frame_of(3, 0)));
    EXPECT_TRUE(refused(frame_of(100, 'x')));
    EXPECT_TRUE(refused({std::byte{0x1f}, std::byte{0x8b}, std::byte{8}, std::byte{0}}));
    PcapFile::Variant raw_ip;
    raw_ip.link_type = 101;
    EXPECT_TRUE(refused(PcapFile(raw_ip).packet(frame_of(20, 0), kTime).bytes()));
    PcapngFile ng;
    EXPECT_TRUE(refused(ng.section().interface(101).packet(0, 1, frame_of(20, 0)).bytes()));
}

TEST(CaptureReader, TakesTheUpperHalfOfTheLinkTypeForFcsBits) {
    PcapFile::Variant variant;
    variant.link_type = 0x44000001;
    EXPECT_EQ(read_all(PcapFile(variant).packet(frame_of(20, 0), kTime).bytes()).packets.size(),
              1U);
}

TEST(CaptureReader, LeavesOutPacketsOfOtherInterfacesCounted) {
    PcapngFile file;
    file.section().interface(1).interface(101);
    file.packet(0, 1, frame_of(20, 0)).packet(1, 2, frame_of(21, 0)).packet(0, 3, frame_of(22, 0));
    CaptureReader reader;
    std::span<const std::byte> rest = file.bytes();
    CapturedPacket packet;
    std::size_t consumed = 0;
    while (reader.next(rest, true, consumed, packet) == ReadResult::kPacket) {
        rest = rest.subspan(consumed);
    }
    EXPECT_EQ(reader.packets(), 2U);
    EXPECT_EQ(reader.skipped_packets(), 1U);
}

TEST(CaptureReader, CallsImpossibleLengthsDamage) {
    PcapFile pcap;
    pcap.packet(frame_of(60, 1), kTime);
    Bytes file = pcap.bytes();
    file[24 + 8 + 3] = std::byte{0x7f};
    EXPECT_EQ(read_all(file).end, ReadResult::kDamaged);

    const test::Writer empty(false);
    const auto damaged = [](const PcapngFile& ng) {
        return read_all(ng.bytes()).end == ReadResult::kDamaged;
    };
    EXPECT_TRUE(damaged(PcapngFile().section().block(6, empty)));
    EXPECT_TRUE(damaged(PcapngFile().section().block(1, empty)));
    EXPECT_TRUE(damaged(PcapngFile().section().packet(0, 1, frame_of(20, 0))));
    EXPECT_TRUE(damaged(PcapngFile().section().interface().packet(1, 1, frame_of(20, 0))));
    EXPECT_TRUE(damaged(PcapngFile().section().block(0x77, empty, 16)));
}

TEST(CaptureReader, IsFinalOnceItHasEnded) {
    PcapFile pcap;
    pcap.packet(frame_of(60, 1), kTime);
    Bytes file = pcap.bytes();
    file.resize(file.size() - 1);
    CaptureReader reader;
    CapturedPacket packet;
    std::size_t consumed = 0;
    EXPECT_EQ(reader.next(file, true, consumed, packet), ReadResult::kDamaged);
    EXPECT_EQ(reader.next(file, true, consumed, packet), ReadResult::kDamaged);
    EXPECT_EQ(consumed, 0U);
}

TEST(CaptureReader, SurvivesMutatedFiles) {
    PcapFile pcap;
    for (unsigned i = 0; i < 5; ++i) pcap.packet(frame_of(40, i), kTime);
    std::mt19937 random(3);
    for (const Bytes& original : {pcap.bytes(), sample_pcapng()}) {
        for (int i = 0; i < 30000; ++i) {
            // A vector of its own size, so that a sanitizer sees every octet past its end.
            Bytes file(original.begin(), original.begin() + static_cast<std::ptrdiff_t>(
                                                                random() % original.size() + 1));
            for (unsigned flips = random() % 4; flips > 0; --flips) {
                file[random() % file.size()] = static_cast<std::byte>(random());
            }
            const Outcome outcome = read_all(file);
            ASSERT_LE(outcome.packets.size(), file.size() / 16);
        }
    }
}

TEST(CaptureFile, RefusesWhatCannotBeReadWithWords) {
    EXPECT_THROW(CaptureFile("/no/such/file.pcap"), base::SetupError);
    EXPECT_THROW(CaptureFile("/"), base::SetupError);
    EXPECT_THROW(CaptureFile("/dev/null"), base::SetupError);
}

TEST(CaptureFile, GivesTheFileAsItIs) {
    const std::string path = testing::TempDir() + "weir_capture_file_test.pcap";
    PcapFile pcap;
    pcap.packet(frame_of(60, 1), kTime);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(pcap.bytes().data()),
               static_cast<std::streamsize>(pcap.bytes().size()));
    const CaptureFile file(path);
    EXPECT_TRUE(std::ranges::equal(file.bytes(), pcap.bytes()));
    std::remove(path.c_str());
}

}  // namespace
}  // namespace weir::capture
