// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/walk.hpp"
#include "wire/tunnel.hpp"

namespace weir::parse {

/// RFC 2661, section 3.1. The walk stands at the header, whose first two octets are there.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_l2tp_v2(Walk& walk,
                                                                 unsigned flags) noexcept {
    constexpr LayerKind kLayer = LayerKind::kL2tp;
    constexpr ParseStatus kTooShort = ParseStatus::kL2tpTooShort;
    const bool has_length = (flags & wire::kL2tpLength) != 0;
    const bool has_offset = (flags & wire::kL2tpOffset) != 0;
    const std::size_t ids_at = has_length ? 4 : 2;
    const std::size_t sequence_octets = (flags & wire::kL2tpSequence) != 0 ? 4 : 0;
    std::size_t octets = ids_at + 4 + sequence_octets + (has_offset ? 2 : 0);
    if (!walk.need(octets, kTooShort, kLayer) || !walk.add(kLayer)) return LayerKind::kNone;
    walk.tunnel(kLayer, walk.view<base::be32>(ids_at).host());
    if (has_length) {
        const std::size_t length = walk.view<base::be16>(2).host();
        const bool beyond = length > walk.rest();
        if (length < octets || (beyond && !walk.in_fragment())) {
            return walk.note(ParseStatus::kL2tpLengthInvalid, kLayer);
        }
        if (!beyond) walk.bound(length);
    }
    const bool control = (flags & wire::kL2tpControl) != 0;
    if (has_offset && !control) {
        octets += walk.view<base::be16>(octets - 2).host();
        if (!walk.need(octets, kTooShort, kLayer)) return LayerKind::kNone;
    }
    walk.advance(octets);
    return control || walk.rest() == 0 ? LayerKind::kNone : LayerKind::kPpp;
}

/// Version 3 over UDP (RFC 3931, section 4.1.2; control messages section 3.2.1), version 2, and
/// over IP (section 4.1.1), where the session id comes first. Behind a session id of version 3
/// stands a cookie of a length that only the two ends know.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_l2tp(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kL2tp;
    constexpr ParseStatus kTooShort = ParseStatus::kL2tpTooShort;
    constexpr std::size_t kSessionId = sizeof(base::be32);
    if (walk.record.inner_transport != LayerKind::kUdp) {
        if (!walk.need(kSessionId, kTooShort, kLayer) || !walk.add(kLayer)) return LayerKind::kNone;
        walk.tunnel(kLayer, walk.view<base::be32>().host());
        walk.advance(kSessionId);
        return LayerKind::kNone;
    }
    if (!walk.need(sizeof(wire::L2tp), kTooShort, kLayer)) return LayerKind::kNone;
    const auto& header = walk.view<wire::L2tp>();
    const unsigned flags = header.flags_version.host();
    if (header.version() == 2) return parse_l2tp_v2(walk, flags);
    if (header.version() != 3) return walk.decline();
    const bool control = (flags & wire::kL2tpControl) != 0;
    const std::size_t octets = control ? 12 : 4 + kSessionId;
    if (!walk.need(octets, kTooShort, kLayer) || !walk.add(kLayer)) return LayerKind::kNone;
    walk.tunnel(kLayer, control ? 0 : walk.view<base::be32>(4).host());
    if (control && (flags & wire::kL2tpLength) != 0) {
        const std::size_t length = walk.view<base::be16>(2).host();
        if (length < octets || (length > walk.rest() && !walk.in_fragment())) {
            return walk.note(ParseStatus::kL2tpLengthInvalid, kLayer);
        }
    }
    walk.advance(octets);
    return LayerKind::kNone;
}

}  // namespace weir::parse
