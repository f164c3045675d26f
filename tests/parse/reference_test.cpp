// SPDX-License-Identifier: BSD-3-Clause
// The reference parser on packets made by hand: the rows up to the transports.

#include <gtest/gtest.h>

#include "referred.hpp"

namespace weir::parse {
namespace {

/// An Ethernet header with this type or length.
Packet eth(unsigned type) { return Packet().eth().set16(12, type); }
/// An IPv4 header with this protocol, and an IPv6 one with this next header.
Packet in_ip4(unsigned protocol) { return ip4().set8(9, protocol); }
Packet in_ip6(unsigned next_header) { return ip6().set8(6, next_header); }
Packet inner(Packet packet) { return packet.ipv4("10.9.0.1", "10.9.0.2").udp(3, 4); }

TEST(Reference, ReadsEthernet) {
    EXPECT_EQ(told(Frame(0)), ": eth_too_short in eth, 0");
    EXPECT_EQ(told(Frame(13)), ": eth_too_short in eth, 0");
    EXPECT_EQ(told(Frame(13), 14), ": truncated in eth, 0");
    EXPECT_EQ(told(Packet().eth().payload(46)), "eth: ok, 14");
    EXPECT_EQ(told(eth(1501).payload(9)), "eth: ok, 14");
    EXPECT_EQ(told(eth(0x0800)), "eth: ipv4_too_short in ip, 14");
    EXPECT_EQ(told(eth(0x8847)), "eth: mpls_too_short in mpls, 14");
    EXPECT_EQ(told(eth(0x6558)), "eth: eth_too_short in eth, 14");
    EXPECT_EQ(told(eth(0)), "eth: ok, 14");
    EXPECT_EQ(told(inner(eth(0x6558).eth())), "eth eth ip udp: ok, 56");
}

TEST(Reference, ReadsLengthsAndWhatStandsBehind) {
    EXPECT_EQ(told(eth(40).llc().payload(37)), "eth llc: ok, 17");
    EXPECT_EQ(told(eth(41).llc().payload(37)), "eth llc: eth_length_beyond_frame in eth, 0");
    EXPECT_EQ(told(eth(2).llc().payload(37)), "eth: llc_too_short in llc, 14");
    EXPECT_EQ(told(eth(3).llc(4, 4, 2).payload(37)), "eth: llc_too_short in llc, 14");
    EXPECT_EQ(told(eth(4).llc(4, 4, 2).payload(37)), "eth llc: ok, 18");
    EXPECT_EQ(told(eth(2).llc(0xff, 0xff).payload(9)), "eth: ok, 14");
    EXPECT_EQ(told(Packet().eth().vlan(5).llc().payload(9)), "eth vlan llc: ok, 21");
    EXPECT_EQ(told(Packet().eth().vlan(5).set16(2, 99).llc()),
              "eth vlan llc: eth_length_beyond_frame in vlan, 14");
    EXPECT_EQ(told(eth(3).snap().payload(9)), "eth llc: ok, 17");
    EXPECT_EQ(told(eth(7).snap().payload(9)), "eth llc: snap_too_short in snap, 17");
    EXPECT_EQ(told(inner(Packet().eth().snap())), "eth llc snap ip udp: ok, 50");
    EXPECT_EQ(told(inner(Packet().eth().snap(0xf8))), "eth llc snap ip udp: ok, 50");
    EXPECT_EQ(told(inner(Packet().eth().snap(0x0c))), "eth llc snap: ok, 22");
}

TEST(Reference, ReadsTagsArpAndPppoe) {
    EXPECT_EQ(told(inner(Packet().eth().vlan(5, 0x88a8).vlan(6, 0x9100).vlan(7))),
              "eth vlan vlan vlan ip udp: ok, 54");
    EXPECT_EQ(told(eth(0x8100).payload(3)), "eth: vlan_too_short in vlan, 14");
    const Packet arp = Packet().eth().arp("10.0.0.1", "10.0.0.2");
    EXPECT_EQ(told(arp), "eth arp: ok, 42");
    EXPECT_EQ(told(Packet(arp).set8(5, 5)), "eth arp: arp_too_short in arp, 14");
    EXPECT_EQ(told(eth(0x0806).payload(7)), "eth: arp_too_short in arp, 14");
    const auto session = [] { return Packet().eth().pppoe_session(7); };
    EXPECT_EQ(told(inner(session().ppp())), "eth pppoes ppp ip udp: ok, 50");
    EXPECT_EQ(told(inner(session().ppp(true, true))), "eth pppoes ppp ip udp: ok, 51");
    EXPECT_EQ(told(session().ppp().set8(1, 0x23).payload(9)), "eth pppoes ppp: ok, 22");
    EXPECT_EQ(told(session()), "eth pppoes: ok, 20");
    EXPECT_EQ(told(session().raw({0xff})), "eth pppoes: ppp_too_short in ppp, 20");
    EXPECT_EQ(told(session().raw({0xff, 0x03, 0x00})), "eth pppoes: ppp_too_short in ppp, 20");
    EXPECT_EQ(told(session().set16(4, 9).ppp().payload(6)),
              "eth pppoes ppp: pppoe_length_beyond_frame in pppoes, 14");
    EXPECT_EQ(told(Packet().eth().pppoe_discovery().payload(9)), "eth pppoed: ok, 20");
    EXPECT_EQ(told(eth(0x8863).payload(5)), "eth: pppoe_too_short in pppoed, 14");
}

TEST(Reference, ReadsMplsAndPseudowires) {
    EXPECT_EQ(told(inner(Packet().eth().mpls(100).mpls(200))), "eth mpls mpls ip udp: ok, 50");
    EXPECT_EQ(told(inner(Packet().eth().mpls(13))), "eth mpls: ok, 18");
    EXPECT_EQ(told(Packet().eth().mpls(100)), "eth mpls: ok, 18");
    EXPECT_EQ(told(Packet().eth().mpls(1).set8(2, 0)), "eth mpls: mpls_too_short in mpls, 18");
    EXPECT_EQ(told(eth(0x8848).payload(3)), "eth: mpls_too_short in mpls, 14");
    const auto pw = [] { return Packet().eth().mpls(55).pseudowire(); };
    EXPECT_EQ(told(inner(pw().eth())), "eth mpls pw eth ip udp: ok, 64");
    EXPECT_EQ(told(inner(pw().set8(1, 1).eth())), "eth mpls: ok, 18");
    EXPECT_EQ(told(pw().payload(13)), "eth mpls: ok, 18");
    EXPECT_EQ(told(pw().eth().set16(12, 4).raw({4, 4, 3, 0})), "eth mpls pw eth llc: ok, 39");
    EXPECT_EQ(told(pw().eth().set16(12, 5).payload(4)), "eth mpls: ok, 18");
    EXPECT_EQ(told(first(inner(pw().eth()).build(), 18), 60), "eth mpls: truncated in mpls, 14");
    EXPECT_EQ(told(first(inner(pw().eth()).build(), 35), 60), "eth mpls: truncated in mpls, 14");
}

TEST(Reference, ReadsIpv4) {
    EXPECT_EQ(told(ip4().udp(1, 2).payload(2).pad_to(60)), "eth ip udp: ok, 42");
    EXPECT_EQ(told(eth(0x0800).payload(19)), "eth: ipv4_too_short in ip, 14");
    EXPECT_EQ(told(ip4().set8(0, 0x55).udp(1, 2)), "eth: ipv4_version_invalid in ip, 14");
    EXPECT_EQ(told(ip4().set8(0, 0x44).udp(1, 2)), "eth: ipv4_ihl_too_small in ip, 14");
    EXPECT_EQ(told(ip4().set8(0, 0x48).udp(1, 2)), "eth: ipv4_options_beyond_frame in ip, 14");
    EXPECT_EQ(told(ip4().set16(2, 19).udp(1, 2)), "eth ip: ipv4_total_length_too_small in ip, 14");
    EXPECT_EQ(told(ip4().set16(2, 29).udp(1, 2)),
              "eth ip udp: ipv4_total_length_beyond_frame in ip, 14");
    EXPECT_EQ(told(ip4().set16(2, 20).udp(1, 2)), "eth ip: ok, 34");
    EXPECT_EQ(told(ip4().fragment(0, true).ipv4("10.9.0.1", "10.9.0.2").set16(2, 99).udp(1, 2)),
              "eth ip ip udp: ok, 62");
    EXPECT_EQ(told(ip4().fragment(3, true).payload(9)), "eth ip: ok, 34");
    EXPECT_EQ(told(in_ip4(60).payload(9)), "eth ip: ok, 34");
    EXPECT_EQ(told(in_ip4(58).payload(9)), "eth ip icmpv6: ok, 38");
}

TEST(Reference, ReadsIpv6) {
    EXPECT_EQ(told(ip6().tcp(1, 2)), "eth ipv6 tcp: ok, 74");
    EXPECT_EQ(told(eth(0x86dd).payload(39)), "eth: ipv6_too_short in ipv6, 14");
    EXPECT_EQ(told(ip6().set8(0, 0x50).udp(1, 2)), "eth: ipv6_version_invalid in ipv6, 14");
    EXPECT_EQ(told(ip6().set16(4, 9).udp(1, 2)),
              "eth ipv6 udp: ipv6_payload_length_beyond_frame in ipv6, 14");
    EXPECT_EQ(told(ip4().fragment(0, true).ipv6("::1", "::2").set16(4, 9).udp(1, 2)),
              "eth ip ipv6 udp: ok, 82");
    EXPECT_EQ(told(ip6().hop_by_hop().routing(1).destination_options().mobility().udp(1, 2)),
              "eth ipv6 ipv6.hopopts ipv6.routing ipv6.dstopts mipv6 udp: ok, 102");
    EXPECT_EQ(told(in_ip6(60).payload(7)),
              "eth ipv6: ipv6_extension_too_short in ipv6.dstopts, 54");
    EXPECT_EQ(told(ip6().hop_by_hop().set8(1, 1).payload(7)),
              "eth ipv6: ipv6_extension_too_short in ipv6.hopopts, 54");
    EXPECT_EQ(told(in_ip6(135).payload(3)), "eth ipv6: ipv6_extension_too_short in mipv6, 54");
    EXPECT_EQ(told(ip6().ipv6_fragment(0, true).udp(1, 2)), "eth ipv6 ipv6.fraghdr udp: ok, 70");
    EXPECT_EQ(told(ip6().ipv6_fragment(1, true).payload(9)), "eth ipv6 ipv6.fraghdr: ok, 62");
    EXPECT_EQ(told(in_ip6(1).payload(9)), "eth ipv6 icmp: ok, 58");
}

TEST(Reference, ExcusesWhatAFirstFragmentCuts) {
    const auto four = [] { return ip4().fragment(0, true); };
    const auto six = [] { return ip6().ipv6_fragment(0, true); };
    EXPECT_EQ(told(four().set8(9, 6).payload(8)), "eth ip: ok, 34");
    EXPECT_EQ(told(four().tcp(1, 2).set8(12, 0x80)), "eth ip tcp: ok, 34");
    EXPECT_EQ(told(four().set8(9, 4).payload(8)), "eth ip: ok, 34");
    EXPECT_EQ(told(four().ipv4("10.9.0.1", "10.9.0.2").set16(2, 28).set8(9, 6).payload(9)),
              "eth ip ip: tcp_too_short in tcp, 54");
    EXPECT_EQ(told(four().udp(1, 4789).set16(4, 99).vxlan(5).payload(8)),
              "eth ip udp vxlan: ok, 50");
    EXPECT_EQ(told(six().set8(0, 6).payload(8)), "eth ipv6 ipv6.fraghdr: tcp_too_short in tcp, 62");
    EXPECT_EQ(told(six().ah(1, 2).set8(0, 17).payload(4)),
              "eth ipv6 ipv6.fraghdr ah: udp_too_short in udp, 86");
    EXPECT_EQ(told(six().udp(1, 4789).set16(4, 99).payload(4)),
              "eth ipv6 ipv6.fraghdr udp: ok, 70");
    EXPECT_EQ(
        told(four().ipv6("::1", "::2").set16(4, 99).ipv6_fragment(0, true).set8(0, 6).payload(8)),
        "eth ip ipv6 ipv6.fraghdr: ok, 82");
}

TEST(Reference, LooksForAJumboOption) {
    const auto empty = [] { return ip6().set16(4, 0).hop_by_hop(1); };
    const std::string jumbogram = "eth ipv6: ipv6_jumbogram in ipv6, 14";
    const std::string none = "eth ipv6: ok, 54";
    EXPECT_EQ(told(empty()), none);
    EXPECT_EQ(told(empty().set8(2, 0xc2)), jumbogram);
    EXPECT_EQ(told(empty().set8(2, 0).set8(3, 0xc2)), jumbogram);
    EXPECT_EQ(told(empty().set8(2, 5).set8(3, 4).set8(8, 0xc2)), jumbogram);
    EXPECT_EQ(told(empty().set8(2, 5).set8(3, 250).set8(8, 0xc2)), none);
    Packet ninth = empty();
    for (unsigned at = 2; at < 10; ++at) ninth.set8(at, 0);
    EXPECT_EQ(told(ninth.set8(10, 0xc2)), none);
    EXPECT_EQ(told(ninth.set8(9, 0xc2)), jumbogram);
    EXPECT_EQ(told(empty().set8(1, 0).set8(2, 5).set8(3, 4).set8(8, 0xc2)), none);
    EXPECT_EQ(told(first(empty().build(), 55), 99), "eth ipv6: truncated in ipv6, 14");
    EXPECT_EQ(record_of(empty().set8(2, 0xc2)).network_end_offset, 54);
}

TEST(Reference, ReadsTcpAndUdp) {
    EXPECT_EQ(told(ip4().tcp(1, 2, 8).payload(3)), "eth ip tcp: ok, 62");
    EXPECT_EQ(told(in_ip4(6).payload(19)), "eth ip: tcp_too_short in tcp, 34");
    EXPECT_EQ(told(ip4().tcp(1, 2).set8(12, 0x40)),
              "eth ip tcp: tcp_data_offset_too_small in tcp, 34");
    EXPECT_EQ(told(ip4().tcp(1, 2).set8(12, 0x60)),
              "eth ip tcp: tcp_options_beyond_packet in tcp, 34");
    EXPECT_EQ(told(in_ip4(17).payload(7)), "eth ip: udp_too_short in udp, 34");
    EXPECT_EQ(told(ip4().udp(1, 2).set16(4, 7)), "eth ip udp: udp_length_too_small in udp, 34");
    EXPECT_EQ(told(ip4().udp(1, 2).set16(4, 9)), "eth ip udp: udp_length_beyond_packet in udp, 34");
    EXPECT_EQ(told(ip4().fragment(0, true).udp(1, 2).set16(4, 9)), "eth ip udp: ok, 42");
    EXPECT_EQ(told(ip4().udp_lite(1, 2, 0).payload(9)), "eth ip udplite: ok, 42");
    EXPECT_EQ(told(ip4().udp_lite(1, 2, 17).payload(9)), "eth ip udplite: ok, 42");
    for (const unsigned coverage : {1U, 7U, 18U}) {
        EXPECT_EQ(told(ip4().udp_lite(1, 2, coverage).payload(9)),
                  "eth ip udplite: udplite_coverage_invalid in udplite, 34");
    }
    EXPECT_EQ(told(in_ip4(136).payload(7)), "eth ip: udplite_too_short in udplite, 34");
}

TEST(Reference, ReadsSctpAndDccp) {
    EXPECT_EQ(told(ip4().sctp(1, 2)), "eth ip sctp: ok, 46");
    EXPECT_EQ(told(ip4().sctp(1, 2).sctp_chunk(9)), "eth ip sctp: ok, 46");
    EXPECT_EQ(told(in_ip4(132).payload(11)), "eth ip: sctp_too_short in sctp, 34");
    EXPECT_EQ(told(ip4().sctp(1, 2).payload(3)), "eth ip sctp: sctp_chunk_too_short in sctp, 34");
    EXPECT_EQ(told(ip4().sctp(1, 2).sctp_chunk(9).set16(2, 3)),
              "eth ip sctp: sctp_chunk_length_too_small in sctp, 34");
    EXPECT_EQ(told(ip4().sctp(1, 2).sctp_chunk(8).set16(2, 9)),
              "eth ip sctp: sctp_chunk_beyond_packet in sctp, 34");
    EXPECT_EQ(told(ip4().dccp(1, 2, false)), "eth ip dccp: ok, 46");
    EXPECT_EQ(told(ip4().dccp(1, 2, true)), "eth ip dccp: ok, 50");
    EXPECT_EQ(told(in_ip4(33).payload(11)), "eth ip: dccp_too_short in dccp, 34");
    EXPECT_EQ(told(ip4().dccp(1, 2, false).set8(8, 1)), "eth ip dccp: dccp_too_short in dccp, 34");
    EXPECT_EQ(told(ip4().dccp(1, 2).set8(4, 3)),
              "eth ip dccp: dccp_data_offset_too_small in dccp, 34");
    EXPECT_EQ(told(ip4().dccp(1, 2).set8(4, 5)),
              "eth ip dccp: dccp_header_beyond_packet in dccp, 34");
}

TEST(Reference, ReadsIcmp) {
    EXPECT_EQ(told(ip4().icmp().payload(9)), "eth ip icmp: ok, 38");
    EXPECT_EQ(told(in_ip4(1).payload(3)), "eth ip: icmp_too_short in icmp, 34");
    EXPECT_EQ(told(ip6().icmpv6().payload(9)), "eth ipv6 icmpv6: ok, 58");
    EXPECT_EQ(told(in_ip6(58).payload(3)), "eth ipv6: icmpv6_too_short in icmpv6, 54");
    EXPECT_EQ(told(ip4().icmp(3).payload(9)), "eth ip icmp: ok, 42") << "an error has eight";
    EXPECT_EQ(told(in_ip4(1).raw({8, 0, 0, 0, 1, 2, 3})),
              "eth ip icmp: icmp_too_short in icmp, 34");
    EXPECT_EQ(told(in_ip4(1).raw({253, 0, 0, 0})), "eth ip icmp: ok, 38");
    EXPECT_EQ(told(in_ip6(58).raw({137, 0, 0, 0, 1, 2, 3})),
              "eth ipv6 icmpv6: icmpv6_too_short in icmpv6, 54");
    EXPECT_EQ(told(in_ip6(58).raw({155, 0, 0, 0, 1, 2})), "eth ipv6 icmpv6: ok, 58");
}

}  // namespace
}  // namespace weir::parse
