// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "parse/walk.hpp"
#include "wire/tunnel.hpp"

namespace weir::parse {

/// Whether a message of the type has that many octets: handshake initiation and response, cookie
/// reply, data (the WireGuard paper, section 5.4).
[[nodiscard]] constexpr bool is_wireguard_size(unsigned type, std::size_t octets) noexcept {
    switch (type) {
        case 1:
            return octets == 148;
        case 2:
            return octets == 92;
        case 3:
            return octets == 64;
        case wire::kWireGuardData:
            return octets >= 32;
        default:
            return false;
    }
}

/// Recognised by type and size, since the port is nobody's; all of it is encrypted.
[[nodiscard, gnu::always_inline]] inline LayerKind parse_wireguard(Walk& walk) noexcept {
    constexpr LayerKind kLayer = LayerKind::kWireGuard;
    constexpr std::size_t kOctets = sizeof(wire::WireGuard);
    if (walk.rest() < 32) return walk.decline();
    // Shorter packets are none, so that only the capture's end can be missing here.
    if (!walk.need(kOctets, ParseStatus::kTruncated, kLayer)) return LayerKind::kNone;
    const auto& header = walk.view<wire::WireGuard>();
    const bool reserved_zero = (header.reserved[0] | header.reserved[1] | header.reserved[2]) == 0;
    if (!reserved_zero || !is_wireguard_size(header.type, walk.rest())) return walk.decline();
    if (!walk.add(kLayer)) return LayerKind::kNone;
    const auto& index = header.index;
    walk.tunnel(kLayer, header.type == wire::kWireGuardData
                            ? std::uint32_t{index[3]} << 24 | std::uint32_t{index[2]} << 16 |
                                  std::uint32_t{index[1]} << 8 | index[0]
                            : 0);
    walk.advance(kOctets);
    return LayerKind::kNone;
}

}  // namespace weir::parse
