// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/esp_decryptor.hpp"
#include "wire/ipsec.hpp"

/// Where things stand in an ESP packet: what the decryptor's two halves share.
namespace weir::crypto {

/// `offset` octets behind the start of the packet, which is in one segment.
[[nodiscard]] inline std::byte* octets_at(const EspPacket& packet, std::size_t offset) noexcept {
    return rte_pktmbuf_mtod_offset(packet.mbuf, std::byte*, offset);
}

/// Octets between header and ICV, IV left out: what is or was encrypted. Checked before.
[[nodiscard]] inline std::uint32_t ciphertext_octets(const EspPacket& packet,
                                                     const EspSaState& state) noexcept {
    return packet.esp_end - packet.esp_offset - static_cast<std::uint32_t>(sizeof(wire::Esp)) -
           state.iv_octets - state.icv_octets;
}

[[nodiscard]] inline std::uint32_t ciphertext_offset(const EspPacket& packet,
                                                     const EspSaState& state) noexcept {
    return packet.esp_offset + static_cast<std::uint32_t>(sizeof(wire::Esp)) + state.iv_octets;
}

}  // namespace weir::crypto
