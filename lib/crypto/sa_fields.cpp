// SPDX-License-Identifier: BSD-3-Clause
#include "crypto/sa_fields.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/setup_error.hpp"

namespace weir::crypto {
namespace {

/// The value of a hexadecimal digit, or -1.
int digit_value(char digit) noexcept {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

bool has_hexadecimal_prefix(std::string_view text) noexcept {
    return text.starts_with("0x") || text.starts_with("0X");
}

/// One address, or any; returns its family. `name` is what users call it.
IpFamily parse_address(std::string_view text, SaAddress& address, const char* name,
                       const std::string& place) {
    if (text == "*") return IpFamily::kAny;
    const std::string given(text);
    address.any = false;
    if (::inet_pton(AF_INET, given.c_str(), address.octets.data()) == 1) return IpFamily::kIpv4;
    if (::inet_pton(AF_INET6, given.c_str(), address.octets.data()) == 1) return IpFamily::kIpv6;
    refuse_text(place, std::string("the ") + name + " is no IP address",
                "expected an IPv4 or IPv6 address, whole, or * for any");
}

/// Combines what two texts say of the family.
IpFamily joined(IpFamily one, IpFamily other, const std::string& place) {
    if (one == IpFamily::kAny) return other;
    if (other == IpFamily::kAny || one == other) return one;
    refuse_text(place, "IPv4 and IPv6 are mixed in one association",
                "expected two addresses of one family");
}

bool is_key_length(Cipher cipher, std::size_t octets) noexcept {
    switch (cipher) {
        case Cipher::kNull:
            return octets == 0;
        case Cipher::kChaCha20Poly1305:
            return octets == 32;
        case Cipher::kAesCbc:
        case Cipher::kAesCtr:
        case Cipher::kAesGcm:
            break;
    }
    return octets == 16 || octets == 24 || octets == 32;
}

/// The lengths of a cipher's key, in words.
std::string key_lengths(Cipher cipher, std::size_t key_octets) {
    if (cipher == Cipher::kNull) return "no encryption key: nothing is encrypted";
    if (cipher == Cipher::kChaCha20Poly1305) key_octets = 32;
    const std::size_t salt = traits_of(cipher).salt;
    std::string text = key_octets == 0 ? "16, 24 or 32" : std::to_string(key_octets);
    text += " octets of key";
    if (salt != 0) text += " and " + std::to_string(salt) + " of salt behind them";
    if (key_octets == 0) return text;
    return text + ": " + std::to_string(2 * (key_octets + salt)) + " hexadecimal digits";
}

}  // namespace

void refuse_text(const std::string& place, const std::string& cause, const std::string& expected) {
    throw base::SetupError("read", place, cause, expected);
}

std::uint32_t parse_spi(std::string_view text, const std::string& place) {
    const bool hexadecimal = has_hexadecimal_prefix(text);
    const std::string_view digits = text.substr(hexadecimal ? 2 : 0);
    std::uint32_t spi = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), spi, hexadecimal ? 16 : 10);
    if (error != std::errc() || end != digits.data() + digits.size() || spi == 0) {
        refuse_text(place, "the SPI is no number from 1 to 4294967295",
                    "expected a decimal number, or 0x and hexadecimal digits; each association has "
                    "one SPI");
    }
    return spi;
}

void set_addresses(SecurityAssociation& association, IpFamily family, std::string_view source,
                   std::string_view destination, const std::string& place) {
    family = joined(family, parse_address(source, association.source, "source", place), place);
    association.family = joined(
        family, parse_address(destination, association.destination, "destination", place), place);
}

void append_hexadecimal(KeyMaterial& key, std::string_view digits, std::string_view name,
                        const std::string& place) {
    if (has_hexadecimal_prefix(digits)) digits.remove_prefix(2);
    if (digits.size() % 2 != 0) {
        refuse_text(place, std::string(name) + " has an odd number of hexadecimal digits",
                    "expected two digits for each octet");
    }
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int high = digit_value(digits[i]);
        const int low = digit_value(digits[i + 1]);
        if (high < 0 || low < 0) {
            refuse_text(place, std::string(name) + " has something that is no hexadecimal digit",
                        "expected digits 0 to 9 and a to f, two for each octet");
        }
        if (!key.append(static_cast<std::uint8_t>(high << 4 | low))) {
            refuse_text(place, std::string(name) + " is longer than any key",
                        "expected " + std::to_string(kMaxKeyOctets) + " octets at most");
        }
    }
}

void set_keys(SecurityAssociation& association, KeyMaterial&& material,
              KeyMaterial&& authentication, std::size_t cipher_key_octets,
              const std::string& place) {
    const Cipher cipher = association.cipher;
    const std::size_t salt = traits_of(cipher).salt;
    const std::size_t given = material.size();
    const std::size_t key = given < salt ? 0 : given - salt;
    if (given < salt || !is_key_length(cipher, key) ||
        (cipher_key_octets != 0 && key != cipher_key_octets)) {
        refuse_text(place, "the encryption key has " + std::to_string(given) + " octets",
                    "expected " + key_lengths(cipher, cipher_key_octets));
    }
    const std::size_t wanted = key_octets(association.integrity);
    if (authentication.size() != wanted) {
        refuse_text(
            place,
            "the authentication key has " + std::to_string(authentication.size()) + " octets",
            wanted == 0 ? "expected none: this algorithm has no authentication key"
                        : "expected " + std::to_string(wanted) +
                              " octets, as long as the hash (RFCs 2404 and 4868)");
    }
    material.split_off(salt, association.salt);
    association.encryption_key = std::move(material);
    association.authentication_key = std::move(authentication);
}

void check_association(const SecurityAssociation& association, const std::string& place) {
    if (association.replay_window > kMaxReplayWindow) {
        refuse_text(place,
                    "an anti-replay window of " + std::to_string(association.replay_window) +
                        " sequence numbers is too large",
                    "expected " + std::to_string(kMaxReplayWindow) +
                        " at most, or 0 to let duplicates through");
    }
}

}  // namespace weir::crypto
