// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "parse/layer.hpp"
#include "parse/status.hpp"

/// What the parser says of one packet: two cache lines. The first holds what the stages of a
/// worker need and is written whole, once; the second holds the list of layers. Offsets count
/// octets from the first of the frame and fit 16 bits because no frame above kMaxFrameBytes is
/// parsed. All numbers are in host byte order. Addresses are not copied: read them from the
/// packet through the offset of their layer.
namespace weir::parse {

inline constexpr std::size_t kMaxFrameBytes = 65535;
inline constexpr std::size_t kMaxLayers = 32;        ///< Deeper is kTooManyLayers.
inline constexpr std::size_t kMaxListedLayers = 20;  ///< How many the layer list holds.

/// Bits of PacketRecord::fragment.
inline constexpr std::uint8_t kFragment = 1;       ///< Some IP header of the packet fragments it.
inline constexpr std::uint8_t kLaterFragment = 2;  ///< Offset not 0: no transport was read.

struct alignas(64) PacketRecord {
    std::uint64_t layer_mask;  ///< layer_bit() of every kind present.

    ParseStatus status;
    LayerKind fault_layer;      ///< The layer that `status` speaks of; kNone when ok.
    std::uint16_t valid_bytes;  ///< Up to here every header is well-formed; with status ok, where
                                ///< the payload of the last layer starts.

    std::uint16_t outer_network_offset;    ///< Meaningful where the kind is not kNone.
    std::uint16_t outer_transport_offset;  ///< TCP, UDP, ICMP, ICMPv6, ESP of the outermost.
    std::uint16_t inner_network_offset;    ///< Innermost; equals the outer one without tunnel.
    std::uint16_t inner_transport_offset;
    LayerKind outer_network;
    LayerKind outer_transport;
    LayerKind inner_network;
    LayerKind inner_transport;
    std::uint16_t source_port;       ///< Of the innermost TCP or UDP; 0 without one.
    std::uint16_t destination_port;  ///< Likewise.

    std::uint32_t spi;                   ///< Of the outermost ESP or AH.
    std::uint32_t sequence;              ///< Likewise.
    std::uint16_t ipsec_offset;          ///< Where that ESP or AH stands.
    std::uint16_t ipsec_network_offset;  ///< Where its IP header stands (its addresses).
    LayerKind ipsec;                     ///< kEsp, kAh or kNone.
    LayerKind tunnel;                    ///< Outermost tunnel (kVxlan) or kNone.
    std::uint8_t fragment;               ///< kFragment | kLaterFragment.
    std::uint8_t layer_count;            ///< All layers parsed, listed or not.

    std::uint32_t tunnel_id;           ///< VNI of the outermost tunnel.
    std::uint16_t network_end_offset;  ///< End of the innermost IP packet by its own length, or
                                       ///< where what encloses it ends before, or kMaxFrameBytes;
                                       ///< behind it stand padding and trailers.
    std::uint16_t outer_vlan_tci;      ///< PCP, DEI and VID of the first tag.
    std::uint16_t inner_vlan_tci;      ///< Of the last tag of the outermost stack.
    std::uint8_t vlan_count;           ///< Tags of the outermost stack.
    std::array<std::uint8_t, 9> reserved;

    /// Layers outermost first; entries from min(layer_count, kMaxListedLayers) on are not written.
    std::array<std::uint16_t, kMaxListedLayers> layer_offsets;
    std::array<LayerKind, kMaxListedLayers> layer_kinds;
};

static_assert(sizeof(PacketRecord) == 128 && std::is_trivial_v<PacketRecord>);
static_assert(offsetof(PacketRecord, layer_offsets) == 64, "the first cache line is full");

}  // namespace weir::parse
