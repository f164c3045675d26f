// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/walk.hpp"
#include "wire/tunnel.hpp"

/// VXLAN and VXLAN-GPE.
namespace weir::parse {

/// RFC 7348, section 5. The I flag is not asked for: the reference dissector does not either.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_vxlan(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kVxlan;
    if (!walk.need(sizeof(wire::Vxlan), ParseStatus::kVxlanTooShort, kLayer) || !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    walk.tunnel(kLayer, walk.view<wire::Vxlan>().vni());
    walk.advance(sizeof(wire::Vxlan));
    return walk.rest() == 0 ? LayerKind::kNone : LayerKind::kEth;
}

/// Draft-ietf-nvo3-vxlan-gpe, section 3. Without the P flag it is VXLAN.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_vxlan_gpe(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kVxlanGpe;
    if (!walk.need(sizeof(wire::VxlanGpe), ParseStatus::kVxlanGpeTooShort, kLayer) ||
        !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    const auto& header = walk.view<wire::VxlanGpe>();
    const bool has_protocol = (header.flags & wire::kVxlanGpeHasProtocol) != 0;
    walk.tunnel(kLayer, header.vni());
    walk.advance(sizeof(wire::VxlanGpe));
    if (walk.rest() == 0) return LayerKind::kNone;
    switch (has_protocol ? header.next_protocol : wire::kVxlanGpeEthernet) {
        case wire::kVxlanGpeIpv4:
            return LayerKind::kIpv4;
        case wire::kVxlanGpeIpv6:
            return LayerKind::kIpv6;
        case wire::kVxlanGpeEthernet:
            return LayerKind::kEth;
        case wire::kVxlanGpeMpls:
            return LayerKind::kMpls;
        default:
            return LayerKind::kNone;
    }
}

}  // namespace weir::parse
