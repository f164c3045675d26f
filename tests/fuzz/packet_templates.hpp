// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gen/packet_builder.hpp"
#include "parse/parse.hpp"

/// Well-formed packets, at least one for every layer, for every way that leads to it and for every
/// form its header has: what the seeds of the corpora are made of and what the mutator starts from.
namespace weir::fuzz {

struct PacketTemplate {
    PacketTemplate(std::string its_name, const gen::Packet& packet,
                   int icv_octets = parse::ParseOptions::kEspEncrypted)
        : PacketTemplate(std::move(its_name), packet.build(), icv_octets) {}
    PacketTemplate(std::string its_name, std::vector<std::byte> frame, int icv_octets);

    std::string name;  ///< Names of layers and what is special, fit for a file.
    std::vector<std::byte> bytes;
    int esp_null_icv_octets;  ///< Option to parse it with.
    parse::LayerList layers;
    std::size_t layer_count;
};

/// All of them, in the same order each time.
[[nodiscard]] std::vector<PacketTemplate> packet_templates();

}  // namespace weir::fuzz
