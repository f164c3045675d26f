// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/walk.hpp"
#include "wire/tunnel.hpp"

namespace weir::parse {

/// RFC 4380, section 5.1.1: authentication and origin indications, in this order and both optional,
/// and an IPv6 packet. What has another beginning is left alone.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_teredo(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kTeredo;
    constexpr ParseStatus kTooShort = ParseStatus::kTeredoTooShort;
    constexpr std::size_t kIndication = sizeof(base::be16);
    std::size_t octets = 0;
    for (const std::uint16_t indication : {wire::kTeredoAuthentication, wire::kTeredoOrigin}) {
        if (walk.rest() < octets + kIndication) break;
        if (!walk.need(octets + kIndication, kTooShort, kLayer)) return LayerKind::kNone;
        if (walk.view<base::be16>(octets).host() != indication) continue;
        if (indication == wire::kTeredoOrigin) {
            octets += wire::kTeredoOriginOctets;
        } else {
            if (!walk.need(octets + 4, kTooShort, kLayer)) return LayerKind::kNone;
            octets += wire::kTeredoAuthenticationOctets + walk.octet(2) + walk.octet(3);
        }
        if (!walk.need(octets, kTooShort, kLayer)) return LayerKind::kNone;
    }
    if (walk.rest() == octets) return walk.decline();
    if (!walk.need(octets + 1, kTooShort, kLayer)) return LayerKind::kNone;
    if (walk.octet(octets) >> 4 != 6) return walk.decline();
    if (!walk.add(kLayer)) return LayerKind::kNone;
    walk.tunnel(kLayer, 0);
    walk.advance(octets);
    return LayerKind::kIpv6;
}

}  // namespace weir::parse
