// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "parse/packet_record.hpp"
#include "wire/ip.hpp"

namespace weir::parse {

/// Two values of the same kind as one that does not depend on which is which.
[[nodiscard]] constexpr std::uint64_t either_way(std::uint64_t one, std::uint64_t other) noexcept {
    return (one + other) ^ std::rotl(one ^ other, 32);
}

/// A hash of the innermost flow that `record` speaks of: addresses of the innermost network, and
/// kind and ports, or SPI, of its transport; of addresses alone in fragments, so that all fragments
/// of a packet agree. The same for both directions but for SPIs; 0 without a network layer.
/// `frame`: what was parsed.
[[nodiscard]] inline std::uint32_t flow_hash(const std::byte* frame,
                                             const PacketRecord& record) noexcept {
    constexpr std::uint64_t kOdd = 0x9fb21c651e98df25;
    const std::byte* network = frame + record.inner_network_offset;
    std::uint64_t hash = 0;
    if (record.inner_network == LayerKind::kIpv4) [[likely]] {
        std::uint32_t addresses[2];
        std::memcpy(addresses, network + offsetof(wire::Ipv4, source), sizeof addresses);
        hash = either_way(addresses[0], addresses[1]);
    } else if (record.inner_network == LayerKind::kIpv6) {
        std::uint64_t halves[4];
        std::memcpy(halves, network + offsetof(wire::Ipv6, source), sizeof halves);
        hash = either_way(halves[0] * kOdd + halves[1], halves[2] * kOdd + halves[3]);
    } else {
        return 0;
    }
    hash *= kOdd;
    if ((record.flags & kFragment) == 0) {
        hash += record.inner_transport == LayerKind::kEsp
                    ? record.spi
                    : either_way(record.source_port, record.destination_port);
        hash += static_cast<std::uint64_t>(record.inner_transport) << 24;
    }
    hash = (hash ^ hash >> 32) * kOdd;
    return static_cast<std::uint32_t>(hash >> 32);
}

}  // namespace weir::parse
