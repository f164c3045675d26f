// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <emmintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "ipsec/keyed_hash.hpp"
#include "ipsec/sa_key.hpp"

/// Keys of associations compared, without a branch for each part, and hashed, as the tables need
/// it.
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
    explicit SaHash(std::uint64_t seed) noexcept : hash_(seed) {}

    [[nodiscard]] std::uint64_t operator()(const SaKey& key) const noexcept {
        KeyedHash::Words words;
        static_assert(sizeof words == sizeof key);
        std::memcpy(words.data(), &key, sizeof key);
        return hash_(words);
    }

   private:
    KeyedHash hash_;
};

}  // namespace weir::ipsec
