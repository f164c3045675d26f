// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace weir::base {

/// Calls `each` with the index of every set bit of `word`, the lowest first.
template <typename Each>
constexpr void for_each_bit(std::uint64_t word, Each&& each) noexcept {
    for (; word != 0; word &= word - 1) each(static_cast<std::size_t>(std::countr_zero(word)));
}

/// A word whose first `count` bits, at most 64, are set.
[[nodiscard]] constexpr std::uint64_t first_bits(std::size_t count) noexcept {
    return count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

/// In how many of up to 127 words each of the 64 bits is set. The counts stand upright: plane k has
/// bit k of every count, so that one addition works on all 64 at once and no word asks for a
/// branch. Eight words together are summed by full adders, which takes a third of the operations.
class BitCounts {
   public:
    /// Adds one word.
    constexpr void add(std::uint64_t word) noexcept { carry<0>(word); }

    /// Adds the eight words that `word(0)` to `word(7)` return.
    template <typename Word>
    constexpr void add_eight(Word&& word) noexcept {
        std::uint64_t& ones = planes_[0];
        std::uint64_t& twos = planes_[1];
        std::uint64_t& fours = planes_[2];
        const std::uint64_t two_a = full_add(ones, word(0), word(1));
        const std::uint64_t two_b = full_add(ones, word(2), word(3));
        const std::uint64_t two_c = full_add(ones, word(4), word(5));
        const std::uint64_t two_d = full_add(ones, word(6), word(7));
        const std::uint64_t four_a = full_add(twos, two_a, two_b);
        const std::uint64_t four_b = full_add(twos, two_c, two_d);
        carry<3>(full_add(fours, four_a, four_b));
    }

    /// Calls `each(bit, count)` for every count that is not 0.
    template <typename Each>
    constexpr void for_each(Each&& each) const noexcept {
        std::uint64_t set = 0;
        for (const std::uint64_t plane : planes_) set |= plane;
        for_each_bit(set, [&](std::size_t bit) {
            std::uint64_t count = 0;
            for (std::size_t k = 0; k < kPlanes; ++k) count |= (planes_[k] >> bit & 1) << k;
            each(bit, count);
        });
    }

   private:
    static constexpr std::size_t kPlanes = 7;

    /// Makes `sum` the sum of all three in each bit, without the carry, which it returns.
    static constexpr std::uint64_t full_add(std::uint64_t& sum, std::uint64_t a,
                                            std::uint64_t b) noexcept {
        const std::uint64_t half = a ^ b;
        const std::uint64_t carry = (a & b) | (half & sum);
        sum ^= half;
        return carry;
    }

    /// Adds `word` from plane `from` on.
    template <std::size_t from>
    constexpr void carry(std::uint64_t word) noexcept {
        for (std::size_t k = from; k < kPlanes; ++k) {
            const std::uint64_t next = planes_[k] & word;
            planes_[k] ^= word;
            word = next;
        }
    }

    std::array<std::uint64_t, kPlanes> planes_{};
};

}  // namespace weir::base
