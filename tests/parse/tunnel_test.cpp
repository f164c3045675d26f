// SPDX-License-Identifier: BSD-3-Clause
#include "wire/tunnel.hpp"

#include <gtest/gtest.h>

#include "parsed.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;

TEST(ParseVxlan, ParsesTheInnerFrame) {
    for (const bool by_source : {false, true}) {
        const PacketRecord record = parsed(ip4()
                                               .udp(by_source ? 4789 : 50000, by_source ? 1 : 4789)
                                               .vxlan(0xabcdef)
                                               .eth()
                                               .vlan(3)
                                               .ipv6("fd00::1", "fd00::2")
                                               .tcp(22, 23));
        EXPECT_EQ(record.status, ParseStatus::kOk);
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kUdp, kVxlan, kEth, kVlan, kIpv6, kTcp}));
        EXPECT_EQ(record.tunnel, kVxlan);
        EXPECT_EQ(record.tunnel_id, 0xabcdefU);
        EXPECT_EQ(record.outer_network, kIpv4);
        EXPECT_EQ(record.outer_network_offset, 14);
        EXPECT_EQ(record.outer_transport, kUdp);
        EXPECT_EQ(record.outer_transport_offset, 34);
        EXPECT_EQ(record.inner_network, kIpv6);
        EXPECT_EQ(record.inner_network_offset, 68);
        EXPECT_EQ(record.inner_transport, kTcp);
        EXPECT_EQ(record.inner_transport_offset, 108);
        EXPECT_EQ(record.source_port, 22);
        EXPECT_EQ(record.destination_port, 23);
        EXPECT_EQ(record.vlan_count, 0) << "an inner tag is none of the outer frame";
    }
}

TEST(ParseVxlan, DoesNotAskForTheValidVniFlag) {
    const PacketRecord record = parsed(ip4().udp(1, 4789).vxlan(7).set8(0, 0).eth().payload(20));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.tunnel_id, 7U);
}

TEST(ParseVxlan, RejectsAHeaderThatIsCutOff) {
    for (unsigned octets = 0; octets <= 8; ++octets) {
        const auto status = parsed(ip4().udp(4789, 1).payload(octets)).status;
        EXPECT_EQ(status, octets % 8 == 0 ? ParseStatus::kOk : ParseStatus::kVxlanTooShort);
    }
}

TEST(ParseVxlan, BoundsTheInnerFrameByTheUdpLength) {
    const PacketRecord record = parsed(ip4()
                                           .udp(1, 4789)
                                           .set16(4, 8 + 8 + 14 + 10)
                                           .vxlan(1)
                                           .eth()
                                           .ipv4("10.0.0.1", "10.0.0.2")
                                           .udp(1, 2));
    EXPECT_EQ(record.status, ParseStatus::kIpv4TooShort);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kUdp, kVxlan, kEth}));
}

TEST(ParseVxlan, KeepsTheIdOfTheOutermostTunnel) {
    const PacketRecord record = parsed(ip4()
                                           .udp(1, 4789)
                                           .vxlan(1)
                                           .eth()
                                           .ipv4("10.0.0.1", "10.0.0.2")
                                           .udp(1, 4789)
                                           .vxlan(2)
                                           .eth()
                                           .payload(10));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.tunnel_id, 1U);
    EXPECT_EQ(record.layer_count, 9);
}

TEST(ParseTunnel, TheInnermostPacketWithoutTransportHasNone) {
    const PacketRecord record = parsed(ip4()
                                           .udp(1, 4789)
                                           .vxlan(1)
                                           .eth()
                                           .ipv4("10.0.0.1", "10.0.0.2")
                                           .fragment(9, false)
                                           .payload(8));
    EXPECT_EQ(record.inner_transport, kNone);
    EXPECT_EQ(record.inner_transport_offset, 0);
    EXPECT_EQ(record.source_port, 0);
    EXPECT_EQ(record.destination_port, 0);
    EXPECT_EQ(record.outer_transport, kUdp);
}

TEST(ParseTunnel, FollowsIpInIpInAllFourCombinations) {
    for (const bool outer6 : {false, true}) {
        for (const bool inner6 : {false, true}) {
            Packet packet = outer6 ? ip6() : ip4();
            inner6 ? packet.ipv6("fd00::1", "fd00::2") : packet.ipv4("10.9.0.1", "10.9.0.2");
            const PacketRecord record = parsed(packet.udp(1, 2));
            EXPECT_EQ(record.status, ParseStatus::kOk);
            EXPECT_EQ(record.outer_network, outer6 ? kIpv6 : kIpv4);
            EXPECT_EQ(record.inner_network, inner6 ? kIpv6 : kIpv4);
            EXPECT_EQ(record.inner_network_offset, outer6 ? 54 : 34);
            EXPECT_EQ(record.inner_transport, kUdp);
            EXPECT_EQ(record.outer_transport_offset, record.inner_transport_offset);
        }
    }
}

TEST(ParseTunnel, BoundsTheInnerPacketByTheOuterOne) {
    const PacketRecord record =
        parsed(ip4().ipv4("10.9.0.1", "10.9.0.2").set16(2, 29).udp(1, 2).pad_to(100));
    EXPECT_EQ(record.status, ParseStatus::kIpv4TotalLengthBeyondFrame);
    EXPECT_EQ(record.valid_bytes, 34) << "it is the inner one that lies";
    EXPECT_EQ(record.network_end_offset, 62);
}

TEST(ParseTunnel, LetsAPacketInsideAFirstFragmentGoOnInLaterOnes) {
    const PacketRecord four =
        parsed(ip4().fragment(0, true).ipv4("10.9.0.1", "10.9.0.2").set16(2, 1400).udp(1, 2));
    EXPECT_EQ(four.status, ParseStatus::kOk);
    EXPECT_EQ(four.inner_transport, kUdp);
    EXPECT_EQ(four.network_end_offset, 62);
    const PacketRecord six =
        parsed(ip6().ipv6_fragment(0, true).ipv6("fd00::1", "fd00::2").set16(4, 1400).udp(1, 2));
    EXPECT_EQ(six.status, ParseStatus::kOk);
    const PacketRecord udp =
        parsed(ip4().fragment(0, true).ipv4("10.9.0.1", "10.9.0.2").udp(1, 2).set16(4, 1400));
    EXPECT_EQ(udp.status, ParseStatus::kOk);
}

/// Whatever length speaks of octets that are in later fragments.
TEST(ParseTunnel, LetsEveryLengthInsideAFirstFragmentReachBeyondIt) {
    const auto in_udp = [](std::uint16_t port) {
        return ip4().fragment(0, true).udp(50000, port).set16(4, 1400);
    };
    const PacketRecord l2tp = parsed(in_udp(1701)
                                         .l2tp(1, 2, wire::kL2tpLength)
                                         .set16(2, 1300)
                                         .ppp()
                                         .ipv4("10.9.0.1", "10.9.0.2")
                                         .udp(3, 4));
    EXPECT_EQ(l2tp.status, ParseStatus::kOk);
    EXPECT_EQ(l2tp.source_port, 3);
    EXPECT_EQ(parsed(in_udp(1701).l2tp(1, 2, wire::kL2tpLength).set16(2, 7).ppp()).status,
              ParseStatus::kL2tpLengthInvalid)
        << "below the header it is one of the header's own";
    const PacketRecord pppoe = parsed(in_udp(4789)
                                          .vxlan(1)
                                          .eth()
                                          .pppoe_session(7)
                                          .set16(4, 1300)
                                          .ppp()
                                          .ipv4("10.9.0.1", "10.9.0.2")
                                          .udp(3, 4));
    EXPECT_EQ(pppoe.status, ParseStatus::kOk);
    EXPECT_EQ(pppoe.source_port, 3);
    const PacketRecord length = parsed(in_udp(4789).vxlan(1).eth().set16(12, 1300).llc());
    EXPECT_EQ(length.status, ParseStatus::kOk);
    EXPECT_TRUE((length.layer_mask & layer_bit(kLlc)) != 0);
}

}  // namespace
}  // namespace weir::parse
