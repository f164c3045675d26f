// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

/// What becomes of an ESP packet for which keys may be there. Every packet gets exactly one; the
/// enum, the counters and their texts come from this list.
namespace weir::crypto {

// clang-format off
#define WEIR_ESP_VERDICTS(X)                                                                         \
    X(kDecrypted, "decrypted", "ICV good, contents readable")                                        \
    X(kUnverified, "unverified", "contents readable, but the association has no ICV that is checked") \
    X(kIcvFailed, "icv_failed", "the ICV is not that of the packet: forged, damaged or another key")  \
    X(kPaddingBad, "padding_bad", "padding is not 1, 2, 3, ... or longer than the packet")            \
    X(kReplayed, "replayed", "sequence number seen before, too old or 0")                             \
    X(kNoSa, "no_sa", "no association has this SPI and these addresses")                              \
    X(kTruncated, "truncated", "octets are missing, or too few for header, IV, trailer and ICV")      \
    X(kLengthBad, "length_bad", "ciphertext is no multiple of the cipher's block or of 4 octets")     \
    X(kUnsupported, "unsupported", "segments that do not fit into the first one")                     \
    X(kDeviceFailed, "device_failed", "the crypto device gave no result")
// clang-format on

enum class EspVerdict : std::uint8_t {
#define WEIR_ESP_VERDICT(name, text, meaning) name,
    WEIR_ESP_VERDICTS(WEIR_ESP_VERDICT)
#undef WEIR_ESP_VERDICT
        kCount
};

/// A verdict's counter: its name, and what it says in words.
struct EspVerdictText {
    std::string_view name;
    std::string_view meaning;
};

inline constexpr std::array kEspVerdictTexts{
#define WEIR_ESP_VERDICT(name, text, meaning) EspVerdictText{text, meaning},
    WEIR_ESP_VERDICTS(WEIR_ESP_VERDICT)
#undef WEIR_ESP_VERDICT
};

/// `verdict` is not kCount.
[[nodiscard]] constexpr std::string_view to_string(EspVerdict verdict) noexcept {
    return kEspVerdictTexts[static_cast<std::size_t>(verdict)].name;
}

/// Whether there are contents to be read.
[[nodiscard]] constexpr bool is_readable(EspVerdict verdict) noexcept {
    return verdict <= EspVerdict::kUnverified;
}

}  // namespace weir::crypto
