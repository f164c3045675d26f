// SPDX-License-Identifier: BSD-3-Clause
// The packets that ICMP errors quote: listed, marked, and nothing else.

#include <gtest/gtest.h>

#include "parsed.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;

Packet quoting(unsigned type) { return ip4().icmp(type).ipv4("10.5.0.1", "10.5.0.2"); }
Packet quoting6(unsigned type) { return ip6().icmpv6(type).ipv6("2001:db8::5", "2001:db8::6"); }

TEST(ParseQuote, IsListedForErrorsOnly) {
    for (unsigned type = 0; type < 256; ++type) {
        const bool error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
        const PacketRecord record = parsed(quoting(type).udp(7, 8));
        EXPECT_EQ(record.status, ParseStatus::kOk) << type;
        EXPECT_EQ((record.flags & kQuoted) != 0, error) << type;
        EXPECT_EQ(record.layer_count, error ? 5 : 3) << type;
        const PacketRecord record6 = parsed(quoting6(type).udp(7, 8));
        EXPECT_EQ((record6.flags & kQuoted) != 0, type >= 1 && type <= 4) << type;
    }
}

TEST(ParseQuote, ChangesNothingElseInTheRecord) {
    const PacketRecord record = parsed(quoting(3).tcp(7, 8));
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kIcmp, kIpv4, kTcp}));
    EXPECT_EQ(record.layer_mask, layer_bit(kEth) | layer_bit(kIpv4) | layer_bit(kIcmp));
    EXPECT_EQ(record.inner_network_offset, 14);
    EXPECT_EQ(record.inner_transport, kIcmp);
    EXPECT_EQ(record.source_port, 0);
    EXPECT_EQ(record.tunnel, kNone);
    EXPECT_EQ(parsed(quoting(3).esp(5, 6)).ipsec, kNone);
    EXPECT_EQ(parsed(quoting(3).fragment(0, true).udp(7, 8)).flags, kQuoted)
        << "no fragment itself";
}

TEST(ParseQuote, EndsWithoutADefectWhereTheQuoteDoes) {
    const Frame whole = quoting(3).udp(7, 8).build();
    for (std::size_t size = 34; size <= whole.size(); ++size) {
        Frame frame = first(whole, size);
        frame[16] = std::byte{0};
        frame[17] = static_cast<std::byte>(size - 14);
        const PacketRecord record = parsed(frame);
        EXPECT_EQ(record.status,
                  size < 42 && size > 34 ? ParseStatus::kIcmpTooShort : ParseStatus::kOk)
            << size;
        EXPECT_EQ(record.layer_count, size == 34           ? 2
                                      : size < 38          ? 2
                                      : size < 42 + 20     ? 3
                                      : size < 42 + 20 + 4 ? 4
                                                           : 5)
            << size;
    }
}

TEST(ParseQuote, IsTruncatedWhereOnlyTheCaptureEnds) {
    const Frame whole = quoting(3).udp(7, 8).build();
    const auto wire = static_cast<std::uint32_t>(whole.size());
    for (const std::size_t size : {40U, 50U, 62U, 65U}) {
        EXPECT_EQ(parsed(first(whole, size), wire).status, ParseStatus::kTruncated) << size;
    }
    EXPECT_EQ(parsed(first(whole, 41), wire).fault_layer, kIcmp);
    EXPECT_EQ(parsed(first(whole, 50), wire).fault_layer, kIpv4);
    EXPECT_EQ(parsed(first(whole, 65), wire).fault_layer, kUdp);
    EXPECT_EQ(parsed(first(whole, 66), wire).status, ParseStatus::kOk);
}

TEST(ParseQuote, HoldsNothingAgainstTheQuotedPacket) {
    EXPECT_EQ(parsed(quoting(3).set16(2, 1400).udp(7, 8)).status, ParseStatus::kOk);
    EXPECT_EQ(parsed(quoting(3).set8(0, 0x44).udp(7, 8)).layer_count, 3) << "an IHL of 4";
    EXPECT_EQ(parsed(quoting(3).set8(0, 0x65).udp(7, 8)).layer_count, 3) << "another version";
    EXPECT_EQ(parsed(quoting(3).set8(0, 0x4f).udp(7, 8)).layer_count, 3) << "options past its end";
    EXPECT_EQ(parsed(quoting(3).fragment(9, true).payload(20)).layer_count, 4)
        << "of a later fragment its IP header";
    EXPECT_EQ(parsed(quoting6(1).set8(0, 0x40).udp(7, 8)).layer_count, 3);
}

/// RFC 4884 pads the quote with zeroes, and puts an extension structure behind it.
TEST(ParseQuote, EndsWhereTheQuotedPacketDoes) {
    const std::vector<std::byte> zeroes(100);
    const auto layers_with_length = [&zeroes](unsigned length) {
        return parsed(quoting(11).set16(2, length).set8(9, 17).payload(zeroes)).layer_count;
    };
    EXPECT_EQ(layers_with_length(20), 4) << "no payload";
    EXPECT_EQ(layers_with_length(23), 4) << "less than a port pair";
    EXPECT_EQ(layers_with_length(24), 5);
    EXPECT_EQ(layers_with_length(19), 5) << "below the header it is no length";
    EXPECT_EQ(layers_with_length(0), 5);
    EXPECT_EQ(layers_with_length(121), 5) << "past the quote";
    const auto layers_with_length6 = [&zeroes](unsigned length) {
        return parsed(quoting6(1).set16(4, length).set8(6, 0).payload(zeroes)).layer_count;
    };
    EXPECT_EQ(layers_with_length6(0), 4);
    EXPECT_EQ(layers_with_length6(7), 4);
    EXPECT_EQ(layers_with_length6(8), 5) << "one hop-by-hop header";
    EXPECT_EQ(layers_with_length6(16), 6);
    EXPECT_EQ(layers_with_length6(101), 4 + 12) << "past the quote";
}

TEST(ParseQuote, FollowsOptionsAndExtensionHeaders) {
    EXPECT_EQ(kinds(parsed(ip4().icmp(11).ipv4("10.5.0.1", "10.5.0.2", 8).udp(7, 8))),
              (Kinds{kEth, kIpv4, kIcmp, kIpv4, kUdp}));
    EXPECT_EQ(kinds(parsed(quoting6(3).hop_by_hop(1).ipv6_fragment(0, true).tcp(7, 8))),
              (Kinds{kEth, kIpv6, kIcmpv6, kIpv6, kIpv6HopByHop, kIpv6Fragment, kTcp}));
    EXPECT_EQ(parsed(quoting6(3).ipv6_fragment(5, true).payload(20)).layer_count, 5);
    EXPECT_EQ(parsed(quoting6(3).hop_by_hop().set8(1, 9).udp(7, 8)).layer_count, 4)
        << "longer than the quote";
    EXPECT_EQ(kinds(parsed(quoting(3).ah(1, 2).udp(7, 8))), (Kinds{kEth, kIpv4, kIcmp, kIpv4, kAh}))
        << "one layer behind the IP header";
}

TEST(ParseQuote, CountsAgainstTheDepthLimit) {
    Packet packet = ip6().icmpv6(1).ipv6("2001:db8::5", "2001:db8::6");
    for (std::size_t i = 4; i < kMaxLayers; ++i) packet.destination_options();
    EXPECT_EQ(parsed(packet).layer_count, kMaxLayers);
    EXPECT_EQ(parsed(packet).status, ParseStatus::kOk);
    packet.udp(7, 8);
    EXPECT_EQ(parsed(packet).status, ParseStatus::kTooManyLayers);
}

}  // namespace
}  // namespace weir::parse
