// SPDX-License-Identifier: BSD-3-Clause
// Tunnels: GRE and what it carries, and those in UDP.
#include "packet_template_lists.hpp"
#include "wire/ip.hpp"
#include "wire/transport.hpp"

namespace weir::fuzz {

using gen::Packet;

void add_tunnel_templates(std::vector<PacketTemplate>& list) {
    const auto gre = [](std::initializer_list<unsigned> header) { return ip4(47).raw(header); };
    list.emplace_back("gre", inner4(gre({0, 0, 8, 0})));
    list.emplace_back("gre-all",
                      inner6(gre({0xb0, 0, 0x86, 0xdd, 1, 2, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1})));
    list.emplace_back("gre-ipv6", inner4(ip6(47).raw({0x20, 0, 8, 0, 0, 0, 0, 5})));
    list.emplace_back("gre-eth", inner_eth(gre({0x20, 0, 0x65, 0x58, 0, 0x12, 0x34, 0x56})));
    list.emplace_back("gre-mpls", inner4(gre({0, 0, 0x88, 0x47, 0, 1, 1, 64})));
    list.emplace_back("gre-routing", gre({0x40, 0, 8, 0, 0, 0, 0, 0}).payload(20));
    list.emplace_back("gre-ppp", inner4(gre({0x30, 0x81, 0x88, 0x0b, 0, 38, 0,    7, 0, 0,
                                             0,    1,    0,    0,    0, 2,  0xff, 3, 0, 0x21})));
    list.emplace_back("erspan-1", inner_eth(gre({0, 0, 0x88, 0xbe})));
    list.emplace_back("erspan-2",
                      inner_eth(gre({0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 1, 0, 5, 0, 0, 0, 0})));
    list.emplace_back(
        "erspan-3",
        inner_eth(gre({0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0})));
    list.emplace_back("erspan-3-optional",
                      inner_eth(gre({0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 1, 0, 5, 0, 0,
                                     0,    0, 0,    0,    0, 1, 0, 0, 0,    0, 0, 0, 0, 0})));
    list.emplace_back("l2tpv3-ip", ip4(115).raw({0, 0, 0, 9, 1, 2, 3, 4}).payload(20));
    list.emplace_back("l2tpv3-ip-control", ip6(115).raw({0, 0, 0, 0, 0xc8, 3, 0, 12}).payload(8));
}

namespace {

void add_mobile_templates(std::vector<PacketTemplate>& list) {
    const auto gtp = [](std::initializer_list<unsigned> header) { return udp(2152).raw(header); };
    list.emplace_back("gtp", inner4(gtp({0x30, 255, 0, 34, 0, 0, 0, 7})));
    list.emplace_back("gtp-sequence", inner6(gtp({0x32, 255, 0, 70, 0, 0, 0, 7, 0, 1, 0, 0})));
    list.emplace_back("gtp-extension",
                      inner4(gtp({0x34, 255, 0, 42, 0, 0, 0, 7, 0, 0, 0, 0x85, 1, 0x10, 9, 0})));
    list.emplace_back("gtp-extensions", inner6(gtp({0x37, 255, 0, 82,   0, 0, 0, 7, 0, 1, 2, 0xc0,
                                                    1,    0,   1, 0x85, 2, 0, 9, 0, 0, 0, 0, 0})));
    list.emplace_back("gtp-echo", gtp({0x32, 1, 0, 4, 0, 0, 0, 0, 0, 1, 0, 0}));
    list.emplace_back("gtp-error", gtp({0x30, 26, 0, 20, 0, 0, 0, 0}).payload(20));
    list.emplace_back("gtpprime", gtp({0x2e, 1, 0, 0, 0, 1}).payload(10));
}

void add_access_templates(std::vector<PacketTemplate>& list) {
    const auto l2tp = [](std::initializer_list<unsigned> header) { return udp(1701).raw(header); };
    list.emplace_back("l2tp", inner4(l2tp({0, 2, 0, 7, 0, 9, 0xff, 3, 0, 0x21})));
    list.emplace_back("l2tp-length", inner4(l2tp({0x40, 2, 0, 44, 0, 7, 0, 9, 0, 0x21})));
    list.emplace_back("l2tp-all",
                      inner6(l2tp({0x4a, 2, 0, 84, 0, 7, 0, 9, 0, 1, 0, 2, 0, 2, 9, 9, 0, 0x57})));
    list.emplace_back("l2tp-control",
                      l2tp({0xc8, 2, 0, 20, 0, 7, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 6}));
    list.emplace_back("l2tpv3", l2tp({0, 3, 0, 0, 0, 0, 0, 9}).payload(20));
    list.emplace_back("l2tpv3-control", l2tp({0xc8, 3, 0, 12, 0, 0, 0, 9, 0, 0, 0, 0}));
    list.emplace_back("teredo", inner6(udp(3544).payload(0)));
    list.emplace_back("teredo-origin", inner6(udp(3544).raw({0, 0, 0x12, 0x34, 1, 2, 3, 4})));
    list.emplace_back("teredo-both",
                      inner6(udp(3544).raw({0, 1, 2, 4, 1, 2, 1, 2,    3,    4, 9, 9, 9, 9,
                                            9, 9, 9, 9, 0, 0, 0, 0x12, 0x34, 1, 2, 3, 4})));
    for (const auto& [type, octets] : {std::pair{1U, 148U}, {2U, 92U}, {3U, 64U}, {4U, 48U}}) {
        list.emplace_back("wireguard-" + std::to_string(type),
                          udp(51820).raw({type, 0, 0, 0}).payload(octets - 4));
    }
}

}  // namespace

void add_udp_tunnel_templates(std::vector<PacketTemplate>& list) {
    list.emplace_back("vxlan", inner_eth(udp(4789).vxlan(7)));
    list.emplace_back("vxlan-vlan", inner6(ip6().udp(1, 4789).vxlan(8).eth().vlan(9)));
    list.emplace_back(
        "vxlan-vxlan",
        inner_eth(udp(4789).vxlan(7).eth().ipv4("10.1.0.1", "10.1.0.2").udp(1, 4789).vxlan(9)));
    list.emplace_back("vxlangpe-ipv4", inner4(udp(4790).raw({0x0c, 0, 0, 1, 0, 0, 9, 0})));
    list.emplace_back("vxlangpe-ipv6", inner6(udp(4790).raw({0x0c, 0, 0, 2, 0, 0, 9, 0})));
    list.emplace_back("vxlangpe-eth", inner_eth(udp(4790).raw({0x0c, 0, 0, 3, 0, 0, 9, 0})));
    list.emplace_back("vxlangpe-mpls",
                      inner4(udp(4790).raw({0x0c, 0, 0, 5, 0, 0, 9, 0, 0, 1, 1, 64})));
    list.emplace_back("vxlangpe-plain", inner_eth(udp(4790).raw({0x08, 0, 0, 0, 0, 0, 9, 0})));
    list.emplace_back("geneve", inner_eth(udp(6081).raw({0, 0, 0x65, 0x58, 0, 0, 9, 0})));
    list.emplace_back("geneve-ipv4", inner4(udp(6081).raw({0, 0, 8, 0, 0, 0, 9, 0})));
    list.emplace_back("geneve-options",
                      inner_eth(udp(6081).raw({5, 0, 0x65, 0x58, 0, 0, 9, 0, 1, 2, 3, 1, 9, 9,
                                               9, 9, 1,    2,    4, 2, 9, 9, 9, 9, 9, 9, 9, 9})));
    list.emplace_back("mpls-udp", inner4(udp(6635).raw({0, 1, 0, 64, 0, 2, 1, 64})));
    list.emplace_back("mpls-udp-pw", inner_eth(udp(6635).raw({0, 2, 1, 64, 0, 0, 0, 1})));
    add_mobile_templates(list);
    add_access_templates(list);
}

}  // namespace weir::fuzz
