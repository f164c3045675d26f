// SPDX-License-Identifier: BSD-3-Clause
#include "crypto/sa_keys.hpp"

#include <string.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "crypto/sa_fields.hpp"

namespace weir::crypto {
namespace {

struct CipherName {
    std::string_view name;
    Cipher cipher;
    std::uint8_t key_octets;
    std::uint8_t icv_octets;  ///< Of an AEAD.
};

constexpr CipherName kCipherNames[] = {
    {"aes-128-gcm", Cipher::kAesGcm, 16, 16},
    {"aes-128-gcm-icv12", Cipher::kAesGcm, 16, 12},
    {"aes-128-gcm-icv8", Cipher::kAesGcm, 16, 8},
    {"aes-192-gcm", Cipher::kAesGcm, 24, 16},
    {"aes-192-gcm-icv12", Cipher::kAesGcm, 24, 12},
    {"aes-192-gcm-icv8", Cipher::kAesGcm, 24, 8},
    {"aes-256-gcm", Cipher::kAesGcm, 32, 16},
    {"aes-256-gcm-icv12", Cipher::kAesGcm, 32, 12},
    {"aes-256-gcm-icv8", Cipher::kAesGcm, 32, 8},
    {"chacha20-poly1305", Cipher::kChaCha20Poly1305, 32, 16},
    {"aes-128-cbc", Cipher::kAesCbc, 16, 0},
    {"aes-192-cbc", Cipher::kAesCbc, 24, 0},
    {"aes-256-cbc", Cipher::kAesCbc, 32, 0},
    {"aes-128-ctr", Cipher::kAesCtr, 16, 0},
    {"aes-192-ctr", Cipher::kAesCtr, 24, 0},
    {"aes-256-ctr", Cipher::kAesCtr, 32, 0},
    {"null", Cipher::kNull, 0, 0},
};

struct IntegrityName {
    std::string_view name;
    Integrity integrity;
    std::uint8_t icv_octets;
};

constexpr IntegrityName kIntegrityNames[] = {
    {"none", Integrity::kNone, 0},
    {"hmac-sha1-96", Integrity::kHmacSha1, 12},
    {"hmac-sha256-128", Integrity::kHmacSha256, 16},
    {"hmac-sha384-192", Integrity::kHmacSha384, 24},
    {"hmac-sha512-256", Integrity::kHmacSha512, 32},
};

[[noreturn]] void refuse_algorithm(std::string_view name, const std::string& place) {
    // The longest name is shorter than the shortest key in hexadecimal.
    const bool shown = name.size() < 32;
    refuse_text(place,
                shown ? "the algorithm cannot be '" + std::string(name) + "'"
                      : "the algorithm is none that Weir knows",
                "expected one of " + std::string(kSaAlgorithms));
}

/// Sets the algorithms that `name` stands for; returns the length of the cipher's key in octets.
std::size_t set_algorithm(SecurityAssociation& association, std::string_view name,
                          const std::string& place) {
    const std::size_t plus = name.find('+');
    const auto* cipher = std::ranges::find(kCipherNames, name.substr(0, plus), &CipherName::name);
    if (cipher == std::end(kCipherNames)) refuse_algorithm(name, place);
    const bool authenticates = traits_of(cipher->cipher).authenticates;
    // A cipher alone says nothing of how its packets are authenticated, unless it does that itself.
    if (authenticates != (plus == std::string_view::npos)) refuse_algorithm(name, place);
    association.cipher = cipher->cipher;
    association.icv_octets = cipher->icv_octets;
    if (!authenticates) {
        const auto* integrity =
            std::ranges::find(kIntegrityNames, name.substr(plus + 1), &IntegrityName::name);
        if (integrity == std::end(kIntegrityNames)) refuse_algorithm(name, place);
        association.integrity = integrity->integrity;
        association.icv_octets = integrity->icv_octets;
    }
    return cipher->key_octets;
}

}  // namespace

bool KeyMaterial::append(std::uint8_t octet) noexcept {
    if (size_ == octets_.size()) return false;
    octets_[size_++] = octet;
    return true;
}

void KeyMaterial::split_off(std::size_t count, KeyMaterial& to) noexcept {
    const auto first = octets_.begin() + static_cast<std::ptrdiff_t>(size_ - count);
    std::copy_n(first, count, to.octets_.begin());
    to.size_ = static_cast<std::uint8_t>(count);
    ::explicit_bzero(&*first, count);
    size_ = static_cast<std::uint8_t>(size_ - count);
}

void KeyMaterial::wipe() noexcept {
    // A plain fill before the end of the object's life would be optimized away.
    ::explicit_bzero(octets_.data(), octets_.size());
    size_ = 0;
}

void KeyMaterial::take(KeyMaterial& other) noexcept {
    octets_ = other.octets_;
    size_ = other.size_;
    other.wipe();
}

SecurityAssociation parse_association(const SaText& text, const std::string& place) {
    SecurityAssociation association;
    association.spi = parse_spi(text.spi, place);
    set_addresses(association, IpFamily::kAny, text.source, text.destination, place);
    const std::size_t cipher_key = set_algorithm(association, text.algorithm, place);
    KeyMaterial encryption;
    KeyMaterial authentication;
    append_hexadecimal(encryption, text.encryption_key, "the encryption key", place);
    append_hexadecimal(authentication, text.authentication_key, "the authentication key", place);
    set_keys(association, std::move(encryption), std::move(authentication), cipher_key, place);
    association.extended_sequence = text.extended_sequence;
    association.sequence_high = text.sequence_high;
    association.replay_window = text.replay_window;
    association.mode = text.mode;
    association.nat_traversal = text.nat_traversal;
    check_association(association, place);
    return association;
}

}  // namespace weir::crypto
