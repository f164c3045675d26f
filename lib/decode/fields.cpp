// SPDX-License-Identifier: BSD-3-Clause
#include "decode/fields.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include "decode/describe.hpp"

namespace weir::decode {

std::string hex_octets(const std::uint8_t* octets, std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
        text += fmt::format("{}{:02x}", i == 0 ? "" : ":", octets[i]);
    }
    return text;
}

std::string ipv4_text(const std::uint8_t* octets) {
    return fmt::format("{}.{}.{}.{}", octets[0], octets[1], octets[2], octets[3]);
}

std::string ipv6_text(const std::uint8_t* octets) {
    char text[INET6_ADDRSTRLEN];
    return ::inet_ntop(AF_INET6, octets, text, sizeof text);
}

void number_at(std::span<const std::byte> bytes, Fields& fields, std::string_view key,
               std::string_view title, std::size_t at, std::size_t octets, Style style) {
    if (at + octets > bytes.size()) return;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < octets; ++i) {
        value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
    }
    fields.push_back({key, title, at, octets, value, style});
}

Fields fields_of(const parse::PacketLayers& layers, std::size_t layer) {
    Fields fields;
    const parse::LayerKind kind = layers.kind(layer);
    const std::span<const std::byte> bytes = layers.bytes(layer);
    describe_link(kind, bytes, fields);
    describe_network(kind, bytes, fields);
    describe_transport(kind, bytes, fields);
    describe_ipsec(kind, bytes, fields);
    describe_tunnel(layers, layer, fields);
    return fields;
}

std::string to_text(const Field& field) {
    if (const auto* text = std::get_if<std::string>(&field.value)) return *text;
    const std::uint64_t number = std::get<std::uint64_t>(field.value);
    return field.style == Style::kDecimal ? fmt::format("{}", number)
                                          : fmt::format("0x{:0{}x}", number, field.octets * 2);
}

}  // namespace weir::decode
