// SPDX-License-Identifier: BSD-3-Clause
// What a record says of a list of layers ("The rest of the record" of docs/parser.md), each field
// looked up in the list by its own definition.

#include <algorithm>
#include <optional>
#include <span>

#include "support/reference_walk.hpp"

namespace weir::test {
namespace {

using Layers = std::span<const Listed>;

bool is_network(const Listed& layer) {
    return layer.kind == LayerKind::kIpv4 || layer.kind == LayerKind::kIpv6;
}

bool is_transport(const Listed& layer) {
    switch (layer.kind) {
        case LayerKind::kTcp:
        case LayerKind::kUdp:
        case LayerKind::kUdpLite:
        case LayerKind::kSctp:
        case LayerKind::kDccp:
        case LayerKind::kIcmp:
        case LayerKind::kIcmpv6:
        case LayerKind::kEsp:
            return true;
        default:
            return false;
    }
}

bool has_ports(const Listed& layer) {
    return is_transport(layer) && layer.kind != LayerKind::kIcmp &&
           layer.kind != LayerKind::kIcmpv6 && layer.kind != LayerKind::kEsp;
}

bool is_ipsec(const Listed& layer) {
    return layer.kind == LayerKind::kEsp || layer.kind == LayerKind::kAh;
}

/// The first or last of `layers` that `wanted` holds for, or nullptr.
const Listed* first_of(Layers layers, bool (*wanted)(const Listed&)) {
    const auto found = std::find_if(layers.begin(), layers.end(), wanted);
    return found == layers.end() ? nullptr : &*found;
}
const Listed* last_of(Layers layers, bool (*wanted)(const Listed&)) {
    const auto found = std::find_if(layers.rbegin(), layers.rend(), wanted);
    return found == layers.rend() ? nullptr : &*found;
}

std::uint16_t offset_of(const Listed& layer) {
    return static_cast<std::uint16_t>(layer.octets.offset());
}

/// Those behind the last network header; all, where there is none.
Layers behind_last_network(Layers layers) {
    const Listed* network = last_of(layers, is_network);
    return network == nullptr ? layers
                              : layers.subspan(static_cast<std::size_t>(network - &layers[0]) + 1);
}

/// Those before the first network header; all, where there is none.
Layers before_first_network(Layers layers) {
    const Listed* network = first_of(layers, is_network);
    return network == nullptr ? layers
                              : layers.first(static_cast<std::size_t>(network - &layers[0]));
}

std::uint32_t gre_key(const Octets& gre) {
    const unsigned flags = gre.u16(0);
    const bool has_key = (flags & 0x2000) != 0;
    const bool word_before = (flags & 0xc000) != 0;
    if (!has_key) return 0;
    return gre.u32(word_before ? 8 : 4);
}

std::uint32_t l2tp_id(const Octets& l2tp, bool in_udp) {
    if (!in_udp) return l2tp.u32(0);  // RFC 3931, section 4.1.1.
    const unsigned flags = l2tp.u16(0);
    const bool control = (flags & 0x8000) != 0;
    if (flags % 16 == 3) return control ? 0 : l2tp.u32(4);
    const bool has_length = (flags & 0x4000) != 0;
    return l2tp.u32(has_length ? 4 : 2);
}

/// The receiver index is little-endian, as all numbers of WireGuard.
std::uint32_t wireguard_id(const Octets& message) {
    if (message.u8(0) != 4) return 0;
    return message.u8(4) | message.u8(5) << 8 | message.u8(6) << 16 | message.u8(7) << 24;
}

std::uint32_t mpls_label(const Listed& entry) { return entry.octets.u32(0) >> 12; }

/// The id of layer number `at`, if it is one that may be the tunnel.
std::optional<std::uint32_t> tunnel_id(Layers layers, std::size_t at) {
    const Octets& octets = layers[at].octets;
    const bool in_ip = first_of(layers.first(at), is_network) != nullptr;
    switch (layers[at].kind) {
        case LayerKind::kGre:
            return gre_key(octets);
        case LayerKind::kVxlan:
        case LayerKind::kVxlanGpe:
        case LayerKind::kGeneve:
            return octets.u24(4);
        case LayerKind::kGtpU:
            return octets.u32(4);
        case LayerKind::kL2tp:
            return l2tp_id(octets, layers[at - 1].kind == LayerKind::kUdp);
        case LayerKind::kTeredo:
            return 0;
        case LayerKind::kWireGuard:
            return wireguard_id(octets);
        case LayerKind::kPseudowire:
            return mpls_label(layers[at - 1]);
        case LayerKind::kMpls:
            return in_ip ? std::optional(mpls_label(layers[at])) : std::nullopt;
        case LayerKind::kEth:
            return at > 0 ? std::optional(0U) : std::nullopt;
        case LayerKind::kIpv4:
        case LayerKind::kIpv6:
            return in_ip ? std::optional(0U) : std::nullopt;
        default:
            return std::nullopt;
    }
}

void fill_tunnel(Layers layers, parse::PacketRecord& record) {
    for (std::size_t at = 0; at < layers.size(); ++at) {
        const std::optional<std::uint32_t> id = tunnel_id(layers, at);
        if (!id) continue;
        record.tunnel = layers[at].kind;
        record.tunnel_id = *id;
        return;
    }
}

void fill_addresses(Layers layers, parse::PacketRecord& record) {
    if (const Listed* outer = first_of(layers, is_network)) {
        record.outer_network = outer->kind;
        record.outer_network_offset = offset_of(*outer);
        const Listed* inner = last_of(layers, is_network);
        record.inner_network = inner->kind;
        record.inner_network_offset = offset_of(*inner);
        record.network_end_offset =
            static_cast<std::uint16_t>(std::min(inner->octets.end(), parse::kMaxFrameBytes));
    }
    if (const Listed* outer = first_of(layers, is_transport)) {
        record.outer_transport = outer->kind;
        record.outer_transport_offset = offset_of(*outer);
    }
    const Layers innermost = behind_last_network(layers);
    if (const Listed* inner = last_of(innermost, is_transport)) {
        record.inner_transport = inner->kind;
        record.inner_transport_offset = offset_of(*inner);
    }
    if (const Listed* inner = last_of(innermost, has_ports)) {
        record.source_port = static_cast<std::uint16_t>(inner->octets.u16(0));
        record.destination_port = static_cast<std::uint16_t>(inner->octets.u16(2));
    }
}

void fill_ipsec(Layers layers, parse::PacketRecord& record) {
    const Listed* ipsec = first_of(layers, is_ipsec);
    if (ipsec == nullptr) return;
    record.ipsec = ipsec->kind;
    record.ipsec_offset = offset_of(*ipsec);
    const std::size_t spi_at = ipsec->kind == LayerKind::kEsp ? 0 : 4;
    record.spi = ipsec->octets.u32(spi_at);
    record.sequence = ipsec->octets.u32(spi_at + 4);
    const Layers before = layers.first(static_cast<std::size_t>(ipsec - &layers[0]));
    record.ipsec_network_offset = offset_of(*last_of(before, is_network));
}

void fill_tags(Layers layers, parse::PacketRecord& record) {
    for (const Listed& layer : before_first_network(layers)) {
        if (layer.kind == LayerKind::kVlan) {
            record.inner_vlan_tci = static_cast<std::uint16_t>(layer.octets.u16(0));
            if (record.vlan_count++ == 0) record.outer_vlan_tci = record.inner_vlan_tci;
        }
        if (layer.kind == LayerKind::kMpls && record.mpls_count++ == 0) {
            record.mpls_entry = layer.octets.u32(0);
        }
    }
}

}  // namespace

std::uint8_t fragment_flags(const Listed& layer) {
    unsigned offset = 0;
    bool more = false;
    if (layer.kind == LayerKind::kIpv4) {
        // A total length below the header: nothing more is read.
        if (layer.octets.u16(2) < layer.octets.u8(0) % 16 * 4) return 0;
        offset = layer.octets.u16(6) & 0x1fff;
        more = (layer.octets.u16(6) & 0x2000) != 0;
    } else if (layer.kind == LayerKind::kIpv6Fragment) {
        offset = layer.octets.u16(2) >> 3;
        more = layer.octets.u16(2) % 2 == 1;
    }
    if (offset != 0) return parse::kFragment | parse::kLaterFragment;
    return more ? parse::kFragment : 0;
}

void fill_record(const Walk& walk, parse::PacketRecord& record) {
    record = {};
    record.status = walk.status;
    record.fault_layer = walk.fault_layer;
    record.valid_bytes = static_cast<std::uint16_t>(walk.valid_octets);
    record.layer_count = static_cast<std::uint8_t>(walk.layers.size());
    const std::size_t listed = std::min(walk.layers.size(), parse::kMaxListedLayers);
    for (std::size_t i = 0; i < listed; ++i) {
        record.layer_offsets[i] = offset_of(walk.layers[i]);
        record.layer_kinds[i] = walk.layers[i].kind;
    }

    // A quote stands last, and nothing but the list, its length and one flag speaks of it.
    const Layers all(walk.layers);
    const Listed* quote = first_of(all, [](const Listed& layer) { return layer.quoted; });
    if (quote != nullptr) record.flags |= parse::kQuoted;
    const Layers layers =
        quote == nullptr ? all : all.first(static_cast<std::size_t>(quote - &all[0]));
    for (const Listed& layer : layers) {
        record.layer_mask |= parse::layer_bit(layer.kind);
        record.flags |= fragment_flags(layer);
    }
    fill_addresses(layers, record);
    fill_tunnel(layers, record);
    fill_ipsec(layers, record);
    fill_tags(layers, record);
}

}  // namespace weir::test
