// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/walk.hpp"
#include "wire/ethernet.hpp"
#include "wire/tunnel.hpp"

/// PPPoE and PPP.
namespace weir::parse {

/// RFC 2516, section 4: discovery, whose tags are not read, or session.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_pppoe(Walk& walk,
                                                               LayerKind kind) noexcept {
    constexpr std::size_t kOctets = sizeof(wire::Pppoe);
    if (!walk.need(kOctets, ParseStatus::kPppoeTooShort, kind) || !walk.add(kind)) {
        return LayerKind::kNone;
    }
    const auto& header = walk.view<wire::Pppoe>();
    const std::size_t length = header.length.host();
    if (length <= walk.rest() - kOctets) {
        walk.bound(kOctets + length);
    } else if (!walk.in_fragment()) {
        walk.note(ParseStatus::kPppoeLengthBeyondFrame, kind);
    }
    walk.advance(kOctets);
    const bool session = kind == LayerKind::kPppoeSession;
    return session && walk.rest() != 0 ? LayerKind::kPpp : LayerKind::kNone;
}

/// RFC 1661, section 2: the protocol field, of one octet when that is odd (section 6.5), behind
/// address and control (RFC 1662, section 3.1) where they are not left out.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_ppp(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kPpp;
    constexpr ParseStatus kTooShort = ParseStatus::kPppTooShort;
    if (!walk.need(1, kTooShort, kLayer)) return LayerKind::kNone;
    std::size_t octets = 0;
    if (walk.octet(0) == wire::kPppAddress) {
        if (!walk.need(2, kTooShort, kLayer)) return LayerKind::kNone;
        if (walk.octet(1) == wire::kPppControl) octets = 2;
    }
    if (!walk.need(octets + 1, kTooShort, kLayer)) return LayerKind::kNone;
    unsigned protocol = walk.octet(octets);
    ++octets;
    if ((protocol & 1) == 0) {
        if (!walk.need(octets + 1, kTooShort, kLayer)) return LayerKind::kNone;
        protocol = protocol << 8 | walk.octet(octets);
        ++octets;
    }
    if (!walk.add(kLayer)) return LayerKind::kNone;
    walk.advance(octets);
    if (walk.rest() == 0) return LayerKind::kNone;
    switch (protocol) {
        case wire::kPppIpv4:
            return LayerKind::kIpv4;
        case wire::kPppIpv6:
            return LayerKind::kIpv6;
        case wire::kPppMpls:
        case wire::kPppMplsMulticast:
            return LayerKind::kMpls;
        default:
            return LayerKind::kNone;
    }
}

}  // namespace weir::parse
