// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/walk.hpp"
#include "wire/ethernet.hpp"

/// Ethernet II and 802.3, VLAN tags, LLC and SNAP, ARP. Each function parses the header at the
/// walk's offset and returns the kind of the next one, or kNone.
namespace weir::parse {

[[nodiscard, gnu::always_inline]] constexpr LayerKind layer_of_ether_type(
    std::uint16_t ether_type) noexcept {
    if (ether_type == wire::kEtherTypeIpv4) [[likely]] {
        return LayerKind::kIpv4;
    }
    switch (ether_type) {
        case wire::kEtherTypeIpv6:
            return LayerKind::kIpv6;
        case wire::kEtherTypeVlan:
        case wire::kEtherTypeQinQ:
        case wire::kEtherTypeQinQOld:
            return LayerKind::kVlan;
        case wire::kEtherTypeArp:
            return LayerKind::kArp;
        case wire::kEtherTypeEthernet:
            return LayerKind::kEth;
        case wire::kEtherTypeMpls:
        case wire::kEtherTypeMplsUpstream:
            return LayerKind::kMpls;
        case wire::kEtherTypePppoeDiscovery:
            return LayerKind::kPppoeDiscovery;
        case wire::kEtherTypePppoeSession:
            return LayerKind::kPppoeSession;
        default:
            return LayerKind::kNone;
    }
}

/// Goes past a header of `octets` whose last two are an EtherType or the length of what follows
/// (IEEE 802.3 clause 3.2.6), and tells what that is.
[[nodiscard, gnu::always_inline]] inline LayerKind behind_type_or_length(
    Walk& walk, LayerKind kind, std::size_t octets, std::uint16_t type_or_length) noexcept {
    if (type_or_length > wire::kEthernetLengthMax) [[likely]] {
        walk.advance(octets);
        return layer_of_ether_type(type_or_length);
    }
    if (type_or_length <= walk.rest() - octets) {
        walk.bound(octets + type_or_length);
    } else if (!walk.in_fragment()) {
        walk.note(ParseStatus::kEthLengthBeyondFrame, kind);
    }
    bool raw = false;
    if (walk.rest() - octets >= sizeof(base::be16)) {
        if (!walk.need(octets + sizeof(base::be16), ParseStatus::kLlcTooShort, kind)) {
            return LayerKind::kNone;
        }
        raw = walk.view<base::be16>(octets).host() == wire::kNovellRaw;
    }
    walk.advance(octets);
    return raw || walk.rest() == 0 ? LayerKind::kNone : LayerKind::kLlc;
}

/// IEEE 802.3 clause 3.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_ethernet(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kEth;
    const bool inner = !walk.is_first_layer();
    if (!walk.need(sizeof(wire::Ethernet), ParseStatus::kEthTooShort, kLayer) ||
        !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    if (inner) walk.tunnel(kLayer, 0);
    return behind_type_or_length(walk, kLayer, sizeof(wire::Ethernet),
                                 walk.view<wire::Ethernet>().ether_type.host());
}

/// IEEE 802.1Q clause 9.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_vlan(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kVlan;
    if (!walk.need(sizeof(wire::VlanTag), ParseStatus::kVlanTooShort, kLayer) ||
        !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    const auto& tag = walk.view<wire::VlanTag>();
    if (!walk.in_network()) {
        PacketRecord& record = walk.record;
        const std::uint16_t tci = tag.tci.host();
        if (record.vlan_count == 0) record.outer_vlan_tci = tci;
        record.inner_vlan_tci = tci;
        ++record.vlan_count;
    }
    return behind_type_or_length(walk, kLayer, sizeof(wire::VlanTag), tag.ether_type.host());
}

/// IEEE 802.2 clause 3.2.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_llc(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kLlc;
    if (!walk.need(sizeof(wire::Llc), ParseStatus::kLlcTooShort, kLayer)) return LayerKind::kNone;
    const auto& header = walk.view<wire::Llc>();
    if (!walk.need(header.octets(), ParseStatus::kLlcTooShort, kLayer) || !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    walk.advance(header.octets());
    return header.is_snap() && walk.rest() != 0 ? LayerKind::kSnap : LayerKind::kNone;
}

/// RFC 1042.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_snap(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kSnap;
    if (!walk.need(sizeof(wire::Snap), ParseStatus::kSnapTooShort, kLayer) || !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    const auto& header = walk.view<wire::Snap>();
    walk.advance(sizeof(wire::Snap));
    return header.has_ether_type() ? layer_of_ether_type(header.protocol.host()) : LayerKind::kNone;
}

/// RFC 826.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_arp(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kArp;
    if (!walk.need(sizeof(wire::Arp), ParseStatus::kArpTooShort, kLayer) || !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    const std::size_t octets = walk.view<wire::Arp>().octets();
    if (walk.need(octets, ParseStatus::kArpTooShort, kLayer)) walk.advance(octets);
    return LayerKind::kNone;
}

}  // namespace weir::parse
