// SPDX-License-Identifier: BSD-3-Clause
#include "report/format.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace weir::report {
namespace {

TEST(Grouped, PutsACommaBeforeEveryThirdDigit) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(123456), "123,456");
    EXPECT_EQ(grouped(1234567), "1,234,567");
    EXPECT_EQ(grouped(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(Compact, HasFourLettersAtMost) {
    EXPECT_EQ(compact(0), "0");
    EXPECT_EQ(compact(999), "999");
    EXPECT_EQ(compact(1000), "1k");
    EXPECT_EQ(compact(1249), "1.2k");
    EXPECT_EQ(compact(9949), "9.9k");
    EXPECT_EQ(compact(9950), "10k");
    EXPECT_EQ(compact(999'499), "999k");
    EXPECT_EQ(compact(999'500), "1M");
    EXPECT_EQ(compact(static_cast<double>(UINT64_MAX)), "18E");
    for (double number = 1; number < 1e19; number *= 1.07) {
        EXPECT_LE(compact(number).size(), 4U) << number;
    }
}

TEST(Duration, HasThreeDigits) {
    EXPECT_EQ(duration(0), "0 ns");
    EXPECT_EQ(duration(999), "999 ns");
    EXPECT_EQ(duration(1000), "1.00 us");
    EXPECT_EQ(duration(9994), "9.99 us");
    EXPECT_EQ(duration(9996), "10.0 us");
    EXPECT_EQ(duration(99'960), "100 us");
    EXPECT_EQ(duration(999'499), "999 us");
    EXPECT_EQ(duration(999'500), "1.00 ms");
    EXPECT_EQ(duration(28'000'000'000), "28.0 s");
}

TEST(ClassRange, NamesTheNumbersOfAClassByPowersOfTwo) {
    EXPECT_EQ(class_range(0, false), "1");
    EXPECT_EQ(class_range(1, false), "2-3");
    EXPECT_EQ(class_range(11, false), "2048-4095");
    EXPECT_EQ(class_range(12, true), "4096+");
}

TEST(Ratio, OfNothingIsZero) {
    EXPECT_EQ(ratio(5, 0), 0);
    EXPECT_EQ(ratio(5, -1), 0);
    EXPECT_EQ(ratio(5, std::nan("")), 0);
    EXPECT_EQ(ratio(5, 2), 2.5);
    EXPECT_EQ(percent(1, 0), 0);
    EXPECT_EQ(percent(1, 4), 25);
    EXPECT_EQ(percent(UINT64_MAX, UINT64_MAX), 100);
}

TEST(Rates, AreMillionsOfPacketsAndBillionsOfBits) {
    EXPECT_EQ(rates(3'000'000, 192'000'000, 2), "  1.500 Mpps   0.768 Gbit/s");
}

TEST(Rates, InNoTimeAreZero) { EXPECT_EQ(rates(100, 6400, 0), "  0.000 Mpps   0.000 Gbit/s"); }

TEST(Cut, CountsCharactersNotOctets) {
    EXPECT_EQ(cut("abcdef", 4), "abcd");
    EXPECT_EQ(cut("abc", 4), "abc");
    EXPECT_EQ(cut("abc", 0), "");
    EXPECT_EQ(cut("\xc3\xa4\xe2\x86\x92xyz", 4), "??xy");
    EXPECT_EQ(cut("a\nb\x1b", 9), "a?b?");
    EXPECT_EQ(cut("\xff\xfe", 9), "??");
}

}  // namespace
}  // namespace weir::report
