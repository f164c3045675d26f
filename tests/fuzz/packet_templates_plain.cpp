// SPDX-License-Identifier: BSD-3-Clause
// Links, networks, transports.
#include "packet_template_lists.hpp"
#include "wire/ethernet.hpp"
#include "wire/ip.hpp"

namespace weir::fuzz {

using gen::Packet;

void add_link_templates(std::vector<PacketTemplate>& list) {
    list.emplace_back("eth", eth());
    list.emplace_back("eth-padded", ip4().udp(1, 2).pad_to(60));
    list.emplace_back("eth-eth", inner_eth(eth(wire::kEtherTypeEthernet).raw({})));
    list.emplace_back("vlan", inner4(eth().vlan(100)));
    list.emplace_back("vlan-88a8-8100", inner6(eth().vlan(7, 0x88a8, 3).vlan(8)));
    list.emplace_back("vlan-9100", inner4(eth().vlan(7, 0x9100).vlan(8, 0x9100).vlan(9)));
    list.emplace_back("arp", eth().arp("10.0.0.1", "10.0.0.2").pad_to(60));
    list.emplace_back("arp-ipv6",
                      eth(wire::kEtherTypeArp).raw({0, 1, 0x86, 0xdd, 6, 16, 0, 1}).payload(44));
    list.emplace_back("llc", eth().llc().payload(32).pad_to(60));
    list.emplace_back("llc-information", eth(24).raw({0xf0, 0xf0, 2, 4}).payload(20).pad_to(60));
    list.emplace_back("vlan-llc", eth().vlan(5).llc().payload(7));
    list.emplace_back("snap", inner4(eth().snap()));
    list.emplace_back("snap-f8", inner6(eth().snap(0xf8)));
    list.emplace_back("snap-cisco", eth().snap(0x0c).payload(20));
    list.emplace_back("novell-raw", eth(30).raw({0xff, 0xff, 0, 30}).payload(26));
    list.emplace_back("mpls", inner4(eth().mpls(1)));
    list.emplace_back("mpls-mpls", inner6(eth().mpls(1).mpls(2).mpls(3)));
    list.emplace_back("mpls-upstream", inner4(eth().set16(12, 0x8848).mpls(1)));
    list.emplace_back("mpls-pw", inner_eth(eth().mpls(1).mpls(2).pseudowire()));
    list.emplace_back("mpls-gal", eth().mpls(13).raw({0x10, 0, 0, 7}).payload(12));
    list.emplace_back("mpls-end", eth().mpls(1));
    list.emplace_back("pppoed", eth().pppoe_discovery().raw({1, 1, 0, 0}).pad_to(60));
    list.emplace_back("pppoes", inner4(eth().pppoe_session(7).ppp()));
    list.emplace_back("pppoes-ipv6", inner6(eth().vlan(5).pppoe_session(7).ppp()));
    list.emplace_back("pppoes-framed", inner4(eth().pppoe_session(7).ppp(true, true)));
    list.emplace_back("pppoes-mpls", inner4(eth().pppoe_session(7).ppp(false, true).mpls(1)));
    list.emplace_back("pppoes-lcp", eth().pppoe_session(7).ppp().raw({9, 1, 0, 4}));
}

void add_network_templates(std::vector<PacketTemplate>& list) {
    const auto fragment4 = [](unsigned offset, bool more) { return ip4().fragment(offset, more); };
    list.emplace_back("ipv4-options", eth().ipv4("10.0.0.1", "10.0.0.2", 24).tcp(1, 2));
    list.emplace_back("ipv4-empty", ip4());
    list.emplace_back("ipv4-fragment", fragment4(0, true).udp(1, 4789).set16(4, 900).payload(24));
    list.emplace_back("ipv4-fragment-ipv4", inner4(fragment4(0, true)));
    list.emplace_back("ipv4-fragment-tcp", fragment4(0, true).set8(9, 6).payload(8));
    list.emplace_back("ipv4-fragment-ipv6", fragment4(0, true)
                                                .ipv6("::1", "::2")
                                                .set16(4, 900)
                                                .ipv6_fragment(0, true)
                                                .set8(0, 6)
                                                .payload(8));
    list.emplace_back("ipv4-later", fragment4(9, false).payload(16));
    list.emplace_back("ipv4-ipv4", inner4(ip4()));
    list.emplace_back("ipv4-ipv6", inner6(ip4()));
    list.emplace_back("ipv4-mpls", inner4(ip4().mpls(1).mpls(2)));
    list.emplace_back("ipv4-eth", inner_eth(ip4(wire::kProtocolEthernet).raw({})));
    list.emplace_back("ipv4-unknown", ip4().payload(20));
    list.emplace_back("ipv6-ipv4", inner4(ip6()));
    list.emplace_back("ipv6-ipv6", inner6(ip6()));
    list.emplace_back("ipv6-hopopts", ip6().hop_by_hop().udp(1, 2).payload(4));
    list.emplace_back("ipv6-extensions",
                      ip6().hop_by_hop(1).routing(2).destination_options().tcp(1, 2));
    list.emplace_back("ipv6-mobility", ip6().mobility(1));
    list.emplace_back("ipv6-fragment", ip6().ipv6_fragment(0, true).udp(1, 2).payload(16));
    list.emplace_back("ipv6-fragment-tcp", ip6().ipv6_fragment(0, true).ah(1, 2).tcp(1, 2));
    list.emplace_back("ipv6-fragment-vxlan",
                      ip6().ipv6_fragment(0, true).udp(1, 4789).set16(4, 900).vxlan(5).payload(8));
    list.emplace_back("ipv6-later", ip6().ipv6_fragment(5, false).payload(16));
    list.emplace_back("ipv6-atomic", ip6().ipv6_fragment(0, false).destination_options().tcp(1, 2));
    list.emplace_back("ipv6-no-next", ip6(wire::kProtocolNoNext));
    list.emplace_back("ipv6-jumbogram", ip6(wire::kProtocolHopByHop)
                                            .set16(4, 0)
                                            .raw({17, 0, wire::kOptionJumboPayload, 4, 0, 1, 17, 9})
                                            .udp(1, 2));
    Packet deep = ip4();
    for (int i = 0; i < 24; ++i) deep.ipv4("10.0.0.1", "10.0.0.2");
    list.emplace_back("ipv4-deep", inner4(deep));
}

namespace {

void add_quote_templates(std::vector<PacketTemplate>& list) {
    const auto quote4 = [](unsigned type, unsigned options = 0) {
        return ip4().icmp(type).ipv4("10.0.0.2", "10.0.0.1", options);
    };
    const auto quote6 = [](unsigned type) {
        return ip6().icmpv6(type).ipv6("2001:db8::2", "2001:db8::1");
    };
    list.emplace_back("icmp-quote", quote4(3).udp(2, 1));
    list.emplace_back("icmp-quote-tcp", quote4(11, 8).tcp(2, 1).payload(30));
    list.emplace_back("icmp-quote-esp", quote4(5).esp(1, 2));
    list.emplace_back("icmp-quote-ah", quote4(12).ah(1, 2).tcp(2, 1));
    list.emplace_back("icmp-quote-later", quote4(4).fragment(3, true).payload(8));
    list.emplace_back("icmp-quote-ipv4", inner4(quote4(3)));
    list.emplace_back("icmpv6-quote", quote6(1).tcp(2, 1));
    list.emplace_back("icmpv6-quote-extensions",
                      quote6(3).hop_by_hop(1).ipv6_fragment(0, true).routing(2).udp(2, 1));
    list.emplace_back("icmpv6-quote-later",
                      quote6(2).destination_options().ipv6_fragment(4, false).payload(8));
    list.emplace_back("icmpv6-quote-icmpv6", quote6(4).icmpv6().payload(8));
}

}  // namespace

void add_transport_templates(std::vector<PacketTemplate>& list) {
    list.emplace_back("tcp", ip4().tcp(1, 2).payload(10));
    list.emplace_back("tcp-options", ip6().tcp(1, 2, 40).payload(10));
    list.emplace_back("udp", ip4().udp(1, 2).payload(10));
    list.emplace_back("udp-ipv6", ip6().udp(1, 2).payload(10));
    list.emplace_back("udplite", ip4().udp_lite(1, 2).payload(10));
    list.emplace_back("udplite-all", ip6().udp_lite(1, 2, 0).payload(10));
    list.emplace_back("sctp", ip4().sctp(1, 2).sctp_chunk(20));
    list.emplace_back("sctp-empty", ip6().sctp(1, 2));
    list.emplace_back("sctp-chunks", ip6().sctp(1, 2).sctp_chunk(8).sctp_chunk(16));
    list.emplace_back("dccp", ip4().dccp(1, 2, false).payload(8));
    list.emplace_back("dccp-extended", ip6().dccp(1, 2).set8(4, 5).payload(16));
    list.emplace_back("icmp", ip4().icmp().payload(12));
    list.emplace_back("icmpv6", ip6().icmpv6().payload(12));
    list.emplace_back("icmp-unknown", ip4().set8(9, 1).raw({253, 0, 0, 0, 0, 7}));
    list.emplace_back("icmpv6-rpl", ip6().set8(6, 58).raw({155, 0, 0, 0, 0, 0}));
    add_quote_templates(list);
}

}  // namespace weir::fuzz
