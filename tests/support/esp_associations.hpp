// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/sa_keys.hpp"

/// Associations of every algorithm with keys of our own making.
namespace weir::test {

inline constexpr std::string_view kEspAeads[] = {
    "aes-128-gcm",       "aes-128-gcm-icv12", "aes-128-gcm-icv8", "aes-192-gcm",
    "aes-192-gcm-icv12", "aes-192-gcm-icv8",  "aes-256-gcm",      "aes-256-gcm-icv12",
    "aes-256-gcm-icv8",  "chacha20-poly1305",
};
inline constexpr std::string_view kEspCiphers[] = {
    "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "aes-128-ctr",
    "aes-192-ctr", "aes-256-ctr", "null",
};
inline constexpr std::string_view kEspIntegrities[] = {
    "hmac-sha1-96",
    "hmac-sha256-128",
    "hmac-sha384-192",
    "hmac-sha512-256",
};

/// The names of all algorithms that authenticate.
inline std::vector<std::string> authenticated_algorithms() {
    std::vector<std::string> names(std::begin(kEspAeads), std::end(kEspAeads));
    for (const std::string_view cipher : kEspCiphers) {
        for (const std::string_view integrity : kEspIntegrities) {
            names.push_back(std::string(cipher) + "+" + std::string(integrity));
        }
    }
    return names;
}

/// Hexadecimal digits of a key that `seed` chooses.
inline std::string key_digits(std::size_t octets, unsigned seed) {
    std::string digits;
    for (std::size_t i = 0; i < octets; ++i) {
        const unsigned octet = (seed * 37 + static_cast<unsigned>(i) * 11 + 5) % 256;
        digits += "0123456789abcdef"[octet / 16];
        digits += "0123456789abcdef"[octet % 16];
    }
    return digits;
}

/// Octets of key and salt that the encryption of `algorithm` wants.
inline std::size_t encryption_octets(std::string_view algorithm) {
    if (algorithm.starts_with("null")) return 0;
    if (algorithm.starts_with("chacha20")) return 36;
    const std::size_t key = algorithm.starts_with("aes-128")   ? 16
                            : algorithm.starts_with("aes-192") ? 24
                                                               : 32;
    return algorithm.find("cbc") != algorithm.npos ? key : key + 4;
}

inline std::size_t authentication_octets(std::string_view algorithm) {
    if (algorithm.ends_with("sha1-96")) return 20;
    if (algorithm.ends_with("sha256-128")) return 32;
    if (algorithm.ends_with("sha384-192")) return 48;
    return algorithm.ends_with("sha512-256") ? 64 : 0;
}

/// `text` with keys for `algorithm`, chosen by its SPI.
inline crypto::SecurityAssociation association_for(const std::string& algorithm, std::uint32_t spi,
                                                   crypto::SaText text = {}) {
    const std::string number = std::to_string(spi);
    const std::string encryption = key_digits(encryption_octets(algorithm), spi);
    const std::string authentication = key_digits(authentication_octets(algorithm), spi + 1);
    text.spi = number;
    text.algorithm = algorithm;
    text.encryption_key = encryption;
    text.authentication_key = authentication;
    return crypto::parse_association(text, "test");
}

}  // namespace weir::test
