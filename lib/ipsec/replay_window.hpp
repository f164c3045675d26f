// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

/// The anti-replay window of a receiver (RFC 4303, section 3.4.3 and appendix A; AH's is the same:
/// RFC 4302, section 3.4.3), of any size, on the caller's storage. A received number is checked
/// first and accepted only once the packet has been authenticated: a forged one must not move the
/// window. Numbers have 64 bits; infer_sequence() gives those of which only the lower half was
/// sent (ESN). Of a receiver without ESN the numbers stay below 2^32.
///
/// The bits stand in a ring of words that is longer than the window (RFC 6479): moving it clears
/// whole words and shifts none.
namespace weir::ipsec {

/// Of one SA. The words beside it are zeroed at the start, with `highest`.
struct ReplayWindow {
    std::uint64_t highest = 0;  ///< Right edge: the highest number accepted; 0 before the first.
    std::uint32_t size = 64;    ///< In sequence numbers, 1 to 2^31. 64 is what RFC 4303 prefers.
};

enum class ReplayVerdict : std::uint8_t {
    kAhead,      ///< Right of the window: will move it.
    kInside,     ///< In the window, not seen so far.
    kDuplicate,  ///< In the window, seen.
    kLeft,       ///< Left of the window: too old to tell, refused.
    kZero,       ///< 0 is never sent (section 3.3.3), and what infer_sequence() returns for none.
};

[[nodiscard]] constexpr bool is_refused(ReplayVerdict verdict) noexcept {
    return verdict >= ReplayVerdict::kDuplicate;
}

/// Words for a window of `size` numbers. However it lies, they hold it and the rest of the word
/// its right edge is in; a power of two, so that a number's word is a mask away.
[[nodiscard]] constexpr std::size_t replay_words(std::uint32_t size) noexcept {
    return std::bit_ceil((std::size_t{size} + 62) / 64 + 1);
}

/// The number whose lower half is `low`: of all those, the one in [left edge, left edge + 2^32)
/// (RFC 4303, appendix A2.2). 0 when that would be below 0 or need a 65th bit.
[[nodiscard]] constexpr std::uint64_t infer_sequence(const ReplayWindow& window,
                                                     std::uint32_t low) noexcept {
    const auto top_low = static_cast<std::uint32_t>(window.highest);
    const auto top_high = static_cast<std::uint32_t>(window.highest >> 32);
    const std::uint32_t bottom_low = top_low - window.size + 1;
    // Case A: the window lies within one subspace of 2^32 numbers; case B: it begins in the former.
    const bool within_one = top_low >= window.size - 1;
    const int step = within_one ? (low < bottom_low ? 1 : 0) : (low >= bottom_low ? -1 : 0);
    const std::int64_t high = std::int64_t{top_high} + step;
    if (high < 0 || high > std::int64_t{UINT32_MAX}) return 0;
    return static_cast<std::uint64_t>(high) << 32 | low;
}

/// What the window says of `number`. Changes nothing.
[[nodiscard]] inline ReplayVerdict check_replay(const ReplayWindow& window,
                                                std::span<const std::uint64_t> words,
                                                std::uint64_t number) noexcept {
    if (number == 0) return ReplayVerdict::kZero;
    if (number > window.highest) return ReplayVerdict::kAhead;
    if (window.highest - number >= window.size) return ReplayVerdict::kLeft;
    const std::uint64_t word = words[number / 64 & (words.size() - 1)];
    return (word >> number % 64 & 1) != 0 ? ReplayVerdict::kDuplicate : ReplayVerdict::kInside;
}

/// Marks `number` as received, whose packet has been authenticated and which check_replay() did
/// not refuse since. `words` has replay_words(window.size) elements.
inline void accept_replay(ReplayWindow& window, std::span<std::uint64_t> words,
                          std::uint64_t number) noexcept {
    const std::uint64_t mask = words.size() - 1;
    if (number > window.highest) {
        // The words up to the new edge's hold nothing of the window; what was in them is long gone.
        const std::uint64_t from = window.highest / 64;
        const std::uint64_t count = std::min<std::uint64_t>(number / 64 - from, words.size());
        for (std::uint64_t i = 1; i <= count; ++i) words[(from + i) & mask] = 0;
        window.highest = number;
    }
    words[number / 64 & mask] |= std::uint64_t{1} << number % 64;
}

}  // namespace weir::ipsec
