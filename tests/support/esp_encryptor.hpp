// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "crypto/sa_keys.hpp"

/// The sender's side of ESP, with OpenSSL: written against the RFCs alone, so that it shares
/// nothing with the decryptor, nor the libraries that do its work.
namespace weir::test {

struct EspContents {
    std::uint64_t sequence = 1;  ///< All 64 bits; what is sent are the lower 32.
    std::uint8_t next_header = 59;
    std::span<const std::byte> inner;
    /// Octets of padding instead of as few as will do; not 1, 2, 3, ... with `wrong_padding`.
    std::optional<std::uint8_t> padding = std::nullopt;
    bool wrong_padding = false;
    /// Length of the padding as the trailer has it, when not the true one.
    std::optional<std::uint8_t> padding_length = std::nullopt;
};

/// An ESP packet from the SPI to the ICV (RFC 4303, section 2), its IV made from the sequence
/// number. An ICV that nobody checks is filled with 0xa5. Throws std::runtime_error when OpenSSL
/// refuses.
[[nodiscard]] std::vector<std::byte> encrypt_esp(const crypto::SecurityAssociation& association,
                                                 const EspContents& contents);

}  // namespace weir::test
