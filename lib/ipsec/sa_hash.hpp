// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <emmintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "ipsec/sa_key.hpp"

/// Keys of associations compared and hashed, as the tables need it: without a branch for each part,
/// and with secrets, so that those who choose SPIs and addresses do not choose hash values.
namespace weir::ipsec {

[[nodiscard]] inline bool same_key(const SaKey& one, const SaKey& other) noexcept {
    static_assert(sizeof(SaKey) == 40);
    const auto vector = [](const SaKey& key, std::size_t part) noexcept {
        __m128i octets;
        std::memcpy(&octets, reinterpret_cast<const std::byte*>(&key) + part * 16, 16);
        return octets;
    };
    const auto last = [](const SaKey& key) noexcept {
        std::uint64_t word = 0;
        std::memcpy(&word, reinterpret_cast<const std::byte*>(&key) + 32, 8);
        return word;
    };
    const __m128i equal = _mm_and_si128(_mm_cmpeq_epi8(vector(one, 0), vector(other, 0)),
                                        _mm_cmpeq_epi8(vector(one, 1), vector(other, 1)));
    const auto unequal = static_cast<unsigned>(_mm_movemask_epi8(equal)) ^ 0xffffU;
    return ((last(one) ^ last(other)) | unequal) == 0;
}

class SaHash {
   public:
    explicit SaHash(std::uint64_t seed) noexcept {
        // An odd step and a fold: secrets that have nothing in common but the seed.
        std::uint64_t state = seed;
        for (std::uint64_t& secret : secrets_) {
            state += 0x9e3779b97f4a7c15ULL;
            secret = fold(state ^ 0x2545f4914f6cdd1dULL, 0xd1342543de82ef95ULL) ^ state;
        }
    }

    /// The products of a key's words do not wait for each other, so that a burst's keys overlap.
    [[nodiscard]] std::uint64_t operator()(const SaKey& key) const noexcept {
        std::array<std::uint64_t, sizeof(SaKey) / 8> words;
        std::memcpy(words.data(), &key, sizeof key);
        const std::uint64_t source = fold(words[0] ^ secrets_[0], words[1] ^ secrets_[1]);
        const std::uint64_t destination = fold(words[2] ^ secrets_[2], words[3] ^ secrets_[3]);
        return fold(source ^ words[4] ^ secrets_[4], destination + secrets_[1]);
    }

   private:
    /// The 128-bit product folded in half carries every bit of both factors.
    [[nodiscard]] static std::uint64_t fold(std::uint64_t one, std::uint64_t other) noexcept {
        __extension__ using Product = unsigned __int128;
        const auto product = static_cast<Product>(one) * other;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }

    std::array<std::uint64_t, 5> secrets_{};
};

}  // namespace weir::ipsec
