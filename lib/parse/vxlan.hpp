// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/walk.hpp"
#include "wire/transport.hpp"

/// VXLAN, which carries Ethernet frames.
namespace weir::parse {

/// RFC 7348, section 5. The I flag is not asked for: the reference dissector does not either.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_vxlan(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kVxlan;
    if (!walk.need(sizeof(wire::Vxlan), ParseStatus::kVxlanTooShort, kLayer) || !walk.add(kLayer)) {
        return LayerKind::kNone;
    }
    PacketRecord& record = walk.record;
    if (record.tunnel == LayerKind::kNone) {
        record.tunnel = kLayer;
        record.tunnel_id = walk.view<wire::Vxlan>().vni();
    }
    walk.advance(sizeof(wire::Vxlan));
    return walk.rest() == 0 ? LayerKind::kNone : LayerKind::kEth;
}

}  // namespace weir::parse
