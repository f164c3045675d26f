// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "parse/packet_layers.hpp"
#include "parsed.hpp"
#include "support/guarded_bytes.hpp"

namespace weir::parse {

/// A frame with its record, and the view that the layers are read from.
struct Sample {
    explicit Sample(const Packet& packet, int icv_octets = ParseOptions::kEspEncrypted)
        : frame(packet.build()), esp_null_icv_octets(icv_octets) {
        ParseOptions options;
        options.esp_null_icv_octets = icv_octets;
        parse(view(), options, record);
    }
    [[nodiscard]] base::PacketView view() const {
        return {frame, static_cast<std::uint32_t>(frame.size())};
    }
    [[nodiscard]] PacketLayers layers() const { return {view(), record, esp_null_icv_octets}; }

    /// Where `layer` ends when the capture holds no more than `octets` of it, fewer than when the
    /// record was made; to read one more ends the test.
    [[nodiscard]] std::size_t end_of_cut(std::size_t layer, std::size_t octets) const {
        test::GuardedBytes guarded(4096);
        const auto bytes = guarded.flush_against_guard(
            std::span(frame).first(record.layer_offsets[layer] + octets));
        const base::PacketView cut{bytes, static_cast<std::uint32_t>(frame.size())};
        return PacketLayers(cut, record, esp_null_icv_octets).end(layer);
    }

    Frame frame;
    int esp_null_icv_octets;
    PacketRecord record;
};

}  // namespace weir::parse
