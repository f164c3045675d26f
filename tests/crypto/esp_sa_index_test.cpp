// SPDX-License-Identifier: BSD-3-Clause
#include "crypto/esp_sa_index.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "support/esp_associations.hpp"
#include "support/setup_error.hpp"

namespace weir::crypto {
namespace {

class Index {
   public:
    explicit Index(const std::vector<SecurityAssociation>& associations)
        : slots_(esp_sa_slots(associations.size())), index_(slots_, associations) {}

    [[nodiscard]] std::uint32_t find(std::uint32_t spi, const std::string& source,
                                     const std::string& destination) const {
        // A packet's selector, by way of an association with the same addresses.
        SaText text;
        text.source = source;
        text.destination = destination;
        const SecurityAssociation like = test::association_for("null+none", spi, text);
        EspSelector selector;
        selector.spi = spi;
        selector.family = like.family;
        std::memcpy(selector.source.data(), like.source.octets.data(), 16);
        std::memcpy(selector.destination.data(), like.destination.octets.data(), 16);
        return index_.find(selector);
    }

   private:
    std::vector<EspSaSlot> slots_;
    EspSaIndex index_;
};

SecurityAssociation between(std::uint32_t spi, const std::string& source,
                            const std::string& destination) {
    SaText text;
    text.source = source;
    text.destination = destination;
    return test::association_for("null+none", spi, text);
}

TEST(EspSaIndex, PrefersTheAssociationThatNamesMore) {
    std::vector<SecurityAssociation> associations;
    associations.push_back(between(5, "*", "*"));
    associations.push_back(between(5, "*", "10.0.0.2"));
    associations.push_back(between(5, "10.0.0.1", "10.0.0.2"));
    associations.push_back(between(5, "10.0.0.1", "*"));
    const Index index(associations);
    EXPECT_EQ(index.find(5, "10.0.0.1", "10.0.0.2"), 2U);
    EXPECT_EQ(index.find(5, "10.0.0.9", "10.0.0.2"), 1U);
    EXPECT_EQ(index.find(5, "10.0.0.1", "10.0.0.9"), 3U);
    EXPECT_EQ(index.find(5, "10.0.0.9", "10.0.0.9"), 0U);
    EXPECT_EQ(index.find(5, "2001:db8::1", "2001:db8::2"), 0U);
    EXPECT_EQ(index.find(6, "10.0.0.1", "10.0.0.2"), kNoAssociation);
}

TEST(EspSaIndex, KeepsFamiliesApart) {
    std::vector<SecurityAssociation> associations;
    associations.push_back(between(5, "*", "1.2.3.4"));
    associations.push_back(between(5, "*", "102:304::"));  // The same first four octets.
    const Index index(associations);
    EXPECT_EQ(index.find(5, "10.0.0.1", "1.2.3.4"), 0U);
    EXPECT_EQ(index.find(5, "2001:db8::1", "102:304::"), 1U);
}

TEST(EspSaIndex, FindsAllOfManyAndNothingElse) {
    constexpr std::uint32_t kCount = 5000;
    std::mt19937 random(3);
    std::vector<SecurityAssociation> associations;
    for (std::uint32_t i = 0; i < kCount; ++i) {
        associations.push_back(
            between((random() | 1) << 1, i % 3 == 0 ? "*" : "10.0.0.1",
                    "10.1." + std::to_string(i / 256) + "." + std::to_string(i % 256)));
    }
    const Index index(associations);
    for (std::uint32_t i = 0; i < kCount; ++i) {
        const std::string destination =
            "10.1." + std::to_string(i / 256) + "." + std::to_string(i % 256);
        ASSERT_EQ(index.find(associations[i].spi, "10.0.0.1", destination), i);
        EXPECT_EQ(index.find(associations[i].spi | 1, "10.0.0.1", destination), kNoAssociation);
    }
}

TEST(EspSaIndex, RefusesTheSameAssociationTwice) {
    std::vector<SecurityAssociation> associations;
    associations.push_back(between(0xabc, "*", "10.0.0.2"));
    associations.push_back(between(0xabd, "*", "10.0.0.2"));
    associations.push_back(between(0xabc, "*", "10.0.0.2"));
    const std::string error = test::setup_error([&] { return Index(associations), 0; });
    EXPECT_NE(error.find("0x00000abc"), std::string::npos) << error;
    EXPECT_NE(error.find("twice"), std::string::npos) << error;
}

TEST(EspSaIndex, RefusesTooManySourcesOfOneSpi) {
    std::vector<SecurityAssociation> associations;
    for (unsigned i = 1; i <= 60; ++i) {
        associations.push_back(between(9, "10.0.0." + std::to_string(i), "10.0.1.1"));
    }
    const std::string error = test::setup_error([&] { return Index(associations), 0; });
    EXPECT_NE(error.find("too many"), std::string::npos) << error;
}

}  // namespace
}  // namespace weir::crypto
