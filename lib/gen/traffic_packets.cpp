// SPDX-License-Identifier: BSD-3-Clause
#include "gen/traffic_packets.hpp"

#include <utility>

#include "gen/traffic_parts.hpp"
#include "parse/packet_record.hpp"
#include "wire/ethernet.hpp"
#include "wire/ip.hpp"
#include "wire/transport.hpp"

namespace weir::gen {
namespace {

using parse::LayerKind;

/// The discard service (RFC 863): payload that belongs to no protocol is right there, and no
/// dissector expects more.
constexpr std::uint16_t kDiscardPort = 9;
/// What the UDP header of a first fragment says: the length of the whole datagram.
constexpr unsigned kFragmentedUdpOctets = 3000;
/// Fragments but the last carry a multiple of this (RFC 791, section 2.3; RFC 8200, section 4.5).
constexpr unsigned kFragmentGrain = 8;

const Stack kStacks[] = {
    {20, 1, [](const Flow& f) { return ip4(f).udp(f.source_port, f.destination_port); }},
    {20, 1, [](const Flow& f) { return ip4(f).tcp(f.source_port, f.destination_port); }},
    {8, 1, [](const Flow& f) { return ip6(f).udp(f.source_port, f.destination_port); }},
    {8, 1, [](const Flow& f) { return ip6(f).tcp(f.source_port, f.destination_port, 12); }},
    {6, 1,
     [](const Flow& f) {
         return Packet()
             .eth()
             .vlan(100)
             .ipv4(f.source4, f.destination4)
             .udp(f.source_port, kDiscardPort);
     }},
    {4, 1,
     [](const Flow& f) {
         return Packet()
             .eth()
             .vlan(200, wire::kEtherTypeQinQ, 3)
             .vlan(100)
             .ipv4(f.source4, f.destination4)
             .tcp(f.source_port, 443);
     }},
    {6, 1,
     [](const Flow& f) {
         return ip4(f)
             .udp(f.source_port, wire::kVxlanPort)
             .vxlan(5000)
             .eth()
             .ipv4("192.168.0.1", "192.168.0.2")
             .tcp(f.source_port, 80);
     }},
    {3, 1,
     [](const Flow& f) {
         return ip6(f)
             .udp(f.source_port, wire::kVxlanPort)
             .vxlan(5001)
             .eth()
             .vlan(7)
             .ipv6("fd00::1", "fd00::2")
             .udp(f.source_port, kDiscardPort);
     }},
    {2, 1, [](const Flow& f) { return ip4(f).icmp(); }},
    {2, 1, [](const Flow& f) { return ip6(f).icmpv6(); }},
    {1, 1,
     [](const Flow& f) {
         return Packet().eth().ipv4(f.source4, f.destination4, 24).udp(f.source_port, kDiscardPort);
     }},
    {1, kFragmentGrain,
     [](const Flow& f) {
         return ip4(f)
             .fragment(0, true)
             .udp(f.source_port, kDiscardPort)
             .set16(4, kFragmentedUdpOctets);
     }},
    {1, 1, [](const Flow& f) { return ip4(f).fragment(185, false).payload(8); }},
    {1, kFragmentGrain,
     [](const Flow& f) {
         return ip6(f)
             .ipv6_fragment(0, true)
             .udp(f.source_port, kDiscardPort)
             .set16(4, kFragmentedUdpOctets);
     }},
    {1, 1, [](const Flow& f) { return ip6(f).ipv6_fragment(181, false).payload(8); }},
    {1, 1,
     [](const Flow& f) {
         return ip6(f).hop_by_hop().routing(2).destination_options().tcp(f.source_port, 22);
     }},
};

Packet bad_tunnel() { return bad4().udp(1, wire::kVxlanPort).vxlan(5002); }

using Malformeds = std::vector<Malformed>;

void add_network_defects(Malformeds& list) {
    using enum parse::ParseStatus;
    list.push_back({bad4().set8(0, 0x44).udp(1, 2).payload(22), kIpv4IhlTooSmall, kEth});
    list.push_back({bad4().set8(0, 0x55).udp(1, 2).payload(22), kIpv4VersionInvalid, kEth});
    list.push_back({bad4().set8(0, 0x4f).payload(30), kIpv4OptionsBeyondFrame, kEth});
    list.push_back({bad4().set16(2, 19).udp(1, 2).payload(22), kIpv4TotalLengthTooSmall, kEth4});
    list.push_back(
        {bad4().set16(2, 1400).tcp(1, 2).payload(10), kIpv4TotalLengthBeyondFrame, kEth4 | kTcp});
    list.push_back({bad6().set8(0, 0x40).udp(1, 2).payload(2), kIpv6VersionInvalid, kEth});
    list.push_back(
        {bad6().set16(4, 1400).udp(1, 2).payload(2), kIpv6PayloadLengthBeyondFrame, kEth6 | kUdp});
    list.push_back({bad6().hop_by_hop().set8(1, 200).payload(8), kIpv6ExtensionTooShort, kEth6});
    list.push_back({bad6().set16(4, 0).hop_by_hop().set8(2, wire::kOptionJumboPayload).udp(1, 2),
                    kIpv6Jumbogram, kEth6});
    list.push_back({Packet().eth().arp("10.3.0.1", "10.3.0.2").set8(4, 40).pad_to(60), kArpTooShort,
                    layers(LayerKind::kEth, LayerKind::kArp)});
    Packet deep;
    deep.eth();
    for (std::size_t i = 0; i < parse::kMaxLayers; ++i) deep.vlan(1);
    list.push_back({deep.ipv4("10.3.0.1", "10.3.0.2").udp(1, 2), kTooManyLayers,
                    layers(LayerKind::kEth, LayerKind::kVlan)});
}

/// Where a header ends too early, the IP header's own length says so: what follows is padding.
void add_transport_defects(Malformeds& list) {
    using enum parse::ParseStatus;
    list.push_back({bad4().set16(2, 20 + 19).tcp(1, 2).payload(10), kTcpTooShort, kEth4});
    list.push_back(
        {bad4().tcp(1, 2).set8(12, 0x40).payload(10), kTcpDataOffsetTooSmall, kEth4 | kTcp});
    list.push_back(
        {bad4().tcp(1, 2).set8(12, 0xf0).payload(10), kTcpOptionsBeyondPacket, kEth4 | kTcp});
    list.push_back({bad4().set16(2, 20 + 7).udp(1, 2).payload(22), kUdpTooShort, kEth4});
    list.push_back({bad4().udp(1, 2).set16(4, 7).payload(22), kUdpLengthTooSmall, kEth4 | kUdp});
    list.push_back(
        {bad4().udp(1, 2).set16(4, 500).payload(22), kUdpLengthBeyondPacket, kEth4 | kUdp});
    list.push_back({bad4().set16(2, 20 + 3).icmp().payload(22), kIcmpTooShort, kEth4});
    list.push_back({bad6().set16(4, 3).icmpv6().payload(2), kIcmpv6TooShort, kEth6});
    list.push_back({bad4().set16(2, 20 + 7).esp(0x2000, 1).payload(22), kEspTooShort, kEth4});
    list.push_back(
        {bad4().set16(2, 20 + 20).ah(0x2000, 1).udp(1, 2).payload(2), kAhTooShort, kEth4});
    list.push_back(
        {bad4().ah(0x2000, 1).set8(1, 0).udp(1, 2).payload(2), kAhLengthTooSmall, kEth4});
}

void add_tunnel_defects(Malformeds& list) {
    using enum parse::ParseStatus;
    constexpr std::uint64_t kVxlan = kEth4 | kUdp | layers(LayerKind::kVxlan);
    list.push_back(
        {bad4().udp(1, wire::kVxlanPort).payload(5).pad_to(60), kVxlanTooShort, kEth4 | kUdp});
    list.push_back({bad_tunnel().payload(13), kEthTooShort, kVxlan});
    list.push_back(
        {bad_tunnel().eth().set16(12, wire::kEtherTypeVlan).payload(3), kVlanTooShort, kVxlan});
    list.push_back(
        {bad_tunnel().eth().set16(12, wire::kEtherTypeIpv4).payload(19), kIpv4TooShort, kVxlan});
    list.push_back(
        {bad_tunnel().eth().set16(12, wire::kEtherTypeIpv6).payload(39), kIpv6TooShort, kVxlan});
}

}  // namespace

Flow::Flow(unsigned number)
    : source4("10.1." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1)),
      destination4("10.2.0." + std::to_string(number % 250 + 1)),
      source6("2001:db8:1::" + std::to_string(number + 1)),
      destination6("2001:db8:2::" + std::to_string(number % 250 + 1)),
      source_port(static_cast<std::uint16_t>(10000 + number * 7)),
      destination_port(static_cast<std::uint16_t>(20000 + number % 100)) {}

std::span<const Stack> valid_stacks() { return kStacks; }

std::vector<Malformed> malformed_packets() {
    Malformeds list;
    add_network_defects(list);
    add_transport_defects(list);
    add_tunnel_defects(list);
    add_rare_defects(list);
    return list;
}

Packet filled(Packet packet, std::size_t octets, std::size_t grain) {
    if (octets > packet.size()) packet.payload((octets - packet.size()) / grain * grain);
    return packet.pad_to(octets);
}

}  // namespace weir::gen
