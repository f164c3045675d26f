// SPDX-License-Identifier: BSD-3-Clause
// What the capture reader does with files that are cut, broken, or no captures it can read.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "capture/capture_reader.hpp"
#include "support/capture_outcome.hpp"
#include "support/guarded_bytes.hpp"
#include "support/pcap_file.hpp"

namespace weir::capture {
namespace {

using test::Bytes;
using test::CaptureOutcome;
using test::frame_of;
using test::GuardedBytes;
using test::PcapFile;
using test::PcapngFile;
using test::prefix_of;
using test::read_all;
using test::read_as_stream;
using test::sample_pcap;
using test::sample_pcapng;
using testing::HasSubstr;

constexpr std::size_t kPcapHeader = 24;
constexpr std::size_t kPcapRecordHeader = 16;

Bytes bytes_of(std::string_view text) {
    Bytes bytes;
    for (const char letter : text) bytes.push_back(static_cast<std::byte>(letter));
    return bytes;
}

std::string why_refused(const Bytes& file) {
    const CaptureOutcome outcome = read_all(file);
    EXPECT_EQ(outcome.end, ReadResult::kUnsupported);
    EXPECT_EQ(read_as_stream(file).end, ReadResult::kUnsupported);
    return outcome.problem;
}

std::string why_damaged(const Bytes& file) {
    const CaptureOutcome outcome = read_all(file);
    EXPECT_EQ(outcome.end, ReadResult::kDamaged);
    EXPECT_EQ(read_as_stream(file), outcome);
    return outcome.problem;
}

TEST(CaptureDamage, KnowsWhatIsNoCapture) {
    EXPECT_EQ(why_refused({}), "the file is empty");
    EXPECT_THAT(why_refused(frame_of(3, 0)), HasSubstr("too short"));
    EXPECT_THAT(why_refused(bytes_of("To whom it may concern\n")), HasSubstr("a text"));
    EXPECT_THAT(why_refused(frame_of(100, 0xee)), HasSubstr("neither pcap nor pcapng"));
    EXPECT_THAT(why_refused(bytes_of("\x1f\x8b\x08 gzip")), HasSubstr("gunzip"));
    EXPECT_THAT(why_refused(bytes_of("\x28\xb5\x2f\xfd zstd")), HasSubstr("unzstd"));
    EXPECT_THAT(why_refused(bytes_of("\xfd"
                                     "7zXZ")),
                HasSubstr("unxz"));
    EXPECT_THAT(why_refused(bytes_of("BZh91AY")), HasSubstr("bunzip2"));
    EXPECT_THAT(why_refused(bytes_of("snoop\x01\x02")), HasSubstr("snoop"));
}

TEST(CaptureDamage, RefusesOtherLinkTypesByName) {
    PcapFile::Variant variant;
    variant.link_type = 101;
    EXPECT_EQ(why_refused(PcapFile(variant).packet(frame_of(20, 0), 0).bytes()),
              "its link type is 101 (raw IP), not 1 (Ethernet)");
    variant.link_type = 0x44000000 | 277;
    EXPECT_EQ(why_refused(PcapFile(variant).packet(frame_of(20, 0), 0).bytes()),
              "its link type is 277, not 1 (Ethernet)");
    PcapngFile ng;
    ng.section().interface(113).interface(101).packet(1, 1, frame_of(20, 0));
    EXPECT_THAT(why_refused(ng.bytes()), HasSubstr("101 (raw IP)"));
}

TEST(CaptureDamage, RefusesOtherVersions) {
    for (const std::uint16_t major : {0, 1, 3, 543}) {
        PcapFile::Variant variant;
        variant.major = major;
        EXPECT_THAT(why_refused(PcapFile(variant).packet(frame_of(20, 0), 0).bytes()),
                    HasSubstr("pcap version"));
    }
    Bytes ng = sample_pcapng();
    ng[12] = std::byte{2};
    EXPECT_THAT(why_refused(ng), HasSubstr("pcapng version"));
    PcapngFile later;
    later.section().interface().packet(0, 1, frame_of(20, 0));
    Bytes file = later.bytes();
    file.insert(file.end(), ng.begin(), ng.end());
    EXPECT_THAT(why_damaged(file), HasSubstr("after 1 packet: a section's pcapng version"));
}

TEST(CaptureDamage, SaysWhereAPcapFileIsCut) {
    const Bytes file = sample_pcap();
    const auto first = [&file](std::size_t size) { return prefix_of(file, size); };
    EXPECT_EQ(why_damaged(first(kPcapHeader - 1)),
              "damaged at byte 0, after 0 packets: the file ends inside its header");
    EXPECT_EQ(why_damaged(first(kPcapHeader + kPcapRecordHeader - 1)),
              "damaged at byte 24, after 0 packets: the file ends inside a record header");
    EXPECT_EQ(why_damaged(first(kPcapHeader + kPcapRecordHeader + 19)),
              "damaged at byte 24, after 0 packets: the file ends inside a packet");
    EXPECT_EQ(why_damaged(first(kPcapHeader + kPcapRecordHeader + 21)),
              "damaged at byte 60, after 1 packet: the file ends inside a record header");
}

/// Cuts a file at every octet. `records` are the places where a cut leaves a whole file.
void expect_all_before_a_cut(const Bytes& file, const std::vector<std::size_t>& records) {
    GuardedBytes guarded(file.size());
    const CaptureOutcome whole = read_all(file);
    for (std::size_t size = 4; size < file.size(); ++size) {
        const auto cut = guarded.flush_against_guard(std::span(file).first(size));
        const bool is_whole = std::find(records.begin(), records.end(), size) != records.end();
        const CaptureOutcome ended = read_all(cut);
        ASSERT_EQ(ended.end, is_whole ? ReadResult::kEnd : ReadResult::kDamaged) << size;
        ASSERT_EQ(ended.problem.empty(), is_whole);
        const CaptureOutcome open = read_all(cut, false);
        ASSERT_EQ(open.end, ReadResult::kNeedMore) << size;
        ASSERT_EQ(open.problem, "");
        ASSERT_EQ(open.packets, ended.packets);
        ASSERT_EQ(read_as_stream(cut), ended);
        ASSERT_LE(ended.packets.size(), whole.packets.size());
        ASSERT_TRUE(std::equal(ended.packets.begin(), ended.packets.end(), whole.packets.begin()));
        // A packet is missing only if the cut goes through it or stands before it.
        const auto last = std::upper_bound(records.begin(), records.end(), size);
        const auto complete = last == records.begin() ? 0 : *(last - 1);
        ASSERT_EQ(ended.packets,
                  read_all(std::span(file).first(std::max<std::size_t>(complete, 4))).packets);
    }
}

TEST(CaptureDamage, DeliversWhatStandsBeforeACutOfPcap) {
    std::vector<std::size_t> records{kPcapHeader};
    for (unsigned i = 0; i < 5; ++i) records.push_back(records.back() + kPcapRecordHeader + 20 + i);
    ASSERT_EQ(records.back(), sample_pcap().size());
    expect_all_before_a_cut(sample_pcap(), records);
}

TEST(CaptureDamage, DeliversWhatStandsBeforeACutOfPcapng) {
    const Bytes file = sample_pcapng();
    std::vector<std::size_t> records{0};
    // The second section, which begins behind eight blocks of the first, is in the other byte
    // order.
    bool big_endian = false;
    while (records.back() < file.size()) {
        const std::byte* block = file.data() + records.back();
        if (block[0] == std::byte{0x0a}) big_endian = block[8] == std::byte{0x1a};
        const auto low = std::to_integer<std::size_t>(block[big_endian ? 7 : 4]);
        const auto high = std::to_integer<std::size_t>(block[big_endian ? 6 : 5]);
        records.push_back(records.back() + high * 256 + low);
    }
    ASSERT_EQ(records.back(), file.size());
    ASSERT_EQ(records.size() - 1, 14U) << "blocks";
    records.erase(records.begin());
    expect_all_before_a_cut(file, records);
}

TEST(CaptureDamage, CallsImpossibleLengthsOfPcapDamage) {
    Bytes file = PcapFile().packet(frame_of(60, 1), 0).packet(frame_of(60, 2), 0).bytes();
    const std::size_t second = kPcapHeader + kPcapRecordHeader + 60;
    file[second + 8 + 2] = std::byte{4};  // 262144 + 60
    EXPECT_EQ(why_damaged(file),
              "damaged at byte 100, after 1 packet: a record claims an impossible length");
    // It is known before the packet has arrived.
    EXPECT_EQ(read_all(file, false).end, ReadResult::kDamaged);
    const Bytes greatest = PcapFile().packet(frame_of(262144, 1), 0).bytes();
    EXPECT_EQ(read_all(greatest).packets.size(), 1U);
}

TEST(CaptureDamage, CallsInconsistentBlocksDamage) {
    const test::Writer empty(false);
    test::Writer three(false);
    for (const int octet : {1, 2, 3}) three.u8(static_cast<std::uint8_t>(octet));
    EXPECT_THAT(why_damaged(PcapngFile().section().block(6, empty).bytes()),
                HasSubstr("packet block is too short"));
    EXPECT_THAT(why_damaged(PcapngFile().section().interface().block(3, empty).bytes()),
                HasSubstr("packet block is too short"));
    EXPECT_THAT(why_damaged(PcapngFile().section().block(1, empty).bytes()),
                HasSubstr("interface block is too short"));
    EXPECT_THAT(why_damaged(PcapngFile().section().block(0x77, empty, 16).bytes()),
                HasSubstr("two lengths differ"));
    EXPECT_THAT(why_damaged(PcapngFile().section().block(0x77, three).bytes()),
                HasSubstr("impossible length"));
    EXPECT_THAT(why_damaged(PcapngFile().section().block(0x0a0d0d0a, empty).bytes()),
                HasSubstr("inside a section header"));
    Bytes no_magic = sample_pcapng();
    no_magic[8] = std::byte{0};
    EXPECT_THAT(why_damaged(no_magic), HasSubstr("byte-order magic"));
}

TEST(CaptureDamage, CallsPacketsOfInterfacesThatDoNotExistDamage) {
    const Bytes frame = frame_of(20, 0);
    const char* const kReason = "interface that does not exist";
    EXPECT_THAT(why_damaged(PcapngFile().section().packet(0, 1, frame).bytes()),
                HasSubstr(kReason));
    EXPECT_THAT(why_damaged(PcapngFile().section().interface().packet(1, 1, frame).bytes()),
                HasSubstr(kReason));
    EXPECT_THAT(why_damaged(PcapngFile().section().simple_packet(frame, 20).bytes()),
                HasSubstr(kReason));
    // Interfaces belong to their section.
    PcapngFile two;
    two.section().interface().section().packet(0, 1, frame);
    EXPECT_THAT(why_damaged(two.bytes()), HasSubstr(kReason));
    PcapngFile many;
    many.section();
    for (int i = 0; i < 1024; ++i) many.interface();
    EXPECT_EQ(read_all(many.packet(1023, 1, frame).bytes()).packets.size(), 1U);
    EXPECT_THAT(why_damaged(many.interface().bytes()), HasSubstr("more than 1024 interfaces"));
}

TEST(CaptureDamage, CallsPacketsLongerThanTheirBlockDamage) {
    PcapngFile file;
    file.section().interface();
    const std::size_t start = file.bytes().size();
    file.packet(0, 1, frame_of(20, 0));
    Bytes bytes = file.bytes();
    bytes[start + 8 + 12] = std::byte{21};
    EXPECT_THAT(why_damaged(bytes), HasSubstr("packet block claims an impossible length"));
    EXPECT_THAT(
        why_damaged(PcapngFile().section().interface().simple_packet(frame_of(20, 0), 21).bytes()),
        HasSubstr("packet block claims an impossible length"));
}

TEST(CaptureDamage, IsFinal) {
    const Bytes whole = PcapFile().packet(frame_of(60, 1), 0).bytes();
    const Bytes file = prefix_of(whole, whole.size() - 1);
    CaptureReader reader;
    CapturedPacket packet;
    std::size_t consumed = 0;
    EXPECT_EQ(reader.next(file, true, consumed, packet), ReadResult::kDamaged);
    EXPECT_EQ(reader.next(whole, true, consumed, packet), ReadResult::kDamaged);
    EXPECT_EQ(consumed, 0U);
    EXPECT_EQ(reader.packets(), 0U);
}

TEST(CaptureDamage, NeverReadsPastTheEndOfAMutatedFile) {
    std::mt19937 random(3);
    for (const Bytes& original : {sample_pcap(), sample_pcapng()}) {
        GuardedBytes guarded(original.size());
        std::size_t damaged = 0;
        for (int i = 0; i < 50'000; ++i) {
            // Half of the files are whole, with up to four octets of another value.
            const bool is_cut = i % 2 == 0;
            Bytes file =
                prefix_of(original, is_cut ? random() % original.size() + 1 : original.size());
            for (unsigned flips = random() % 4 + 1; flips > 0; --flips) {
                file[random() % file.size()] = static_cast<std::byte>(random());
            }
            const CaptureOutcome outcome = read_all(guarded.flush_against_guard(file));
            ASSERT_LE(outcome.packets.size(), file.size() / kPcapRecordHeader);
            ASSERT_EQ(outcome.problem.empty(), outcome.end == ReadResult::kEnd);
            if (outcome.end == ReadResult::kDamaged) ++damaged;
            if (i % 16 == 0) {
                ASSERT_EQ(read_as_stream(file), outcome);
            }
        }
        EXPECT_GT(damaged, 20'000U) << "the mutations hardly do any harm";
    }
}

}  // namespace
}  // namespace weir::capture
