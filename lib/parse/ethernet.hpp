// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/walk.hpp"
#include "wire/ethernet.hpp"

/// Ethernet II and 802.3, VLAN tags, ARP. Each function parses the header at the walk's offset and
/// returns the kind of the next one, or kNone.
namespace weir::parse {

[[nodiscard, gnu::always_inline]] inline LayerKind layer_of_ether_type(
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
        default:
            return LayerKind::kNone;
    }
}

/// IEEE 802.3 clause 3. Behind a length instead of a type nothing is read.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_ethernet(Walk& walk) noexcept {
    if (!walk.need(sizeof(wire::Ethernet), ParseStatus::kEthTooShort, LayerKind::kEth) ||
        !walk.add(LayerKind::kEth)) {
        return LayerKind::kNone;
    }
    const std::uint16_t ether_type = walk.view<wire::Ethernet>().ether_type.host();
    walk.advance(sizeof(wire::Ethernet));
    return layer_of_ether_type(ether_type);
}

/// IEEE 802.1Q clause 9.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_vlan(Walk& walk) noexcept {
    if (!walk.need(sizeof(wire::VlanTag), ParseStatus::kVlanTooShort, LayerKind::kVlan) ||
        !walk.add(LayerKind::kVlan)) {
        return LayerKind::kNone;
    }
    const auto& tag = walk.view<wire::VlanTag>();
    const std::uint16_t ether_type = tag.ether_type.host();
    if (walk.record.inner_network == LayerKind::kNone) {
        PacketRecord& record = walk.record;
        const std::uint16_t tci = tag.tci.host();
        if (record.vlan_count == 0) record.outer_vlan_tci = tci;
        record.inner_vlan_tci = tci;
        ++record.vlan_count;
    }
    walk.advance(sizeof(wire::VlanTag));
    return layer_of_ether_type(ether_type);
}

/// RFC 826.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_arp(Walk& walk) noexcept {
    if (!walk.need(sizeof(wire::Arp), ParseStatus::kArpTooShort, LayerKind::kArp) ||
        !walk.add(LayerKind::kArp)) {
        return LayerKind::kNone;
    }
    const std::size_t octets = walk.view<wire::Arp>().octets();
    if (walk.need(octets, ParseStatus::kArpTooShort, LayerKind::kArp)) walk.advance(octets);
    return LayerKind::kNone;
}

}  // namespace weir::parse
