// SPDX-License-Identifier: BSD-3-Clause
#include "support/esp_encryptor.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/provider.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>

namespace weir::test {
namespace {

using crypto::Cipher;
using crypto::Integrity;
using crypto::SecurityAssociation;
using Octets = std::vector<std::uint8_t>;

void expect(int result, const char* what) {
    if (result != 1) throw std::runtime_error(std::string("OpenSSL refuses: ") + what);
}

/// DPDK's driver for OpenSSL unloads what it has not loaded, for the whole process: a hold of our
/// own keeps OpenSSL's algorithms.
void hold_algorithms() {
    static OSSL_PROVIDER* const provider = OSSL_PROVIDER_load(nullptr, "default");
    if (provider == nullptr) throw std::runtime_error("OpenSSL has no algorithms");
}

void append_u32(Octets& to, std::uint64_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        to.push_back(static_cast<std::uint8_t>(value >> shift));
    }
}

void append(Octets& to, std::span<const std::uint8_t> octets) {
    to.insert(to.end(), octets.begin(), octets.end());
}

const EVP_CIPHER* cipher_of(const SecurityAssociation& association) {
    const std::size_t bits = association.encryption_key.size() * 8;
    const auto sized = [&](const EVP_CIPHER* a, const EVP_CIPHER* b, const EVP_CIPHER* c) {
        return bits == 128 ? a : bits == 192 ? b : c;
    };
    switch (association.cipher) {
        case Cipher::kAesCbc:
            return sized(EVP_aes_128_cbc(), EVP_aes_192_cbc(), EVP_aes_256_cbc());
        case Cipher::kAesCtr:
            return sized(EVP_aes_128_ctr(), EVP_aes_192_ctr(), EVP_aes_256_ctr());
        case Cipher::kAesGcm:
            return sized(EVP_aes_128_gcm(), EVP_aes_192_gcm(), EVP_aes_256_gcm());
        case Cipher::kChaCha20Poly1305:
            return EVP_chacha20_poly1305();
        case Cipher::kNull:
            break;
    }
    throw std::logic_error("no cipher");
}

const EVP_MD* hash_of(Integrity integrity) {
    switch (integrity) {
        case Integrity::kHmacSha1:
            return EVP_sha1();
        case Integrity::kHmacSha256:
            return EVP_sha256();
        case Integrity::kHmacSha384:
            return EVP_sha384();
        case Integrity::kHmacSha512:
            return EVP_sha512();
        case Integrity::kNone:
            break;
    }
    throw std::logic_error("no hash");
}

/// Payload, padding and trailer (RFC 4303, section 2.4).
Octets plaintext_of(const SecurityAssociation& association, const EspContents& contents) {
    Octets plain;
    for (const std::byte octet : contents.inner)
        plain.push_back(std::to_integer<std::uint8_t>(octet));
    const std::size_t block = association.cipher == Cipher::kAesCbc ? 16 : 4;
    const std::size_t least = (block - (plain.size() + 2) % block) % block;
    const std::size_t padding = contents.padding.value_or(static_cast<std::uint8_t>(least));
    for (std::size_t i = 1; i <= padding; ++i) {
        plain.push_back(static_cast<std::uint8_t>(contents.wrong_padding ? 0 : i));
    }
    plain.push_back(contents.padding_length.value_or(static_cast<std::uint8_t>(padding)));
    plain.push_back(contents.next_header);
    return plain;
}

/// The IV as it is sent: different for each number.
Octets iv_of(const SecurityAssociation& association, std::uint64_t sequence) {
    const std::size_t octets = association.cipher == Cipher::kNull     ? 0
                               : association.cipher == Cipher::kAesCbc ? 16
                                                                       : 8;
    Octets iv(octets);
    for (std::size_t i = 0; i < octets; ++i) {
        iv[i] = static_cast<std::uint8_t>(0x31 * (i + 1) + (sequence >> i % 8 * 8));
    }
    return iv;
}

/// What the cipher starts from: the nonce of RFC 4106 (section 4) and RFC 7634 (section 2), the
/// counter block of RFC 3686 (section 4), or the IV itself.
Octets start_of(const SecurityAssociation& association, const Octets& iv) {
    Octets start;
    append(start, association.salt.octets());
    append(start, iv);
    if (association.cipher == Cipher::kAesCtr) append_u32(start, 1);
    return start;
}

/// Encrypts `plain`; with an AEAD the ICV follows.
Octets encrypt(const SecurityAssociation& association, const Octets& start, const Octets& aad,
               const Octets& plain) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
        EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    const bool aead = crypto::traits_of(association.cipher).authenticates;
    expect(EVP_EncryptInit_ex(context.get(), cipher_of(association), nullptr,
                              association.encryption_key.octets().data(), start.data()),
           "key");
    expect(EVP_CIPHER_CTX_set_padding(context.get(), 0), "padding");
    int count = 0;
    if (aead) {
        expect(EVP_EncryptUpdate(context.get(), nullptr, &count, aad.data(),
                                 static_cast<int>(aad.size())),
               "AAD");
    }
    Octets out(plain.size() + 32);
    expect(EVP_EncryptUpdate(context.get(), out.data(), &count, plain.data(),
                             static_cast<int>(plain.size())),
           "plaintext");
    int last = 0;
    expect(EVP_EncryptFinal_ex(context.get(), out.data() + count, &last), "end");
    out.resize(plain.size());
    if (aead) {
        Octets icv(16);
        expect(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, 16, icv.data()), "tag");
        icv.resize(association.icv_octets);
        append(out, icv);
    }
    return out;
}

Octets hmac(const SecurityAssociation& association, const Octets& over) {
    Octets icv(EVP_MAX_MD_SIZE);
    const auto key = association.authentication_key.octets();
    if (HMAC(hash_of(association.integrity), key.data(), static_cast<int>(key.size()), over.data(),
             over.size(), icv.data(), nullptr) == nullptr) {
        expect(0, "HMAC");
    }
    icv.resize(association.icv_octets);
    return icv;
}

}  // namespace

std::vector<std::byte> encrypt_esp(const SecurityAssociation& association,
                                   const EspContents& contents) {
    hold_algorithms();
    const std::uint64_t high = contents.sequence >> 32;
    Octets packet;
    append_u32(packet, association.spi);
    append_u32(packet, contents.sequence);
    Octets aad;
    append_u32(aad, association.spi);
    if (association.extended_sequence) append_u32(aad, high);
    append_u32(aad, contents.sequence);

    const Octets iv = iv_of(association, contents.sequence);
    append(packet, iv);
    const Octets plain = plaintext_of(association, contents);
    append(packet, association.cipher == Cipher::kNull
                       ? plain
                       : encrypt(association, start_of(association, iv), aad, plain));
    if (association.integrity != Integrity::kNone) {
        Octets over = packet;
        if (association.extended_sequence) append_u32(over, high);
        append(packet, hmac(association, over));
    } else if (!crypto::traits_of(association.cipher).authenticates) {
        packet.insert(packet.end(), association.icv_octets, 0xa5);
    }
    const auto octets = std::as_bytes(std::span(packet));
    return {octets.begin(), octets.end()};
}

}  // namespace weir::test
