// SPDX-License-Identifier: BSD-3-Clause
// Published packets: what the RFCs and the drafts beside them print.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/esp_receiver.hpp"

namespace weir::crypto {
namespace {

using test::EspReceiver;

std::vector<std::byte> octets(std::string_view digits) {
    std::vector<std::byte> result;
    std::string pair;
    for (const char digit : digits) {
        if (digit == ' ') continue;
        pair += digit;
        if (pair.size() < 2) continue;
        result.push_back(static_cast<std::byte>(std::stoul(pair, nullptr, 16)));
        pair.clear();
    }
    return result;
}

struct Vector {
    const char* name;
    std::string_view spi;
    std::string_view algorithm;
    std::string_view key;
    bool extended_sequence;
    std::uint32_t sequence_high;
    std::string_view esp;
    std::string_view inner;
    std::uint8_t next_header;
};

/// The packets of the draft end in next header 1, though IP is inside.
constexpr Vector kVectors[] = {
    {"draft-mcgrew-gcm-test-01, AES-128 with ESN", "0x4321", "aes-128-gcm",
     "4c80cdefbb5d10da906ac73c3613a6342e443b68", true, 0x87654321,
     "00004321 00000000 4956ed7e3b244cfe"
     "fecf537e729d5b07dc30df528dd22b768d1b98736696a6fd348509fa13ceac34"
     "cfa2436f14a3f3cf65925bf1f4a13c5d15b21e1884f5ff6247aeabb786b93bce"
     "61bc17d768fd9732459018148f6cbe722fd04796562dfdb4",
     "45000048699a000080114db7c0a80102c0a801010a9bf15638d3010000010000"
     "00000000045f736970045f756470037369700963796265726369747902646b00"
     "00210001",
     1},
    {"draft-mcgrew-gcm-test-01, AES-256", "0x4a2cbfe3", "aes-256-gcm",
     "abbccddef00112233445566778899aababbccddef00112233445566778899aab11223344", false, 0,
     "4a2cbfe3 00000002 0102030405060708"
     "ff425c9b724599df7a3bcd510194e00d6a78107f1b0b1cbf06efae9d65a5d763"
     "748a637985771d347f0545659f14e99def842d8eb335f4eecfdbf831824b4c49"
     "15956c96",
     "4500003069a6400080062690c0a801029389155e0a9e008b2dc57ee000000000"
     "7002400020bf0000020405b401010402",
     1},
    {"RFC 7634, appendix A", "0x01020304", "chacha20-poly1305",
     "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3", false, 0,
     "01020304 00000005 1011121314151617"
     "24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c6"
     "14ee8099d52844eb61aa95dfab4c02f72aa71e7c4c4f64c9befe2facc638e8f3"
     "cbec163fac469b502773f6fb94e664da9165b82829f641e0"
     "76aaa8266b7fb0f7b11b369907e1ad43",
     "45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec10"
     "0007362708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223"
     "2425262728292a2b2c2d2e2f3031323334353637",
     4},
    {"RFC 3602, section 4, case 5", "0x4321", "aes-128-cbc+none",
     "90d382b410eeba7ad938c46cec1a82bf", false, 0,
     "00004321 00000001 e96e8c08ab465763fd098d45dd3ff893"
     "f663c25d325c18c6a9453e194e120849a4870b66cc6b9965330013b4898dc856"
     "a4699e523a55db080b59ec3a8e4b7e52775b07d1db34ed9c538ab50c551b874a"
     "a269add047ad2d5913ac19b7cfbad4a6",
     "08000ebda70a00008e9c083db95b070008090a0b0c0d0e0f1011121314151617"
     "18191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637",
     1},
};

TEST(EspVectors, AreRead) {
    for (const Vector& vector : kVectors) {
        SaText text;
        text.spi = vector.spi;
        text.algorithm = vector.algorithm;
        text.encryption_key = vector.key;
        text.extended_sequence = vector.extended_sequence;
        text.sequence_high = vector.sequence_high;
        std::vector<SecurityAssociation> associations;
        associations.push_back(parse_association(text, "test"));
        const bool verified = associations[0].verified();
        EspReceiver receiver(std::move(associations));
        const auto outcome = receiver.receive(test::frame_of(octets(vector.esp)));
        ASSERT_EQ(to_string(outcome.packet.verdict), verified ? "decrypted" : "unverified")
            << vector.name;
        EXPECT_EQ(outcome.packet.next_header, vector.next_header) << vector.name;
        EXPECT_EQ(outcome.inner, octets(vector.inner)) << vector.name;
    }
}

/// RFC 3686, section 6, gives no whole packets: what comes out has no padding, but stands there.
TEST(EspVectors, OfCounterModeComeOut) {
    struct Counter {
        std::string_view algorithm;
        std::string_view key;
        std::string_view iv;
        std::string_view ciphertext;
        std::string_view plaintext;
    };
    constexpr Counter kCounters[] = {
        {"aes-128-ctr+none", "ae6852f8121067cc4bf7a5765577f39e00000030", "0000000000000000",
         "e4095d4fb7a7b3792d6175a3261311b8", "53696e676c6520626c6f636b206d7367"},
        {"aes-128-ctr+none", "7e24067817fae0d743d6ce1f32539163006cb6db", "c0543b59da48d90b",
         "5104a106168a72d9790d41ee8edad388eb2e1efc46da57c8fce630df9141be28",
         "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"},
    };
    for (const Counter& counter : kCounters) {
        SaText text;
        text.spi = "0x1000";
        text.algorithm = counter.algorithm;
        text.encryption_key = counter.key;
        std::vector<SecurityAssociation> associations;
        associations.push_back(parse_association(text, "test"));
        EspReceiver receiver(std::move(associations));
        std::vector<std::byte> esp = octets("0000100000000001");
        for (const std::string_view part : {counter.iv, counter.ciphertext}) {
            const auto more = octets(part);
            esp.insert(esp.end(), more.begin(), more.end());
        }
        const test::EspFrame frame = test::frame_of(esp);
        const auto outcome = receiver.receive(frame);
        EXPECT_EQ(outcome.packet.verdict, EspVerdict::kPaddingBad);
        const auto begin = outcome.frame.begin() + frame.esp_offset + 16;
        const std::vector<std::byte> plain(begin, outcome.frame.begin() + frame.esp_end);
        EXPECT_EQ(plain, octets(counter.plaintext));
    }
}

}  // namespace
}  // namespace weir::crypto
