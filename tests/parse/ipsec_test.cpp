// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include "parsed.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;

TEST(ParseEsp, EndsWhatCanBeRead) {
    const PacketRecord record = parsed(ip4().esp(0x12345678, 77).payload(64));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kEsp}));
    EXPECT_EQ(record.ipsec, kEsp);
    EXPECT_EQ(record.spi, 0x12345678U);
    EXPECT_EQ(record.sequence, 77U);
    EXPECT_EQ(record.ipsec_offset, 34);
    EXPECT_EQ(record.ipsec_network_offset, 14);
    EXPECT_EQ(record.inner_transport, kEsp);
    EXPECT_EQ(record.valid_bytes, 42);
}

TEST(ParseEsp, BehindIpv6ExtensionHeadersIsNoExtensionHeader) {
    const PacketRecord record =
        parsed(ip6().hop_by_hop().destination_options().esp(9, 10).payload(32));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.ipsec_offset, 70);
    EXPECT_EQ(record.spi, 9U);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv6, kIpv6HopByHop, kIpv6DestOpts, kEsp}));
}

TEST(ParseEsp, IsFoundBehindAnIpv6FragmentHeader) {
    const PacketRecord record = parsed(ip6().ipv6_fragment(0, true).esp(9, 10).payload(32));
    EXPECT_EQ(record.ipsec, kEsp);
    EXPECT_EQ(record.ipsec_offset, 62);
}

TEST(ParseEsp, RejectsWhatEndsInsideSpiAndSequence) {
    for (unsigned octets = 1; octets < 8; ++octets) {
        const PacketRecord record = parsed(ip4().set8(9, 50).payload(octets).pad_to(60));
        EXPECT_EQ(record.status, ParseStatus::kEspTooShort);
        EXPECT_EQ(record.ipsec, kNone);
    }
}

TEST(ParseAh, CountsItsLengthInWordsPlusTwo) {
    for (unsigned icv = 0; icv <= 64; icv += 4) {
        const PacketRecord record = parsed(ip4().ah(5, 6, icv).udp(1, 2).payload(4));
        EXPECT_EQ(record.status, ParseStatus::kOk);
        EXPECT_EQ(record.inner_transport, kUdp);
        EXPECT_EQ(record.inner_transport_offset, 34 + 12 + icv);
        EXPECT_EQ(record.ipsec, kAh);
        EXPECT_EQ(record.spi, 5U);
        EXPECT_EQ(record.sequence, 6U);
        EXPECT_EQ(record.ipsec_offset, 34);
    }
}

TEST(ParseAh, IsPassedBehindIpv6WithExtensionHeadersOnEitherSide) {
    const PacketRecord record = parsed(ip6().hop_by_hop().ah(5, 6).destination_options().tcp(1, 2));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv6, kIpv6HopByHop, kAh, kIpv6DestOpts, kTcp}));
}

TEST(ParseAh, RejectsWhatEndsInsideItsFixedPart) {
    for (unsigned octets = 1; octets < 12; ++octets) {
        EXPECT_EQ(parsed(ip4().set8(9, 51).payload(octets).pad_to(60)).status,
                  ParseStatus::kAhTooShort);
    }
}

TEST(ParseAh, RejectsALengthBelowItsFixedPart) {
    EXPECT_EQ(parsed(ip4().ah(5, 6, 0).set8(1, 0).udp(1, 2)).status,
              ParseStatus::kAhLengthTooSmall);
    EXPECT_EQ(parsed(ip4().ah(5, 6, 0).set8(1, 1).udp(1, 2)).status, ParseStatus::kOk);
}

TEST(ParseAh, RejectsAnIcvPastThePacket) {
    // Fixed part and 4 octets: 4 words, minus 2.
    EXPECT_EQ(parsed(ip4().ah(5, 6, 0).set8(1, 2).payload(3)).status, ParseStatus::kAhTooShort);
    EXPECT_EQ(parsed(ip4().ah(5, 6, 0).set8(1, 2).payload(4)).status, ParseStatus::kOk);
    EXPECT_EQ(parsed(ip4().ah(5, 6, 0).set8(1, 255).payload(40)).status, ParseStatus::kAhTooShort);
}

TEST(ParseAh, IsTheOutermostIpsecHeaderWhenEspFollows) {
    const PacketRecord record = parsed(ip4().ah(1000, 1).esp(2000, 2).payload(32));
    EXPECT_EQ(record.ipsec, kAh);
    EXPECT_EQ(record.spi, 1000U);
    EXPECT_EQ(record.sequence, 1U);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kAh, kEsp}));
}

TEST(ParseAh, NamesTheInnerIpHeaderWhenItStandsInATunnel) {
    const PacketRecord record = parsed(ip4().ipv6("fd00::1", "fd00::2").ah(7, 8).tcp(1, 2));
    EXPECT_EQ(record.ipsec_network_offset, 34);
    EXPECT_EQ(record.ipsec_offset, 74);
}

}  // namespace
}  // namespace weir::parse
