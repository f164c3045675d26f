// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// The algorithms of ESP that Weir undoes, and the lengths that follow from them. Lengths are in
/// octets.
namespace weir::crypto {

enum class Cipher : std::uint8_t {
    kNull,              ///< RFC 2410.
    kAesCbc,            ///< RFC 3602.
    kAesCtr,            ///< RFC 3686.
    kAesGcm,            ///< RFC 4106.
    kChaCha20Poly1305,  ///< RFC 7634.
};

enum class Integrity : std::uint8_t {
    kNone,        ///< None, that of the cipher, or an ICV that nobody checks.
    kHmacSha1,    ///< RFC 2404.
    kHmacSha256,  ///< RFC 4868, as the following.
    kHmacSha384,
    kHmacSha512,
};

/// Lengths of a cipher.
struct CipherTraits {
    std::uint8_t iv = 0;    ///< In front of each packet's ciphertext.
    std::uint8_t salt = 0;  ///< Behind the key, in each nonce; RFCs 3686 and 7634 say nonce, salt.
    /// Of which the ciphertext is a multiple (RFC 4303, section 2.4): a power of two.
    std::uint8_t block = 4;
    bool authenticates = false;  ///< An AEAD: the ICV is the cipher's own.
};

[[nodiscard]] constexpr CipherTraits traits_of(Cipher cipher) noexcept {
    switch (cipher) {
        case Cipher::kAesCbc:
            return {16, 0, 16, false};
        case Cipher::kAesCtr:
            return {8, 4, 4, false};
        case Cipher::kAesGcm:
        case Cipher::kChaCha20Poly1305:
            return {8, 4, 4, true};
        case Cipher::kNull:
            break;
    }
    return {};
}

/// The one key length of an HMAC in ESP: that of its hash (RFC 2404, section 3; RFC 4868, section
/// 2.1.1).
[[nodiscard]] constexpr std::uint8_t key_octets(Integrity integrity) noexcept {
    switch (integrity) {
        case Integrity::kHmacSha1:
            return 20;
        case Integrity::kHmacSha256:
            return 32;
        case Integrity::kHmacSha384:
            return 48;
        case Integrity::kHmacSha512:
            return 64;
        case Integrity::kNone:
            break;
    }
    return 0;
}

inline constexpr std::size_t kMaxKeyOctets = 64;
inline constexpr std::size_t kMaxSaltOctets = 4;
inline constexpr std::size_t kMaxIcvOctets = 32;

}  // namespace weir::crypto
