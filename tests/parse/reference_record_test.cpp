// SPDX-License-Identifier: BSD-3-Clause
// The reference parser on packets made by hand: quotes, limits, and the rest of the record.

#include <gtest/gtest.h>

#include "referred.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;

Packet inner(Packet packet) { return packet.ipv4("10.9.0.1", "10.9.0.2").udp(3, 4); }

/// An ICMP error that quotes the first `octets` of `quoted`, without its Ethernet header.
Packet error(Packet icmp, const Packet& quoted, std::size_t octets) {
    const Frame frame = quoted.build();
    return icmp.payload(std::span(frame).subspan(14).first(octets));
}
std::string quote_told(const Packet& quoted, std::size_t octets) {
    return told(error(ip4().icmp(11), quoted, octets));
}
std::string quote_told_6(const Packet& quoted, std::size_t octets) {
    return told(error(ip6().icmpv6(1), quoted, octets));
}

TEST(ReferenceQuote, ListsWhatIsThere) {
    EXPECT_EQ(quote_told(ip4().tcp(1, 2), 24), "eth ip icmp | ip tcp: ok, 42");
    EXPECT_EQ(quote_told(ip4().tcp(1, 2), 23), "eth ip icmp | ip: ok, 42");
    EXPECT_EQ(quote_told(ip4().tcp(1, 2), 19), "eth ip icmp: ok, 42");
    EXPECT_EQ(quote_told(ip4().esp(1, 2), 27), "eth ip icmp | ip: ok, 42");
    EXPECT_EQ(quote_told(ip4().esp(1, 2), 28), "eth ip icmp | ip esp: ok, 42");
    EXPECT_EQ(quote_told(ip4().ah(1, 2), 31), "eth ip icmp | ip: ok, 42");
    EXPECT_EQ(quote_told(ip4().ah(1, 2), 32), "eth ip icmp | ip ah: ok, 42");
    EXPECT_EQ(quote_told(ip4().set8(0, 0x55).udp(1, 2), 28), "eth ip icmp: ok, 42");
    EXPECT_EQ(quote_told(ip4().set8(0, 0x46).udp(1, 2), 23), "eth ip icmp: ok, 42");
    EXPECT_EQ(quote_told(ip4().fragment(1, true).payload(9), 28), "eth ip icmp | ip: ok, 42");
    EXPECT_EQ(quote_told(inner(ip4()), 48), "eth ip icmp | ip ip: ok, 42") << "one layer";
    EXPECT_EQ(quote_told(ip6().udp(1, 2), 48), "eth ip icmp: ok, 42");
    EXPECT_EQ(quote_told_6(ip6().udp(1, 2), 44), "eth ipv6 icmpv6 | ipv6 udp: ok, 62");
    EXPECT_EQ(quote_told_6(ip6().hop_by_hop(1).ipv6_fragment(0, true).udp(1, 2), 68),
              "eth ipv6 icmpv6 | ipv6 ipv6.hopopts ipv6.fraghdr udp: ok, 62");
    EXPECT_EQ(quote_told_6(ip6().hop_by_hop(1).udp(1, 2), 55), "eth ipv6 icmpv6 | ipv6: ok, 62");
    EXPECT_EQ(quote_told_6(ip6().ipv6_fragment(1, true).udp(1, 2), 56),
              "eth ipv6 icmpv6 | ipv6 ipv6.fraghdr: ok, 62");
    for (const unsigned type : {0U, 6U, 8U, 10U, 13U}) {
        EXPECT_EQ(told(error(ip4().icmp(type), ip4().tcp(1, 2), 24)), "eth ip icmp: ok, 38");
    }
}

TEST(ReferenceQuote, IsTruncatedByTheCaptureOnly) {
    const Frame frame = error(ip4().icmp(3), ip4().tcp(1, 2), 40).build();
    const std::size_t whole = frame.size();
    EXPECT_EQ(told(first(frame, 37), whole), "eth ip: truncated in icmp, 34");
    EXPECT_EQ(told(first(frame, 41), whole), "eth ip icmp: truncated in icmp, 34");
    EXPECT_EQ(told(first(frame, 61), whole), "eth ip icmp: truncated in ip, 42");
    EXPECT_EQ(told(first(frame, 65), whole), "eth ip icmp | ip: truncated in tcp, 62");
    EXPECT_EQ(told(first(frame, 66), whole), "eth ip icmp | ip tcp: ok, 42");
    ParseOptions options;
    options.max_layers = 4;
    EXPECT_EQ(told(frame, 0, options), "eth ip icmp | ip: too_many_layers in tcp, 62");
}

TEST(ReferenceQuote, ChangesNothingElse) {
    const Packet quoted = Packet().eth().ipv4("10.5.0.1", "10.5.0.2").fragment(0, true).esp(9, 9);
    PacketRecord with = record_of(error(ip4().icmp(3), quoted, 28));
    const PacketRecord without = record_of(ip4().icmp(3).payload(28));
    EXPECT_EQ(with.flags, kQuoted);
    EXPECT_EQ(with.layer_count, 5);
    with.flags = 0;
    with.layer_count = 3;
    EXPECT_EQ(test::difference(without, with), "");
}

TEST(ReferenceRecord, TellsOuterAndInnerLayers) {
    const PacketRecord record = record_of(
        ip4().udp(50000, 4789).vxlan(0xabcdef).eth().ipv6("::1", "::2").tcp(22, 23).pad_to(200));
    EXPECT_EQ(record.outer_network, kIpv4);
    EXPECT_EQ(record.outer_network_offset, 14);
    EXPECT_EQ(record.outer_transport, kUdp);
    EXPECT_EQ(record.outer_transport_offset, 34);
    EXPECT_EQ(record.inner_network, kIpv6);
    EXPECT_EQ(record.inner_network_offset, 64);
    EXPECT_EQ(record.inner_transport, kTcp);
    EXPECT_EQ(record.inner_transport_offset, 104);
    EXPECT_EQ(record.source_port, 22);
    EXPECT_EQ(record.destination_port, 23);
    EXPECT_EQ(record.network_end_offset, 124);
    EXPECT_EQ(record.tunnel, kVxlan);
    EXPECT_EQ(record.tunnel_id, 0xabcdefU);
    const PacketRecord further =
        record_of(ip4().udp(50000, 4789).vxlan(1).eth().ipv4("10.0.0.3", "10.0.0.4"));
    EXPECT_EQ(further.inner_transport, kNone) << "a further network header resets it";
    EXPECT_EQ(further.source_port, 0);
    const PacketRecord natt = record_of(ip4().udp(7, 4500).esp(0x10203, 9).payload(30));
    EXPECT_EQ(natt.outer_transport, kUdp);
    EXPECT_EQ(natt.inner_transport, kEsp);
    EXPECT_EQ(natt.source_port, 7) << "of the innermost transport that has some";
    EXPECT_EQ(natt.spi, 0x10203U);
    EXPECT_EQ(natt.sequence, 9U);
    EXPECT_EQ(natt.ipsec_offset, 42);
    EXPECT_EQ(natt.ipsec_network_offset, 14);
}

TEST(ReferenceRecord, TellsTheOutermostTunnel) {
    const auto tunnel = [](const Packet& packet) {
        const PacketRecord record = record_of(packet);
        return std::string(to_string(record.tunnel)) + " " + std::to_string(record.tunnel_id);
    };
    EXPECT_EQ(tunnel(inner(Packet().eth().mpls(5))), "none 0");
    EXPECT_EQ(tunnel(inner(ip4())), "ip 0");
    EXPECT_EQ(tunnel(ip4().ipv6("::1", "::2").tcp(1, 2)), "ipv6 0");
    EXPECT_EQ(tunnel(inner(ip4().eth())), "eth 0");
    EXPECT_EQ(tunnel(inner(ip4().mpls(5).mpls(6))), "mpls 5");
    EXPECT_EQ(tunnel(inner(Packet().eth().mpls(5).mpls(6).pseudowire().eth())), "pw 6");
    EXPECT_EQ(tunnel(inner(ip4().gre())), "gre 0");
    EXPECT_EQ(tunnel(inner(ip4().gre(0x2000, 77))), "gre 77");
    EXPECT_EQ(tunnel(inner(ip4().gre(0x1000).erspan(2).eth())), "gre 0");
    EXPECT_EQ(tunnel(inner(ip4().udp(1, 4790).vxlan_gpe(9))), "vxlangpe 9");
    EXPECT_EQ(tunnel(inner(ip4().udp(1, 6081).geneve(9))), "geneve 9");
    EXPECT_EQ(tunnel(inner(ip4().udp(1, 2152).gtpu(9))), "gtp 9");
    EXPECT_EQ(tunnel(ip4().udp(1, 1701).l2tp(1, 2, 0x4000).ppp()), "l2tp 65538");
    EXPECT_EQ(tunnel(ip4().udp(1, 1701).l2tp_v3(9)), "l2tp 9");
    EXPECT_EQ(tunnel(ip4().udp(1, 1701).l2tp_v3(9).set16(0, 0x8003).payload(4)), "l2tp 0");
    EXPECT_EQ(tunnel(ip4().l2tp_v3(9)), "l2tp 9");
    EXPECT_EQ(tunnel(ip4().udp(1, 3544).teredo().ipv6("::1", "::2")), "teredo 0");
    EXPECT_EQ(tunnel(ip4().udp(1, 51820).wireguard(4).set8(4, 1).set8(5, 2)), "wireguard 513");
    EXPECT_EQ(tunnel(ip4().udp(1, 51820).wireguard(1)), "wireguard 0");
}

TEST(ReferenceRecord, TellsTagsLabelsAndFragments) {
    const PacketRecord tags = record_of(inner(
        Packet().eth().vlan(5).vlan(6, 0x8100, 1).mpls(7).mpls(8).pseudowire().eth().vlan(9)));
    EXPECT_EQ(tags.vlan_count, 3) << "all before the first network header";
    EXPECT_EQ(tags.outer_vlan_tci, 5);
    EXPECT_EQ(tags.inner_vlan_tci, 9);
    EXPECT_EQ(tags.mpls_count, 2);
    EXPECT_EQ(tags.mpls_entry >> 12, 7U);
    const PacketRecord inside = record_of(inner(ip4().udp(1, 4789).vxlan(1).eth().vlan(3).mpls(4)));
    EXPECT_EQ(inside.vlan_count, 0);
    EXPECT_EQ(inside.mpls_count, 0);
    EXPECT_EQ(record_of(ip4().fragment(0, true).udp(1, 2)).flags, kFragment);
    EXPECT_EQ(record_of(ip4().fragment(2, false).payload(9)).flags, kFragment | kLaterFragment);
    EXPECT_EQ(record_of(ip6().ipv6_fragment(0, false).udp(1, 2)).flags, 0);
    EXPECT_EQ(record_of(ip6().ipv6_fragment(3, true).payload(9)).flags, kFragment | kLaterFragment);
}

TEST(ReferenceRecord, KeepsTheFirstDefectUnlessTheCaptureEnds) {
    const Frame frame = ip4().set16(2, 1500).udp(1, 2).set16(4, 7).payload(20).build();
    EXPECT_EQ(told(frame), "eth ip udp: ipv4_total_length_beyond_frame in ip, 14");
    EXPECT_EQ(told(first(frame, 40), frame.size()), "eth ip: truncated in udp, 14");
    const Frame bounded = ip4().set16(2, 27).udp(1, 2).payload(20).build();
    EXPECT_EQ(told(first(bounded, 36), 62), "eth ip: udp_too_short in udp, 34");
}

TEST(ReferenceRecord, CountsLayersUpToTheLimit) {
    ParseOptions options;
    const Frame frame = ip4().udp(1, 2).build();
    options.max_layers = 3;
    EXPECT_EQ(told(frame, 0, options), "eth ip udp: ok, 42");
    options.max_layers = 2;
    EXPECT_EQ(told(frame, 0, options), "eth ip: too_many_layers in udp, 34");
    Packet deep;
    deep.eth();
    for (int i = 0; i < 40; ++i) deep.vlan(1);
    const Referred limited = referred(inner(deep).build());
    EXPECT_EQ(limited.record.layer_count, 32);
    EXPECT_EQ(limited.record.status, ParseStatus::kTooManyLayers);
    EXPECT_EQ(limited.layers.offsets[31], 14 + 30 * 4);
    EXPECT_EQ(limited.record.layer_offsets[19], 14 + 18 * 4);
}

TEST(ReferenceRecord, LooksAtNoMoreThanTheLongestFrame) {
    Packet packet = ip4().set16(2, 65535).udp(1, 2);
    Frame frame = packet.build();
    frame.resize(70000);
    EXPECT_EQ(referred(frame).record.network_end_offset, kMaxFrameBytes);
    EXPECT_EQ(referred(frame).record.status, ParseStatus::kOk);
    EXPECT_EQ(told(first(frame, 30), 70000), "eth: truncated in ip, 14");
}

TEST(ReferenceDifference, NamesWhatDiffers) {
    const Referred one = referred(ip4().udp(1, 2).build());
    EXPECT_EQ(test::difference(one.record, one.record), "");
    EXPECT_EQ(test::difference(one.record, one.layers, one.record, one.layers), "");
    PacketRecord other = one.record;
    other.flow_hash = 7;
    other.layer_kinds[3] = kTcp;
    EXPECT_EQ(test::difference(one.record, other), "") << "neither is specified";
    other.source_port = 9;
    other.layer_kinds[2] = kTcp;
    other.layer_mask |= layer_bit(kTcp);
    EXPECT_EQ(test::difference(one.record, other),
              "layer_mask: expected eth+ip+udp, is eth+ip+tcp+udp\n"
              "source_port: expected 1, is 9\n"
              "layer 2: expected udp at 34, is tcp at 34\n");
}

}  // namespace
}  // namespace weir::parse
