// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "support/reference_parser.hpp"

namespace weir::test {
namespace {

using parse::PacketRecord;

std::string text(parse::LayerKind kind) { return std::string(parse::to_string(kind)); }
std::string text(parse::ParseStatus status) { return std::string(parse::to_string(status)); }
std::string text(std::uint64_t number) { return std::to_string(number); }

/// The names of the layers of a mask.
std::string mask_text(std::uint64_t mask) {
    std::string names;
    for (std::size_t kind = 0; kind < 64; ++kind) {
        if ((mask >> kind & 1) == 0) continue;
        if (!names.empty()) names += '+';
        names += kind < parse::kLayerKinds ? std::string(parse::kLayerNames[kind])
                                           : "bit " + std::to_string(kind);
    }
    return names;
}

/// Collects lines "what: expected x, is y".
class Differences {
   public:
    template <typename Value>
    void compare(std::string_view what, Value expected, Value actual) {
        if (expected != actual) add(what, text(expected), text(actual));
    }
    void add(std::string_view what, std::string_view expected, std::string_view actual) {
        text_ += what;
        text_ += ": expected ";
        text_ += expected;
        text_ += ", is ";
        text_ += actual;
        text_ += '\n';
    }
    /// The entry at `place` of both lists.
    void compare_layers(std::size_t place, parse::LayerKind expected_kind, unsigned expected_offset,
                        parse::LayerKind actual_kind, unsigned actual_offset) {
        if (expected_kind == actual_kind && expected_offset == actual_offset) return;
        add("layer " + std::to_string(place),
            text(expected_kind) + " at " + std::to_string(expected_offset),
            text(actual_kind) + " at " + std::to_string(actual_offset));
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

   private:
    std::string text_;
};

void compare_first_line(const PacketRecord& expected, const PacketRecord& actual,
                        Differences& differences) {
    const auto number = [&](std::string_view what, auto PacketRecord::*field) {
        differences.compare<std::uint64_t>(what, expected.*field, actual.*field);
    };
    const auto kind = [&](std::string_view what, parse::LayerKind PacketRecord::*field) {
        differences.compare(what, expected.*field, actual.*field);
    };
    differences.compare("status", expected.status, actual.status);
    kind("fault_layer", &PacketRecord::fault_layer);
    number("valid_bytes", &PacketRecord::valid_bytes);
    if (expected.layer_mask != actual.layer_mask) {
        differences.add("layer_mask", mask_text(expected.layer_mask), mask_text(actual.layer_mask));
    }
    kind("outer_network", &PacketRecord::outer_network);
    number("outer_network_offset", &PacketRecord::outer_network_offset);
    kind("outer_transport", &PacketRecord::outer_transport);
    number("outer_transport_offset", &PacketRecord::outer_transport_offset);
    kind("inner_network", &PacketRecord::inner_network);
    number("inner_network_offset", &PacketRecord::inner_network_offset);
    kind("inner_transport", &PacketRecord::inner_transport);
    number("inner_transport_offset", &PacketRecord::inner_transport_offset);
    number("network_end_offset", &PacketRecord::network_end_offset);
    number("source_port", &PacketRecord::source_port);
    number("destination_port", &PacketRecord::destination_port);
    kind("ipsec", &PacketRecord::ipsec);
    number("ipsec_offset", &PacketRecord::ipsec_offset);
    number("ipsec_network_offset", &PacketRecord::ipsec_network_offset);
    number("spi", &PacketRecord::spi);
    number("sequence", &PacketRecord::sequence);
    kind("tunnel", &PacketRecord::tunnel);
    number("tunnel_id", &PacketRecord::tunnel_id);
    number("flags", &PacketRecord::flags);
    number("vlan_count", &PacketRecord::vlan_count);
    number("outer_vlan_tci", &PacketRecord::outer_vlan_tci);
    number("inner_vlan_tci", &PacketRecord::inner_vlan_tci);
    number("mpls_count", &PacketRecord::mpls_count);
    number("mpls_entry", &PacketRecord::mpls_entry);
    number("layer_count", &PacketRecord::layer_count);
}

}  // namespace

std::string difference(const PacketRecord& expected, const PacketRecord& actual) {
    Differences differences;
    compare_first_line(expected, actual, differences);
    const std::size_t listed =
        std::min<std::size_t>({expected.layer_count, actual.layer_count, parse::kMaxListedLayers});
    for (std::size_t i = 0; i < listed; ++i) {
        differences.compare_layers(i, expected.layer_kinds[i], expected.layer_offsets[i],
                                   actual.layer_kinds[i], actual.layer_offsets[i]);
    }
    return differences.take();
}

std::string difference(const PacketRecord& expected, const parse::LayerList& expected_layers,
                       const PacketRecord& actual, const parse::LayerList& actual_layers) {
    Differences differences;
    compare_first_line(expected, actual, differences);
    const std::size_t listed = std::min<std::size_t>(
        {expected.layer_count, actual.layer_count, parse::LayerList::kCapacity});
    for (std::size_t i = 0; i < listed; ++i) {
        differences.compare_layers(i, expected_layers.kinds[i], expected_layers.offsets[i],
                                   actual_layers.kinds[i], actual_layers.offsets[i]);
    }
    return differences.take();
}

}  // namespace weir::test
