// SPDX-License-Identifier: BSD-3-Clause
// What is said of a packet as a whole: depth, size, captures that were cut.
#include "parse/parse.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "parsed.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;

TEST(ParseStatuses, AllHaveNamesOfTheirOwn) {
    for (std::size_t one = 0; one < kParseStatuses; ++one) {
        EXPECT_FALSE(kParseStatusNames[one].empty());
        EXPECT_FALSE(kParseStatusMeanings[one].empty());
        for (std::size_t other = 0; other < one; ++other) {
            EXPECT_NE(kParseStatusNames[one], kParseStatusNames[other]);
        }
    }
}

TEST(ParseStatuses, AreMalformedButForTwo) {
    for (std::size_t i = 0; i < kParseStatuses; ++i) {
        const auto status = static_cast<ParseStatus>(i);
        EXPECT_EQ(is_malformed(status),
                  status != ParseStatus::kOk && status != ParseStatus::kTruncated)
            << to_string(status);
    }
}

TEST(ParseDepth, StopsAtTheLimitAndSaysSo) {
    for (const std::size_t tags : {kMaxLayers - 1, kMaxLayers, kMaxLayers + 5}) {
        Packet packet;
        packet.eth();
        for (std::size_t i = 0; i < tags; ++i) packet.vlan(1);
        const PacketRecord record = parsed(packet.payload(4));
        EXPECT_EQ(record.status == ParseStatus::kTooManyLayers, tags >= kMaxLayers);
        EXPECT_EQ(record.layer_count, kMaxLayers);
        EXPECT_EQ(record.valid_bytes, 14 + 4 * (kMaxLayers - 1));
    }
}

TEST(ParseDepth, GoesOnBehindTheListedLayers) {
    Packet packet;
    packet.eth();
    for (std::size_t i = 0; i < kMaxListedLayers + 4; ++i) packet.vlan(1);
    const PacketRecord record = parsed(packet.ipv4("10.0.0.1", "10.0.0.2").udp(3, 4));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.layer_count, kMaxListedLayers + 7);
    Kinds listed(kMaxListedLayers, kVlan);
    listed.front() = kEth;
    EXPECT_EQ(kinds(record), listed);
    EXPECT_EQ(record.layer_offsets.back(), 14 + 4 * (kMaxListedLayers - 2));
    EXPECT_EQ(record.source_port, 3);
    EXPECT_EQ(record.layer_mask,
              layer_bit(kEth) | layer_bit(kVlan) | layer_bit(kIpv4) | layer_bit(kUdp));
}

TEST(ParseDepth, CountsNestedIpPacketsToo) {
    Packet packet = ip4();
    for (std::size_t i = 0; i < kMaxLayers; ++i) packet.ipv4("10.0.0.1", "10.0.0.2");
    const PacketRecord record = parsed(packet.udp(1, 2));
    EXPECT_EQ(record.status, ParseStatus::kTooManyLayers);
    EXPECT_EQ(record.fault_layer, kIpv4);
    EXPECT_EQ(record.inner_network_offset, 14 + 20 * (kMaxLayers - 2)) << "the last that counts";
}

TEST(ParseDepth, WalksATagStackToTheEndOf64KiBInBoundedWork) {
    Frame frame(kMaxFrameBytes);
    for (std::size_t at = 12; at + 1 < frame.size(); at += 4) {
        frame[at] = std::byte{0x81};
        frame[at + 1] = std::byte{0x00};
    }
    EXPECT_EQ(parsed(frame).status, ParseStatus::kTooManyLayers);
}

TEST(ParseFrame, TakesALengthBeyond64KiBForWhatItIs) {
    Frame frame = ip4().set16(2, 0xffff).udp(1, 2).set16(4, 0xffff - 20).build();
    frame.resize(14 + 0xffff);
    const PacketRecord record = parsed(frame);
    EXPECT_EQ(record.status, ParseStatus::kOk) << "the largest IPv4 packet is well-formed";
    EXPECT_EQ(record.inner_transport, kUdp);
    EXPECT_EQ(record.network_end_offset, kMaxFrameBytes) << "as far as 16 bits go";
    frame.pop_back();
    EXPECT_EQ(parsed(frame).status, ParseStatus::kIpv4TotalLengthBeyondFrame);
}

TEST(ParseFrame, ReachesTheDepthLimitBefore16BitOffsetsEnd) {
    Frame frame = ip6().set16(4, 0xffff).set8(6, 60).build();
    frame.resize(80000);
    // Destination options of the greatest length, one behind the other.
    for (std::size_t at = 54; at + 2048 < frame.size(); at += 2048) {
        frame[at] = std::byte{60};
        frame[at + 1] = std::byte{255};
    }
    const PacketRecord record = parsed(frame);
    EXPECT_EQ(record.status, ParseStatus::kTooManyLayers);
    EXPECT_EQ(record.valid_bytes, 54 + 2048 * (kMaxLayers - 2));
    EXPECT_LE(record.valid_bytes, kMaxFrameBytes);
}

TEST(ParseFrame, ReadsNothingBehindWhat16BitOffsetsReach) {
    Frame frame = ip6().set16(4, 0xffff).set8(6, 60).build();
    frame.resize(54 + 0xffff);
    for (std::size_t at = 54; at < 54 + 31 * 2048; at += 2048) {
        frame[at] = std::byte{60};
        frame[at + 1] = std::byte{255};
    }
    // One more, so long that the UDP header behind it stands just before that end, or across it.
    constexpr std::size_t kLast = 54 + 31 * 2048;
    frame[kLast] = std::byte{17};
    ParseOptions options;
    options.max_layers = 64;
    for (const std::size_t octets : {1984U, 1992U}) {
        frame[kLast + 1] = static_cast<std::byte>(octets / 8 - 1);
        frame[kLast + octets + 5] = std::byte{8};  // The length.
        PacketRecord record;
        parse({frame, static_cast<std::uint32_t>(frame.size())}, options, record);
        const bool reaches = kLast + octets + 8 <= kMaxFrameBytes;
        EXPECT_EQ(record.status, reaches ? ParseStatus::kOk : ParseStatus::kTruncated) << octets;
        EXPECT_EQ(record.inner_transport, reaches ? kUdp : kNone);
        EXPECT_EQ(record.valid_bytes, kLast + octets + (reaches ? 8 : 0));
    }
}

TEST(ParseFrame, BelievesNoWireLengthBelowTheCaptured) {
    const Frame frame = ip4().udp(1, 2).payload(20).build();
    PacketRecord record;
    parse({frame, 0}, record);
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.inner_transport, kUdp);
    const Frame beyond = ip4().set16(2, 1500).udp(1, 2).build();
    parse({beyond, 0}, record);
    EXPECT_EQ(record.status, ParseStatus::kIpv4TotalLengthBeyondFrame);
    EXPECT_EQ(record.network_end_offset, 42);
}

TEST(ParseFrame, WritesTheFirstCacheLineWhole) {
    PacketRecord clean;
    PacketRecord dirty;
    std::memset(static_cast<void*>(&clean), 0, sizeof clean);
    std::memset(static_cast<void*>(&dirty), 0xff, sizeof dirty);
    for (const auto& frame : {Frame(3), ip4().udp(1, 2).build(), ip6().esp(1, 2).build(),
                              ip4().set16(2, 3).build(), ip4().icmp().payload(9).build()}) {
        const auto size = static_cast<std::uint32_t>(frame.size());
        parse({frame, size}, clean);
        parse({frame, size}, dirty);
        EXPECT_EQ(std::memcmp(&clean, &dirty, offsetof(PacketRecord, layer_offsets)), 0);
    }
}

TEST(ParseTruncated, IsWhatTheCaptureCutAndNotTheWire) {
    const Frame whole = ip4().tcp(1, 2, 12).payload(100).build();
    const auto wire = static_cast<std::uint32_t>(whole.size());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const PacketRecord record = parsed(first(whole, size), wire);
        EXPECT_EQ(record.status, size < 66 ? ParseStatus::kTruncated : ParseStatus::kOk) << size;
        EXPECT_FALSE(is_malformed(record.status));
        EXPECT_EQ(record.fault_layer, size < 14   ? kEth
                                      : size < 34 ? kIpv4
                                      : size < 66 ? kTcp
                                                  : kNone);
    }
}

TEST(ParseTruncated, IsNotSaidOfWhatTheIpLengthHadNoRoomFor) {
    const Frame frame = ip4().set16(2, 20 + 7).udp(1, 2).payload(100).build();
    EXPECT_EQ(parsed(first(frame, 36), 142).status, ParseStatus::kUdpTooShort);
}

TEST(ParseTruncated, OverridesAnEarlierDefectBecauseLayersAreMissing) {
    const Frame frame = ip4().set16(2, 1500).udp(1, 2).payload(100).build();
    const auto wire = static_cast<std::uint32_t>(frame.size());
    const PacketRecord cut = parsed(first(frame, 40), wire);
    EXPECT_EQ(cut.status, ParseStatus::kTruncated);
    EXPECT_EQ(cut.fault_layer, kUdp);
    EXPECT_EQ(cut.valid_bytes, 14) << "up to the earlier defect";
    EXPECT_EQ(parsed(first(frame, 42), wire).status, ParseStatus::kIpv4TotalLengthBeyondFrame);
}

}  // namespace
}  // namespace weir::parse
