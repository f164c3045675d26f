// SPDX-License-Identifier: BSD-3-Clause
// Ethernet, tags, LLC, ARP, MPLS, PPP.
#include "reference_descent.hpp"

namespace weir::test {

void Descent::ethernet(std::size_t at) {
    need(LayerKind::kEth, at, 14, ParseStatus::kEthTooShort);
    const bool inner = !layers.empty();
    list(LayerKind::kEth, at);
    if (inner) tunnel(LayerKind::kEth, 0);
    type_or_length(LayerKind::kEth, at, 14);
}

void Descent::vlan(std::size_t at) {
    need(LayerKind::kVlan, at, 4, ParseStatus::kVlanTooShort);
    list(LayerKind::kVlan, at);
    if (record.inner_network == LayerKind::kNone) {
        const auto tci = static_cast<std::uint16_t>(two(at));
        if (record.vlan_count == 0) record.outer_vlan_tci = tci;
        record.inner_vlan_tci = tci;
        ++record.vlan_count;
    }
    type_or_length(LayerKind::kVlan, at, 4);
}

void Descent::type_or_length(LayerKind layer, std::size_t at, std::size_t header) {
    const unsigned value = two(at + header - 2);
    if (value > 1500) {
        done(at + header);
        by_ether_type(value, at + header);
        return;
    }
    if (value > left(at + header)) {
        note(ParseStatus::kEthLengthBeyondFrame, layer, at);
    } else {
        end_ = at + header + value;
    }
    if (left(at + header) >= 2) {
        need(layer, at, header + 2, ParseStatus::kLlcTooShort);
        if (two(at + header) == 0xffff) {
            done(at + header);
            return;
        }
    }
    done(at + header);
    if (left(at + header) > 0) llc(at + header);
}

bool Descent::knows_ether_type(unsigned type) {
    switch (type) {
        case 0x0800:
        case 0x86dd:
        case 0x0806:
        case 0x6558:
        case 0x8100:
        case 0x88a8:
        case 0x9100:
        case 0x8847:
        case 0x8848:
        case 0x8863:
        case 0x8864:
            return true;
        default:
            return false;
    }
}

void Descent::by_ether_type(unsigned type, std::size_t at) {
    switch (type) {
        case 0x0800:
            return ipv4(at);
        case 0x86dd:
            return ipv6(at);
        case 0x0806:
            return arp(at);
        case 0x6558:
            return ethernet(at);
        case 0x8100:
        case 0x88a8:
        case 0x9100:
            return vlan(at);
        case 0x8847:
        case 0x8848:
            return mpls(at);
        case 0x8863:
            return pppoe(LayerKind::kPppoeDiscovery, at);
        case 0x8864:
            return pppoe(LayerKind::kPppoeSession, at);
        default:
            return;
    }
}

void Descent::llc(std::size_t at) {
    need(LayerKind::kLlc, at, 3, ParseStatus::kLlcTooShort);
    const std::size_t octets = octet(at + 2) % 4 == 3 ? 3 : 4;
    need(LayerKind::kLlc, at, octets, ParseStatus::kLlcTooShort);
    list(LayerKind::kLlc, at);
    done(at + octets);
    const bool is_snap = octet(at) == 0xaa && octet(at + 1) == 0xaa && octet(at + 2) == 3;
    if (is_snap && left(at + 3) > 0) snap(at + 3);
}

void Descent::snap(std::size_t at) {
    need(LayerKind::kSnap, at, 5, ParseStatus::kSnapTooShort);
    list(LayerKind::kSnap, at);
    done(at + 5);
    const unsigned oui = octet(at) << 16 | two(at + 1);
    if (oui == 0 || oui == 0xf8) by_ether_type(two(at + 3), at + 5);
}

void Descent::arp(std::size_t at) {
    need(LayerKind::kArp, at, 8, ParseStatus::kArpTooShort);
    list(LayerKind::kArp, at);
    const std::size_t octets = 8 + 2 * (octet(at + 4) + octet(at + 5));
    need(LayerKind::kArp, at, octets, ParseStatus::kArpTooShort);
    done(at + octets);
}

void Descent::mpls(std::size_t at) {
    need(LayerKind::kMpls, at, 4, ParseStatus::kMplsTooShort);
    const std::uint32_t entry = four(at);
    const std::uint32_t label = entry >> 12;
    list(LayerKind::kMpls, at);
    if (record.inner_network != LayerKind::kNone) {
        tunnel(LayerKind::kMpls, label);
    } else {
        if (record.mpls_count == 0) record.mpls_entry = entry;
        ++record.mpls_count;
    }
    const bool bottom = (entry >> 8 & 1) != 0;
    if (!bottom) return mpls(at + 4);
    if (label == 13 || left(at + 4) == 0) return done(at + 4);
    need(LayerKind::kMpls, at, 5, ParseStatus::kMplsTooShort);
    done(at + 4);
    const unsigned nibble = octet(at + 4) / 16;
    if (nibble == 4) return ipv4(at + 4);
    if (nibble == 6) return ipv6(at + 4);
    if (nibble == 0 && is_pseudowire(at + 4)) pseudowire(at + 4, label);
}

bool Descent::is_pseudowire(std::size_t at) {
    if (left(at) < 18) return false;
    need(LayerKind::kPseudowire, at, 18, ParseStatus::kMplsTooShort);
    const unsigned type = two(at + 16);
    if (two(at) != 0) return false;
    return type > 1500 ? knows_ether_type(type) : type <= left(at + 18);
}

void Descent::pseudowire(std::size_t at, std::uint32_t label) {
    list(LayerKind::kPseudowire, at);
    tunnel(LayerKind::kPseudowire, label);
    ethernet(at + 4);
}

void Descent::pppoe(LayerKind layer, std::size_t at) {
    need(layer, at, 6, ParseStatus::kPppoeTooShort);
    list(layer, at);
    const std::size_t length = two(at + 4);
    if (length > left(at + 6)) {
        note(ParseStatus::kPppoeLengthBeyondFrame, layer, at);
    } else {
        end_ = at + 6 + length;
    }
    done(at + 6);
    if (layer == LayerKind::kPppoeSession && left(at + 6) > 0) ppp(at + 6);
}

void Descent::ppp(std::size_t at) {
    std::size_t octets = 0;
    need(LayerKind::kPpp, at, 1, ParseStatus::kPppTooShort);
    if (octet(at) == 0xff) {
        need(LayerKind::kPpp, at, 2, ParseStatus::kPppTooShort);
        if (octet(at + 1) == 0x03) octets = 2;
    }
    need(LayerKind::kPpp, at, octets + 1, ParseStatus::kPppTooShort);
    unsigned protocol = octet(at + octets);
    if (protocol % 2 == 0) {
        need(LayerKind::kPpp, at, octets + 2, ParseStatus::kPppTooShort);
        protocol = two(at + octets);
        octets += 2;
    } else {
        octets += 1;
    }
    list(LayerKind::kPpp, at);
    done(at + octets);
    if (left(at + octets) == 0) return;
    if (protocol == 0x0021) ipv4(at + octets);
    if (protocol == 0x0057) ipv6(at + octets);
    if (protocol == 0x0281 || protocol == 0x0283) mpls(at + octets);
}

}  // namespace weir::test
