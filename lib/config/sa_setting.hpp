// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

#include "base/secret_text.hpp"

namespace weir::config {

/// An ESP association whose keys are given: an [[sa]] table of a TOML file, as it stands there.
/// Checked for form only; crypto knows what the texts may be.
struct SaSetting {
    std::string place;  ///< "lab.toml:7".
    std::string spi;
    std::string source = "*";
    std::string destination = "*";
    std::string algorithm;
    base::SecretText key;
    base::SecretText authentication_key;
    bool extended_sequence = false;
    std::uint32_t sequence_high = 0;
    std::uint32_t window = 64;
    std::string mode;  ///< "tunnel", "transport" or empty.
    bool nat_traversal = false;

    friend bool operator==(const SaSetting&, const SaSetting&) = default;
};

}  // namespace weir::config
