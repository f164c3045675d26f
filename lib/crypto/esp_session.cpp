// SPDX-License-Identifier: BSD-3-Clause
#include "crypto/esp_session.hpp"

#include <rte_cryptodev.h>

namespace weir::crypto {
namespace {

constexpr std::uint16_t kIvOffset = kEspOperationOffset + offsetof(EspOperation, iv);

rte_crypto_auth_algorithm algorithm_of(Integrity integrity) noexcept {
    switch (integrity) {
        case Integrity::kHmacSha1:
            return RTE_CRYPTO_AUTH_SHA1_HMAC;
        case Integrity::kHmacSha256:
            return RTE_CRYPTO_AUTH_SHA256_HMAC;
        case Integrity::kHmacSha384:
            return RTE_CRYPTO_AUTH_SHA384_HMAC;
        case Integrity::kHmacSha512:
            return RTE_CRYPTO_AUTH_SHA512_HMAC;
        case Integrity::kNone:
            break;
    }
    return RTE_CRYPTO_AUTH_NULL;
}

bool can_aead(std::uint8_t device, const rte_crypto_aead_xform& aead) noexcept {
    rte_cryptodev_sym_capability_idx index{};
    index.type = RTE_CRYPTO_SYM_XFORM_AEAD;
    index.algo.aead = aead.algo;
    const auto* capability = rte_cryptodev_sym_capability_get(device, &index);
    return capability != nullptr &&
           rte_cryptodev_sym_capability_check_aead(capability, aead.key.length, aead.digest_length,
                                                   aead.aad_length, aead.iv.length) == 0;
}

bool can_cipher(std::uint8_t device, const rte_crypto_cipher_xform& cipher) noexcept {
    rte_cryptodev_sym_capability_idx index{};
    index.type = RTE_CRYPTO_SYM_XFORM_CIPHER;
    index.algo.cipher = cipher.algo;
    const auto* capability = rte_cryptodev_sym_capability_get(device, &index);
    return capability != nullptr && rte_cryptodev_sym_capability_check_cipher(
                                        capability, cipher.key.length, cipher.iv.length) == 0;
}

bool can_hmac(std::uint8_t device, const rte_crypto_auth_xform& auth) noexcept {
    rte_cryptodev_sym_capability_idx index{};
    index.type = RTE_CRYPTO_SYM_XFORM_AUTH;
    index.algo.auth = auth.algo;
    const auto* capability = rte_cryptodev_sym_capability_get(device, &index);
    return capability != nullptr &&
           rte_cryptodev_sym_capability_check_auth(capability, auth.key.length, auth.digest_length,
                                                   auth.iv.length) == 0;
}

}  // namespace

rte_crypto_sym_xform aead_transform(const SecurityAssociation& association) noexcept {
    rte_crypto_sym_xform transform{};
    transform.type = RTE_CRYPTO_SYM_XFORM_AEAD;
    rte_crypto_aead_xform& aead = transform.aead;
    aead.op = RTE_CRYPTO_AEAD_OP_DECRYPT;
    aead.algo = association.cipher == Cipher::kAesGcm ? RTE_CRYPTO_AEAD_AES_GCM
                                                      : RTE_CRYPTO_AEAD_CHACHA20_POLY1305;
    aead.key.data = association.encryption_key.octets().data();
    aead.key.length = static_cast<std::uint16_t>(association.encryption_key.size());
    aead.iv.offset = kIvOffset;
    aead.iv.length = 12;
    aead.digest_length = association.icv_octets;
    aead.aad_length = aad_octets(association);
    return transform;
}

rte_crypto_sym_xform cipher_transform(const SecurityAssociation& association) noexcept {
    rte_crypto_sym_xform transform{};
    transform.type = RTE_CRYPTO_SYM_XFORM_CIPHER;
    rte_crypto_cipher_xform& cipher = transform.cipher;
    cipher.op = RTE_CRYPTO_CIPHER_OP_DECRYPT;
    cipher.algo = association.cipher == Cipher::kAesCbc ? RTE_CRYPTO_CIPHER_AES_CBC
                                                        : RTE_CRYPTO_CIPHER_AES_CTR;
    cipher.key.data = association.encryption_key.octets().data();
    cipher.key.length = static_cast<std::uint16_t>(association.encryption_key.size());
    cipher.iv.offset = kIvOffset;
    cipher.iv.length = 16;
    return transform;
}

rte_crypto_sym_xform hmac_transform(const SecurityAssociation& association) noexcept {
    rte_crypto_sym_xform transform{};
    transform.type = RTE_CRYPTO_SYM_XFORM_AUTH;
    rte_crypto_auth_xform& auth = transform.auth;
    // Computed, not verified: the drivers compare with memcmp, Weir in constant time.
    auth.op = RTE_CRYPTO_AUTH_OP_GENERATE;
    auth.algo = algorithm_of(association.integrity);
    auth.key.data = association.authentication_key.octets().data();
    auth.key.length = static_cast<std::uint16_t>(association.authentication_key.size());
    auth.digest_length = association.icv_octets;
    return transform;
}

bool can_undo(std::uint8_t device, const SecurityAssociation& association) noexcept {
    if (traits_of(association.cipher).authenticates) {
        return can_aead(device, aead_transform(association).aead);
    }
    if (association.integrity != Integrity::kNone &&
        !can_hmac(device, hmac_transform(association).auth)) {
        return false;
    }
    return association.cipher == Cipher::kNull ||
           can_cipher(device, cipher_transform(association).cipher);
}

}  // namespace weir::crypto
