// SPDX-License-Identifier: BSD-3-Clause
// What is not authentic, whole or new is refused, and leaves the anti-replay window as it was.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/esp_associations.hpp"
#include "support/esp_encryptor.hpp"
#include "support/esp_receiver.hpp"

namespace weir::crypto {
namespace {

using test::EspFrame;
using test::EspReceiver;

std::vector<std::byte> inner(std::size_t octets) {
    std::vector<std::byte> result(octets);
    for (std::size_t i = 0; i < octets; ++i) result[i] = static_cast<std::byte>(i * 7);
    return result;
}

EspReceiver receiver_of(const std::string& algorithm, const SaText& text = {}) {
    std::vector<SecurityAssociation> associations;
    associations.push_back(test::association_for(algorithm, 0x2001, text));
    return EspReceiver(std::move(associations));
}

EspFrame frame(const EspReceiver& receiver, const test::EspContents& contents) {
    return test::frame_of(test::encrypt_esp(receiver.associations()[0], contents));
}

/// What leaves no trace of why it was refused but in the verdict.
void expect_window(const EspReceiver& receiver, const std::vector<std::uint64_t>& before) {
    EXPECT_EQ(receiver.window(0), before);
}

class EspRefusal : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(EveryAlgorithm, EspRefusal,
                         testing::ValuesIn(test::authenticated_algorithms()),
                         [](const auto& parameter) {
                             std::string name = parameter.param;
                             for (char& letter : name) {
                                 if (letter == '-' || letter == '+') letter = '_';
                             }
                             return name;
                         });

TEST_P(EspRefusal, RefusesEveryFlippedBit) {
    for (const bool extended : {false, true}) {
        SaText text;
        text.extended_sequence = extended;
        EspReceiver receiver = receiver_of(GetParam(), text);
        const auto contents = inner(40);
        ASSERT_EQ(receiver.receive(frame(receiver, {1, 17, contents})).packet.verdict,
                  EspVerdict::kDecrypted);
        const EspFrame good = frame(receiver, {5, 17, contents});
        const auto before = receiver.window(0);
        std::vector<EspFrame> tampered;
        for (std::size_t bit = 8 * good.esp_offset; bit < 8 * good.esp_end; ++bit) {
            tampered.push_back(good);
            tampered.back().octets[bit / 8] ^= std::byte{1} << (7 - bit % 8);
        }
        const auto outcomes = receiver.receive(tampered);
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            // The number 5 with one bit flipped may be 1, which has been seen.
            const auto wanted = i < 32             ? EspVerdict::kNoSa
                                : i == 32 + 31 - 2 ? EspVerdict::kReplayed
                                                   : EspVerdict::kIcvFailed;
            ASSERT_EQ(to_string(outcomes[i].packet.verdict), to_string(wanted)) << "bit " << i;
        }
        expect_window(receiver, before);
        EXPECT_EQ(receiver.receive(good).packet.verdict, EspVerdict::kDecrypted);
    }
}

/// Every length that IP could give, the octets there or not, at the edge of memory.
TEST_P(EspRefusal, RefusesEveryTruncationWithoutReadingBeyond) {
    EspReceiver receiver = receiver_of(GetParam());
    const auto contents = inner(29);
    const EspFrame good = frame(receiver, {5, 17, contents});
    const auto before = receiver.window(0);
    for (std::uint32_t end = good.network_offset; end < good.esp_end; ++end) {
        EspFrame cut = good;
        cut.octets.resize(end);
        const auto missing = receiver.receive_guarded(cut);
        ASSERT_EQ(missing.packet.verdict, EspVerdict::kTruncated) << end;
        cut.esp_end = end;
        const auto shorter = receiver.receive_guarded(cut).packet.verdict;
        ASSERT_TRUE(shorter == EspVerdict::kTruncated || shorter == EspVerdict::kLengthBad ||
                    shorter == EspVerdict::kIcvFailed)
            << end << ": " << to_string(shorter);
    }
    expect_window(receiver, before);
    EspFrame whole = good;
    whole.octets.resize(good.esp_end);
    const auto outcome = receiver.receive_guarded(whole);
    EXPECT_EQ(outcome.packet.verdict, EspVerdict::kDecrypted);
    EXPECT_EQ(outcome.inner, contents);
}

TEST_P(EspRefusal, RefusesDuplicatesInOneBurstAndLater) {
    EspReceiver receiver = receiver_of(GetParam());
    const auto contents = inner(20);
    const EspFrame first = frame(receiver, {70, 17, contents});
    const EspFrame second = frame(receiver, {71, 17, contents});
    const std::vector<EspFrame> burst{first, first, second, second, first};
    std::vector<EspVerdict> verdicts;
    for (const auto& outcome : receiver.receive(burst)) verdicts.push_back(outcome.packet.verdict);
    const std::vector<EspVerdict> wanted{EspVerdict::kDecrypted, EspVerdict::kReplayed,
                                         EspVerdict::kDecrypted, EspVerdict::kReplayed,
                                         EspVerdict::kReplayed};
    EXPECT_EQ(verdicts, wanted);
    EXPECT_EQ(receiver.receive(second).packet.verdict, EspVerdict::kReplayed);
    EXPECT_EQ(receiver.receive(frame(receiver, {7, 17, contents})).packet.verdict,
              EspVerdict::kReplayed)
        << "64 numbers and more behind";
    EXPECT_EQ(receiver.receive(frame(receiver, {8, 17, contents})).packet.verdict,
              EspVerdict::kDecrypted);
    EXPECT_EQ(receiver.receive(frame(receiver, {0, 17, contents})).packet.verdict,
              EspVerdict::kReplayed);
}

TEST_P(EspRefusal, RefusesPaddingThatIsWrong) {
    EspReceiver receiver = receiver_of(GetParam());
    const auto contents = inner(20);
    std::uint64_t sequence = 0;
    test::EspContents zeroes{++sequence, 17, contents, 10};
    zeroes.wrong_padding = true;
    EXPECT_EQ(receiver.receive(frame(receiver, zeroes)).packet.verdict, EspVerdict::kPaddingBad);
    for (const unsigned length : {11, 31, 255}) {
        const test::EspContents longer{++sequence, 17,    contents,
                                       10,         false, static_cast<std::uint8_t>(length)};
        EXPECT_EQ(receiver.receive(frame(receiver, longer)).packet.verdict, EspVerdict::kPaddingBad)
            << length;
    }
    EXPECT_EQ(receiver.decryptor().window(0).highest, 4U) << "they were authentic";
}

TEST(EspHmac, LeavesWhatFailsItAsItCame) {
    for (const std::string& algorithm : test::authenticated_algorithms()) {
        if (algorithm.find("hmac") == algorithm.npos) continue;
        for (const bool extended : {false, true}) {
            SaText text;
            text.extended_sequence = extended;
            EspReceiver receiver = receiver_of(algorithm, text);
            EspFrame forged = frame(receiver, {9, 17, inner(40)});
            forged.octets[forged.esp_end - 1] ^= std::byte{0x80};
            const auto outcome = receiver.receive(forged);
            EXPECT_EQ(outcome.packet.verdict, EspVerdict::kIcvFailed) << algorithm;
            EXPECT_EQ(outcome.frame, forged.octets) << algorithm;
        }
    }
}

TEST(EspWindow, MovesOnlyForWhatIsAuthentic) {
    EspReceiver receiver = receiver_of("aes-256-gcm");
    const auto contents = inner(20);
    EspFrame forged = frame(receiver, {1'000'000, 17, contents});
    forged.octets[forged.esp_end - 1] ^= std::byte{1};
    const std::vector<EspFrame> burst{frame(receiver, {100, 17, contents}), forged,
                                      frame(receiver, {101, 17, contents})};
    const auto outcomes = receiver.receive(burst);
    EXPECT_EQ(outcomes[0].packet.verdict, EspVerdict::kDecrypted);
    EXPECT_EQ(outcomes[1].packet.verdict, EspVerdict::kIcvFailed);
    EXPECT_EQ(outcomes[2].packet.verdict, EspVerdict::kDecrypted);
    EXPECT_EQ(receiver.decryptor().window(0).highest, 101U);
}

TEST(EspWindow, OfSizeZeroLetsDuplicatesThrough) {
    SaText text;
    text.replay_window = 0;
    for (const bool extended : {false, true}) {
        text.extended_sequence = extended;
        EspReceiver receiver = receiver_of("aes-128-cbc+hmac-sha1-96", text);
        const EspFrame good = frame(receiver, {5, 17, inner(20)});
        EXPECT_EQ(receiver.receive(good).packet.verdict, EspVerdict::kDecrypted);
        EXPECT_EQ(receiver.receive(good).packet.verdict, EspVerdict::kDecrypted);
    }
}

TEST(EspWindow, HasTheSizeThatWasAskedFor) {
    SaText text;
    text.replay_window = 1024;
    EspReceiver receiver = receiver_of("aes-128-gcm", text);
    const auto verdict = [&](std::uint64_t sequence) {
        return receiver.receive(frame(receiver, {sequence, 17, inner(20)})).packet.verdict;
    };
    EXPECT_EQ(verdict(2000), EspVerdict::kDecrypted);
    EXPECT_EQ(verdict(2000 - 1023), EspVerdict::kDecrypted);
    EXPECT_EQ(verdict(2000 - 1024), EspVerdict::kReplayed);
}

/// RFC 4303, appendix A2: the upper half is told from the window, in bursts that cross 2^32 too.
TEST(EspWindow, FollowsExtendedNumbersAcrossASubspace) {
    for (const std::string algorithm : {"aes-256-gcm", "null+hmac-sha256-128"}) {
        SaText text;
        text.extended_sequence = true;
        text.sequence_high = 41;
        EspReceiver receiver = receiver_of(algorithm, text);
        const auto contents = inner(20);
        const std::uint64_t edge = std::uint64_t{42} << 32;
        std::vector<EspFrame> frames;
        for (std::uint64_t sequence = edge - 40; sequence < edge + 40; ++sequence) {
            frames.push_back(frame(receiver, {sequence, 17, contents}));
        }
        const auto outcomes = receiver.receive(frames, 32);
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            ASSERT_EQ(outcomes[i].packet.verdict, EspVerdict::kDecrypted) << i;
            EXPECT_EQ(outcomes[i].packet.sequence, edge - 40 + i);
        }
        EXPECT_EQ(receiver.receive(frames[60]).packet.verdict, EspVerdict::kReplayed);
        // Left of the window, the lower half is taken for one of the next subspace.
        EXPECT_EQ(receiver.receive(frames[3]).packet.verdict, EspVerdict::kIcvFailed);
    }
}

TEST(EspLookup, RefusesWhatNoAssociationIsFor) {
    SaText text;
    text.source = "192.0.2.1";
    text.destination = "192.0.2.2";
    EspReceiver receiver = receiver_of("aes-256-gcm", text);
    const auto esp = test::encrypt_esp(receiver.associations()[0], {1, 17, inner(20)});
    EXPECT_EQ(receiver.receive(test::frame_of(esp, {false, false, "192.0.2.9"})).packet.verdict,
              EspVerdict::kNoSa);
    EXPECT_EQ(receiver.receive(test::frame_of(esp, {false, false, "", "192.0.2.9"})).packet.verdict,
              EspVerdict::kNoSa);
    EXPECT_EQ(receiver.receive(test::frame_of(esp, {true, false})).packet.verdict,
              EspVerdict::kNoSa);
    EXPECT_EQ(receiver.receive(test::frame_of(esp)).packet.verdict, EspVerdict::kDecrypted);
}

TEST(EspLengths, RefusesCiphertextThatIsNoMultipleOfTheBlock) {
    EspReceiver receiver = receiver_of("aes-128-cbc+hmac-sha1-96");
    EspFrame good = frame(receiver, {1, 17, inner(40)});
    good.esp_end -= 4;
    EXPECT_EQ(receiver.receive(good).packet.verdict, EspVerdict::kLengthBad);
}

}  // namespace
}  // namespace weir::crypto
