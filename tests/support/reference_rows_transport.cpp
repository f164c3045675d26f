// SPDX-License-Identifier: BSD-3-Clause
// TCP, UDP, UDP-Lite, SCTP, DCCP, ICMP, ICMPv6.

#include <algorithm>
#include <initializer_list>

#include "support/reference_rows.hpp"

namespace weir::test {
namespace {

using Types = std::initializer_list<unsigned>;

/// ICMP and ICMPv6, whose errors quote a packet behind eight octets, which `others` have too.
Reading read_any_icmp(LayerKind kind, ParseStatus too_short, Types errors, Types others, Row quote,
                      const Octets& octets) {
    Reading icmp(kind, octets);
    if (!icmp.need(4, too_short)) return icmp;
    icmp.list();
    icmp.header(4);
    const auto is_one_of = [type = octets.u8(0)](Types types) {
        return std::find(types.begin(), types.end(), type) != types.end();
    };
    const bool error = is_one_of(errors);
    if (!error && !is_one_of(others)) return icmp;
    if (!icmp.need(8, too_short) || !error) return icmp;
    icmp.header(8);
    icmp.next(quote);
    return icmp;
}

}  // namespace

Reading read_tcp(const Octets& octets, const Context&) {
    Reading tcp(LayerKind::kTcp, octets);
    if (!tcp.need(20, ParseStatus::kTcpTooShort)) return tcp;
    tcp.list();
    const std::size_t header = octets.u8(12) / 16 * 4;
    if (header < 20) {
        tcp.note(ParseStatus::kTcpDataOffsetTooSmall);
        return tcp;
    }
    if (!tcp.need(header, ParseStatus::kTcpOptionsBeyondPacket)) return tcp;
    tcp.header(header);
    return tcp;
}

Row row_in_udp(LayerKind kind) {
    switch (kind) {
        case LayerKind::kIke:
            return read_ike;
        case LayerKind::kL2tp:
            return read_l2tp_in_udp;
        case LayerKind::kGtpU:
            return read_gtp;
        case LayerKind::kTeredo:
            return read_teredo;
        case LayerKind::kEsp:
            return read_port_4500;
        case LayerKind::kVxlan:
            return read_vxlan;
        case LayerKind::kVxlanGpe:
            return read_vxlan_gpe;
        case LayerKind::kGeneve:
            return read_geneve;
        case LayerKind::kGre:
            return read_gre;
        case LayerKind::kSctp:
            return read_sctp;
        case LayerKind::kMpls:
            return read_mpls;
        case LayerKind::kWireGuard:
            return read_wireguard;
        default:
            return nullptr;
    }
}

Reading read_udp(const Octets& octets, const Context& context) {
    Reading udp(LayerKind::kUdp, octets);
    if (!udp.need(8, ParseStatus::kUdpTooShort)) return udp;
    udp.list();
    udp.header(8);
    const std::size_t length = octets.u16(4);
    if (length < 8) {
        udp.note(ParseStatus::kUdpLengthTooSmall);
        return udp;
    }
    if (length <= octets.left()) {
        udp.bound(length);
    } else if (!context.in_fragment) {
        udp.note(ParseStatus::kUdpLengthBeyondPacket);
    }
    const auto carried_by = [&](unsigned port) {
        const auto number = static_cast<std::uint16_t>(port);
        return row_in_udp(context.options.udp_ports.carried(number, number).kind);
    };
    const unsigned source = octets.u16(0);
    const unsigned destination = octets.u16(2);
    udp.next(carried_by(std::min(source, destination)), carried_by(std::max(source, destination)));
    return udp;
}

Reading read_udp_lite(const Octets& octets, const Context& context) {
    Reading udp_lite(LayerKind::kUdpLite, octets);
    if (!udp_lite.need(8, ParseStatus::kUdpLiteTooShort)) return udp_lite;
    udp_lite.list();
    udp_lite.header(8);
    const std::size_t coverage = octets.u16(4);
    const bool beyond = coverage > octets.left() && !context.in_fragment;
    if ((coverage >= 1 && coverage <= 7) || beyond) {
        udp_lite.note(ParseStatus::kUdpLiteCoverageInvalid);
    }
    return udp_lite;
}

Reading read_sctp(const Octets& octets, const Context& context) {
    Reading sctp(LayerKind::kSctp, octets);
    if (!sctp.need(12, ParseStatus::kSctpTooShort)) return sctp;
    sctp.list();
    sctp.header(12);
    if (octets.left() == 12) return sctp;
    if (!sctp.need(16, ParseStatus::kSctpChunkTooShort)) return sctp;
    const std::size_t chunk = octets.u16(14);
    if (chunk < 4) {
        sctp.note(ParseStatus::kSctpChunkLengthTooSmall);
    } else if (chunk > octets.left() - 12 && !context.in_fragment) {
        sctp.note(ParseStatus::kSctpChunkBeyondPacket);
    }
    return sctp;
}

Reading read_dccp(const Octets& octets, const Context&) {
    Reading dccp(LayerKind::kDccp, octets);
    if (!dccp.need(12, ParseStatus::kDccpTooShort)) return dccp;
    dccp.list();
    const bool extended = octets.u8(8) % 2 == 1;  // RFC 4340, section 5.1: X is the last bit.
    const std::size_t generic = extended ? 16 : 12;
    if (!dccp.need(generic, ParseStatus::kDccpTooShort)) return dccp;
    const std::size_t header = octets.u8(4) * 4;
    if (header < generic) {
        dccp.note(ParseStatus::kDccpDataOffsetTooSmall);
        return dccp;
    }
    if (!dccp.need(header, ParseStatus::kDccpHeaderBeyondPacket)) return dccp;
    dccp.header(header);
    return dccp;
}

Reading read_icmp(const Octets& octets, const Context&) {
    return read_any_icmp(LayerKind::kIcmp, ParseStatus::kIcmpTooShort, {3, 4, 5, 11, 12},
                         {0, 8, 13, 14, 15, 16, 17, 18}, quote_ipv4, octets);
}

Reading read_icmpv6(const Octets& octets, const Context&) {
    return read_any_icmp(LayerKind::kIcmpv6, ParseStatus::kIcmpv6TooShort, {1, 2, 3, 4},
                         {128, 129, 130, 131, 132, 133, 134, 135, 136, 137}, quote_ipv6, octets);
}

}  // namespace weir::test
