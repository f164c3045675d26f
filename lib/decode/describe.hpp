// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <string>

#include "base/byte_order.hpp"
#include "decode/fields.hpp"

/// How the fields of one header are listed. Only fields*.cpp include this.
namespace weir::decode {

[[nodiscard]] inline std::uint64_t number_of(std::uint8_t field) noexcept { return field; }
[[nodiscard]] inline std::uint64_t number_of(base::be16 field) noexcept { return field.host(); }
[[nodiscard]] inline std::uint64_t number_of(base::be32 field) noexcept { return field.host(); }

/// Octets in hexadecimal with colons.
[[nodiscard]] std::string hex_octets(const std::uint8_t* octets, std::size_t size);
[[nodiscard]] std::string ipv4_text(const std::uint8_t* octets);
[[nodiscard]] std::string ipv6_text(const std::uint8_t* octets);

/// Lists fields of a `Header` at the start of `bytes`. Of a header that is not there whole (one
/// that is quoted, say) only those fields that are.
template <typename Header>
class Describe {
   public:
    Describe(std::span<const std::byte> bytes, Fields& fields) noexcept
        : octets_(bytes.size()), fields_(fields) {
        std::memcpy(&header, bytes.data(), std::min(sizeof header, bytes.size()));
    }
    Describe(const Describe&) = delete;
    Describe& operator=(const Describe&) = delete;

    Header header{};

    /// `member` of `header`, or `value` that is made of it.
    template <typename Member>
    void number(std::string_view key, std::string_view title, const Member& member) {
        add(key, title, &member, sizeof member, number_of(member), Style::kDecimal);
    }
    template <typename Member>
    void number(std::string_view key, std::string_view title, const Member& member,
                std::uint64_t value) {
        add(key, title, &member, sizeof member, value, Style::kDecimal);
    }
    template <typename Member>
    void hex(std::string_view key, std::string_view title, const Member& member) {
        add(key, title, &member, sizeof member, number_of(member), Style::kHexadecimal);
    }
    template <typename Member>
    void hex(std::string_view key, std::string_view title, const Member& member,
             std::uint64_t value) {
        add(key, title, &member, sizeof member, value, Style::kHexadecimal);
    }
    template <typename Member>
    void text(std::string_view key, std::string_view title, const Member& member,
              std::string value) {
        add(key, title, &member, sizeof member, std::move(value), Style::kDecimal);
    }

   private:
    void add(std::string_view key, std::string_view title, const void* member, std::size_t octets,
             std::variant<std::uint64_t, std::string> value, Style style) {
        const auto offset = static_cast<std::size_t>(static_cast<const std::byte*>(member) -
                                                     reinterpret_cast<const std::byte*>(&header));
        if (offset + octets > octets_) return;
        fields_.push_back({key, title, offset, octets, std::move(value), style});
    }

    std::size_t octets_;  ///< That are there.
    Fields& fields_;
};

/// A field of one, two or four octets `at` octets from the layer's first one, if it is in `bytes`:
/// what stands behind a header's fixed part.
void number_at(std::span<const std::byte> bytes, Fields& fields, std::string_view key,
               std::string_view title, std::size_t at, std::size_t octets,
               Style style = Style::kDecimal);

// One function for each family of protocols; they append nothing for a kind of another one.
// `bytes`: PacketLayers::bytes(), behind which nothing belongs to the layer. What a tunnel's header
// looks like may depend on the layer before it.
void describe_link(parse::LayerKind kind, std::span<const std::byte> bytes, Fields& fields);
void describe_network(parse::LayerKind kind, std::span<const std::byte> bytes, Fields& fields);
void describe_transport(parse::LayerKind kind, std::span<const std::byte> bytes, Fields& fields);
void describe_ipsec(parse::LayerKind kind, std::span<const std::byte> bytes, Fields& fields);
void describe_tunnel(const parse::PacketLayers& layers, std::size_t layer, Fields& fields);

}  // namespace weir::decode
