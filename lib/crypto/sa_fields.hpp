// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/sa_keys.hpp"

/// The fields of an association, one by one, as both kinds of text have them. All throw SetupError
/// with `place` as its object. Cold.
namespace weir::crypto {

/// Reading at `place` failed because of `cause`; `expected` says what would be right. Neither may
/// hold a key, nor what stands where something else was expected: it may be one.
[[noreturn]] void refuse_text(const std::string& place, const std::string& cause,
                              const std::string& expected);

/// "0x..." in hexadecimal or decimal, 1 to 2^32 - 1.
[[nodiscard]] std::uint32_t parse_spi(std::string_view text, const std::string& place);

/// Sets both addresses of `association`, each an address or "*", and the family, which the text may
/// leave open but not contradict (`family` is what it says beside).
void set_addresses(SecurityAssociation& association, IpFamily family, std::string_view source,
                   std::string_view destination, const std::string& place);

/// Appends the octets of hexadecimal `digits`, "0x" in front or not. `name` is what users call the
/// key.
void append_hexadecimal(KeyMaterial& key, std::string_view digits, std::string_view name,
                        const std::string& place);

/// Divides `material` into key and salt of the association's cipher and checks the lengths of
/// all keys. `cipher_key_octets` is the length of the key alone, 0 where any that the cipher
/// knows will do.
void set_keys(SecurityAssociation& association, KeyMaterial&& material,
              KeyMaterial&& authentication, std::size_t cipher_key_octets,
              const std::string& place);

/// Checks what does not hang on the text's form: the window.
void check_association(const SecurityAssociation& association, const std::string& place);

}  // namespace weir::crypto
