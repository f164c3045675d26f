// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "parse/packet_record.hpp"
#include "wire/ip.hpp"

namespace weir::parse {

inline constexpr std::uint64_t kFlowHashOdd = 0x9fb21c651e98df25;

/// What the flow hash takes of an IPv4 header's addresses: source and destination, 32 bits each.
[[nodiscard, gnu::always_inline]] inline std::uint64_t ipv4_flow_addresses(
    const std::byte* header) noexcept {
    std::uint64_t addresses;
    std::memcpy(&addresses, header + offsetof(wire::Ipv4, source), sizeof addresses);
    return addresses;
}

/// The same of an IPv6 header's: each is first brought to 32 bits.
[[nodiscard, gnu::always_inline]] inline std::uint64_t ipv6_flow_addresses(
    const std::byte* header) noexcept {
    std::uint64_t halves[4];
    std::memcpy(halves, header + offsetof(wire::Ipv6, source), sizeof halves);
    const std::uint64_t source = (halves[0] * kFlowHashOdd + halves[1]) * kFlowHashOdd;
    const std::uint64_t destination = (halves[2] * kFlowHashOdd + halves[3]) * kFlowHashOdd;
    return source >> 32 | (destination >> 32 << 32);
}

/// The hash of such addresses and of the transport's first 4 octets, as they stand in memory: its
/// ports or SPI; 0 where it has none.
[[nodiscard, gnu::always_inline]] inline std::uint32_t flow_hash(std::uint64_t addresses,
                                                                 std::uint32_t ports) noexcept {
    // A sum of the two halves in either order, and a difference that has no sign.
    const std::uint64_t exchanged = std::rotl(addresses, 32);
    std::uint64_t hash = (addresses + exchanged) * kFlowHashOdd ^ (addresses ^ exchanged);
    hash += ports + std::rotl(ports, 16);
    hash = (hash ^ hash >> 32) * kFlowHashOdd;
    return static_cast<std::uint32_t>(hash >> 32);
}

/// A hash of the innermost flow that `record` speaks of: addresses of the innermost network, and
/// ports or SPI of its transport; of addresses alone in fragments, so that all fragments of a
/// packet agree. The same for both directions but for SPIs; 0 without a network layer. `frame`:
/// what was parsed.
[[nodiscard, gnu::always_inline]] inline std::uint32_t flow_hash(
    const std::byte* frame, const PacketRecord& record) noexcept {
    // These begin with two ports, ESP with its SPI.
    constexpr std::uint64_t kWithPorts =
        kTransportLayers & ~layer_bit(LayerKind::kIcmp) & ~layer_bit(LayerKind::kIcmpv6);
    const std::byte* network = frame + record.inner_network_offset;
    std::uint64_t addresses = 0;
    if (record.inner_network == LayerKind::kIpv4) [[likely]] {
        addresses = ipv4_flow_addresses(network);
    } else if (record.inner_network == LayerKind::kIpv6) {
        addresses = ipv6_flow_addresses(network);
    } else {
        return 0;
    }
    std::uint32_t ports = 0;
    if ((kWithPorts >> static_cast<unsigned>(record.inner_transport) & 1) != 0 &&
        (record.flags & kFragment) == 0) {
        std::memcpy(&ports, frame + record.inner_transport_offset, sizeof ports);
    }
    return flow_hash(addresses, ports);
}

}  // namespace weir::parse
