// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::base {

/// Octets of the character that starts `text`, which is not empty, if it is UTF-8 (RFC 3629,
/// section 4) and no control character, neither of ASCII nor of C1; 0 otherwise.
[[nodiscard]] inline std::size_t printable_octets(std::string_view text) noexcept {
    const auto octet = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned first = octet(0);
    if (first < 0x80) return first < 0x20 || first == 0x7f ? 0 : 1;
    const std::size_t octets = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (first < 0xc2 || first > 0xf4 || text.size() < octets) return 0;
    std::uint32_t code = first & (0x7fU >> octets);
    for (std::size_t at = 1; at < octets; ++at) {
        if ((octet(at) & 0xc0) != 0x80) return 0;
        code = code << 6 | (octet(at) & 0x3fU);
    }
    constexpr std::uint32_t kLeast[] = {0, 0, 0xa0, 0x800,
                                        0x10000};  // Behind C1; no overlong ones.
    const bool surrogate = code >= 0xd800 && code < 0xe000;
    return code < kLeast[octets] || code > 0x10ffff || surrogate ? 0 : octets;
}

/// `text`, which may come from an argument or a file, as it may go to a terminal or a log: each
/// octet of control characters, line ends included, and of what is no UTF-8 becomes '?', so that a
/// name neither moves the cursor nor ends a line.
[[nodiscard]] inline std::string printable(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t octets = printable_octets(text);
        result += octets == 0 ? "?" : text.substr(0, octets);
        text.remove_prefix(octets == 0 ? 1 : octets);
    }
    return result;
}

}  // namespace weir::base
