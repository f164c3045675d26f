// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>

#include "base/packet_view.hpp"
#include "parse/packet_layers.hpp"

namespace weir::decode {

/// One packet of a capture file with what the parser says of it. Owns no packet octets.
struct DecodedPacket {
    std::uint64_t number = 0;                   ///< In the file, from 1.
    std::optional<std::uint64_t> timestamp_ns;  ///< Since 1970.
    base::PacketView packet;
    parse::PacketRecord record;
    parse::LayerList list;
    int esp_null_icv_octets = parse::ParseOptions::kEspEncrypted;  ///< As it was parsed with.

    [[nodiscard]] parse::PacketLayers layers() const noexcept {
        return {packet, record, list, esp_null_icv_octets};
    }
};

}  // namespace weir::decode
