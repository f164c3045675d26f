// SPDX-License-Identifier: BSD-3-Clause
// IPv4, IPv6 and its extension headers.

#include <optional>

#include "support/reference_rows.hpp"

namespace weir::test {
namespace {

/// Whether one of the first eight options of a hop-by-hop header is a jumbo payload (RFC 2675).
/// Nothing when the capture ends before that can be told.
std::optional<bool> has_jumbo_option(const Octets& header) {
    if (header.left() < 2) return false;
    if (!header.are_captured(2)) return std::nullopt;
    const std::size_t end = std::min<std::size_t>((header.u8(1) + 1) * 8, header.left());
    std::size_t at = 2;
    for (int option = 0; option < 8 && at < end; ++option) {
        if (!header.are_captured(at + 1)) return std::nullopt;
        const unsigned type = header.u8(at);
        if (type == 0xc2) return true;
        if (type == 0) {  // Pad1 has no length.
            at += 1;
            continue;
        }
        if (at + 1 >= end) return false;
        if (!header.are_captured(at + 2)) return std::nullopt;
        at += 2 + header.u8(at + 1);
    }
    return false;
}

/// An extension header with its length in its second octet.
Reading read_extension(LayerKind kind, const Octets& octets, const Context& context) {
    Reading extension(kind, octets);
    if (!extension.need(8, ParseStatus::kIpv6ExtensionTooShort)) return extension;
    const std::size_t size = (octets.u8(1) + 1) * 8;
    if (!extension.need(size, ParseStatus::kIpv6ExtensionTooShort)) return extension;
    extension.list();
    extension.header(size);
    extension.next(row_behind_protocol(octets.u8(0), context.network));
    return extension;
}

}  // namespace

Row row_behind_protocol(unsigned protocol, LayerKind network) {
    const bool in_ipv6 = network == LayerKind::kIpv6;
    switch (protocol) {
        case 0:
            return in_ipv6 ? read_hop_by_hop : nullptr;
        case 1:
            return read_icmp;
        case 4:
            return read_ipv4;
        case 6:
            return read_tcp;
        case 17:
            return read_udp;
        case 33:
            return read_dccp;
        case 41:
            return read_ipv6;
        case 43:
            return in_ipv6 ? read_routing : nullptr;
        case 44:
            return in_ipv6 ? read_ipv6_fragment : nullptr;
        case 47:
            return read_gre;
        case 50:
            return read_esp;
        case 51:
            return read_ah;
        case 58:
            return read_icmpv6;
        case 60:
            return in_ipv6 ? read_destination_options : nullptr;
        case 115:
            return read_l2tp_in_ip;
        case 132:
            return read_sctp;
        case 135:
            return in_ipv6 ? read_mobility : nullptr;
        case 136:
            return read_udp_lite;
        case 137:
            return read_mpls;
        case 143:
            return read_ethernet;
        default:
            return nullptr;
    }
}

Reading read_ipv4(const Octets& octets, const Context& context) {
    Reading ipv4(LayerKind::kIpv4, octets);
    if (!ipv4.need(20, ParseStatus::kIpv4TooShort)) return ipv4;
    if (octets.u8(0) / 16 != 4) {
        ipv4.note(ParseStatus::kIpv4VersionInvalid);
        return ipv4;
    }
    const std::size_t header = octets.u8(0) % 16 * 4;
    if (header < 20) {
        ipv4.note(ParseStatus::kIpv4IhlTooSmall);
        return ipv4;
    }
    if (!ipv4.need(header, ParseStatus::kIpv4OptionsBeyondFrame)) return ipv4;
    ipv4.list();
    ipv4.header(header);

    const unsigned offset = octets.u16(6) & 0x1fff;
    const std::size_t total = octets.u16(2);
    if (total < header) {
        ipv4.note(ParseStatus::kIpv4TotalLengthTooSmall);
        ipv4.bound(header);
        return ipv4;
    }
    if (total <= octets.left()) {
        ipv4.bound(total);
    } else if (!context.in_fragment) {
        ipv4.note(ParseStatus::kIpv4TotalLengthBeyondFrame);
    }
    if (offset != 0) return ipv4;
    ipv4.next(row_behind_protocol(octets.u8(9), LayerKind::kIpv4));
    return ipv4;
}

Reading read_ipv6(const Octets& octets, const Context& context) {
    Reading ipv6(LayerKind::kIpv6, octets);
    if (!ipv6.need(40, ParseStatus::kIpv6TooShort)) return ipv6;
    if (octets.u8(0) / 16 != 6) {
        ipv6.note(ParseStatus::kIpv6VersionInvalid);
        return ipv6;
    }
    ipv6.list();
    ipv6.header(40);

    const std::size_t payload = octets.u16(4);
    const unsigned next_header = octets.u8(6);
    if (payload <= octets.left() - 40) {
        ipv6.bound(40 + payload);
    } else if (!context.in_fragment) {
        ipv6.note(ParseStatus::kIpv6PayloadLengthBeyondFrame);
    }
    if (payload == 0 && next_header == 0) {
        // The length is no bound for the option that says that it is none.
        const std::optional<bool> jumbo = has_jumbo_option(octets.behind(40));
        if (!jumbo) ipv6.note(ParseStatus::kTruncated);
        if (jumbo == true) ipv6.note(ParseStatus::kIpv6Jumbogram);
        return ipv6;  // What is not jumbo has no octet behind the header.
    }
    ipv6.next(row_behind_protocol(next_header, LayerKind::kIpv6));
    return ipv6;
}

Reading read_hop_by_hop(const Octets& octets, const Context& context) {
    return read_extension(LayerKind::kIpv6HopByHop, octets, context);
}

Reading read_destination_options(const Octets& octets, const Context& context) {
    return read_extension(LayerKind::kIpv6DestOpts, octets, context);
}

Reading read_routing(const Octets& octets, const Context& context) {
    return read_extension(LayerKind::kIpv6Routing, octets, context);
}

Reading read_mobility(const Octets& octets, const Context& context) {
    return read_extension(LayerKind::kIpv6Mobility, octets, context);
}

Reading read_ipv6_fragment(const Octets& octets, const Context& context) {
    Reading fragment(LayerKind::kIpv6Fragment, octets);
    if (!fragment.need(8, ParseStatus::kIpv6ExtensionTooShort)) return fragment;
    fragment.list();
    fragment.header(8);
    const unsigned offset = octets.u16(2) >> 3;
    if (offset == 0) fragment.next(row_behind_protocol(octets.u8(0), context.network));
    return fragment;
}

}  // namespace weir::test
