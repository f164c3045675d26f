// SPDX-License-Identifier: BSD-3-Clause
#include "layer_paths.hpp"

#include <algorithm>
#include <array>

namespace weir::fuzz {
namespace {

using parse::LayerKind;
using Paths = std::array<std::vector<LayerPath>, parse::kLayerKinds>;

bool same_layers(const LayerPath& one, const LayerPath& other) {
    return std::equal(one.layers.kinds.begin(), one.layers.kinds.begin() + one.layer_count,
                      other.layers.kinds.begin(), other.layers.kinds.begin() + other.layer_count);
}

void add_paths(const PacketTemplate& packet, Paths& paths) {
    for (std::size_t i = 0; i < packet.layer_count; ++i) {
        LayerPath path;
        path.layers = packet.layers;
        path.layer_count = i;
        const auto octets = static_cast<std::ptrdiff_t>(packet.layers.offsets[i]);
        path.bytes.assign(packet.bytes.begin(), packet.bytes.begin() + octets);
        path.esp_null_icv_octets = packet.esp_null_icv_octets;
        auto& others = paths[static_cast<std::size_t>(packet.layers.kinds[i])];
        const bool known = std::ranges::any_of(
            others, [&path](const LayerPath& other) { return same_layers(path, other); });
        if (!known) others.push_back(std::move(path));
    }
}

Paths all_paths() {
    Paths paths;
    for (const PacketTemplate& packet : packet_templates()) add_paths(packet, paths);
    return paths;
}

}  // namespace

std::span<const LayerPath> paths_to(LayerKind kind) {
    static const Paths kPaths = all_paths();
    return kPaths[static_cast<std::size_t>(kind)];
}

const LayerPath* path_of(std::span<const std::byte> input) {
    const auto number = std::to_integer<std::size_t>(input[0]) % parse::kLayerKinds;
    const auto paths = paths_to(static_cast<LayerKind>(number));
    return paths.empty() ? nullptr : &paths[std::to_integer<std::size_t>(input[1]) % paths.size()];
}

}  // namespace weir::fuzz
