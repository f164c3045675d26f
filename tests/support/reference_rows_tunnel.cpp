// SPDX-License-Identifier: BSD-3-Clause
// GRE, ERSPAN, VXLAN, VXLAN-GPE, Geneve, Teredo, WireGuard.

#include "support/reference_rows.hpp"

namespace weir::test {
namespace {

Reading read_erspan_1(const Octets& octets, const Context&) {
    Reading erspan(LayerKind::kErspan, octets);
    erspan.list();
    erspan.next(read_ethernet);
    return erspan;
}

Reading read_erspan_3(const Octets& octets) {
    Reading erspan(LayerKind::kErspan, octets);
    if (!erspan.need(12, ParseStatus::kErspanTooShort)) return erspan;
    const bool optional_part = octets.u8(11) % 2 == 1;
    const std::size_t size = optional_part ? 20 : 12;
    if (!erspan.need(size, ParseStatus::kErspanTooShort)) return erspan;
    erspan.list();
    erspan.header(size);
    const unsigned frame_type = octets.u16(10) >> 10 & 31;
    if (frame_type == 0) erspan.next(read_ethernet);
    if (frame_type != 2 || octets.left() == size) return erspan;
    if (!erspan.look(size + 1)) return erspan;
    if (octets.u8(size) / 16 == 4) erspan.next(read_ipv4);
    if (octets.u8(size) / 16 == 6) erspan.next(read_ipv6);
    return erspan;
}

Reading read_erspan_2_or_3(const Octets& octets, const Context&) {
    Reading erspan(LayerKind::kErspan, octets);
    if (!erspan.need(8, ParseStatus::kErspanTooShort)) return erspan;
    const unsigned version = octets.u8(0) / 16;
    if (version == 2) return read_erspan_3(octets);
    if (version != 1) return Reading::nothing(octets);
    erspan.list();
    erspan.header(8);
    erspan.next(read_ethernet);
    return erspan;
}

Row row_behind_gre(unsigned type, bool sequence) {
    switch (type) {
        case 0x0800:
        case 0x86dd:
        case 0x0806:
        case 0x6558:
        case 0x8847:
        case 0x8848:
            return row_behind_ether_type(type);
        case 0x880b:
            return read_ppp;
        case 0x88be:
            return sequence ? read_erspan_2_or_3 : read_erspan_1;
        case 0x22eb:
            return read_erspan_2_or_3;
        default:
            return nullptr;
    }
}

Row row_behind_vxlan_gpe(unsigned protocol) {
    switch (protocol) {
        case 1:
            return read_ipv4;
        case 2:
            return read_ipv6;
        case 3:
            return read_ethernet;
        case 5:
            return read_mpls;
        default:
            return nullptr;
    }
}

}  // namespace

Reading read_gre(const Octets& octets, const Context&) {
    Reading gre(LayerKind::kGre, octets);
    if (!gre.need(4, ParseStatus::kGreTooShort)) return gre;
    const unsigned flags = octets.u16(0);
    const bool checksum = (flags & 0x8000) != 0;
    const bool routing = (flags & 0x4000) != 0;
    const bool key = (flags & 0x2000) != 0;
    const bool sequence = (flags & 0x1000) != 0;
    const unsigned version = flags & 7;
    const bool acknowledgement = version == 1 && (flags & 0x0080) != 0;
    std::size_t size = 4;
    if (checksum || routing) size += 4;
    if (key) size += 4;
    if (sequence) size += 4;
    if (acknowledgement) size += 4;
    if (!gre.need(size, ParseStatus::kGreTooShort)) return gre;
    gre.list();
    gre.header(size);
    if (!routing && version <= 1) gre.next(row_behind_gre(octets.u16(2), sequence));
    return gre;
}

Reading read_vxlan(const Octets& octets, const Context&) {
    Reading vxlan(LayerKind::kVxlan, octets);
    if (!vxlan.need(8, ParseStatus::kVxlanTooShort)) return vxlan;
    vxlan.list();
    vxlan.header(8);
    vxlan.next(read_ethernet);
    return vxlan;
}

Reading read_vxlan_gpe(const Octets& octets, const Context&) {
    Reading vxlan(LayerKind::kVxlanGpe, octets);
    if (!vxlan.need(8, ParseStatus::kVxlanGpeTooShort)) return vxlan;
    vxlan.list();
    vxlan.header(8);
    const bool protocol = (octets.u8(0) & 0x04) != 0;
    vxlan.next(protocol ? row_behind_vxlan_gpe(octets.u8(3)) : read_ethernet);
    return vxlan;
}

Reading read_geneve(const Octets& octets, const Context&) {
    Reading geneve(LayerKind::kGeneve, octets);
    if (!geneve.need(8, ParseStatus::kGeneveTooShort)) return geneve;
    if (octets.u8(0) >> 6 != 0) {
        geneve.note(ParseStatus::kGeneveVersionInvalid);
        return geneve;
    }
    geneve.list();
    const std::size_t end = 8 + octets.u8(0) % 64 * 4;
    if (!geneve.need(end, ParseStatus::kGeneveOptionsBeyondPacket)) return geneve;
    geneve.header(end);
    geneve.next(row_behind_ether_type(octets.u16(2)));
    std::size_t at = 8;
    for (int i = 0; i < 8 && at < end; ++i) {
        const std::size_t option = 4 + octets.u8(at + 3) % 32 * 4;
        if (option > end - at) {
            geneve.note(ParseStatus::kGeneveOptionBeyondHeader);
            break;
        }
        at += option;
    }
    return geneve;
}

Reading read_teredo(const Octets& octets, const Context&) {
    Reading teredo(LayerKind::kTeredo, octets);
    std::size_t at = 0;
    // True when the next two octets are 00 and `second`.
    const auto indication = [&](unsigned second) {
        return octets.left() - at >= 2 && octets.u8(at) == 0 && octets.u8(at + 1) == second;
    };
    const auto two_captured = [&] { return teredo.look(std::min(at + 2, octets.left())); };

    if (!two_captured()) return teredo;
    if (indication(1)) {
        if (!teredo.need(4, ParseStatus::kTeredoTooShort)) return teredo;
        at = 13 + octets.u8(2) + octets.u8(3);
        if (!teredo.need(at, ParseStatus::kTeredoTooShort)) return teredo;
        if (!two_captured()) return teredo;
    }
    if (indication(0)) {
        at += 8;
        if (!teredo.need(at, ParseStatus::kTeredoTooShort)) return teredo;
    }
    if (octets.left() == at) return Reading::decline(octets);
    if (!teredo.look(at + 1)) return teredo;
    if (octets.u8(at) / 16 != 6) return Reading::decline(octets);
    teredo.list();
    teredo.header(at);
    teredo.next(read_ipv6);
    return teredo;
}

Reading read_wireguard(const Octets& octets, const Context&) {
    Reading wireguard(LayerKind::kWireGuard, octets);
    if (octets.left() < 32) return Reading::decline(octets);
    if (!wireguard.look(8)) return wireguard;
    const unsigned type = octets.u8(0);
    const std::size_t left = octets.left();
    const bool right_size = (type == 1 && left == 148) || (type == 2 && left == 92) ||
                            (type == 3 && left == 64) || type == 4;
    if (!right_size || octets.u24(1) != 0) return Reading::decline(octets);
    wireguard.list();
    wireguard.header(8);
    return wireguard;
}

}  // namespace weir::test
