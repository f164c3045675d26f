// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "parse/packet_record.hpp"
#include "wire/ip.hpp"

namespace weir::parse {

/// A hash of the innermost flow that `record` speaks of: addresses of the innermost network, and
/// ports or SPI of its transport; of addresses alone in fragments, so that all fragments of a
/// packet agree. The same for both directions but for SPIs; 0 without a network layer. `frame`:
/// what was parsed.
[[nodiscard, gnu::always_inline]] inline std::uint32_t flow_hash(
    const std::byte* frame, const PacketRecord& record) noexcept {
    constexpr std::uint64_t kOdd = 0x9fb21c651e98df25;
    // These begin with two ports, ESP with its SPI.
    constexpr std::uint64_t kWithPorts =
        kTransportLayers & ~layer_bit(LayerKind::kIcmp) & ~layer_bit(LayerKind::kIcmpv6);
    const std::byte* network = frame + record.inner_network_offset;
    std::uint64_t addresses = 0;
    if (record.inner_network == LayerKind::kIpv4) [[likely]] {
        std::memcpy(&addresses, network + offsetof(wire::Ipv4, source), sizeof addresses);
    } else if (record.inner_network == LayerKind::kIpv6) {
        std::uint64_t halves[4];
        std::memcpy(halves, network + offsetof(wire::Ipv6, source), sizeof halves);
        const std::uint64_t source = (halves[0] * kOdd + halves[1]) * kOdd;
        const std::uint64_t destination = (halves[2] * kOdd + halves[3]) * kOdd;
        addresses = source >> 32 | (destination >> 32 << 32);
    } else {
        return 0;
    }
    // A sum of the two halves in either order, and a difference that has no sign.
    const std::uint64_t exchanged = std::rotl(addresses, 32);
    std::uint64_t hash = (addresses + exchanged) * kOdd ^ (addresses ^ exchanged);
    if ((kWithPorts >> static_cast<unsigned>(record.inner_transport) & 1) != 0) {
        std::uint32_t ports = 0;
        std::memcpy(&ports, frame + record.inner_transport_offset, sizeof ports);
        if ((record.flags & kFragment) == 0) hash += ports + std::rotl(ports, 16);
    }
    hash = (hash ^ hash >> 32) * kOdd;
    return static_cast<std::uint32_t>(hash >> 32);
}

}  // namespace weir::parse
