// SPDX-License-Identifier: BSD-3-Clause
#include "reference_parser.hpp"

#include <algorithm>
#include <stdexcept>

#include "reference_descent.hpp"

namespace weir::test {

using parse::PacketRecord;

Descent::Descent(std::span<const std::byte> bytes, std::size_t wire_octets,
                 const parse::ParseOptions& options)
    : bytes_(bytes.first(std::min(bytes.size(), parse::kMaxFrameBytes))),
      end_(std::max(wire_octets, bytes.size())),
      options_(options) {}

void Descent::run() {
    try {
        ethernet(0);
    } catch (const Stop&) {
    }
    if (record.status == ParseStatus::kOk)
        record.valid_bytes = static_cast<std::uint16_t>(payload_);
    record.layer_count = static_cast<std::uint8_t>(layers.size());
}

unsigned Descent::octet(std::size_t at) const {
    if (at >= bytes_.size()) throw std::logic_error("the reference reads what it did not ask for");
    return std::to_integer<unsigned>(bytes_[at]);
}

void Descent::need(LayerKind layer, std::size_t at, std::size_t octets, ParseStatus too_short) {
    if (at + octets > end_) stop(too_short, layer, at);
    if (at + octets <= bytes_.size()) return;
    note(ParseStatus::kTruncated, layer, at);
    record.status = ParseStatus::kTruncated;
    record.fault_layer = layer;
    throw Stop{};
}

void Descent::list(LayerKind layer, std::size_t at) {
    if (layers.size() >= options_.max_layers) stop(ParseStatus::kTooManyLayers, layer, at);
    layers.push_back({layer, at});
    if ((record.flags & parse::kQuoted) == 0) record.layer_mask |= layer_bit(layer);
}

void Descent::note(ParseStatus status, LayerKind layer, std::size_t at) {
    if (record.status != ParseStatus::kOk) return;
    record.status = status;
    record.fault_layer = layer;
    record.valid_bytes = static_cast<std::uint16_t>(at);
}

void Descent::stop(ParseStatus status, LayerKind layer, std::size_t at) {
    note(status, layer, at);
    throw Stop{};
}

bool Descent::has(LayerKind layer) const { return (record.layer_mask & layer_bit(layer)) != 0; }

void Descent::network(LayerKind layer, std::size_t at) {
    const bool first = !has(LayerKind::kIpv4) && !has(LayerKind::kIpv6);
    list(layer, at);
    record.inner_network = layer;
    record.inner_network_offset = static_cast<std::uint16_t>(at);
    if (first) {
        record.outer_network = layer;
        record.outer_network_offset = static_cast<std::uint16_t>(at);
        return;
    }
    tunnel(layer, 0);
    record.inner_transport = LayerKind::kNone;
    record.inner_transport_offset = 0;
    record.source_port = 0;
    record.destination_port = 0;
}

void Descent::transport(LayerKind layer, std::size_t at) {
    const bool first = (record.layer_mask & parse::kTransportLayers) == 0;
    list(layer, at);
    record.inner_transport = layer;
    record.inner_transport_offset = static_cast<std::uint16_t>(at);
    if (!first) return;
    record.outer_transport = layer;
    record.outer_transport_offset = static_cast<std::uint16_t>(at);
}

void Descent::tunnel(LayerKind layer, std::uint32_t id) {
    if (record.tunnel != LayerKind::kNone) return;
    record.tunnel = layer;
    record.tunnel_id = id;
}

void Descent::ipsec(LayerKind layer, std::size_t at, std::uint32_t spi, std::uint32_t sequence) {
    if (record.ipsec != LayerKind::kNone) return;
    record.ipsec = layer;
    record.spi = spi;
    record.sequence = sequence;
    record.ipsec_offset = static_cast<std::uint16_t>(at);
    record.ipsec_network_offset = record.inner_network_offset;
}

void Descent::ports(std::size_t at) {
    record.source_port = static_cast<std::uint16_t>(two(at));
    record.destination_port = static_cast<std::uint16_t>(two(at + 2));
}

void Descent::network_end() {
    record.network_end_offset =
        static_cast<std::uint16_t>(std::min<std::size_t>(end_, parse::kMaxFrameBytes));
}

void reference_parse(const base::PacketView& packet, const parse::ParseOptions& options,
                     PacketRecord& record, parse::LayerList& layers) {
    Descent descent(packet.bytes, packet.wire_bytes, options);
    descent.run();
    record = descent.record;
    for (std::size_t i = 0; i < descent.layers.size(); ++i) {
        const auto& [kind, offset] = descent.layers[i];
        if (i < parse::kMaxListedLayers) {
            record.layer_kinds[i] = kind;
            record.layer_offsets[i] = static_cast<std::uint16_t>(offset);
        }
        if (i < parse::LayerList::kCapacity) {
            layers.kinds[i] = kind;
            layers.offsets[i] = static_cast<std::uint16_t>(offset);
        }
    }
}

namespace {

void compare(std::string& text, const char* name, auto expected, auto actual) {
    if (expected == actual) return;
    text += std::string(name) + ": expected " + std::to_string(+expected) + ", is " +
            std::to_string(+actual) + "; ";
}
void compare(std::string& text, const char* name, LayerKind expected, LayerKind actual) {
    if (expected == actual) return;
    text += std::string(name) + ": expected " + std::string(to_string(expected)) + ", is " +
            std::string(to_string(actual)) + "; ";
}

std::string difference_of_first_lines(const PacketRecord& expected, const PacketRecord& actual) {
    std::string text;
    if (expected.status != actual.status) {
        text += "status: expected " + std::string(to_string(expected.status)) + ", is " +
                std::string(to_string(actual.status)) + "; ";
    }
#define WEIR_COMPARE(field) compare(text, #field, expected.field, actual.field)
    WEIR_COMPARE(layer_mask);
    WEIR_COMPARE(fault_layer);
    WEIR_COMPARE(valid_bytes);
    WEIR_COMPARE(outer_network);
    WEIR_COMPARE(outer_network_offset);
    WEIR_COMPARE(outer_transport);
    WEIR_COMPARE(outer_transport_offset);
    WEIR_COMPARE(inner_network);
    WEIR_COMPARE(inner_network_offset);
    WEIR_COMPARE(inner_transport);
    WEIR_COMPARE(inner_transport_offset);
    WEIR_COMPARE(source_port);
    WEIR_COMPARE(destination_port);
    WEIR_COMPARE(spi);
    WEIR_COMPARE(sequence);
    WEIR_COMPARE(ipsec_offset);
    WEIR_COMPARE(ipsec_network_offset);
    WEIR_COMPARE(ipsec);
    WEIR_COMPARE(tunnel);
    WEIR_COMPARE(flags);
    WEIR_COMPARE(layer_count);
    WEIR_COMPARE(tunnel_id);
    WEIR_COMPARE(mpls_entry);
    WEIR_COMPARE(network_end_offset);
    WEIR_COMPARE(outer_vlan_tci);
    WEIR_COMPARE(inner_vlan_tci);
    WEIR_COMPARE(vlan_count);
    WEIR_COMPARE(mpls_count);
#undef WEIR_COMPARE
    return text;
}

template <typename Offsets, typename Kinds>
void compare_lists(std::string& text, std::size_t layers, const Offsets& expected_offsets,
                   const Kinds& expected_kinds, const Offsets& actual_offsets,
                   const Kinds& actual_kinds) {
    for (std::size_t i = 0; i < std::min(layers, expected_kinds.size()); ++i) {
        const std::string name = "layer " + std::to_string(i);
        compare(text, name.c_str(), expected_kinds[i], actual_kinds[i]);
        compare(text, (name + " offset").c_str(), expected_offsets[i], actual_offsets[i]);
    }
}

}  // namespace

std::string difference(const PacketRecord& expected, const PacketRecord& actual) {
    std::string text = difference_of_first_lines(expected, actual);
    compare_lists(text, std::min(expected.layer_count, actual.layer_count), expected.layer_offsets,
                  expected.layer_kinds, actual.layer_offsets, actual.layer_kinds);
    return text;
}

std::string difference(const PacketRecord& expected, const parse::LayerList& expected_layers,
                       const PacketRecord& actual, const parse::LayerList& actual_layers) {
    std::string text = difference_of_first_lines(expected, actual);
    compare_lists(text, std::min(expected.layer_count, actual.layer_count), expected_layers.offsets,
                  expected_layers.kinds, actual_layers.offsets, actual_layers.kinds);
    return text;
}

}  // namespace weir::test
