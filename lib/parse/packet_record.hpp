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
inline constexpr std::size_t kMaxLayers = 32;        ///< Deeper is kTooManyLayers, unless set.
inline constexpr std::size_t kMaxListedLayers = 20;  ///< How many the record's list holds.

/// Bits of PacketRecord::flags.
inline constexpr std::uint8_t kFragment = 1;       ///< Some IP header of the packet fragments it.
inline constexpr std::uint8_t kLaterFragment = 2;  ///< Offset not 0: no transport was read.
inline constexpr std::uint8_t kQuoted = 4;  ///< The layers behind the ICMP one are a quoted packet.

struct alignas(64) PacketRecord {
    std::uint64_t layer_mask;  ///< layer_bit() of every kind present.

    ParseStatus status;
    LayerKind fault_layer;      ///< The layer that `status` speaks of; kNone when ok.
    std::uint16_t valid_bytes;  ///< Up to here every header is well-formed; with status ok, where
                                ///< the payload of the last layer starts.

    std::uint16_t outer_network_offset;    ///< Meaningful where the kind is not kNone.
    std::uint16_t outer_transport_offset;  ///< Of the outermost layer of kTransportLayers.
    std::uint16_t inner_network_offset;    ///< Innermost; equals the outer one without tunnel.
    std::uint16_t inner_transport_offset;
    LayerKind outer_network;
    LayerKind outer_transport;
    LayerKind inner_network;
    LayerKind inner_transport;
    std::uint16_t source_port;       ///< Of the innermost transport; 0 where it has none.
    std::uint16_t destination_port;  ///< Likewise.

    std::uint32_t spi;                   ///< Of the outermost ESP or AH.
    std::uint32_t sequence;              ///< Likewise.
    std::uint16_t ipsec_offset;          ///< Where that ESP or AH stands.
    std::uint16_t ipsec_network_offset;  ///< Where its IP header stands (its addresses).
    LayerKind ipsec;                     ///< kEsp, kAh or kNone.
    LayerKind tunnel;                    ///< Outermost tunnel (see docs/parser.md) or kNone.
    std::uint8_t flags;                  ///< kFragment | kLaterFragment | kQuoted.
    std::uint8_t layer_count;            ///< All layers parsed, listed or not.

    std::uint32_t tunnel_id;           ///< VNI, GRE key, TEID, ... of the outermost tunnel.
    std::uint32_t mpls_entry;          ///< First label stack entry: label, TC, S, TTL (RFC 3032).
    std::uint32_t flow_hash;           ///< Of the innermost flow; the same in both directions.
    std::uint16_t network_end_offset;  ///< End of the innermost IP packet by its own length, or
                                       ///< where what encloses it ends before, or kMaxFrameBytes;
                                       ///< behind it stand padding and trailers.
    std::uint16_t outer_vlan_tci;      ///< PCP, DEI and VID of the first tag.
    std::uint16_t inner_vlan_tci;      ///< Of the last tag of the outermost stack.
    std::uint8_t vlan_count;           ///< Tags of the outermost stack.
    std::uint8_t mpls_count;           ///< Label stack entries of the outermost stack.

    /// Layers outermost first; entries from min(layer_count, kMaxListedLayers) on are not written.
    std::array<std::uint16_t, kMaxListedLayers> layer_offsets;
    std::array<LayerKind, kMaxListedLayers> layer_kinds;
};

static_assert(sizeof(PacketRecord) == 128 && std::is_trivial_v<PacketRecord>);
static_assert(offsetof(PacketRecord, layer_offsets) == 64, "the first cache line is full");

}  // namespace weir::parse
