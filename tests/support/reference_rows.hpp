// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "support/reference_reading.hpp"

/// The rows of the table in docs/parser.md, and the three lists below it that lead from one to
/// another.
namespace weir::test {

/// "Next layer behind EtherTypes"; nullptr when it is not known.
[[nodiscard]] Row row_behind_ether_type(unsigned type);
/// "Behind protocols and next headers", of which some exist behind IPv6 only.
[[nodiscard]] Row row_behind_protocol(unsigned protocol, LayerKind network);
/// What UDP ports lead to; kEsp stands for port 4500.
[[nodiscard]] Row row_in_udp(LayerKind kind);
/// "Quoted packets": the packet that an ICMP or ICMPv6 error speaks of.
[[nodiscard]] Reading quote_ipv4(const Octets& octets, const Context& context);
[[nodiscard]] Reading quote_ipv6(const Octets& octets, const Context& context);

[[nodiscard]] Reading read_ethernet(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_vlan(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_arp(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_mpls(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_pppoe_discovery(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_pppoe_session(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_ppp(const Octets& octets, const Context& context);

[[nodiscard]] Reading read_ipv4(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_ipv6(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_hop_by_hop(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_destination_options(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_routing(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_ipv6_fragment(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_mobility(const Octets& octets, const Context& context);

[[nodiscard]] Reading read_tcp(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_udp(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_udp_lite(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_sctp(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_dccp(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_icmp(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_icmpv6(const Octets& octets, const Context& context);

[[nodiscard]] Reading read_esp(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_ah(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_ike(const Octets& octets, const Context& context);
/// All of RFC 3948: a keepalive, IKE behind a marker, or ESP.
[[nodiscard]] Reading read_port_4500(const Octets& octets, const Context& context);

[[nodiscard]] Reading read_gre(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_vxlan(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_vxlan_gpe(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_geneve(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_gtp(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_l2tp_in_udp(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_l2tp_in_ip(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_teredo(const Octets& octets, const Context& context);
[[nodiscard]] Reading read_wireguard(const Octets& octets, const Context& context);

}  // namespace weir::test
