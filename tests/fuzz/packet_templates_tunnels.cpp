// SPDX-License-Identifier: BSD-3-Clause
// Tunnels: GRE and what it carries, and those in UDP.
#include <utility>

#include "packet_template_lists.hpp"
#include "parse/gtp.hpp"
#include "wire/transport.hpp"
#include "wire/tunnel.hpp"

namespace weir::fuzz {

using gen::Packet;

void add_tunnel_templates(std::vector<PacketTemplate>& list) {
    constexpr unsigned kAll = wire::kGreChecksum | wire::kGreKey | wire::kGreSequence;
    constexpr unsigned kPptp = wire::kGreKey | wire::kGreSequence | wire::kGreAcknowledgment | 1;
    const auto sequenced = [] { return ip4().gre(wire::kGreSequence, 0, 1); };
    list.emplace_back("gre", inner4(ip4().gre()));
    list.emplace_back("gre-all", inner6(ip4().gre(kAll, 7, 1)));
    list.emplace_back("gre-ipv6", inner4(ip6().gre(wire::kGreKey, 5)));
    list.emplace_back("gre-eth", inner_eth(ip4().gre(wire::kGreKey, 0x123456)));
    list.emplace_back("gre-arp", ip4().gre().arp("10.0.0.1", "10.0.0.2"));
    list.emplace_back("gre-mpls", inner4(ip4().gre().mpls(1)));
    list.emplace_back("gre-routing", ip4().gre(wire::kGreRouting).payload(20));
    list.emplace_back("gre-ppp", inner4(ip4().gre(kPptp, 7, 1).ppp(false, true)));
    list.emplace_back("erspan-1", inner_eth(ip4().gre().erspan(1)));
    list.emplace_back("erspan-2", inner_eth(sequenced().erspan(2)));
    list.emplace_back("erspan-3", inner_eth(sequenced().erspan(3)));
    // Its last bit says that eight octets follow, which Packet does not make.
    list.emplace_back("erspan-3-optional",
                      inner_eth(sequenced().erspan(3).set8(11, 1).raw({0, 0, 0, 0, 0, 0, 0, 0})));
    list.emplace_back(
        "erspan-3-ip",
        sequenced().erspan(3).set8(10, 2U << 2).ipv4("10.9.0.1", "10.9.0.2").udp(3, 4));
    list.emplace_back("l2tpv3-ip", ip4().l2tp_v3(9).payload(20));
    list.emplace_back("l2tpv3-ip-control", ip6().l2tp_v3(0).raw({0xc8, 3, 0, 12}).payload(8));
}

namespace {

void add_mobile_templates(std::vector<PacketTemplate>& list) {
    constexpr unsigned kAll = wire::kGtpExtension | wire::kGtpSequence | wire::kGtpNpdu;
    const auto gtpu = [](unsigned flags) { return udp(wire::kGtpUPort).gtpu(7, flags); };
    list.emplace_back("gtp", inner4(gtpu(0)));
    list.emplace_back("gtp-sequence", inner6(gtpu(wire::kGtpSequence)));
    list.emplace_back("gtp-extension", inner4(gtpu(wire::kGtpExtension).gtpu_extension(0x85)));
    list.emplace_back("gtp-extensions",
                      inner6(gtpu(kAll).gtpu_extension(0xc0).gtpu_extension(0x85, 2)));
    Packet most = gtpu(wire::kGtpExtension);
    for (int i = 0; i < parse::kMaxGtpExtensions; ++i) most.gtpu_extension(0x85);
    list.emplace_back("gtp-most-extensions", inner4(most));
    list.emplace_back("gtp-echo", gtpu(wire::kGtpSequence).set8(1, 1));
    list.emplace_back("gtp-error", gtpu(0).set8(1, 26).payload(20));
    list.emplace_back("gtpprime", udp(wire::kGtpUPort).gtp_prime().payload(10));
}

void add_access_templates(std::vector<PacketTemplate>& list) {
    constexpr unsigned kAll = wire::kL2tpLength | wire::kL2tpSequence | wire::kL2tpOffset;
    const auto l2tp = [](unsigned flags) { return udp(wire::kL2tpPort).l2tp(7, 9, flags); };
    const auto teredo = [](std::initializer_list<unsigned> indications) {
        return inner6(udp(wire::kTeredoPort).teredo(indications));
    };
    list.emplace_back("l2tp", inner4(l2tp(0).ppp(false, true)));
    list.emplace_back("l2tp-length", inner4(l2tp(wire::kL2tpLength).ppp()));
    list.emplace_back("l2tp-all", inner6(l2tp(kAll).ppp(true)));
    list.emplace_back("l2tp-offset",
                      inner6(l2tp(wire::kL2tpOffset).set16(6, 2).raw({9, 9, 0, 0x57})));
    list.emplace_back("l2tp-control",
                      l2tp(wire::kL2tpControl | wire::kL2tpLength | wire::kL2tpSequence)
                          .raw({0, 8, 0, 0, 0, 0, 0, 6}));
    list.emplace_back("l2tpv3", udp(wire::kL2tpPort).l2tp_v3(9).payload(20));
    list.emplace_back(
        "l2tpv3-control",
        udp(wire::kL2tpPort).l2tp_v3(9).set16(0, 0xc803).set16(2, 12).raw({0, 0, 0, 0}));
    list.emplace_back("teredo", teredo({}));
    list.emplace_back("teredo-origin", teredo({0, 0, 0x12, 0x34, 1, 2, 3, 4}));
    list.emplace_back("teredo-both", teredo({0, 1, 2, 4, 1, 2, 1, 2,    3,    4, 9, 9, 9, 9,
                                             9, 9, 9, 9, 0, 0, 0, 0x12, 0x34, 1, 2, 3, 4}));
    for (const unsigned type : {1, 2, 3, 4}) {
        list.emplace_back("wireguard-" + std::to_string(type),
                          udp(wire::kWireGuardPort).wireguard(type));
    }
}

}  // namespace

void add_udp_tunnel_templates(std::vector<PacketTemplate>& list) {
    const auto gpe = [] { return udp(wire::kVxlanGpePort).vxlan_gpe(9); };
    const auto geneve = [](std::initializer_list<unsigned> options) {
        return udp(wire::kGenevePort).geneve(9, options);
    };
    list.emplace_back("vxlan", inner_eth(udp(wire::kVxlanPort).vxlan(7)));
    list.emplace_back("vxlan-vlan", inner6(ip6().udp(1, wire::kVxlanPort).vxlan(8).eth().vlan(9)));
    list.emplace_back("vxlan-vxlan", inner_eth(udp(wire::kVxlanPort)
                                                   .vxlan(7)
                                                   .eth()
                                                   .ipv4("10.1.0.1", "10.1.0.2")
                                                   .udp(1, wire::kVxlanPort)
                                                   .vxlan(9)));
    list.emplace_back("vxlangpe-ipv4", inner4(gpe()));
    list.emplace_back("vxlangpe-ipv6", inner6(gpe()));
    list.emplace_back("vxlangpe-eth", inner_eth(gpe()));
    list.emplace_back("vxlangpe-mpls", inner4(gpe().mpls(1)));
    list.emplace_back("vxlangpe-plain", inner_eth(gpe().set8(0, 0x08)));
    list.emplace_back("geneve", inner_eth(geneve({})));
    list.emplace_back("geneve-ipv4", inner4(geneve({})));
    list.emplace_back("geneve-options", inner_eth(geneve({8, 12, 4})));
    // One more than are looked at.
    list.emplace_back("geneve-most-options", inner6(geneve({4, 4, 8, 4, 4, 4, 4, 4, 4})));
    list.emplace_back("gre-udp", inner4(udp(wire::kGrePort).gre(wire::kGreKey, 7)));
    list.emplace_back("sctp-udp", udp(wire::kSctpPort).sctp(1, 2).sctp_chunk(20));
    list.emplace_back("mpls-udp", inner4(udp(wire::kMplsPort).mpls(1).mpls(2)));
    list.emplace_back("mpls-udp-pw", inner_eth(udp(wire::kMplsPort).mpls(2).pseudowire()));
    // Two ports that lead somewhere: what the lower declines the other may take.
    list.emplace_back("ports-both", ip4().udp(wire::kIkePort, wire::kVxlanPort).ike().payload(40));
    list.emplace_back("ports-declined",
                      inner_eth(ip4().udp(wire::kTeredoPort, wire::kVxlanPort).vxlan(7)));
    add_mobile_templates(list);
    add_access_templates(list);
}

}  // namespace weir::fuzz
