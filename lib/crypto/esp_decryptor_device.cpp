// SPDX-License-Identifier: BSD-3-Clause
// The half of the decryptor that fills crypto operations and takes them to the devices and back.
#include <rte_cryptodev.h>

#include <cstring>

#include "crypto/esp_decryptor.hpp"
#include "crypto/esp_octets.hpp"
#include "wire/ipsec.hpp"

namespace weir::crypto {
namespace {

/// Polls of a device without a result after which it is given up. The drivers compute while they
/// are polled; the first poll that finds nothing new completes what they hold.
constexpr unsigned kMaxIdlePolls = 1U << 16;

}  // namespace

void EspDecryptor::prepare_first_pass(const EspPacket& packet, const EspSaState& state,
                                      std::size_t place) noexcept {
    if (state.hmac) {
        prepare_hmac(packet, state, place);
    } else {
        prepare_cipher(packet, state, place);
    }
    queue(packet, state, state.aead_or_hmac, place);
}

void EspDecryptor::prepare_second_pass(const EspPacket& packet, const EspSaState& state,
                                       std::size_t place) noexcept {
    prepare_cipher(packet, state, place);
    queue(packet, state, state.cipher, place);
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
