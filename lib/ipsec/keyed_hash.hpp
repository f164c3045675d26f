// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// The hash of the tables' keys: of five words, with a seed that those who choose addresses and
/// SPIs do not know. Of one lcore.
namespace weir::ipsec {

class KeyedHash {
   public:
    static constexpr std::size_t kWords = 5;
    using Words = std::array<std::uint64_t, kWords>;

    explicit KeyedHash(std::uint64_t seed) noexcept {
        // An odd step and a fold: secrets that have nothing in common but the seed.
        std::uint64_t state = seed;
        for (std::uint64_t& secret : secrets_) {
            state += 0x9e3779b97f4a7c15ULL;
            secret = fold(state ^ 0x2545f4914f6cdd1dULL, 0xd1342543de82ef95ULL) ^ state;
        }
    }

    /// The products of a key's words do not wait for each other, so that a burst's keys overlap.
    [[nodiscard]] std::uint64_t operator()(const Words& words) const noexcept {
        const std::uint64_t source = fold(words[0] ^ secrets_[0], words[1] ^ secrets_[1]);
        const std::uint64_t destination = fold(words[2] ^ secrets_[2], words[3] ^ secrets_[3]);
        return fold(source ^ words[4] ^ secrets_[4], destination + secrets_[1]);
    }

   private:
    __extension__ using Uint128 = unsigned __int128;

    /// The 128-bit product folded in half carries every bit of both factors.
    [[nodiscard]] static std::uint64_t fold(std::uint64_t one, std::uint64_t other) noexcept {
        const auto product = static_cast<Uint128>(one) * other;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }

    Words secrets_{};
};

}  // namespace weir::ipsec
