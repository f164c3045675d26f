// SPDX-License-Identifier: BSD-3-Clause
#include "cut_cases.hpp"
#include "wire/transport.hpp"
#include "wire/tunnel.hpp"

namespace weir::parse {

using enum LayerKind;

namespace {

Packet in(std::uint16_t port) { return ip4().udp(40000, port); }

/// Headers of UDP tunnels that always have as many octets, with a frame or packet behind.
void add_plain(std::vector<CutCase>& cases) {
    using enum ParseStatus;
    CutPlan plan = udp_plan();
    plan.layer(kVxlan).header(8, kVxlanTooShort);
    plan.layer(kEth).header(14, kEthTooShort);
    cases.push_back({"vxlan", inner(in(wire::kVxlanPort).vxlan(5).eth()), ipv4(plan, true)});
    plan = udp_plan();
    plan.layer(kVxlanGpe).header(8, kVxlanGpeTooShort);
    cases.push_back({"vxlangpe", inner(in(wire::kVxlanGpePort).vxlan_gpe(5)), ipv4(plan)});
    plan = udp_plan();
    plan.layer(kMpls).need(4, kMplsTooShort).list().peek(5).past(4);
    cases.push_back({"mpls in udp", inner(in(wire::kMplsPort).mpls(5)), ipv4(plan)});
}

void add_gre(std::vector<CutCase>& cases) {
    using enum ParseStatus;
    for (const unsigned flags : {0x0000U, 0x8000U, 0x2000U, 0x1000U, 0xb000U, 0x3081U}) {
        std::size_t octets = 4;
        for (const unsigned bit : {0x8000U, 0x2000U, 0x1000U, 0x0080U}) {
            if ((flags & bit) != 0) octets += 4;
        }
        CutPlan plan = ipv4_plan();
        plan.layer(kGre).need(4, kGreTooShort).header(octets, kGreTooShort);
        cases.push_back({"gre " + std::to_string(flags), inner(ip4().gre(flags)), ipv4(plan)});
    }
    CutPlan plan = ipv4_plan();
    plan.layer(kGre).need(4, kGreTooShort).header(8, kGreTooShort);
    const CutPlan gre = plan;
    plan.layer(kErspan).header(8, kErspanTooShort);
    plan.layer(kEth).header(14, kEthTooShort);
    cases.push_back({"erspan 2", inner(ip4().gre(0x1000).erspan(2).eth()), ipv4(plan, true)});
    plan = gre;
    plan.layer(kErspan).need(12, kErspanTooShort).header(20, kErspanTooShort);
    plan.layer(kEth).header(14, kEthTooShort);
    cases.push_back({"erspan 3 with sub-header",
                     ip4().gre(0x1000).erspan(3).set8(11, 1).payload(8).payload(20), plan});
}

void add_geneve_and_gtp(std::vector<CutCase>& cases) {
    using enum ParseStatus;
    CutPlan plan = udp_plan();
    plan.layer(kGeneve).need(8, kGeneveTooShort).list().need(24, kGeneveOptionsBeyondPacket);
    plan.past(24);
    cases.push_back({"geneve", inner(in(wire::kGenevePort).geneve(5, {12, 4})), ipv4(plan)});
    plan = udp_plan();
    plan.layer(kGtpU).length(2, 8, 8).need(8, kGtpTooShort).list().peek(9).past(8);
    cases.push_back({"gtp", inner(in(wire::kGtpUPort).gtpu(5)), ipv4(plan)});
    plan = udp_plan();
    plan.layer(kGtpU).length(2, 8, 8).need(8, kGtpTooShort).list().need(12, kGtpTooShort);
    for (const std::size_t octets : {13, 16, 17, 24}) {
        plan.need(octets, kGtpExtensionBeyondMessage);
    }
    plan.peek(25).past(24);
    Packet gtp = in(wire::kGtpUPort).gtpu(5, wire::kGtpExtension);
    gtp.gtpu_extension(0x85).gtpu_extension(0x20, 2);
    cases.push_back({"gtp with extensions", inner(gtp), ipv4(plan)});
    plan = udp_plan();
    plan.layer(kGtpU).need(1, kGtpTooShort);
    plan.layer(kGtpPrime).header(6, kGtpTooShort);
    cases.push_back({"gtpprime", in(wire::kGtpUPort).gtp_prime().payload(9), plan});
}

void add_l2tp(std::vector<CutCase>& cases) {
    using enum ParseStatus;
    for (const unsigned flags : {0x0000U, 0x0800U, 0x4000U, 0x4a00U}) {
        const bool has_length = (flags & wire::kL2tpLength) != 0;
        const bool has_offset = (flags & wire::kL2tpOffset) != 0;
        const bool has_sequence = (flags & wire::kL2tpSequence) != 0;
        const std::size_t octets =
            6 + (has_length ? 2 : 0) + (has_sequence ? 4 : 0) + (has_offset ? 2 : 0);
        CutPlan plan = udp_plan();
        plan.layer(kL2tp).need(2, kL2tpTooShort);
        if (has_length) plan.length(2, 0, octets);
        plan.header(octets, kL2tpTooShort);
        if (has_offset) plan.need(octets + 3, kL2tpTooShort).past(octets + 3);
        plan.layer(kPpp).need(1, kPppTooShort).header(2, kPppTooShort);
        Packet l2tp = in(wire::kL2tpPort).l2tp(1, 2, flags);
        if (has_offset) l2tp.set16(octets - 2, 3).raw({0, 0, 0});
        cases.push_back({"l2tp " + std::to_string(flags), inner(l2tp.ppp()), ipv4(plan)});
    }
    CutPlan plan = udp_plan();
    plan.layer(kL2tp).need(2, kL2tpTooShort).header(8, kL2tpTooShort);
    cases.push_back({"l2tp version 3", in(wire::kL2tpPort).l2tp_v3(5).payload(9), plan});
    plan = udp_plan();
    plan.layer(kL2tp).need(2, kL2tpTooShort).header(12, kL2tpTooShort);
    cases.push_back(
        {"l2tp version 3 control", in(wire::kL2tpPort).l2tp_v3(5).set8(0, 0x80).payload(9), plan});
    plan = udp_plan();
    plan.layer(kL2tp).need(2, kL2tpTooShort).need(12, kL2tpTooShort).list();
    plan.within(16, kL2tpLengthInvalid).past(12);
    cases.push_back({"l2tp version 3 control with length",
                     in(wire::kL2tpPort).l2tp_v3(5).set16(0, 0xc803).set16(2, 16).payload(9),
                     plan});
    plan = ipv4_plan();
    plan.layer(kL2tp).header(4, kL2tpTooShort);
    cases.push_back({"l2tp in ip", ip4().l2tp_v3(5).payload(9), plan});
}

/// What declines where it is too short to be told.
void add_recognised(std::vector<CutCase>& cases) {
    using enum ParseStatus;
    CutPlan plan = udp_plan();
    plan.layer(kTeredo).enough(2).need(4, kTeredoTooShort).need(15, kTeredoTooShort).enough(17);
    plan.need(23, kTeredoTooShort).enough(24).list().past(23);
    cases.push_back({"teredo",
                     in(wire::kTeredoPort)
                         .teredo({0, 1, 1, 1, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                  0, 0, 1, 2, 3, 4, 5, 6})
                         .ipv6("2001::1", "2001::2")
                         .payload(4),
                     ipv6(plan)});
    for (const unsigned type : {1U, 2U, 3U}) {
        const std::size_t octets = type == 1 ? 148 : type == 2 ? 92 : 64;
        plan = udp_plan();
        plan.layer(kWireGuard).peek(8).within(octets, kOk).list().past(8);
        cases.push_back(
            {"wireguard " + std::to_string(type), in(wire::kWireGuardPort).wireguard(type), plan});
    }
}

void add_ipsec(std::vector<CutCase>& cases) {
    using enum ParseStatus;
    CutPlan plan = udp_plan();
    plan.layer(kIke).enough(28).header(28, kIkeTooShort);
    cases.push_back({"isakmp", in(wire::kIkePort).ike().payload(9), plan});
    plan = udp_plan();
    plan.layer(kIke).enough(28).need(28, kIkeTooShort).list().within(32, kIkeLengthBeyondPacket);
    cases.push_back(
        {"isakmp with payload", in(wire::kIkePort).ike().set16(26, 32).payload(9), plan.past(28)});
    plan = udp_plan();
    plan.layer(kEsp).need(4, kEspTooShort).skip(4);
    plan.layer(kIke).header(28, kIkeTooShort);
    cases.push_back({"isakmp behind a marker", in(wire::kNatTPort).ike(true).payload(9), plan});
    plan = udp_plan();
    plan.layer(kEsp).need(4, kEspTooShort).header(8, kEspTooShort);
    cases.push_back({"esp in udp", in(wire::kNatTPort).esp(1, 2).payload(9), plan});
    plan = udp_plan();
    plan.layer(kEsp).enough(1).layer(kNatKeepalive).list().past(1);
    cases.push_back({"natkeepalive", in(wire::kNatTPort).nat_keepalive(), plan});
}

}  // namespace

std::vector<CutCase> tunnel_cases() {
    std::vector<CutCase> cases;
    add_plain(cases);
    add_gre(cases);
    add_geneve_and_gtp(cases);
    add_l2tp(cases);
    add_recognised(cases);
    add_ipsec(cases);
    return cases;
}

}  // namespace weir::parse
