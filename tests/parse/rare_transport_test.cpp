// SPDX-License-Identifier: BSD-3-Clause
// UDP-Lite, SCTP, DCCP, the IPv6 mobility header.

#include <gtest/gtest.h>

#include "parsed.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;

/// The record of `packet`'s IPv4 payload, of which only `octets` belong to the packet.
PacketRecord cut(unsigned octets, Packet (*add)(Packet)) {
    return parsed(add(ip4().set16(2, 20 + octets)).payload(60));
}

TEST(ParseUdpLite, TellsPortsAndChecksCoverage) {
    const PacketRecord record = parsed(ip4().udp_lite(7, 8).payload(12));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.inner_transport, kUdpLite);
    EXPECT_EQ(record.source_port, 7);
    EXPECT_EQ(record.destination_port, 8);
    EXPECT_EQ(record.valid_bytes, 42);
    for (const unsigned coverage : {0U, 8U, 9U, 20U}) {
        EXPECT_EQ(parsed(ip4().udp_lite(7, 8, coverage).payload(12)).status, ParseStatus::kOk);
    }
    for (const unsigned coverage : {1U, 7U, 21U, 65535U}) {
        const PacketRecord bad = parsed(ip4().udp_lite(7, 8, coverage).payload(12));
        EXPECT_EQ(bad.status, ParseStatus::kUdpLiteCoverageInvalid) << coverage;
        EXPECT_EQ(bad.fault_layer, kUdpLite);
    }
    EXPECT_EQ(parsed(ip4().fragment(0, true).udp_lite(7, 8, 900).payload(8)).status,
              ParseStatus::kOk)
        << "of the whole packet";
    const auto add = [](Packet packet) { return packet.udp_lite(1, 2); };
    EXPECT_EQ(cut(7, add).status, ParseStatus::kUdpLiteTooShort);
    EXPECT_EQ(cut(8, add).status, ParseStatus::kOk);
}

TEST(ParseSctp, ChecksTheFirstChunkOnly) {
    const PacketRecord record = parsed(ip4().sctp(7, 8).sctp_chunk(20).raw({0, 0, 0, 0}));
    EXPECT_EQ(record.status, ParseStatus::kOk) << "a second chunk of length 0";
    EXPECT_EQ(record.inner_transport, kSctp);
    EXPECT_EQ(record.source_port, 7);
    EXPECT_EQ(record.destination_port, 8);
    EXPECT_EQ(record.valid_bytes, 46);
    EXPECT_EQ(parsed(ip4().sctp(7, 8)).status, ParseStatus::kOk) << "no chunk at all";
}

TEST(ParseSctp, RejectsAChunkOfLengthZeroOrPastThePacket) {
    const auto with_length = [](unsigned length) {
        return parsed(ip4().sctp(7, 8).sctp_chunk(16).set16(2, length));
    };
    for (const unsigned length : {0U, 1U, 3U}) {
        EXPECT_EQ(with_length(length).status, ParseStatus::kSctpChunkLengthTooSmall) << length;
        EXPECT_EQ(with_length(length).fault_layer, kSctp);
    }
    EXPECT_EQ(with_length(4).status, ParseStatus::kOk);
    EXPECT_EQ(with_length(16).status, ParseStatus::kOk);
    EXPECT_EQ(with_length(17).status, ParseStatus::kSctpChunkBeyondPacket);
    EXPECT_EQ(parsed(ip4().fragment(0, true).sctp(7, 8).sctp_chunk(20).set16(2, 900)).status,
              ParseStatus::kOk);
}

TEST(ParseSctp, RejectsWhatEndsInsideItsHeaders) {
    const auto add = [](Packet packet) { return packet.sctp(7, 8).sctp_chunk(4); };
    EXPECT_EQ(cut(11, add).status, ParseStatus::kSctpTooShort);
    EXPECT_EQ(cut(12, add).status, ParseStatus::kOk);
    EXPECT_EQ(cut(13, add).status, ParseStatus::kSctpChunkTooShort);
    EXPECT_EQ(cut(15, add).status, ParseStatus::kSctpChunkTooShort);
    EXPECT_EQ(cut(15, add).fault_layer, kSctp);
    EXPECT_EQ(cut(16, add).status, ParseStatus::kOk);
}

TEST(ParseDccp, HoldsItsDataOffsetAgainstBothForms) {
    for (const bool extended : {false, true}) {
        const unsigned words = extended ? 4 : 3;
        const auto with_words = [extended](unsigned offset) {
            return parsed(ip4().dccp(7, 8, extended).set8(4, offset).payload(8));
        };
        EXPECT_EQ(with_words(words).status, ParseStatus::kOk);
        EXPECT_EQ(with_words(words).valid_bytes, 34 + 4 * words);
        EXPECT_EQ(with_words(words).inner_transport, kDccp);
        EXPECT_EQ(with_words(words).source_port, 7);
        EXPECT_EQ(with_words(words - 1).status, ParseStatus::kDccpDataOffsetTooSmall);
        EXPECT_EQ(with_words(words + 2).status, ParseStatus::kOk);
        EXPECT_EQ(with_words(words + 3).status, ParseStatus::kDccpHeaderBeyondPacket);
        EXPECT_EQ(with_words(words + 3).fault_layer, kDccp);
    }
    const auto small = [](Packet packet) { return packet.dccp(1, 2, false); };
    EXPECT_EQ(cut(11, small).status, ParseStatus::kDccpTooShort);
    EXPECT_EQ(cut(12, small).status, ParseStatus::kOk);
    const auto large = [](Packet packet) { return packet.dccp(1, 2); };
    EXPECT_EQ(cut(15, large).status, ParseStatus::kDccpTooShort) << "the X bit asks for more";
    EXPECT_EQ(cut(16, large).status, ParseStatus::kOk);
}

TEST(ParseMobility, IsAnExtensionHeaderOfIpv6Only) {
    EXPECT_EQ(kinds(parsed(ip6().mobility(1).udp(1, 2))),
              (Kinds{kEth, kIpv6, kIpv6Mobility, kUdp}));
    EXPECT_EQ(kinds(parsed(ip4().set8(9, 135).payload(40))), (Kinds{kEth, kIpv4}));
    EXPECT_EQ(parsed(ip6().set16(4, 15).mobility(1).payload(20)).status,
              ParseStatus::kIpv6ExtensionTooShort);
}

}  // namespace
}  // namespace weir::parse
