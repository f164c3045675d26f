// SPDX-License-Identifier: BSD-3-Clause
// The half of the decryptor that fills crypto operations and takes them to the devices and back.
#include <rte_cryptodev.h>

#include <cstring>

#include "base/byte_order.hpp"
#include "crypto/esp_decryptor.hpp"
#include "crypto/esp_octets.hpp"
#include "wire/ipsec.hpp"

namespace weir::crypto {
namespace {

/// Polls of a device without a result after which it is given up. The drivers compute while they
/// are polled; the first poll that finds nothing new completes what they hold.
constexpr unsigned kMaxIdlePolls = 1U << 16;

/// Writes the upper half of a 64-bit sequence number, in network byte order.
void put_high(void* to, std::uint64_t sequence) noexcept {
    const auto high = base::be32::from_host(static_cast<std::uint32_t>(sequence >> 32));
    std::memcpy(to, &high, sizeof high);
}

/// The compiler takes rte_crypto_op::sym, an array of no elements, for just that.
rte_crypto_sym_op& symmetric(rte_crypto_op& op) noexcept {
    return *rte_crypto_op_ctod_offset(&op, rte_crypto_sym_op*, sizeof(rte_crypto_op));
}

}  // namespace

/// RFC 4106, sections 4 and 5; RFC 7634, section 2.
void EspDecryptor::prepare_aead(const EspPacket& packet, const EspSaState& state,
                                std::size_t place) noexcept {
    EspOperation& own = operation(place);
    const std::byte* header = octets_at(packet, packet.esp_offset);
    std::memcpy(own.iv, state.salt.data(), 4);
    std::memcpy(own.iv + 4, header + sizeof(wire::Esp), 8);
    // SPI, then the number in 64 or 32 bits.
    std::memcpy(own.aad, header, offsetof(wire::Esp, sequence));
    std::uint8_t* low = own.aad + offsetof(wire::Esp, sequence);
    if (state.extended_sequence) {
        put_high(low, packet.sequence);
        low += 4;
    }
    std::memcpy(low, header + offsetof(wire::Esp, sequence), 4);
    rte_crypto_sym_op& sym = symmetric(*operations_[place]);
    sym.aead.data.offset = ciphertext_offset(packet, state);
    sym.aead.data.length = ciphertext_octets(packet, state);
    sym.aead.aad.data = own.aad;
    sym.aead.digest.data =
        reinterpret_cast<std::uint8_t*>(octets_at(packet, packet.esp_end - state.icv_octets));
}

/// The ICV covers all from the SPI to the next header, and with ESN the upper half of the number
/// behind that, which is not sent (RFC 4303, section 2.8): it stands in the ICV's place meanwhile.
void EspDecryptor::prepare_hmac(const EspPacket& packet, const EspSaState& state,
                                std::size_t place) noexcept {
    EspOperation& own = operation(place);
    const std::uint32_t icv_offset = packet.esp_end - state.icv_octets;
    std::byte* icv = octets_at(packet, icv_offset);
    std::memcpy(own.received, icv, state.icv_octets);
    rte_crypto_sym_op& sym = symmetric(*operations_[place]);
    sym.cipher.data = {};  // A driver may look at it though there is no cipher in this pass.
    sym.auth.data.offset = packet.esp_offset;
    sym.auth.data.length = icv_offset - packet.esp_offset;
    sym.auth.digest.data = own.digest;
    if (state.extended_sequence) {
        put_high(icv, packet.sequence);
        sym.auth.data.length += 4;
    }
}

/// RFC 3602, section 3; RFC 3686, section 4.
void EspDecryptor::prepare_cipher(const EspPacket& packet, const EspSaState& state,
                                  std::size_t place) noexcept {
    EspOperation& own = operation(place);
    const std::byte* iv = octets_at(packet, packet.esp_offset + sizeof(wire::Esp));
    if (state.algorithm == Cipher::kAesCtr) {
        constexpr base::be32 kFirstBlock = base::be32::from_host(1);
        std::memcpy(own.iv, state.salt.data(), 4);
        std::memcpy(own.iv + 4, iv, 8);
        std::memcpy(own.iv + 12, &kFirstBlock, 4);
    } else {
        std::memcpy(own.iv, iv, 16);
    }
    rte_crypto_sym_op& sym = symmetric(*operations_[place]);
    sym.cipher.data.offset = ciphertext_offset(packet, state);
    sym.cipher.data.length = ciphertext_octets(packet, state);
}

void EspDecryptor::queue(const EspPacket& packet, void* session, std::size_t place) noexcept {
    rte_crypto_op& op = *operations_[place];
    op.status = RTE_CRYPTO_OP_STATUS_NOT_PROCESSED;
    op.sess_type = RTE_CRYPTO_OP_WITH_SESSION;
    symmetric(op).session = session;
    symmetric(op).m_src = packet.mbuf;
    symmetric(op).m_dst = nullptr;
    Queue& queue = queues_[states_[packet.association].device];
    queue.operations[queue.count++] = &op;
}

void EspDecryptor::run_queues() noexcept {
    for (std::size_t i = 0; i < queue_count_; ++i) {
        if (queues_[i].count != 0) run(queues_[i]);
    }
}

/// All operations of the queue go to the device and come back, unless it is stuck; those of a stuck
/// device keep their status.
void EspDecryptor::run(Queue& queue) noexcept {
    std::array<rte_crypto_op*, mem::kMaxBurst> done;
    std::uint16_t sent = 0;
    std::uint16_t back = 0;
    unsigned idle = 0;
    while (back < queue.count && !queue.stuck) {
        if (sent < queue.count) {
            sent = static_cast<std::uint16_t>(
                sent + rte_cryptodev_enqueue_burst(queue.device, queue_pair_,
                                                   queue.operations.data() + sent,
                                                   static_cast<std::uint16_t>(queue.count - sent)));
        }
        const std::uint16_t got = rte_cryptodev_dequeue_burst(
            queue.device, queue_pair_, done.data(), static_cast<std::uint16_t>(queue.count - back));
        back = static_cast<std::uint16_t>(back + got);
        idle = got == 0 ? idle + 1 : 0;
        queue.stuck = idle == kMaxIdlePolls;
    }
    queue.count = 0;
}

}  // namespace weir::crypto
