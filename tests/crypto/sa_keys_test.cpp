// SPDX-License-Identifier: BSD-3-Clause
#include "crypto/sa_keys.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <new>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/esp_associations.hpp"
#include "support/setup_error.hpp"

namespace weir::crypto {
namespace {

constexpr std::string_view kKey128 = "000102030405060708090a0b0c0d0e0f";
constexpr std::string_view kSalt = "a0a1a2a3";

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};
static_assert(!Printable<KeyMaterial> && !Printable<SecurityAssociation>);
static_assert(!std::is_copy_constructible_v<SecurityAssociation>);

std::string error_of(const SaText& text) {
    return test::setup_error([&] { return parse_association(text, "weir.toml:7"); });
}

SaText good() {
    SaText text;
    text.spi = "0x1234";
    text.algorithm = "aes-128-cbc+hmac-sha1-96";
    text.encryption_key = kKey128;
    text.authentication_key = "000102030405060708090a0b0c0d0e0f10111213";
    return text;
}

TEST(KeyMaterial, IsWipedWhenItGoes) {
    alignas(KeyMaterial) std::byte memory[sizeof(KeyMaterial)] = {};
    auto* key = new (memory) KeyMaterial;
    for (unsigned i = 0; i < 32; ++i) EXPECT_TRUE(key->append(0xee));
    EXPECT_NE(std::ranges::count(memory, std::byte{0xee}), 0);
    key->~KeyMaterial();
    // Read octet by octet, so that the compiler cannot reason about an object that is gone.
    const volatile std::byte* still = memory;
    for (std::size_t i = 0; i < sizeof memory; ++i) {
        const std::byte octet = still[i];
        EXPECT_NE(octet, std::byte{0xee});
    }
}

TEST(KeyMaterial, LeavesNothingWhereItWasMovedFrom) {
    KeyMaterial one;
    EXPECT_TRUE(one.append(7));
    KeyMaterial other(std::move(one));
    EXPECT_EQ(other.size(), 1U);
    EXPECT_TRUE(one.empty());  // NOLINT(bugprone-use-after-move)
}

TEST(KeyMaterial, TakesNoMoreThanItHolds) {
    KeyMaterial key;
    while (key.append(1)) {
    }
    EXPECT_EQ(key.size(), kMaxKeyOctets + kMaxSaltOctets);
}

TEST(ParseAssociation, TakesEveryAlgorithm) {
    for (const std::string& name : test::authenticated_algorithms()) {
        const SecurityAssociation association = test::association_for(name, 77);
        EXPECT_EQ(association.spi, 77U);
        EXPECT_TRUE(association.verified()) << name;
        EXPECT_EQ(association.salt.size(), traits_of(association.cipher).salt) << name;
        EXPECT_GE(association.icv_octets, 8) << name;
        EXPECT_EQ(association.authentication_key.size(), key_octets(association.integrity)) << name;
    }
}

TEST(ParseAssociation, DividesKeyAndSalt) {
    SaText text;
    text.spi = "305419896";
    text.algorithm = "aes-128-gcm-icv12";
    const std::string key = std::string(kKey128) + std::string(kSalt);
    text.encryption_key = key;
    text.source = "2001:db8::1";
    const SecurityAssociation association = parse_association(text, "here");
    EXPECT_EQ(association.spi, 0x12345678U);
    EXPECT_EQ(association.icv_octets, 12);
    EXPECT_EQ(association.encryption_key.size(), 16U);
    EXPECT_EQ(association.encryption_key.octets()[15], 0x0f);
    EXPECT_EQ(association.salt.octets()[0], 0xa0);
    EXPECT_EQ(association.family, IpFamily::kIpv6);
    EXPECT_FALSE(association.source.any);
    EXPECT_TRUE(association.destination.any);
}

TEST(ParseAssociation, RefusesAnSpiThatIsNone) {
    for (const std::string_view spi :
         {"", "0", "0x", "*", "0x123456789", "-1", "12x", "4294967296"}) {
        SaText text = good();
        text.spi = spi;
        const std::string error = error_of(text);
        EXPECT_NE(error.find("weir.toml:7"), std::string::npos) << error;
        EXPECT_NE(error.find("SPI"), std::string::npos) << error;
    }
}

TEST(ParseAssociation, RefusesAddressesThatDoNotFit) {
    SaText text = good();
    text.source = "10.0.0";
    EXPECT_NE(error_of(text).find("source is no IP address"), std::string::npos);
    text.source = "10.0.0.1";
    text.destination = "2001:db8::2";
    EXPECT_NE(error_of(text).find("mixed"), std::string::npos);
}

TEST(ParseAssociation, NamesTheAlgorithmsThatItKnows) {
    for (const std::string_view name :
         {"aes-256-gmc", "aes-128-gcm+hmac-sha1-96", "aes-128-cbc", "3des-cbc+hmac-md5-96", ""}) {
        SaText text = good();
        text.algorithm = name;
        const std::string error = error_of(text);
        EXPECT_NE(error.find("aes-256-gcm"), std::string::npos) << error;
        EXPECT_NE(error.find("hmac-sha256-128"), std::string::npos) << error;
    }
}

TEST(ParseAssociation, RefusesKeysOfAnotherLengthAndSaysWhichIsRight) {
    SaText text = good();
    text.encryption_key = kKey128.substr(2);
    EXPECT_NE(error_of(text).find("32 hexadecimal digits"), std::string::npos) << error_of(text);
    text = good();
    text.authentication_key = "00";
    EXPECT_NE(error_of(text).find("expected 20 octets"), std::string::npos) << error_of(text);
    text = good();
    text.algorithm = "aes-128-gcm";
    text.authentication_key = {};
    EXPECT_NE(error_of(text).find("4 of salt"), std::string::npos) << error_of(text);
    text = good();
    text.algorithm = "null+hmac-sha1-96";
    EXPECT_NE(error_of(text).find("nothing is encrypted"), std::string::npos) << error_of(text);
}

TEST(ParseAssociation, RefusesAWindowThatIsTooLarge) {
    SaText text = good();
    text.replay_window = kMaxReplayWindow + 1;
    EXPECT_NE(error_of(text).find("1048576"), std::string::npos) << error_of(text);
}

/// Whatever is wrong with a key, and wherever it stands by mistake.
TEST(ParseAssociation, NeverQuotesAKey) {
    const std::string secret = "deadbeefcafef00dfeedfacebaadc0de1234";
    std::vector<SaText> texts(7, good());
    texts[0].encryption_key = secret;
    texts[1].authentication_key = secret;
    const std::string odd = secret + "1";
    texts[2].encryption_key = odd;
    const std::string no_digits = secret + "zz";
    texts[3].authentication_key = no_digits;
    texts[4].spi = secret;
    texts[5].destination = secret;
    texts[6].algorithm = secret;
    for (const SaText& text : texts) {
        EXPECT_EQ(error_of(text).find("deadbeef"), std::string::npos) << error_of(text);
    }
}

}  // namespace
}  // namespace weir::crypto
