// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_crypto.h>

#include <cstddef>
#include <cstdint>

#include "crypto/sa_keys.hpp"

/// What an association asks of a crypto device, in DPDK's terms. Cold but for EspOperation.
namespace weir::crypto {

/// Behind each crypto operation: what the device reads and writes beside the packet. Octets only,
/// for where operations end nothing is aligned.
struct EspOperation {
    std::uint8_t iv[16];        ///< Nonce or initial counter block, as the cipher wants it.
    std::uint8_t aad[16];       ///< SPI and sequence number; 12 octets with ESN.
    std::uint8_t digest[64];    ///< The ICV that the device computed.
    std::uint8_t received[64];  ///< The ICV that came, while others stand in its place.
};

static_assert(alignof(EspOperation) == 1);
/// Of an EspOperation from the start of its rte_crypto_op.
inline constexpr std::uint16_t kEspOperationOffset =
    sizeof(rte_crypto_op) + sizeof(rte_crypto_sym_op);

/// A cipher or AEAD that decrypts, or an HMAC that computes the ICV. DPDK's structs point to the
/// association's keys.
[[nodiscard]] rte_crypto_sym_xform aead_transform(const SecurityAssociation& association) noexcept;
[[nodiscard]] rte_crypto_sym_xform cipher_transform(
    const SecurityAssociation& association) noexcept;
[[nodiscard]] rte_crypto_sym_xform hmac_transform(const SecurityAssociation& association) noexcept;

/// Octets of additional authenticated data of an AEAD (RFC 4106, section 5).
[[nodiscard]] constexpr std::uint8_t aad_octets(const SecurityAssociation& association) noexcept {
    return association.extended_sequence ? 12 : 8;
}

/// Whether the device with DPDK's number `device` can do all that the association asks.
[[nodiscard]] bool can_undo(std::uint8_t device, const SecurityAssociation& association) noexcept;

}  // namespace weir::crypto
