// SPDX-License-Identifier: BSD-3-Clause
// The rarer protocols in the demo's traffic, and what can be wrong with their headers.
#include "gen/traffic_packets.hpp"
#include "gen/traffic_parts.hpp"
#include "wire/ethernet.hpp"
#include "wire/transport.hpp"
#include "wire/tunnel.hpp"

namespace weir::gen {
namespace {

using parse::LayerKind;

constexpr unsigned kLcpPayload = 8;
constexpr std::uint16_t kM3uaPort = 2905;

Packet in_udp(const Flow& f, std::uint16_t port) { return ip4(f).udp(f.source_port, port); }
/// What tunnels carry.
Packet& with_inner(Packet& packet) {
    return packet.ipv4("192.168.0.1", "192.168.0.2").udp(4321, 9);
}
Packet carrying(Packet packet) { return with_inner(packet); }

const Stack kStacks[] = {
    // Behind a tag: 802.3 lengths end at 1500, which is what is left of the longest frame then.
    {1, 1, [](const Flow&) { return Packet().eth().vlan(5).llc().payload(36); }},
    {1, 1, [](const Flow&) { return carrying(Packet().eth().vlan(5).snap()); }},
    {1, 1, [](const Flow&) { return carrying(Packet().eth().mpls(100).mpls(200)); }},
    {1, 1,
     [](const Flow&) { return carrying(Packet().eth().mpls(100).mpls(300).pseudowire().eth()); }},
    {1, 1, [](const Flow&) { return Packet().eth().pppoe_discovery().payload(40); }},
    {1, 1, [](const Flow&) { return carrying(Packet().eth().pppoe_session(7).ppp()); }},
    {1, 1, [](const Flow& f) { return ip6(f).mobility(); }},
    {1, 1, [](const Flow& f) { return ip4(f).udp_lite(f.source_port, 9); }},
    {1, 1, [](const Flow& f) { return ip4(f).sctp(f.source_port, kM3uaPort).sctp_chunk(20); }},
    {1, 1, [](const Flow& f) { return ip6(f).dccp(f.source_port, 5001); }},
    {1, 1, [](const Flow& f) { return in_udp(f, wire::kIkePort).ike(); }},
    {1, 1, [](const Flow& f) { return in_udp(f, wire::kNatTPort).ike(true); }},
    {1, 1, [](const Flow& f) { return carrying(ip4(f).gre(wire::kGreKey, 5)); }},
    {1, 1, [](const Flow& f) { return carrying(ip4(f).gre(wire::kGreSequence).erspan(2).eth()); }},
    {1, 1,
     [](const Flow& f) {
         return carrying(ip6(f).udp(f.source_port, wire::kVxlanGpePort).vxlan_gpe(9));
     }},
    {1, 1,
     [](const Flow& f) {
         return carrying(in_udp(f, wire::kGenevePort).geneve(9, {8, 4}).eth());
     }},
    {1, 1,
     [](const Flow& f) {
         return carrying(
             in_udp(f, wire::kGtpUPort).gtpu(9, wire::kGtpExtension).gtpu_extension(0x85));
     }},
    {1, 1, [](const Flow& f) { return in_udp(f, wire::kGtpUPort).gtp_prime(); }},
    {1, 1,
     [](const Flow& f) {
         return in_udp(f, wire::kL2tpPort).l2tp(1, 2, wire::kL2tpLength).ppp().payload(kLcpPayload);
     }},
    {1, 1,
     [](const Flow& f) {
         return in_udp(f, wire::kTeredoPort).teredo().ipv6("fd00::1", "fd00::2").udp(4321, 9);
     }},
    {1, 4,
     [](const Flow& f) { return in_udp(f, wire::kWireGuardPort).wireguard(wire::kWireGuardData); }},
    {1, 1, [](const Flow& f) { return in_udp(f, wire::kNatTPort).set16(4, 9).nat_keepalive(); }},
    {1, 1, [](const Flow& f) { return carrying(ip4(f).icmp(11)); }},
};

constexpr std::uint64_t kEthUdp = kEth4 | kUdp;

Packet bad_udp(std::uint16_t port) { return bad4().udp(1, port); }

using Malformeds = std::vector<Malformed>;

void add_link_defects(Malformeds& list) {
    using enum parse::ParseStatus;
    const auto eth = [] { return Packet().eth(); };
    list.push_back(
        {eth().set16(12, 1000).payload(46), kEthLengthBeyondFrame, kEth | layers(LayerKind::kLlc)});
    list.push_back({eth().set16(12, 2).payload(46), kLlcTooShort, kEth});
    list.push_back({eth().set16(12, 7).llc(0xaa, 0xaa).payload(43), kSnapTooShort,
                    kEth | layers(LayerKind::kLlc)});
    list.push_back({bad_udp(wire::kVxlanPort).vxlan(5002).eth().mpls(1).set8(2, 0), kMplsTooShort,
                    kEthUdp | layers(LayerKind::kVxlan, LayerKind::kMpls)});
    list.push_back({bad_udp(wire::kVxlanPort)
                        .vxlan(5002)
                        .eth()
                        .set16(12, wire::kEtherTypePppoeSession)
                        .payload(5),
                    kPppoeTooShort, kEthUdp | layers(LayerKind::kVxlan)});
    list.push_back({eth().pppoe_session(1).set16(4, 1400).ppp().payload(40),
                    kPppoeLengthBeyondFrame,
                    kEth | layers(LayerKind::kPppoeSession, LayerKind::kPpp)});
    list.push_back({eth().pppoe_session(1).set16(4, 1).payload(40), kPppTooShort,
                    kEth | layers(LayerKind::kPppoeSession)});
}

void add_transport_defects(Malformeds& list) {
    using enum parse::ParseStatus;
    const std::uint64_t lite = kEth4 | layers(LayerKind::kUdpLite);
    const std::uint64_t sctp = kEth4 | layers(LayerKind::kSctp);
    const std::uint64_t dccp = kEth4 | layers(LayerKind::kDccp);
    list.push_back({bad4().set16(2, 27).udp_lite(1, 2).payload(30), kUdpLiteTooShort, kEth4});
    list.push_back({bad4().udp_lite(1, 2, 7).payload(30), kUdpLiteCoverageInvalid, lite});
    list.push_back({bad4().set16(2, 31).sctp(1, 2).payload(30), kSctpTooShort, kEth4});
    list.push_back({bad4().set16(2, 35).sctp(1, 2).payload(30), kSctpChunkTooShort, sctp});
    list.push_back({bad4().sctp(1, 2).sctp_chunk(20).set16(2, 3), kSctpChunkLengthTooSmall, sctp});
    list.push_back({bad4().sctp(1, 2).sctp_chunk(20).set16(2, 21), kSctpChunkBeyondPacket, sctp});
    list.push_back({bad4().set16(2, 31).dccp(1, 2).payload(30), kDccpTooShort, kEth4});
    list.push_back({bad4().dccp(1, 2).set8(4, 3).payload(30), kDccpDataOffsetTooSmall, dccp});
    list.push_back({bad4().dccp(1, 2).set8(4, 255).payload(30), kDccpHeaderBeyondPacket, dccp});
}

void add_tunnel_defects(Malformeds& list) {
    using enum parse::ParseStatus;
    const std::uint64_t geneve = kEthUdp | layers(LayerKind::kGeneve);
    const std::uint64_t gtp = kEthUdp | layers(LayerKind::kGtpU);
    constexpr unsigned kExtension = wire::kGtpExtension;
    list.push_back({bad_udp(wire::kNatTPort).raw({0, 0, 0, 0}).payload(20), kIkeTooShort, kEthUdp});
    list.push_back({bad_udp(wire::kIkePort).ike().set16(26, 900).payload(20),
                    kIkeLengthBeyondPacket, kEthUdp | layers(LayerKind::kIke)});
    list.push_back({bad4().set16(2, 27).gre(wire::kGreKey).payload(30), kGreTooShort, kEth4});
    list.push_back({bad4().set16(2, 35).gre(wire::kGreSequence).erspan(2).payload(30),
                    kErspanTooShort, kEth4 | layers(LayerKind::kGre)});
    list.push_back({bad_udp(wire::kVxlanGpePort).payload(7), kVxlanGpeTooShort, kEthUdp});
    list.push_back({bad_udp(wire::kGenevePort).payload(7), kGeneveTooShort, kEthUdp});
    list.push_back({bad_udp(wire::kGenevePort).geneve(1).set8(0, 0x40).payload(20),
                    kGeneveVersionInvalid, kEthUdp});
    list.push_back({bad_udp(wire::kGenevePort).geneve(1).set8(0, 0x3f).payload(20),
                    kGeneveOptionsBeyondPacket, geneve});
    list.push_back({bad_udp(wire::kGenevePort).geneve(1, {8}).set8(11, 2).payload(20),
                    kGeneveOptionBeyondHeader, geneve});
    list.push_back(
        {bad_udp(wire::kGtpUPort).raw({0x30, 255, 0, 0, 0, 0, 0}), kGtpTooShort, kEthUdp});
    list.push_back(
        {bad_udp(wire::kGtpUPort).gtpu(1).set16(2, 900).payload(20), kGtpLengthBeyondPacket, gtp});
    list.push_back(
        {bad_udp(wire::kGtpUPort).gtpu(1, kExtension).gtpu_extension(0x85).set8(12, 0).payload(20),
         kGtpExtensionLengthZero, gtp});
    list.push_back({bad_udp(wire::kGtpUPort)
                        .gtpu(1, kExtension)
                        .gtpu_extension(0x85)
                        .set8(12, 200)
                        .payload(20),
                    kGtpExtensionBeyondMessage, gtp});
    list.push_back({bad_udp(wire::kL2tpPort).raw({0, 2, 0, 0, 0}), kL2tpTooShort, kEthUdp});
    list.push_back({bad_udp(wire::kL2tpPort).l2tp(1, 2, wire::kL2tpLength).set16(2, 7).payload(20),
                    kL2tpLengthInvalid, kEthUdp | layers(LayerKind::kL2tp)});
    list.push_back({bad_udp(wire::kTeredoPort).raw({0, 0, 0, 0, 0}), kTeredoTooShort, kEthUdp});
}

}  // namespace

std::span<const Stack> rare_stacks() { return kStacks; }

void add_rare_defects(std::vector<Malformed>& list) {
    add_link_defects(list);
    add_transport_defects(list);
    add_tunnel_defects(list);
}

}  // namespace weir::gen
