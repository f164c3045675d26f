// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "parse/packet_layers.hpp"

/// Header fields with names, places and values, one list for every output: what `weir decode`
/// prints of a layer, for machines and for people, comes from here. Cold: allocates.
namespace weir::decode {

enum class Style : std::uint8_t { kDecimal, kHexadecimal };

struct Field {
    std::string_view key;    ///< In JSON; empty: for people only.
    std::string_view title;  ///< For people, in the words of the field's RFC.
    std::size_t offset = 0;  ///< Octets from the layer's first one.
    std::size_t octets = 0;  ///< That hold the field, whole or in part.
    std::variant<std::uint64_t, std::string> value;
    Style style = Style::kDecimal;  ///< Of a number, for people.
};
using Fields = std::vector<Field>;

/// The fields of a layer, in wire order, as far as they were captured and stand inside the packet
/// around it.
[[nodiscard]] Fields fields_of(const parse::PacketLayers& layers, std::size_t layer);

/// A field's value as people read it.
[[nodiscard]] std::string to_text(const Field& field);

}  // namespace weir::decode
