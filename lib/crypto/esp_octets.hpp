// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_cryptodev.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/byte_order.hpp"
#include "crypto/esp_decryptor.hpp"
#include "wire/ipsec.hpp"

/// Where things stand in an ESP packet and in a crypto operation: what the decryptor's two halves
/// share.
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

/// Writes the upper half of a 64-bit sequence number, in network byte order.
inline void put_high(void* to, std::uint64_t sequence) noexcept {
    const auto high = base::be32::from_host(static_cast<std::uint32_t>(sequence >> 32));
    std::memcpy(to, &high, sizeof high);
}

/// The compiler takes rte_crypto_op::sym, an array of no elements, for just that.
[[nodiscard]] inline rte_crypto_sym_op& symmetric(rte_crypto_op& op) noexcept {
    return *rte_crypto_op_ctod_offset(&op, rte_crypto_sym_op*, sizeof(rte_crypto_op));
}

inline void EspDecryptor::queue(const EspPacket& packet, const EspSaState& state, void* session,
                                std::size_t place) noexcept {
    rte_crypto_op& op = *operations_[place];
    op.status = RTE_CRYPTO_OP_STATUS_NOT_PROCESSED;
    symmetric(op).session = session;
    symmetric(op).m_src = packet.mbuf;
    symmetric(op).m_dst = nullptr;
    Queue& queue = queues_[state.device];
    queue.operations[queue.count++] = &op;
}

}  // namespace weir::crypto
