// SPDX-License-Identifier: BSD-3-Clause
#include "cut_cases.hpp"

namespace weir::parse {

using enum LayerKind;

std::vector<CutCase> link_cases() {
    using enum ParseStatus;
    std::vector<CutCase> cases;
    CutPlan plan = eth_plan();
    plan.layer(kVlan, true).header(4, kVlanTooShort);
    plan.layer(kVlan, true).header(4, kVlanTooShort);
    plan.layer(kArp, true).need(8, kArpTooShort).list().need(28, kArpTooShort).past(28);
    cases.push_back({"arp", Packet().eth().vlan(1).vlan(2).arp("10.0.0.1", "10.0.0.2"), plan});

    const auto llc = [](std::size_t octets) {
        CutPlan result = CutPlan().layer(kEth, true).need(14, kEthTooShort).length(12, 14, 14);
        result.list().peek(16).past(14);
        result.layer(kLlc).need(3, kLlcTooShort).need(octets, kLlcTooShort).list().past(octets);
        return result;
    };
    cases.push_back({"llc", Packet().eth().llc().payload(9), llc(3)});
    cases.push_back({"llc of 4", Packet().eth().llc(0x42, 0x42, 1).payload(9), llc(4)});
    plan = llc(3);
    plan.layer(kSnap).header(5, kSnapTooShort);
    ipv4(plan, true);
    Packet snap = Packet().eth().snap();
    cases.push_back({"snap", inner(snap), plan});

    plan = eth_plan();
    plan.layer(kPppoeSession, true).length(4, 6, 6).header(6, kPppoeTooShort);
    const CutPlan session = plan;
    plan.layer(kPpp).need(1, kPppTooShort).header(2, kPppTooShort);
    Packet pppoe = Packet().eth().pppoe_session(7).ppp();
    cases.push_back({"ppp", inner(pppoe), ipv4(plan)});
    plan = session;
    plan.layer(kPpp).header(1, kPppTooShort);
    pppoe = Packet().eth().pppoe_session(7).ppp(true);
    cases.push_back({"ppp of 1", inner(pppoe), ipv4(plan)});
    plan = session;
    plan.layer(kPpp).header(4, kPppTooShort);
    pppoe = Packet().eth().pppoe_session(7).ppp(false, true);
    cases.push_back({"ppp of 4", pppoe.ipv6("fd00::1", "fd00::2").payload(4), ipv6(plan)});
    plan = eth_plan();
    plan.layer(kPppoeDiscovery, true).length(4, 6, 6).header(6, kPppoeTooShort);
    cases.push_back({"pppoed", Packet().eth().pppoe_discovery().payload(9), plan});

    plan = eth_plan();
    plan.layer(kMpls, true).header(4, kMplsTooShort);
    plan.layer(kMpls, true).need(4, kMplsTooShort).list().peek(5).past(4);
    Packet labels = Packet().eth().mpls(16).mpls(17);
    cases.push_back({"mpls", inner(labels), ipv4(plan)});
    plan = eth_plan();
    plan.layer(kMpls, true).header(4, kMplsTooShort);
    plan.layer(kMpls, true).need(4, kMplsTooShort).list().peek(5).peek(22).past(4);
    plan.layer(kPseudowire).enough(18).list().past(4);
    plan.layer(kEth).header(14, kEthTooShort);
    labels = Packet().eth().mpls(16).mpls(17).pseudowire().eth();
    cases.push_back({"pw", inner(labels), ipv4(plan, true)});
    return cases;
}

std::vector<CutCase> network_cases() {
    using enum ParseStatus;
    std::vector<CutCase> cases;
    CutPlan plan = eth_plan();
    plan.layer(kIpv4, true).length(2, 0, 44).need(20, kIpv4TooShort);
    plan.header(44, kIpv4OptionsBeyondFrame).layer(kUdp).header(8, kUdpTooShort);
    cases.push_back(
        {"ip with options", Packet().eth().ipv4("10.0.0.1", "10.0.0.2", 24).udp(1, 2), plan});

    plan = ipv6_plan();
    for (const LayerKind kind : {kIpv6HopByHop, kIpv6DestOpts, kIpv6Routing, kIpv6Mobility}) {
        plan.layer(kind).need(8, kIpv6ExtensionTooShort).header(16, kIpv6ExtensionTooShort);
    }
    plan.layer(kIpv6Fragment).header(8, kIpv6ExtensionTooShort);
    plan.layer(kIcmpv6).need(4, kIcmpv6TooShort).list().need(8, kIcmpv6TooShort).past(4);
    cases.push_back({"ipv6 extensions",
                     ip6()
                         .hop_by_hop(1)
                         .destination_options(1)
                         .routing(1)
                         .mobility(1)
                         .ipv6_fragment(0, false)
                         .icmpv6()
                         .payload(4),
                     plan});
    plan = ipv4_plan();
    cases.push_back({"ip in ip",
                     ip4().ipv6("fd00::1", "fd00::2").ipv4("10.9.0.1", "10.9.0.2").payload(5),
                     ipv4(ipv6(plan))});
    plan = ipv4_plan();
    plan.layer(kAh).need(12, kAhTooShort).header(24, kAhTooShort);
    plan.layer(kEsp).header(8, kEspTooShort);
    cases.push_back({"ah and esp", ip4().ah(1, 2).esp(3, 4).payload(9), plan});
    return cases;
}

std::vector<CutCase> transport_cases() {
    using enum ParseStatus;
    std::vector<CutCase> cases;
    CutPlan plan = ipv4_plan();
    plan.layer(kTcp).need(20, kTcpTooShort).list().need(32, kTcpOptionsBeyondPacket).past(32);
    cases.push_back({"tcp", ip4().tcp(1, 2, 12).payload(9), plan});
    plan = udp_plan();
    cases.push_back({"udp", ip4().udp(40000, 9).payload(9), plan});
    plan = ipv4_plan();
    plan.layer(kUdpLite).header(8, kUdpLiteTooShort);
    cases.push_back({"udplite", ip4().udp_lite(1, 2).payload(9), plan});
    plan = ipv4_plan();
    plan.layer(kSctp).need(12, kSctpTooShort).list().past(12).enough(13);
    plan.need(16, kSctpChunkTooShort).within(36, kSctpChunkBeyondPacket);
    cases.push_back({"sctp", ip4().sctp(1, 2).sctp_chunk(24), plan});
    for (const std::size_t generic : {12, 16}) {
        plan = ipv4_plan();
        plan.layer(kDccp).need(12, kDccpTooShort).list().need(generic, kDccpTooShort);
        plan.need(20, kDccpHeaderBeyondPacket).past(20);
        cases.push_back({"dccp " + std::to_string(generic),
                         ip4().dccp(1, 2, generic == 16).set8(4, 5).payload(20), plan});
    }
    return cases;
}

/// ICMP errors quote what is there; only the capture's end is worth a word.
std::vector<CutCase> quote_cases() {
    using enum ParseStatus;
    std::vector<CutCase> cases;
    CutPlan plan = ipv4_plan();
    plan.layer(kIcmp).need(4, kIcmpTooShort).list().need(8, kIcmpTooShort).past(8);
    const CutPlan icmp = plan;
    plan.layer(kIpv4).enough(20).enough(24).list().skip(24);
    const CutPlan quoted = plan;
    Packet packet = ip4().icmp(3).ipv4("10.0.0.2", "10.0.0.1", 4);
    plan.layer(kUdp).enough(4).list().skip(4);
    cases.push_back({"icmp quotes udp", Packet(packet).udp(1, 2), plan});
    plan = quoted;
    plan.layer(kEsp).enough(8).list().skip(8);
    cases.push_back({"icmp quotes esp", Packet(packet).esp(1, 2), plan});
    plan = quoted;
    plan.layer(kAh).enough(12).list().skip(12);
    cases.push_back({"icmp quotes ah", Packet(packet).ah(1, 2), plan});
    plan = quoted;
    plan.layer(kIpv6).enough(40).list().skip(40);
    cases.push_back({"icmp quotes ipv6", Packet(packet).ipv6("fd00::1", "fd00::2"), plan});
    plan = icmp;
    plan.layer(kIpv4).enough(20).list().skip(20).layer(kIpv4).enough(20).list().skip(20);
    cases.push_back({"icmp quotes ip in ip",
                     ip4().icmp(11).ipv4("10.0.0.2", "10.0.0.1").ipv4("10.0.0.3", "10.0.0.4"),
                     plan});

    plan = ipv6_plan();
    plan.layer(kIcmpv6).need(4, kIcmpv6TooShort).list().need(8, kIcmpv6TooShort).past(8);
    plan.layer(kIpv6).enough(40).list().skip(40);
    plan.layer(kIpv6HopByHop).enough(8).enough(16).list().skip(16);
    plan.layer(kIpv6Fragment).enough(8).list().skip(8);
    plan.layer(kTcp).enough(4).list().skip(4);
    cases.push_back({"icmpv6 quotes tcp",
                     ip6()
                         .icmpv6(1)
                         .ipv6("2001:db8::2", "2001:db8::1")
                         .hop_by_hop(1)
                         .ipv6_fragment(0, false)
                         .tcp(1, 2),
                     plan});
    return cases;
}

}  // namespace weir::parse
