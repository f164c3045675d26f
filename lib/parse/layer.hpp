// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// The kinds of layer that the parser tells apart. Names are those of the reference dissector
/// where it has one, so that outputs can be compared.
namespace weir::parse {

// clang-format off
#define WEIR_LAYERS(X)               \
    X(kNone, "none")                 \
    X(kEth, "eth")                   \
    X(kVlan, "vlan")                 \
    X(kLlc, "llc")                   \
    X(kSnap, "snap")                 \
    X(kArp, "arp")                   \
    X(kMpls, "mpls")                 \
    X(kPseudowire, "pw")             \
    X(kPppoeDiscovery, "pppoed")     \
    X(kPppoeSession, "pppoes")       \
    X(kPpp, "ppp")                   \
    X(kIpv4, "ip")                   \
    X(kIpv6, "ipv6")                 \
    X(kIpv6HopByHop, "ipv6.hopopts") \
    X(kIpv6DestOpts, "ipv6.dstopts") \
    X(kIpv6Routing, "ipv6.routing")  \
    X(kIpv6Fragment, "ipv6.fraghdr") \
    X(kIpv6Mobility, "mipv6")        \
    X(kTcp, "tcp")                   \
    X(kUdp, "udp")                   \
    X(kUdpLite, "udplite")           \
    X(kSctp, "sctp")                 \
    X(kDccp, "dccp")                 \
    X(kIcmp, "icmp")                 \
    X(kIcmpv6, "icmpv6")             \
    X(kEsp, "esp")                   \
    X(kAh, "ah")                     \
    X(kIke, "isakmp")                \
    X(kNatKeepalive, "natkeepalive") \
    X(kGre, "gre")                   \
    X(kErspan, "erspan")             \
    X(kVxlan, "vxlan")               \
    X(kVxlanGpe, "vxlangpe")         \
    X(kGeneve, "geneve")             \
    X(kGtpU, "gtp")                  \
    X(kGtpPrime, "gtpprime")         \
    X(kL2tp, "l2tp")                 \
    X(kTeredo, "teredo")             \
    X(kWireGuard, "wireguard")
// clang-format on

enum class LayerKind : std::uint8_t {
#define X(enumerator, name) enumerator,
    WEIR_LAYERS(X)
#undef X
        kCount
};

inline constexpr std::size_t kLayerKinds = static_cast<std::size_t>(LayerKind::kCount);

inline constexpr std::string_view kLayerNames[kLayerKinds] = {
#define X(enumerator, name) name,
    WEIR_LAYERS(X)
#undef X
};

[[nodiscard]] constexpr std::string_view to_string(LayerKind kind) noexcept {
    return kLayerNames[static_cast<std::size_t>(kind)];
}

/// The bit of `kind` in PacketRecord::layer_mask.
[[nodiscard]] constexpr std::uint64_t layer_bit(LayerKind kind) noexcept {
    return std::uint64_t{1} << static_cast<unsigned>(kind);
}

static_assert(kLayerKinds <= 64, "layer_mask has 64 bits");

/// The layers that may stand in PacketRecord::outer_transport and inner_transport.
inline constexpr std::uint64_t kTransportLayers =
    layer_bit(LayerKind::kTcp) | layer_bit(LayerKind::kUdp) | layer_bit(LayerKind::kUdpLite) |
    layer_bit(LayerKind::kSctp) | layer_bit(LayerKind::kDccp) | layer_bit(LayerKind::kIcmp) |
    layer_bit(LayerKind::kIcmpv6) | layer_bit(LayerKind::kEsp);

}  // namespace weir::parse
