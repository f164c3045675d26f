// SPDX-License-Identifier: BSD-3-Clause
#include "base/byte_order.hpp"

#include <gtest/gtest.h>

#include <concepts>
#include <cstring>

namespace weir::base {
namespace {

TEST(ByteOrder, ReadsTheFirstOctetAsTheMostSignificant) {
    const unsigned char wire[] = {0x12, 0x34, 0x56, 0x78};
    be16 two;
    be32 four;
    std::memcpy(&two, wire, sizeof two);
    std::memcpy(&four, wire, sizeof four);
    EXPECT_EQ(two.host(), 0x1234);
    EXPECT_EQ(four.host(), 0x12345678U);
}

TEST(ByteOrder, WritesWhatItReads) {
    for (const std::uint32_t value : {0U, 1U, 0x80U, 0xff00U, 0x12345678U, 0xffffffffU}) {
        EXPECT_EQ(be32::from_host(value).host(), value);
        EXPECT_EQ(be16::from_host(static_cast<std::uint16_t>(value)).host(),
                  static_cast<std::uint16_t>(value));
    }
}

TEST(ByteOrder, NeverConvertsByItself) {
    static_assert(!std::convertible_to<be16, std::uint16_t>);
    static_assert(!std::convertible_to<std::uint16_t, be16>);
    static_assert(!std::convertible_to<be32, std::uint32_t>);
    static_assert(!std::convertible_to<be16, be32>);
}

}  // namespace
}  // namespace weir::base
