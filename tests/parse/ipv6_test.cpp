// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include "parsed.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;

TEST(ParseIpv6, FindsItsTransport) {
    const PacketRecord record = parsed(ip6().tcp(5, 6).payload(7).pad_to(90));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.outer_network, kIpv6);
    EXPECT_EQ(record.inner_transport, kTcp);
    EXPECT_EQ(record.inner_transport_offset, 54);
    EXPECT_EQ(record.valid_bytes, 74);
    EXPECT_EQ(record.network_end_offset, 81);
}

TEST(ParseIpv6, WalksExtensionHeadersInAnyOrder) {
    const PacketRecord record = parsed(ip6()
                                           .hop_by_hop(1)
                                           .destination_options()
                                           .routing(2)
                                           .ipv6_fragment(0, true)
                                           .destination_options(3)
                                           .tcp(5, 6));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv6, kIpv6HopByHop, kIpv6DestOpts, kIpv6Routing,
                                    kIpv6Fragment, kIpv6DestOpts, kTcp}));
    EXPECT_EQ(record.inner_transport_offset, 14 + 40 + 16 + 8 + 24 + 8 + 32);
    EXPECT_EQ(record.flags, kFragment);
}

TEST(ParseIpv6, StopsAtNoNextHeaderAndAtAnEmptyPayload) {
    EXPECT_EQ(kinds(parsed(ip6().set8(6, 59).payload(20))), (Kinds{kEth, kIpv6}));
    const PacketRecord empty = parsed(ip6().set8(6, 17).pad_to(80));
    EXPECT_EQ(empty.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(empty), (Kinds{kEth, kIpv6}));
}

TEST(ParseIpv6, TakesAnAtomicFragmentForAWholePacket) {
    const PacketRecord record = parsed(ip6().ipv6_fragment(0, false).udp(1, 2));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.flags, 0);
    EXPECT_EQ(record.inner_transport, kUdp);
}

TEST(ParseIpv6, ReadsNoTransportFromALaterFragment) {
    for (const bool more : {false, true}) {
        for (const unsigned units : {1U, 5U, 0x1fffU}) {
            const PacketRecord record = parsed(ip6().ipv6_fragment(units, more).payload(80));
            EXPECT_EQ(record.status, ParseStatus::kOk);
            EXPECT_EQ(record.flags, kFragment | kLaterFragment);
            EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv6, kIpv6Fragment}));
        }
    }
}

Packet first_fragment6() { return ip6().ipv6_fragment(0, true); }

/// RFC 7112, section 5.
TEST(ParseIpv6, WantsTheWholeHeaderChainInAFirstFragment) {
    const auto status = [](Packet packet, unsigned next, unsigned octets) {
        return parsed(packet.set8(0, next).payload(octets)).status;
    };
    EXPECT_EQ(status(first_fragment6(), 6, 8), ParseStatus::kTcpTooShort);
    EXPECT_EQ(status(first_fragment6(), 4, 16), ParseStatus::kIpv4TooShort);
    EXPECT_EQ(status(first_fragment6(), 51, 8), ParseStatus::kAhTooShort);
    EXPECT_EQ(status(first_fragment6(), 60, 4), ParseStatus::kIpv6ExtensionTooShort);
    EXPECT_EQ(status(first_fragment6().destination_options(), 6, 8), ParseStatus::kTcpTooShort);
    EXPECT_EQ(status(first_fragment6().ah(1, 2), 17, 4), ParseStatus::kUdpTooShort);
    EXPECT_EQ(status(first_fragment6().ipv6_fragment(0, false), 6, 8), ParseStatus::kTcpTooShort);
    EXPECT_EQ(status(first_fragment6().ipv6_fragment(0, true), 6, 8), ParseStatus::kTcpTooShort);
    EXPECT_EQ(parsed(first_fragment6().tcp(1, 2).set8(12, 0x80)).status,
              ParseStatus::kTcpOptionsBeyondPacket);
}

TEST(ParseIpv6, WantsNothingBehindTheHeaderChainInAFirstFragment) {
    EXPECT_EQ(parsed(first_fragment6().udp(1, 4789).set16(4, 900).payload(4)).status,
              ParseStatus::kOk);
    EXPECT_EQ(parsed(first_fragment6().gre().set16(2, 0x86dd).payload(8)).status, ParseStatus::kOk);
    EXPECT_EQ(
        parsed(first_fragment6().ipv6("::1", "::2").set16(4, 900).set8(6, 6).payload(8)).status,
        ParseStatus::kOk)
        << "a second IPv6 header ends the chain";
    EXPECT_EQ(parsed(first_fragment6().ipv6("::1", "::2").set16(4, 8).set8(6, 6).payload(9)).status,
              ParseStatus::kTcpTooShort)
        << "the packet inside ends before the fragment";
}

TEST(ParseIpv6, WantsNoHeaderChainOfAFragmentInsideAFirstFragment) {
    const auto inner = [](Packet packet, unsigned payload_length) {
        return parsed(packet.ipv6("::1", "::2")
                          .set16(4, payload_length)
                          .ipv6_fragment(0, true)
                          .set8(0, 6)
                          .payload(9))
            .status;
    };
    EXPECT_EQ(inner(ip4().fragment(0, true), 900), ParseStatus::kOk);
    EXPECT_EQ(inner(ip4().fragment(0, true), 16), ParseStatus::kTcpTooShort);
    EXPECT_EQ(inner(first_fragment6(), 900), ParseStatus::kOk);
    EXPECT_EQ(inner(first_fragment6(), 16), ParseStatus::kTcpTooShort);
}

TEST(ParseIpv6, IgnoresTheReservedBitsOfAFragmentHeader) {
    const PacketRecord record = parsed(ip6().ipv6_fragment(0, false).set16(2, 6).udp(1, 2));
    EXPECT_EQ(record.flags, 0);
    EXPECT_EQ(record.inner_transport, kUdp);
}

TEST(ParseIpv6, RejectsAHeaderThatIsCutOff) {
    const Frame whole = ip6().udp(1, 2).build();
    for (std::size_t size = 14; size < 54; ++size) {
        const PacketRecord record = parsed(first(whole, size));
        EXPECT_EQ(record.status, ParseStatus::kIpv6TooShort) << size;
        EXPECT_EQ(record.fault_layer, kIpv6);
    }
}

TEST(ParseIpv6, RejectsEveryVersionButSix) {
    for (unsigned version = 0; version < 16; ++version) {
        const PacketRecord record = parsed(ip6().set8(0, version << 4).udp(1, 2));
        EXPECT_EQ(record.status == ParseStatus::kIpv6VersionInvalid, version != 6) << version;
        EXPECT_EQ(record.outer_network, version == 6 ? kIpv6 : kNone) << version;
    }
}

TEST(ParseIpv6, GoesOnInsideAPayloadLengthBeyondTheFrame) {
    for (const unsigned payload : {9U, 500U, 0xffffU}) {
        const PacketRecord record = parsed(ip6().set16(4, payload).udp(1, 2));
        EXPECT_EQ(record.status, ParseStatus::kIpv6PayloadLengthBeyondFrame) << payload;
        EXPECT_EQ(record.inner_transport, kUdp);
        EXPECT_EQ(record.valid_bytes, 14);
        EXPECT_EQ(record.network_end_offset, 62);
    }
}

TEST(ParseIpv6, RejectsAnExtensionHeaderPastThePacket) {
    const Packet packet = ip6().hop_by_hop().set8(1, 2).payload(15);
    EXPECT_EQ(parsed(packet).status, ParseStatus::kIpv6ExtensionTooShort);
    EXPECT_EQ(parsed(packet).fault_layer, kIpv6HopByHop);
    EXPECT_EQ(parsed(packet).valid_bytes, 54);
    EXPECT_EQ(parsed(ip6().hop_by_hop().set8(1, 2).payload(16)).status, ParseStatus::kOk);
}

TEST(ParseIpv6, RejectsEveryExtensionHeaderShorterThanEightOctets) {
    for (const unsigned next : {0U, 43U, 44U, 60U}) {
        for (unsigned octets = 1; octets < 8; ++octets) {
            const PacketRecord record = parsed(ip6().set8(6, next).payload(octets).pad_to(80));
            EXPECT_EQ(record.status, ParseStatus::kIpv6ExtensionTooShort) << next;
        }
    }
}

/// Payload length 0 and a hop-by-hop header with these options, the first two octets not counted.
Packet empty_with_options(std::initializer_list<unsigned> options, unsigned units = 0) {
    Packet packet = ip6().set16(4, 0).hop_by_hop(units);
    std::size_t at = 2;
    for (const unsigned octet : options) packet.set8(at++, octet);
    return packet.udp(1, 2);
}

TEST(ParseIpv6, RefusesAJumbogram) {
    for (const auto& packet : {empty_with_options({0xc2, 4, 0, 1, 0, 0}),
                               empty_with_options({0, 0, 0xc2, 4, 0, 1, 0, 0}, 1),
                               empty_with_options({1, 2, 0, 0, 0xc2, 4, 0, 1, 0, 0}, 1)}) {
        const PacketRecord record = parsed(packet);
        EXPECT_EQ(record.status, ParseStatus::kIpv6Jumbogram);
        EXPECT_EQ(record.fault_layer, kIpv6);
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv6}));
    }
}

TEST(ParseIpv6, TakesPayloadLengthZeroWithoutJumboOptionForEmpty) {
    for (const auto& packet :
         {empty_with_options({1, 4, 0, 0, 0, 0}), empty_with_options({0, 0, 0, 0, 0, 0}),
          empty_with_options({5, 4, 0xc2, 0xc2, 0, 0}), empty_with_options({5, 255, 0xc2}),
          ip6().set8(6, 0)}) {
        const PacketRecord record = parsed(packet);
        EXPECT_EQ(record.status, ParseStatus::kOk);
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv6}));
        EXPECT_EQ(record.network_end_offset, 54);
    }
}

TEST(ParseIpv6, LooksForTheJumboOptionInsideTheFrameOnly) {
    const Frame whole = empty_with_options({1, 2, 0, 0, 0xc2, 4, 0, 1, 0, 0}, 1).build();
    for (std::size_t size = 54; size < whole.size(); ++size) {
        const auto expected = size <= 60 ? ParseStatus::kOk : ParseStatus::kIpv6Jumbogram;
        EXPECT_EQ(parsed(first(whole, size)).status, expected) << size;
    }
}

/// What stands behind the last option is told by a length that only the wire had.
TEST(ParseIpv6, DoesNotKnowOfAJumboOptionWhoseLengthIsNotCaptured) {
    const Frame whole = empty_with_options({0, 0, 0, 0, 5, 0}).build();
    const PacketRecord record = parsed(first(whole, 61), static_cast<std::uint32_t>(whole.size()));
    EXPECT_EQ(record.status, ParseStatus::kTruncated);
    EXPECT_EQ(record.fault_layer, kIpv6);
}

TEST(ParseIpv6, LooksForTheJumboOptionInsideTheHopByHopHeaderOnly) {
    const Packet packet = ip6().set16(4, 0).hop_by_hop().udp(0xc204, 2);
    EXPECT_EQ(parsed(packet).status, ParseStatus::kOk);
}

TEST(ParseIpv6, LooksAtNoMoreThanEightOptionsForAJumbogram) {
    EXPECT_EQ(parsed(empty_with_options({0, 0, 0, 0, 0, 0, 0, 0xc2, 4, 0, 1, 0, 0}, 1)).status,
              ParseStatus::kIpv6Jumbogram);
    EXPECT_EQ(parsed(empty_with_options({0, 0, 0, 0, 0, 0, 0, 0, 0xc2, 4, 0, 1, 0, 0}, 1)).status,
              ParseStatus::kOk);
}

}  // namespace
}  // namespace weir::parse
