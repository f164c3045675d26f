// SPDX-License-Identifier: BSD-3-Clause
#include "base/secret_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace weir::base {
namespace {

/// So short that it stands in the object itself, where it can be looked for.
constexpr std::string_view kShort = "5ec2e75ec2e7";
constexpr std::string_view kLong = "000102030405060708090a0b0c0d0e0f10111213";

/// The octets of an object, which may not be alive.
struct Octets {
    [[nodiscard]] std::string_view text() const {
        return {reinterpret_cast<const char*>(data.data()), data.size()};
    }
    [[nodiscard]] bool hold_a_part_of(std::string_view secret) const {
        for (std::size_t i = 0; i + 4 <= secret.size(); ++i) {
            if (text().find(secret.substr(i, 4)) != std::string_view::npos) return true;
        }
        return false;
    }

    alignas(SecretText) std::array<std::byte, sizeof(SecretText)> data{};
};

TEST(SecretText, IsWipedAtItsEnd) {
    Octets octets;
    auto* secret = new (octets.data.data()) SecretText(std::string(kShort));
    ASSERT_TRUE(octets.hold_a_part_of(kShort)) << "the test sees it";
    std::destroy_at(secret);
    EXPECT_FALSE(octets.hold_a_part_of(kShort));
}

TEST(SecretText, IsWipedWhereItWasMovedFrom) {
    Octets octets;
    auto* secret = new (octets.data.data()) SecretText(std::string(kShort));
    const SecretText other(std::move(*secret));
    EXPECT_EQ(other.text(), kShort);
    EXPECT_FALSE(octets.hold_a_part_of(kShort));

    *secret = other;
    ASSERT_TRUE(octets.hold_a_part_of(kShort));
    SecretText third;
    third = std::move(*secret);
    EXPECT_EQ(third, other);
    EXPECT_FALSE(octets.hold_a_part_of(kShort));
    std::destroy_at(secret);
}

TEST(SecretText, IsWipedWhereAnotherIsPut) {
    SecretText secret{std::string(kLong)};
    const std::string_view memory(secret.text().data(), kLong.size());
    secret = SecretText();
    EXPECT_EQ(secret.text(), "");
    ASSERT_EQ(secret.text().data(), memory.data());
    EXPECT_EQ(memory, std::string(kLong.size(), '\0'));
}

TEST(SecretText, IsCopiedAndMovedWhole) {
    for (const std::string_view text : {kShort, kLong}) {
        SecretText one{std::string(text)};
        const SecretText copy = one;
        SecretText moved(std::move(one));
        EXPECT_EQ(copy, moved);
        EXPECT_EQ(moved.text(), text);
        moved = copy;
        EXPECT_EQ(moved.text(), text);
        EXPECT_EQ(copy.text(), text);
    }
}

}  // namespace
}  // namespace weir::base
