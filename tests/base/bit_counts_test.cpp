// SPDX-License-Identifier: BSD-3-Clause
#include "base/bit_counts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <vector>

namespace weir::base {
namespace {

using Counts = std::array<std::uint64_t, 64>;

TEST(FirstBits, AreAsManyAsAskedFor) {
    EXPECT_EQ(first_bits(0), 0U);
    EXPECT_EQ(first_bits(1), 1U);
    EXPECT_EQ(first_bits(63), UINT64_MAX >> 1);
    EXPECT_EQ(first_bits(64), UINT64_MAX);
}

Counts counted_one_by_one(const std::vector<std::uint64_t>& words) {
    Counts counts{};
    for (const std::uint64_t word : words) {
        for (std::size_t bit = 0; bit < 64; ++bit) counts[bit] += word >> bit & 1;
    }
    return counts;
}

/// Eights as far as they reach, then one by one.
Counts counted(const std::vector<std::uint64_t>& words) {
    BitCounts sums;
    std::size_t i = 0;
    for (; i + 8 <= words.size(); i += 8) {
        sums.add_eight([&](std::size_t k) { return words[i + k]; });
    }
    for (; i < words.size(); ++i) sums.add(words[i]);
    Counts counts{};
    sums.for_each([&](std::size_t bit, std::uint64_t count) {
        EXPECT_NE(count, 0U);
        EXPECT_EQ(counts[bit], 0U) << "twice";
        counts[bit] = count;
    });
    return counts;
}

TEST(BitCounts, AreThoseOfCountingOneByOne) {
    std::mt19937_64 random(7);
    for (std::size_t size = 0; size <= 127; ++size) {
        for (int kind = 0; kind < 3; ++kind) {
            std::vector<std::uint64_t> words(size);
            for (std::uint64_t& word : words) {
                word = random();
                if (kind == 1) word &= random() & random() & random();
                if (kind == 2) word |= random() | random() | random();
            }
            ASSERT_EQ(counted(words), counted_one_by_one(words)) << size;
        }
    }
}

TEST(BitCounts, ReachUpTo127OfEach) {
    const std::vector<std::uint64_t> words(127, ~std::uint64_t{0});
    EXPECT_EQ(counted(words), counted_one_by_one(words));
}

TEST(BitCounts, OfNoWordsAreNone) {
    BitCounts().for_each([](std::size_t, std::uint64_t) { FAIL(); });
}

}  // namespace
}  // namespace weir::base
