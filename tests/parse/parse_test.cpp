// SPDX-License-Identifier: BSD-3-Clause
#include "parse/parse.hpp"

#include <gtest/gtest.h>

#include "gen/packet_builder.hpp"

namespace weir::parse {
namespace {

using gen::Packet;
using Frame = std::vector<std::byte>;

PacketRecord parsed(const Frame& frame, std::uint32_t wire_bytes = 0) {
    PacketRecord record;
    parse({frame, std::max(wire_bytes, static_cast<std::uint32_t>(frame.size()))}, record);
    return record;
}

Packet ip4() { return Packet().eth().ipv4("10.0.0.1", "10.0.0.2"); }
Packet ip6() { return Packet().eth().ipv6("2001:db8::1", "2001:db8::2"); }

std::vector<LayerKind> kinds(const PacketRecord& record) {
    const std::size_t listed = std::min<std::size_t>(record.layer_count, kMaxListedLayers);
    return {record.layer_kinds.begin(), record.layer_kinds.begin() + listed};
}

using enum LayerKind;
using Kinds = std::vector<LayerKind>;

TEST(ParseEthernet, StopsAtAnUnknownEtherType) {
    const PacketRecord record = parsed(Packet().eth().payload(46).build());
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth}));
    EXPECT_EQ(record.valid_bytes, 14);
}

TEST(ParseEthernet, StopsBehindAn8023Length) {
    const PacketRecord record = parsed(Packet().eth().set16(12, 46).payload(46).build());
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth}));
}

TEST(ParseEthernet, RejectsAFrameShorterThanItsHeader) {
    for (std::size_t size = 0; size < 14; ++size) {
        const PacketRecord record = parsed(Frame(size));
        EXPECT_EQ(record.status, ParseStatus::kEthTooShort) << size;
        EXPECT_EQ(record.layer_count, 0);
    }
}

TEST(ParseVlan, CountsTheTagsOfAStackAndKeepsFirstAndLast) {
    const PacketRecord record = parsed(Packet()
                                           .eth()
                                           .vlan(10, 0x88a8, 5)
                                           .vlan(20, 0x9100)
                                           .vlan(30)
                                           .ipv4("10.0.0.1", "10.0.0.2")
                                           .udp(1, 2)
                                           .build());
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kVlan, kVlan, kVlan, kIpv4, kUdp}));
    EXPECT_EQ(record.vlan_count, 3);
    EXPECT_EQ(record.outer_vlan_tci, 5 << 13 | 10);
    EXPECT_EQ(record.inner_vlan_tci, 30);
    EXPECT_EQ(record.outer_network_offset, 26);
}

TEST(ParseVlan, RejectsATagThatIsCutOff) {
    Frame frame = Packet().eth().vlan(1).build();
    frame.resize(17);
    EXPECT_EQ(parsed(frame).status, ParseStatus::kVlanTooShort);
    EXPECT_EQ(parsed(frame).fault_layer, kVlan);
    EXPECT_EQ(parsed(frame).valid_bytes, 14);
}

TEST(ParseArp, ReadsItsAddressesWhole) {
    const Frame frame = Packet().eth().arp("10.0.0.1", "10.0.0.2").build();
    EXPECT_EQ(parsed(frame).status, ParseStatus::kOk);
    EXPECT_EQ(parsed(frame).valid_bytes, 42);
    EXPECT_EQ(parsed(Frame(frame.begin(), frame.end() - 1)).status, ParseStatus::kArpTooShort);
    EXPECT_EQ(parsed(Frame(frame.begin(), frame.begin() + 20)).status, ParseStatus::kArpTooShort);
}

TEST(ParseIpv4, FindsTransportBehindOptions) {
    const PacketRecord record = parsed(
        Packet().eth().ipv4("10.0.0.1", "10.0.0.2", 40).tcp(1000, 80, 20).payload(5).build());
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.outer_network, kIpv4);
    EXPECT_EQ(record.outer_network_offset, 14);
    EXPECT_EQ(record.inner_transport, kTcp);
    EXPECT_EQ(record.inner_transport_offset, 74);
    EXPECT_EQ(record.source_port, 1000);
    EXPECT_EQ(record.destination_port, 80);
    EXPECT_EQ(record.valid_bytes, 114);
    EXPECT_EQ(record.network_end_offset, 119);
}

TEST(ParseIpv4, RejectsIhlBelowFive) {
    for (unsigned ihl = 0; ihl < 16; ++ihl) {
        const Frame frame = ip4().set8(0, 0x40 | ihl).udp(1, 2).payload(60).build();
        const PacketRecord record = parsed(frame);
        if (ihl < 5) {
            EXPECT_EQ(record.status, ParseStatus::kIpv4IhlTooSmall) << ihl;
            EXPECT_EQ(kinds(record), (Kinds{kEth}));
        } else {
            EXPECT_NE(record.status, ParseStatus::kIpv4IhlTooSmall) << ihl;
            EXPECT_EQ(record.outer_network, kIpv4);
        }
    }
}

TEST(ParseIpv4, RejectsEveryVersionButFour) {
    for (unsigned version = 0; version < 16; ++version) {
        const PacketRecord record = parsed(ip4().set8(0, version << 4 | 5).udp(1, 2).build());
        EXPECT_EQ(record.status == ParseStatus::kIpv4VersionInvalid, version != 4) << version;
    }
}

TEST(ParseIpv4, RejectsAHeaderOrOptionsThatAreCutOff) {
    Frame frame = ip4().build();
    frame.resize(33);
    EXPECT_EQ(parsed(frame).status, ParseStatus::kIpv4TooShort);
    EXPECT_EQ(parsed(ip4().set8(0, 0x46).build()).status, ParseStatus::kIpv4OptionsBeyondFrame);
}

TEST(ParseIpv4, HoldsTotalLengthAgainstHeaderAndFrame) {
    const Frame whole = ip4().udp(1, 2).payload(10).build();
    for (unsigned total = 0; total < 60; ++total) {
        const PacketRecord record =
            parsed(ip4().set16(2, total).udp(1, 2).set16(4, 8).payload(10).build());
        if (total < 20) {
            EXPECT_EQ(record.status, ParseStatus::kIpv4TotalLengthTooSmall) << total;
            EXPECT_EQ(record.inner_transport, kNone);
        } else if (total == 20) {
            EXPECT_EQ(record.status, ParseStatus::kOk);
            EXPECT_EQ(record.inner_transport, kNone) << "an empty payload has no transport";
        } else if (total < 28) {
            EXPECT_EQ(record.status, ParseStatus::kUdpTooShort) << total;
        } else if (total <= 38) {
            EXPECT_EQ(record.status, ParseStatus::kOk) << total;
            EXPECT_EQ(record.network_end_offset, 14 + total);
        } else {
            EXPECT_EQ(record.status, ParseStatus::kIpv4TotalLengthBeyondFrame) << total;
            EXPECT_EQ(record.inner_transport, kUdp) << "what is there stays available";
            EXPECT_EQ(record.valid_bytes, 14);
        }
    }
}

TEST(ParseIpv4, TellsPaddingFromPayload) {
    const PacketRecord record = parsed(ip4().udp(1, 2).payload(2).pad_to(60).build());
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.network_end_offset, 44);
}

TEST(ParseIpv4, ReadsNoTransportFromALaterFragment) {
    const PacketRecord first = parsed(ip4().fragment(0, true).udp(7, 8).payload(100).build());
    EXPECT_EQ(first.status, ParseStatus::kOk);
    EXPECT_EQ(first.fragment, kFragment);
    EXPECT_EQ(first.inner_transport, kUdp);
    const PacketRecord later = parsed(ip4().fragment(100, false).payload(40).build());
    EXPECT_EQ(later.status, ParseStatus::kOk);
    EXPECT_EQ(later.fragment, kFragment | kLaterFragment);
    EXPECT_EQ(later.inner_transport, kNone);
}

TEST(ParseIpv4, DoesNotHoldAFragmentsUdpLengthAgainstIt) {
    const Frame frame = ip4().fragment(0, true).udp(7, 8).set16(4, 3000).payload(64).build();
    EXPECT_EQ(parsed(frame).status, ParseStatus::kOk);
}

TEST(ParseIpv6, WalksExtensionHeadersInAnyOrder) {
    const PacketRecord record = parsed(ip6()
                                           .hop_by_hop(1)
                                           .destination_options()
                                           .routing(2)
                                           .ipv6_fragment(0, true)
                                           .destination_options(3)
                                           .tcp(5, 6)
                                           .build());
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv6, kIpv6HopByHop, kIpv6DestOpts, kIpv6Routing,
                                    kIpv6Fragment, kIpv6DestOpts, kTcp}));
    EXPECT_EQ(record.inner_transport_offset, 14 + 40 + 16 + 8 + 24 + 8 + 32);
    EXPECT_EQ(record.fragment, kFragment);
}

TEST(ParseIpv6, TakesAnAtomicFragmentForAWholePacket) {
    const PacketRecord record = parsed(ip6().ipv6_fragment(0, false).udp(1, 2).build());
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.fragment, 0);
    EXPECT_EQ(record.inner_transport, kUdp);
}

TEST(ParseIpv6, ReadsNoTransportFromALaterFragment) {
    const PacketRecord record = parsed(ip6().ipv6_fragment(5, true).payload(80).build());
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.fragment, kFragment | kLaterFragment);
    EXPECT_EQ(record.inner_transport, kNone);
}

TEST(ParseIpv6, RejectsDefectsOfItsHeader) {
    Frame cut = ip6().build();
    cut.resize(53);
    EXPECT_EQ(parsed(cut).status, ParseStatus::kIpv6TooShort);
    EXPECT_EQ(parsed(ip6().set8(0, 0x50).udp(1, 2).build()).status,
              ParseStatus::kIpv6VersionInvalid);
    const PacketRecord beyond = parsed(ip6().set16(4, 500).udp(1, 2).build());
    EXPECT_EQ(beyond.status, ParseStatus::kIpv6PayloadLengthBeyondFrame);
    EXPECT_EQ(beyond.inner_transport, kUdp);
    EXPECT_EQ(parsed(ip6().set16(4, 0).hop_by_hop().udp(1, 2).build()).status,
              ParseStatus::kIpv6Jumbogram);
}

TEST(ParseIpv6, RejectsAnExtensionHeaderPastThePacket) {
    const PacketRecord record = parsed(ip6().hop_by_hop().set8(1, 2).payload(8).build());
    EXPECT_EQ(record.status, ParseStatus::kIpv6ExtensionTooShort);
    EXPECT_EQ(record.fault_layer, kIpv6HopByHop);
}

TEST(ParseTcp, RejectsItsDefects) {
    EXPECT_EQ(parsed(ip4().set8(9, 6).payload(19).build()).status, ParseStatus::kTcpTooShort);
    for (unsigned words = 0; words < 16; ++words) {
        const auto status = parsed(ip4().tcp(1, 2, 8).set8(12, words << 4).build()).status;
        const auto expected = words < 5    ? ParseStatus::kTcpDataOffsetTooSmall
                              : words <= 7 ? ParseStatus::kOk
                                           : ParseStatus::kTcpOptionsBeyondPacket;
        EXPECT_EQ(status, expected) << words;
    }
}

TEST(ParseUdp, RejectsItsDefects) {
    EXPECT_EQ(parsed(ip4().set8(9, 17).payload(7).build()).status, ParseStatus::kUdpTooShort);
    for (unsigned length = 0; length < 20; ++length) {
        const auto status = parsed(ip4().udp(1, 2).set16(4, length).payload(4).build()).status;
        const auto expected = length < 8     ? ParseStatus::kUdpLengthTooSmall
                              : length <= 12 ? ParseStatus::kOk
                                             : ParseStatus::kUdpLengthBeyondPacket;
        EXPECT_EQ(status, expected) << length;
    }
}

TEST(ParseIcmp, NeedsTypeCodeAndChecksum) {
    EXPECT_EQ(parsed(ip4().icmp().build()).inner_transport, kIcmp);
    EXPECT_EQ(parsed(ip6().icmpv6().build()).inner_transport, kIcmpv6);
    EXPECT_EQ(parsed(ip4().set8(9, 1).payload(3).build()).status, ParseStatus::kIcmpTooShort);
    EXPECT_EQ(parsed(ip6().set8(6, 58).payload(3).build()).status, ParseStatus::kIcmpv6TooShort);
}

TEST(ParseEsp, EndsWhatCanBeRead) {
    const PacketRecord record = parsed(ip4().esp(0x12345678, 77).payload(64).build());
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kEsp}));
    EXPECT_EQ(record.ipsec, kEsp);
    EXPECT_EQ(record.spi, 0x12345678U);
    EXPECT_EQ(record.sequence, 77U);
    EXPECT_EQ(record.ipsec_offset, 34);
    EXPECT_EQ(record.ipsec_network_offset, 14);
}

TEST(ParseEsp, BehindIpv6ExtensionHeadersIsNoExtensionHeader) {
    const PacketRecord record =
        parsed(ip6().hop_by_hop().destination_options().esp(9, 10).payload(32).build());
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.ipsec_offset, 70);
    EXPECT_EQ(record.spi, 9U);
    EXPECT_EQ(kinds(record).back(), kEsp);
}

TEST(ParseEsp, RejectsWhatEndsInsideSpiAndSequence) {
    EXPECT_EQ(parsed(ip4().set8(9, 50).payload(7).build()).status, ParseStatus::kEspTooShort);
}

TEST(ParseAh, CountsItsLengthInWordsPlusTwo) {
    for (unsigned icv = 0; icv <= 64; icv += 4) {
        const PacketRecord record = parsed(ip4().ah(5, 6, icv).udp(1, 2).payload(4).build());
        EXPECT_EQ(record.status, ParseStatus::kOk);
        EXPECT_EQ(record.inner_transport_offset, 34 + 12 + icv);
        EXPECT_EQ(record.ipsec, kAh);
        EXPECT_EQ(record.spi, 5U);
        EXPECT_EQ(record.sequence, 6U);
    }
}

TEST(ParseAh, RejectsItsDefects) {
    EXPECT_EQ(parsed(ip4().set8(9, 51).payload(11).build()).status, ParseStatus::kAhTooShort);
    EXPECT_EQ(parsed(ip4().ah(5, 6).set8(1, 0).build()).status, ParseStatus::kAhLengthTooSmall);
    EXPECT_EQ(parsed(ip4().ah(5, 6).set8(1, 200).build()).status, ParseStatus::kAhTooShort);
}

TEST(ParseAh, IsTheOutermostIpsecHeaderWhenEspFollows) {
    const PacketRecord record = parsed(ip4().ah(1000, 1).esp(2000, 2).payload(32).build());
    EXPECT_EQ(record.ipsec, kAh);
    EXPECT_EQ(record.spi, 1000U);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kAh, kEsp}));
}

TEST(ParseVxlan, ParsesTheInnerFrame) {
    const PacketRecord record = parsed(ip4()
                                           .udp(50000, 4789)
                                           .vxlan(0xabcdef)
                                           .eth()
                                           .vlan(3)
                                           .ipv6("fd00::1", "fd00::2")
                                           .tcp(22, 23)
                                           .build());
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kUdp, kVxlan, kEth, kVlan, kIpv6, kTcp}));
    EXPECT_EQ(record.tunnel, kVxlan);
    EXPECT_EQ(record.tunnel_id, 0xabcdefU);
    EXPECT_EQ(record.outer_transport, kUdp);
    EXPECT_EQ(record.inner_transport, kTcp);
    EXPECT_EQ(record.inner_network, kIpv6);
    EXPECT_EQ(record.source_port, 22);
    EXPECT_EQ(record.vlan_count, 0) << "an inner tag is none of the outer frame";
}

TEST(ParseVxlan, RejectsAHeaderThatIsCutOff) {
    EXPECT_EQ(parsed(ip4().udp(4789, 1).payload(7).build()).status, ParseStatus::kVxlanTooShort);
    EXPECT_EQ(parsed(ip4().udp(4789, 1).build()).status, ParseStatus::kOk);
}

TEST(ParseVxlan, BoundsTheInnerFrameByTheUdpLength) {
    const Frame frame = ip4()
                            .udp(1, 4789)
                            .set16(4, 8 + 8 + 14 + 10)
                            .vxlan(1)
                            .eth()
                            .ipv4("10.0.0.1", "10.0.0.2")
                            .udp(1, 2)
                            .build();
    EXPECT_EQ(parsed(frame).status, ParseStatus::kIpv4TooShort);
}

TEST(ParseTunnel, TheInnermostPacketWithoutTransportHasNone) {
    const PacketRecord record = parsed(ip4()
                                           .udp(1, 4789)
                                           .vxlan(1)
                                           .eth()
                                           .ipv4("10.0.0.1", "10.0.0.2")
                                           .fragment(9, false)
                                           .payload(8)
                                           .build());
    EXPECT_EQ(record.inner_transport, kNone);
    EXPECT_EQ(record.destination_port, 0);
    EXPECT_EQ(record.outer_transport, kUdp);
}

TEST(ParseTunnel, FollowsIpInIpInAllFourCombinations) {
    for (const bool outer6 : {false, true}) {
        for (const bool inner6 : {false, true}) {
            Packet packet = outer6 ? ip6() : ip4();
            inner6 ? packet.ipv6("fd00::1", "fd00::2") : packet.ipv4("10.9.0.1", "10.9.0.2");
            const PacketRecord record = parsed(packet.udp(1, 2).build());
            EXPECT_EQ(record.status, ParseStatus::kOk);
            EXPECT_EQ(record.outer_network, outer6 ? kIpv6 : kIpv4);
            EXPECT_EQ(record.inner_network, inner6 ? kIpv6 : kIpv4);
            EXPECT_EQ(record.inner_transport, kUdp);
        }
    }
}

TEST(ParseDepth, StopsAtTheLimitAndSaysSo) {
    for (const std::size_t tags : {kMaxLayers - 1, kMaxLayers}) {
        Packet packet;
        packet.eth();
        for (std::size_t i = 0; i < tags; ++i) packet.vlan(1);
        const PacketRecord record = parsed(packet.payload(4).build());
        EXPECT_EQ(record.status == ParseStatus::kTooManyLayers, tags == kMaxLayers);
        EXPECT_EQ(record.layer_count, kMaxLayers);
    }
}

TEST(ParseDepth, GoesOnBehindTheListedLayers) {
    Packet packet;
    packet.eth();
    for (std::size_t i = 0; i < kMaxListedLayers + 4; ++i) packet.vlan(1);
    const PacketRecord record = parsed(packet.ipv4("10.0.0.1", "10.0.0.2").udp(3, 4).build());
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.layer_count, kMaxListedLayers + 7);
    EXPECT_EQ(record.source_port, 3);
}

TEST(ParseFrame, LooksAtNoMoreThan64KiB) {
    Frame frame = ip4().set16(2, 0xffff).udp(1, 2).payload(40).build();
    frame.resize(80000);
    const PacketRecord record = parsed(frame);
    EXPECT_EQ(record.status, ParseStatus::kIpv4TotalLengthBeyondFrame);
    EXPECT_EQ(record.inner_transport, kUdp);
}

}  // namespace
}  // namespace weir::parse
