// SPDX-License-Identifier: BSD-3-Clause
// Ethernet, VLAN, LLC, SNAP, ARP, MPLS, pseudowires, PPPoE, PPP.

#include "support/reference_rows.hpp"

namespace weir::test {
namespace {

constexpr unsigned kLargestLength = 1500;  ///< IEEE 802.3: a type up to here is a length.

Reading read_snap(const Octets& octets, const Context&) {
    Reading snap(LayerKind::kSnap, octets);
    if (!snap.need(5, ParseStatus::kSnapTooShort)) return snap;
    snap.list();
    snap.header(5);
    const std::uint32_t oui = octets.u24(0);
    if (oui == 0x000000 || oui == 0x0000f8) {
        snap.next(row_behind_ether_type(octets.u16(3)));
        snap.must_follow();
    }
    return snap;
}

Reading read_llc(const Octets& octets, const Context&) {
    Reading llc(LayerKind::kLlc, octets);
    if (!llc.need(3, ParseStatus::kLlcTooShort)) return llc;
    const bool unnumbered = octets.u8(2) % 4 == 3;
    const std::size_t size = unnumbered ? 3 : 4;
    if (!llc.need(size, ParseStatus::kLlcTooShort)) return llc;
    llc.list();
    llc.header(size);
    if (octets.u24(0) == 0xaaaa03) llc.next(read_snap);
    return llc;
}

/// What Ethernet and VLAN have in common: a header whose last two octets are a type or a length.
Reading read_tag(LayerKind kind, std::size_t size, ParseStatus too_short, const Octets& octets,
                 const Context& context) {
    Reading tag(kind, octets);
    if (!tag.need(size, too_short)) return tag;
    tag.list();
    tag.header(size);
    const unsigned type = octets.u16(size - 2);
    if (type > kLargestLength) {
        tag.next(row_behind_ether_type(type));
        tag.must_follow();
        return tag;
    }
    if (type > octets.left() - size) {
        if (!context.in_fragment) tag.note(ParseStatus::kEthLengthBeyondFrame);
    } else {
        tag.bound(size + type);
    }
    if (tag.octets().left() - size >= 2) {
        if (!tag.look(size + 2)) return tag;
        if (octets.u16(size) == 0xffff) return tag;  // Novell raw
    }
    tag.next(read_llc);
    return tag;
}

Reading read_pseudowire(const Octets& octets, const Context&) {
    Reading pseudowire(LayerKind::kPseudowire, octets);
    pseudowire.list();
    pseudowire.header(4);
    pseudowire.next(read_ethernet);
    return pseudowire;
}

Reading read_pppoe(LayerKind kind, const Octets& octets, const Context& context) {
    Reading pppoe(kind, octets);
    if (!pppoe.need(6, ParseStatus::kPppoeTooShort)) return pppoe;
    pppoe.list();
    pppoe.header(6);
    const unsigned length = octets.u16(4);
    if (length > octets.left() - 6) {
        if (!context.in_fragment) pppoe.note(ParseStatus::kPppoeLengthBeyondFrame);
    } else {
        pppoe.bound(6 + length);
    }
    return pppoe;
}

Row row_behind_ppp(unsigned protocol) {
    switch (protocol) {
        case 0x0021:
            return read_ipv4;
        case 0x0057:
            return read_ipv6;
        case 0x0281:
        case 0x0283:
            return read_mpls;
        default:
            return nullptr;
    }
}

}  // namespace

Row row_behind_ether_type(unsigned type) {
    switch (type) {
        case 0x0800:
            return read_ipv4;
        case 0x86dd:
            return read_ipv6;
        case 0x0806:
            return read_arp;
        case 0x6558:
            return read_ethernet;
        case 0x8100:
        case 0x88a8:
        case 0x9100:
            return read_vlan;
        case 0x8847:
        case 0x8848:
            return read_mpls;
        case 0x8863:
            return read_pppoe_discovery;
        case 0x8864:
            return read_pppoe_session;
        default:
            return nullptr;
    }
}

Reading read_ethernet(const Octets& octets, const Context& context) {
    return read_tag(LayerKind::kEth, 14, ParseStatus::kEthTooShort, octets, context);
}

Reading read_vlan(const Octets& octets, const Context& context) {
    return read_tag(LayerKind::kVlan, 4, ParseStatus::kVlanTooShort, octets, context);
}

Reading read_arp(const Octets& octets, const Context&) {
    Reading arp(LayerKind::kArp, octets);
    if (!arp.need(8, ParseStatus::kArpTooShort)) return arp;
    arp.list();
    const std::size_t size = 8 + 2 * (octets.u8(4) + octets.u8(5));
    if (!arp.need(size, ParseStatus::kArpTooShort)) return arp;
    arp.header(size);
    return arp;
}

Reading read_mpls(const Octets& octets, const Context&) {
    Reading mpls(LayerKind::kMpls, octets);
    if (!mpls.need(4, ParseStatus::kMplsTooShort)) return mpls;
    mpls.list();
    mpls.header(4);
    const bool bottom = octets.u8(2) % 2 == 1;
    if (!bottom) {
        mpls.next(read_mpls);
        mpls.must_follow();
        return mpls;
    }
    const std::uint32_t label = octets.u24(0) >> 4;
    const std::size_t rest = octets.left() - 4;
    if (label == 13 || rest == 0) return mpls;
    if (!mpls.look(4 + 1)) return mpls;
    const unsigned nibble = octets.u8(4) / 16;
    if (nibble == 4) mpls.next(read_ipv4);
    if (nibble == 6) mpls.next(read_ipv6);
    if (nibble != 0 || rest < 18) return mpls;
    if (!mpls.look(4 + 18)) return mpls;
    const unsigned type = octets.u16(4 + 16);
    const bool known = row_behind_ether_type(type) != nullptr;
    const bool fits = type <= kLargestLength && type <= rest - 18;
    if (octets.u16(4) == 0 && (known || fits)) mpls.next(read_pseudowire);
    return mpls;
}

Reading read_pppoe_discovery(const Octets& octets, const Context& context) {
    return read_pppoe(LayerKind::kPppoeDiscovery, octets, context);
}

Reading read_pppoe_session(const Octets& octets, const Context& context) {
    Reading pppoe = read_pppoe(LayerKind::kPppoeSession, octets, context);
    if (pppoe.is_listed()) pppoe.next(read_ppp);
    return pppoe;
}

Reading read_ppp(const Octets& octets, const Context&) {
    Reading ppp(LayerKind::kPpp, octets);
    if (!ppp.need(1, ParseStatus::kPppTooShort)) return ppp;
    std::size_t at = 0;
    if (octets.u8(0) == 0xff) {
        if (!ppp.need(2, ParseStatus::kPppTooShort)) return ppp;
        if (octets.u8(1) == 0x03) at = 2;
    }
    if (!ppp.need(at + 1, ParseStatus::kPppTooShort)) return ppp;
    unsigned protocol = octets.u8(at);
    std::size_t size = at + 1;
    if (protocol % 2 == 0) {
        size = at + 2;
        if (!ppp.need(size, ParseStatus::kPppTooShort)) return ppp;
        protocol = octets.u16(at);
    }
    ppp.list();
    ppp.header(size);
    ppp.next(row_behind_ppp(protocol));
    return ppp;
}

}  // namespace weir::test
