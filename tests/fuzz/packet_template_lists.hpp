// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "packet_templates.hpp"

/// The parts of packet_templates(), and how their packets begin and end.
namespace weir::fuzz {

void add_link_templates(std::vector<PacketTemplate>& list);
void add_network_templates(std::vector<PacketTemplate>& list);
void add_transport_templates(std::vector<PacketTemplate>& list);
void add_ipsec_templates(std::vector<PacketTemplate>& list);
void add_tunnel_templates(std::vector<PacketTemplate>& list);
void add_udp_tunnel_templates(std::vector<PacketTemplate>& list);

/// How packets begin.
inline gen::Packet eth() { return gen::Packet().eth(); }
inline gen::Packet ip4() { return eth().ipv4("10.0.0.1", "10.0.0.2"); }
inline gen::Packet ip6() { return eth().ipv6("2001:db8::1", "2001:db8::2"); }
inline gen::Packet udp(std::uint16_t port) { return ip4().udp(40000, port); }
/// The same where octets stand behind that Packet does not know as a layer.
inline gen::Packet eth(unsigned ether_type) { return eth().set16(12, ether_type); }
inline gen::Packet ip4(unsigned protocol) { return ip4().set8(9, protocol); }
inline gen::Packet ip6(unsigned next_header) { return ip6().set8(6, next_header); }

/// What is inside of tunnels.
inline gen::Packet inner4(gen::Packet packet) {
    return packet.ipv4("192.168.0.1", "192.168.0.2").udp(1, 2).payload(6);
}
inline gen::Packet inner6(gen::Packet packet) {
    return packet.ipv6("fd00::1", "fd00::2").tcp(1, 2).payload(6);
}
inline gen::Packet inner_eth(gen::Packet packet) { return inner4(packet.eth()); }

}  // namespace weir::fuzz
