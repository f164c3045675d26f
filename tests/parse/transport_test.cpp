// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include "parsed.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;

TEST(ParseTcp, RejectsAHeaderThatIsCutOff) {
    for (unsigned octets = 1; octets < 20; ++octets) {
        const PacketRecord record = parsed(ip4().set8(9, 6).payload(octets).pad_to(60));
        EXPECT_EQ(record.status, ParseStatus::kTcpTooShort) << octets;
        EXPECT_EQ(record.inner_transport, kNone);
        EXPECT_EQ(record.valid_bytes, 34);
    }
}

TEST(ParseTcp, RejectsADataOffsetBelowFive) {
    for (unsigned words = 0; words < 16; ++words) {
        const PacketRecord record = parsed(ip4().tcp(1, 2, 40).set8(12, words << 4));
        EXPECT_EQ(record.status == ParseStatus::kTcpDataOffsetTooSmall, words < 5) << words;
        EXPECT_EQ(record.inner_transport, kTcp) << "the ports are there all the same";
        EXPECT_EQ(record.source_port, 1);
        EXPECT_EQ(record.valid_bytes, words < 5 ? 34 : 34 + words * 4);
    }
}

TEST(ParseTcp, RejectsOptionsPastThePacket) {
    for (unsigned words = 5; words < 16; ++words) {
        const PacketRecord record = parsed(ip4().tcp(1, 2, 8).set8(12, words << 4).pad_to(120));
        EXPECT_EQ(record.status,
                  words <= 7 ? ParseStatus::kOk : ParseStatus::kTcpOptionsBeyondPacket)
            << words;
    }
}

TEST(ParseUdp, RejectsAHeaderThatIsCutOff) {
    for (unsigned octets = 1; octets < 8; ++octets) {
        const PacketRecord record = parsed(ip4().set8(9, 17).payload(octets).pad_to(60));
        EXPECT_EQ(record.status, ParseStatus::kUdpTooShort) << octets;
        EXPECT_EQ(record.fault_layer, kUdp);
    }
}

TEST(ParseUdp, RejectsALengthBelowEight) {
    for (unsigned length = 0; length < 8; ++length) {
        const PacketRecord record = parsed(ip4().udp(3, 4789).set16(4, length).payload(40));
        EXPECT_EQ(record.status, ParseStatus::kUdpLengthTooSmall) << length;
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kUdp}));
        EXPECT_EQ(record.source_port, 3);
        EXPECT_EQ(record.valid_bytes, 34);
    }
}

TEST(ParseUdp, RejectsALengthPastTheIpPayload) {
    for (unsigned length = 8; length < 20; ++length) {
        const PacketRecord record = parsed(ip4().udp(1, 2).set16(4, length).payload(4).pad_to(60));
        EXPECT_EQ(record.status,
                  length <= 12 ? ParseStatus::kOk : ParseStatus::kUdpLengthBeyondPacket)
            << length;
        EXPECT_EQ(record.valid_bytes, length <= 12 ? 42 : 34);
    }
}

TEST(ParseUdp, DoesNotHoldAFragmentsLengthAgainstIt) {
    const Packet frame = ip4().fragment(0, true).udp(7, 8).set16(4, 3000).payload(64);
    EXPECT_EQ(parsed(frame).status, ParseStatus::kOk);
    const Packet small = ip4().fragment(0, true).udp(7, 8).set16(4, 7).payload(64);
    EXPECT_EQ(parsed(small).status, ParseStatus::kUdpLengthTooSmall);
    const Packet six = ip6().ipv6_fragment(0, true).udp(7, 8).set16(4, 3000).payload(64);
    EXPECT_EQ(parsed(six).status, ParseStatus::kOk);
}

/// The record of an ICMP or ICMPv6 message of so many octets, and of this type if it has one.
PacketRecord parsed_icmp(bool ipv6, unsigned type, std::size_t octets) {
    std::vector<std::byte> message(octets);
    if (octets > 0) message[0] = static_cast<std::byte>(type);
    Packet packet = ipv6 ? ip6().set8(6, 58) : ip4().set8(9, 1);
    return parsed(packet.payload(message).pad_to(80));
}

TEST(ParseIcmp, NeedsTypeCodeAndChecksum) {
    EXPECT_EQ(parsed(ip4().icmp()).inner_transport, kIcmp);
    for (unsigned octets = 1; octets < 4; ++octets) {
        const PacketRecord record = parsed_icmp(false, 253, octets);
        EXPECT_EQ(record.status, ParseStatus::kIcmpTooShort) << octets;
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4}));
    }
    EXPECT_EQ(parsed_icmp(false, 253, 4).status, ParseStatus::kOk);
}

/// RFC 792, RFC 950.
TEST(ParseIcmp, NeedsEightOctetsOfTheTypesThatHaveThem) {
    const std::vector<unsigned> eight{0, 3, 4, 5, 8, 11, 12, 13, 14, 15, 16, 17, 18};
    for (unsigned type = 0; type < 256; ++type) {
        const bool has_eight = std::ranges::count(eight, type) != 0;
        for (unsigned octets = 4; octets <= 8; ++octets) {
            const PacketRecord record = parsed_icmp(false, type, octets);
            const bool fails = has_eight && octets < 8;
            EXPECT_EQ(record.status, fails ? ParseStatus::kIcmpTooShort : ParseStatus::kOk) << type;
            EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kIcmp})) << "with type and code";
        }
    }
    EXPECT_EQ(parsed_icmp(false, 8, 7).fault_layer, kIcmp);
    EXPECT_EQ(parsed_icmp(false, 8, 7).valid_bytes, 34);
    EXPECT_EQ(parsed_icmp(false, 8, 8).valid_bytes, 38);
}

TEST(ParseIcmpv6, NeedsTypeCodeAndChecksum) {
    EXPECT_EQ(parsed(ip6().icmpv6()).inner_transport, kIcmpv6);
    for (unsigned octets = 1; octets < 4; ++octets) {
        const PacketRecord record = parsed_icmp(true, 200, octets);
        EXPECT_EQ(record.status, ParseStatus::kIcmpv6TooShort) << octets;
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv6}));
    }
    EXPECT_EQ(parsed_icmp(true, 200, 4).status, ParseStatus::kOk);
}

/// RFC 4443, RFC 2710, RFC 4861.
TEST(ParseIcmpv6, NeedsEightOctetsOfTheTypesThatHaveThem) {
    for (unsigned type = 0; type < 256; ++type) {
        const bool has_eight = (type >= 1 && type <= 4) || (type >= 128 && type <= 137);
        for (unsigned octets = 4; octets <= 8; ++octets) {
            const PacketRecord record = parsed_icmp(true, type, octets);
            const bool fails = has_eight && octets < 8;
            EXPECT_EQ(record.status, fails ? ParseStatus::kIcmpv6TooShort : ParseStatus::kOk)
                << type;
            EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv6, kIcmpv6})) << "with type and code";
        }
    }
}

}  // namespace
}  // namespace weir::parse
