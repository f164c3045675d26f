// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "packet_templates.hpp"
#include "parse/layer.hpp"

/// The ways that lead to a layer: what stands before it in one of the templates.
namespace weir::fuzz {

struct LayerPath {
    std::vector<std::byte> bytes;
    parse::LayerList layers;
    std::size_t layer_count = 0;  ///< 0: to a frame's first header.
    int esp_null_icv_octets = parse::ParseOptions::kEspEncrypted;
};

/// Every way to `kind` that the templates know, each sequence of layers once.
[[nodiscard]] std::span<const LayerPath> paths_to(parse::LayerKind kind);

/// An input of the layer target begins with the layer's number, modulo their count, and which of
/// the paths, modulo their number.
inline constexpr std::size_t kPathOctets = 2;

/// The path that `input` names; nullptr where none leads to that layer.
[[nodiscard]] const LayerPath* path_of(std::span<const std::byte> input);

}  // namespace weir::fuzz
