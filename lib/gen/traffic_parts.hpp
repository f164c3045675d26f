// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "gen/traffic_packets.hpp"

/// How the packets of the demo's traffic begin, and what is found in them. For traffic_*.cpp.
namespace weir::gen {

inline Packet ip4(const Flow& f) { return Packet().eth().ipv4(f.source4, f.destination4); }
inline Packet ip6(const Flow& f) { return Packet().eth().ipv6(f.source6, f.destination6); }

/// Of malformed packets, with addresses of their own.
inline Packet bad4() { return Packet().eth().ipv4("10.3.0.1", "10.3.0.2"); }
inline Packet bad6() { return Packet().eth().ipv6("2001:db8:3::1", "2001:db8:3::2"); }

template <typename... Kinds>
constexpr std::uint64_t layers(Kinds... kinds) {
    return (parse::layer_bit(kinds) | ...);
}

inline constexpr std::uint64_t kEth = layers(parse::LayerKind::kEth);
inline constexpr std::uint64_t kEth4 = layers(parse::LayerKind::kEth, parse::LayerKind::kIpv4);
inline constexpr std::uint64_t kEth6 = layers(parse::LayerKind::kEth, parse::LayerKind::kIpv6);
inline constexpr std::uint64_t kTcp = layers(parse::LayerKind::kTcp);
inline constexpr std::uint64_t kUdp = layers(parse::LayerKind::kUdp);

}  // namespace weir::gen
