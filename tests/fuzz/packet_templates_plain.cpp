// SPDX-License-Identifier: BSD-3-Clause
// Links, networks, transports, IPsec.
#include <utility>

#include "layer_links.hpp"
#include "packet_template_lists.hpp"
#include "wire/ethernet.hpp"
#include "wire/ip.hpp"
#include "wire/transport.hpp"

namespace weir::fuzz {

using gen::Packet;

void add_link_templates(std::vector<PacketTemplate>& list) {
    list.emplace_back("eth", Packet().eth());
    list.emplace_back("eth-padded", ip4().udp(1, 2).pad_to(60));
    list.emplace_back("vlan", inner4(Packet().eth().vlan(100)));
    list.emplace_back("vlan-88a8-8100", inner6(Packet().eth().vlan(7, 0x88a8, 3).vlan(8)));
    list.emplace_back("vlan-9100", inner4(Packet().eth().vlan(7, 0x9100).vlan(8, 0x9100).vlan(9)));
    list.emplace_back("arp", Packet().eth().arp("10.0.0.1", "10.0.0.2").pad_to(60));
    list.emplace_back("arp-ipv6", eth(0x0806).raw({0, 1, 0x86, 0xdd, 6, 16, 0, 1}).payload(44));
    list.emplace_back("llc", eth(35).raw({0x42, 0x42, 3}).payload(32).pad_to(60));
    list.emplace_back("llc-information", eth(24).raw({0xf0, 0xf0, 2, 4}).payload(20).pad_to(60));
    list.emplace_back("vlan-llc", Packet().eth().vlan(5).set16(2, 10).raw({6, 6, 3}).payload(7));
    list.emplace_back("snap", inner4(eth(42).raw({0xaa, 0xaa, 3, 0, 0, 0, 8, 0})));
    list.emplace_back("snap-f8", inner6(eth(74).raw({0xaa, 0xaa, 3, 0, 0, 0xf8, 0x86, 0xdd})));
    list.emplace_back("snap-cisco", eth(28).raw({0xaa, 0xaa, 3, 0, 0, 12, 1, 0}).payload(20));
    list.emplace_back("novell-raw", eth(30).raw({0xff, 0xff, 0, 30}).payload(26));
    list.emplace_back("mpls", inner4(eth(0x8847).raw({0, 1, 1, 64})));
    list.emplace_back("mpls-mpls",
                      inner6(eth(0x8848).raw({0, 1, 0, 64, 0, 2, 0, 64, 0, 3, 1, 64})));
    list.emplace_back("mpls-pw",
                      inner_eth(eth(0x8847).raw({0, 1, 0, 64, 0, 2, 1, 64, 0, 0, 0, 7})));
    list.emplace_back("mpls-gal", eth(0x8847).raw({0, 0, 0xd1, 1, 0x10, 0, 0, 7}).payload(12));
    list.emplace_back("mpls-end", eth(0x8847).raw({0, 1, 1, 64}));
    list.emplace_back("pppoed", eth(0x8863).raw({0x11, 9, 0, 0, 0, 4, 1, 1, 0, 0}).pad_to(60));
    list.emplace_back("pppoes", inner4(eth(0x8864).raw({0x11, 0, 0, 7, 0, 36, 0, 0x21})));
    list.emplace_back("pppoes-ipv6", inner6(eth(0x8864).raw({0x11, 0, 0, 7, 0, 68, 0, 0x57})));
    list.emplace_back("pppoes-address",
                      inner4(eth(0x8864).raw({0x11, 0, 0, 7, 0, 37, 0xff, 3, 0x21})));
    list.emplace_back("pppoes-mpls",
                      inner4(eth(0x8864).raw({0x11, 0, 0, 7, 0, 40, 2, 0x81, 0, 1, 1, 64})));
    list.emplace_back("pppoes-lcp", eth(0x8864).raw({0x11, 0, 0, 7, 0, 6, 0xc0, 0x21, 9, 1, 0, 4}));
}

void add_network_templates(std::vector<PacketTemplate>& list) {
    const auto fragment4 = [](unsigned offset, bool more) { return ip4().fragment(offset, more); };
    list.emplace_back("ipv4-options", Packet().eth().ipv4("10.0.0.1", "10.0.0.2", 24).tcp(1, 2));
    list.emplace_back("ipv4-empty", ip4());
    list.emplace_back("ipv4-fragment", fragment4(0, true).udp(1, 4789).set16(4, 900).payload(24));
    list.emplace_back("ipv4-fragment-ipv4", inner4(fragment4(0, true)));
    list.emplace_back("ipv4-later", fragment4(9, false).payload(16));
    list.emplace_back("ipv4-ipv4", inner4(ip4()));
    list.emplace_back("ipv4-ipv6", inner6(ip4()));
    list.emplace_back("ipv4-mpls", inner4(ip4(137).raw({0, 1, 0, 64, 0, 2, 1, 64})));
    list.emplace_back("ipv4-eth", inner_eth(ip4(143).raw({})));
    list.emplace_back("ipv4-unknown", ip4(253).payload(20));
    list.emplace_back("ipv6-ipv4", inner4(ip6()));
    list.emplace_back("ipv6-ipv6", inner6(ip6()));
    list.emplace_back("ipv6-hopopts", ip6().hop_by_hop().udp(1, 2).payload(4));
    list.emplace_back("ipv6-extensions",
                      ip6().hop_by_hop(1).routing(2).destination_options().tcp(1, 2));
    list.emplace_back("ipv6-mobility",
                      ip6(135).raw({59, 1, 5, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 0, 0}));
    list.emplace_back("ipv6-fragment", ip6().ipv6_fragment(0, true).udp(1, 2).payload(16));
    list.emplace_back("ipv6-later", ip6().ipv6_fragment(5, false).payload(16));
    list.emplace_back("ipv6-atomic", ip6().ipv6_fragment(0, false).destination_options().tcp(1, 2));
    list.emplace_back("ipv6-no-next", ip6(59));
    list.emplace_back("ipv6-jumbogram",
                      ip6(0).set16(4, 0).raw({17, 0, 0xc2, 4, 0, 1, 0x11, 0x70}).udp(1, 2));
    Packet deep = ip4();
    for (int i = 0; i < 24; ++i) deep.ipv4("10.0.0.1", "10.0.0.2");
    list.emplace_back("ipv4-deep", inner4(deep));
}

void add_transport_templates(std::vector<PacketTemplate>& list) {
    list.emplace_back("tcp", ip4().tcp(1, 2).payload(10));
    list.emplace_back("tcp-options", ip6().tcp(1, 2, 40).payload(10));
    list.emplace_back("udp", ip4().udp(1, 2).payload(10));
    list.emplace_back("udp-ipv6", ip6().udp(1, 2).payload(10));
    list.emplace_back("udplite", ip4(136).raw({0, 1, 0, 2, 0, 8, 0, 0}).payload(10));
    list.emplace_back("udplite-all", ip6(136).raw({0, 1, 0, 2, 0, 0, 0, 0}).payload(10));
    list.emplace_back(
        "sctp", ip4(132).raw({0, 1, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0}).raw({1, 0, 0, 20}).payload(16));
    list.emplace_back("sctp-empty", ip6(132).raw({0, 1, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0}));
    list.emplace_back(
        "sctp-chunks",
        ip6(132).raw({0, 1, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0, 3, 0, 0, 8, 0, 0, 0, 1}).payload(20));
    list.emplace_back("dccp",
                      ip4(33).raw({0, 1, 0, 2, 4, 0, 0, 0, 4, 0, 0, 1, 0, 0, 0, 9}).payload(8));
    list.emplace_back("dccp-extended",
                      ip6(33).raw({0, 1, 0, 2, 6, 0, 0, 0, 5, 0, 0, 1, 0, 0, 0, 9}).payload(16));
    list.emplace_back("icmp", ip4().icmp().payload(12));
    list.emplace_back("icmpv6", ip6().icmpv6().payload(12));
    list.emplace_back("icmp-quote", ip4().icmp(3, 3).ipv4("10.0.0.2", "10.0.0.1").udp(2, 1));
    list.emplace_back("icmp-quote-tcp",
                      ip4().icmp(11).ipv4("10.0.0.2", "10.0.0.1", 8).tcp(2, 1).payload(30));
    list.emplace_back("icmp-quote-esp", ip4().icmp(5).ipv4("10.0.0.2", "10.0.0.1").esp(1, 2));
    list.emplace_back("icmp-quote-ah",
                      ip4().icmp(12).ipv4("10.0.0.2", "10.0.0.1").ah(1, 2).tcp(2, 1));
    list.emplace_back("icmp-quote-later",
                      ip4().icmp(4).ipv4("10.0.0.2", "10.0.0.1").fragment(3, true).payload(8));
    list.emplace_back("icmp-quote-ipv4", inner4(ip4().icmp(3, 4).ipv4("10.0.0.2", "10.0.0.1")));
    list.emplace_back("icmpv6-quote", ip6().icmpv6(1).ipv6("2001:db8::2", "2001:db8::1").tcp(2, 1));
    list.emplace_back("icmpv6-quote-extensions", ip6()
                                                     .icmpv6(3)
                                                     .ipv6("2001:db8::2", "2001:db8::1")
                                                     .hop_by_hop(1)
                                                     .ipv6_fragment(0, true)
                                                     .routing(2)
                                                     .udp(2, 1)
                                                     .payload(8));
    list.emplace_back("icmpv6-quote-later", ip6()
                                                .icmpv6(2)
                                                .ipv6("2001:db8::2", "2001:db8::1")
                                                .destination_options()
                                                .ipv6_fragment(4, false)
                                                .payload(8));
    list.emplace_back("icmpv6-quote-icmpv6",
                      ip6().icmpv6(4).ipv6("2001:db8::2", "2001:db8::1").icmpv6().payload(8));
}

namespace {

constexpr std::size_t kIcvOctets = 12;

/// `packet`, which has ESP in it, with a trailer behind, so that what ESP carries can be read.
PacketTemplate esp_null(std::string name, const Packet& packet, unsigned next_header) {
    std::vector<std::byte> frame = packet.build();
    for (const unsigned octet : {1U, 2U, 3U, 3U, next_header}) {
        frame.push_back(static_cast<std::byte>(octet));
    }
    frame.resize(frame.size() + kIcvOctets);
    // As if it were encrypted: what stands before ESP.
    const PacketTemplate outer(name, frame, parse::ParseOptions::kEspEncrypted);
    repair_lengths({frame, outer.layers, outer.layer_count});
    return {std::move(name), std::move(frame), kIcvOctets};
}

}  // namespace

void add_ipsec_templates(std::vector<PacketTemplate>& list) {
    list.emplace_back("esp", ip4().esp(1, 2).payload(40));
    list.emplace_back("esp-ipv6", ip6().destination_options().esp(1, 2).payload(40));
    list.push_back(esp_null("esp-null-tunnel", inner4(ip4().esp(1, 2)), 4));
    list.push_back(esp_null("esp-null-transport", ip6().esp(1, 2).tcp(1, 2).payload(9), 6));
    list.push_back(
        esp_null("esp-null-extension", ip6().esp(1, 2).destination_options().udp(1, 2), 60));
    list.push_back(esp_null("esp-null-dummy", ip4().esp(1, 2).payload(8), 59));
    list.push_back(esp_null("esp-null-udp", inner6(udp(4500).esp(1, 2)), 41));
    list.emplace_back("ah", ip4().ah(1, 2).tcp(1, 2).payload(8));
    list.emplace_back("ah-tunnel", inner6(ip4().ah(1, 2, 16)));
    list.emplace_back("ah-ipv6", ip6().hop_by_hop().ah(1, 2).destination_options().udp(1, 2));
    list.emplace_back("ah-esp", ip4().ah(1, 2).esp(3, 4).payload(20));
    list.emplace_back("isakmp", udp(wire::kIkePort).payload(40));
    list.emplace_back("natt-esp", udp(wire::kNatTPort).esp(1, 2).payload(24));
    list.emplace_back("natt-isakmp", udp(wire::kNatTPort).raw({0, 0, 0, 0}).payload(36));
    list.emplace_back("natt-marker", udp(wire::kNatTPort).raw({0, 0, 0, 0}));
    list.emplace_back("natt-keepalive", udp(wire::kNatTPort).raw({0xff}).pad_to(60));
}

}  // namespace weir::fuzz
