// SPDX-License-Identifier: BSD-3-Clause
// Packets that another implementation encrypted are read, for every algorithm, in every carrier.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gen/packet_builder.hpp"
#include "support/esp_associations.hpp"
#include "support/esp_encryptor.hpp"
#include "support/esp_receiver.hpp"

namespace weir::crypto {
namespace {

using test::EspFrame;
using test::EspReceiver;

constexpr std::uint8_t kIpv4Inside = 4;
constexpr std::uint8_t kUdpInside = 17;

/// An IP packet, as in a tunnel, or what stands behind an IP header, as in transport.
std::vector<std::byte> inner(bool tunnel, std::size_t payload) {
    std::vector<std::byte> octets =
        gen::Packet().eth().ipv4("10.1.0.1", "10.2.0.1").udp(1000, 2000).payload(payload).build();
    octets.erase(octets.begin(), octets.begin() + (tunnel ? 14 : 34));
    return octets;
}

std::vector<std::string> all_algorithms() {
    std::vector<std::string> names = test::authenticated_algorithms();
    for (const std::string_view cipher : test::kEspCiphers) {
        names.push_back(std::string(cipher) + "+none");
    }
    return names;
}

class EspRoundTrip : public testing::TestWithParam<bool> {};

INSTANTIATE_TEST_SUITE_P(ShortAndExtendedNumbers, EspRoundTrip, testing::Bool(),
                         [](const auto& parameter) {
                             return parameter.param ? "Extended" : "Short";
                         });

TEST_P(EspRoundTrip, ReadsEveryAlgorithmInEveryCarrier) {
    const bool extended = GetParam();
    const std::vector<std::string> names = all_algorithms();
    std::vector<SecurityAssociation> associations;
    for (std::size_t i = 0; i < names.size(); ++i) {
        SaText text;
        text.extended_sequence = extended;
        text.sequence_high = extended ? 7 : 0;
        associations.push_back(
            test::association_for(names[i], 0x1000 + static_cast<std::uint32_t>(i), text));
    }
    EspReceiver receiver(std::move(associations));
    std::vector<EspFrame> frames;
    std::vector<std::vector<std::byte>> sent;
    std::vector<std::uint32_t> of;
    for (std::uint32_t i = 0; i < names.size(); ++i) {
        std::uint64_t sequence = (extended ? std::uint64_t{7} << 32 : 0) + 10;
        for (unsigned form = 0; form < 8; ++form) {
            const bool tunnel = (form & 4) != 0;
            for (const std::size_t payload : {0, 1, 2, 3, 13, 64, 1300}) {
                sent.push_back(inner(tunnel, payload));
                of.push_back(i);
                frames.push_back(test::frame_of(
                    test::encrypt_esp(receiver.associations()[i],
                                      {sequence++, tunnel ? kIpv4Inside : kUdpInside, sent.back()}),
                    {(form & 1) != 0, (form & 2) != 0}));
            }
        }
    }
    const auto outcomes = receiver.receive(frames);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const auto& [packet, contents, frame] = outcomes[i];
        const bool verified = receiver.associations()[of[i]].verified();
        ASSERT_EQ(to_string(packet.verdict), verified ? "decrypted" : "unverified")
            << names[of[i]] << ", packet " << i;
        EXPECT_EQ(packet.association, of[i]);
        EXPECT_EQ(contents, sent[i]) << names[of[i]];
        EXPECT_EQ(packet.next_header, i % 56 / 28 == 1 ? kIpv4Inside : kUdpInside);
        EXPECT_EQ(packet.sequence, (extended ? std::uint64_t{7} << 32 : 0) + 10 + i % 56);
        EXPECT_EQ(packet.inner_offset + packet.inner_octets <= packet.esp_end, true);
    }
    EXPECT_EQ(receiver.pool().available(), receiver.pool().size());
}

TEST(EspDecryptor, TakesAnyNumberOfPacketsAtOnce) {
    for (const std::size_t burst :
         {std::size_t{1}, std::size_t{31}, std::size_t{64}, std::size_t{65}, std::size_t{200}}) {
        std::vector<SecurityAssociation> associations;
        associations.push_back(test::association_for("aes-128-gcm", 1));
        associations.push_back(test::association_for("aes-128-cbc+hmac-sha1-96", 2));
        associations.push_back(test::association_for("null+none", 3));
        EspReceiver receiver(std::move(associations));
        std::vector<EspFrame> frames;
        for (std::uint64_t i = 0; i < 200; ++i) {
            frames.push_back(test::frame_of(test::encrypt_esp(receiver.associations()[i % 3],
                                                              {i / 3 + 1, 17, inner(false, i)})));
        }
        const auto outcomes = receiver.receive(frames, burst);
        for (std::uint64_t i = 0; i < outcomes.size(); ++i) {
            ASSERT_TRUE(is_readable(outcomes[i].packet.verdict)) << burst << ", " << i;
            EXPECT_EQ(outcomes[i].inner, inner(false, i));
        }
    }
}

TEST(EspDecryptor, TellsNeighboursWithOneSpiApart) {
    // Each differs from the first of its family in one half of an address.
    const std::vector<test::EspCarrier> carriers{
        {false, false, "10.0.0.1", "10.0.0.2"},      {false, false, "10.0.0.9", "10.0.0.2"},
        {false, true, "10.0.0.1", "10.0.0.9"},       {true, false, "2001:db8::1", "2001:db8::2"},
        {true, false, "2001:db9::1", "2001:db8::2"}, {true, false, "2001:db8::9", "2001:db8::2"},
        {true, true, "2001:db8::1", "2001:db9::2"},  {true, false, "2001:db8::1", "2001:db8::9"},
    };
    std::vector<SecurityAssociation> associations;
    for (const test::EspCarrier& carrier : carriers) {
        SaText text;
        text.source = carrier.source;
        text.destination = carrier.destination;
        associations.push_back(test::association_for("aes-256-gcm", 5, text));
    }
    EspReceiver receiver(std::move(associations));
    const std::uint32_t stranger = static_cast<std::uint32_t>(carriers.size());
    std::vector<EspFrame> frames;
    std::vector<std::uint32_t> of;
    std::uint64_t sequence = 0;
    const auto send = [&](std::uint32_t which) {
        const bool known = which != stranger;
        const SecurityAssociation& association = receiver.associations()[known ? which : 0];
        frames.push_back(test::frame_of(
            test::encrypt_esp(association, {++sequence, 17, inner(false, 40)}),
            known ? carriers[which] : test::EspCarrier{false, false, "10.0.0.8", "10.0.0.2"}));
        of.push_back(which);
    };
    for (std::uint32_t one = 0; one <= stranger; ++one) {
        for (std::uint32_t other = 0; other <= stranger; ++other) {
            send(one);
            send(other);
        }
    }
    const auto outcomes = receiver.receive(frames);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        if (of[i] == stranger) {
            EXPECT_EQ(outcomes[i].packet.verdict, EspVerdict::kNoSa) << i;
            continue;
        }
        EXPECT_EQ(outcomes[i].packet.association, of[i]) << i;
        EXPECT_EQ(outcomes[i].packet.verdict, EspVerdict::kDecrypted) << i;
    }
}

TEST(EspDecryptor, AcceptsEveryLengthOfPadding) {
    std::vector<SecurityAssociation> associations;
    associations.push_back(test::association_for("aes-256-gcm", 1));
    EspReceiver receiver(std::move(associations));
    const auto contents = inner(false, 10);  // 18 octets: with the trailer a multiple of 4.
    std::uint64_t sequence = 0;
    for (unsigned padding = 0; padding <= 252; padding += 4) {
        const auto outcome = receiver.receive(test::frame_of(
            test::encrypt_esp(receiver.associations()[0],
                              {++sequence, 17, contents, static_cast<std::uint8_t>(padding)})));
        ASSERT_EQ(outcome.packet.verdict, EspVerdict::kDecrypted) << padding;
        EXPECT_EQ(outcome.inner, contents);
    }
}

TEST(EspDecryptor, MovesSegmentsIntoTheFirstOne) {
    std::vector<SecurityAssociation> associations;
    associations.push_back(test::association_for("aes-256-ctr+hmac-sha256-128", 1));
    EspReceiver receiver(std::move(associations));
    const auto contents = inner(true, 300);
    std::uint64_t sequence = 0;
    for (std::size_t segment = 20; segment < 300; segment += 7) {
        const auto outcome =
            receiver.receive_segmented(test::frame_of(test::encrypt_esp(receiver.associations()[0],
                                                                        {++sequence, 4, contents})),
                                       segment);
        ASSERT_EQ(outcome.packet.verdict, EspVerdict::kDecrypted) << segment;
        EXPECT_EQ(outcome.inner, contents);
    }
    EXPECT_EQ(receiver.pool().available(), receiver.pool().size());
}

TEST(EspDecryptor, LeavesSegmentsThatDoNotFit) {
    std::vector<SecurityAssociation> associations;
    associations.push_back(test::association_for("aes-256-gcm", 1));
    EspReceiver receiver(std::move(associations));
    const auto frame =
        test::frame_of(test::encrypt_esp(receiver.associations()[0], {1, 4, inner(true, 300)}));
    EXPECT_EQ(receiver.receive_segmented(frame, 100, 10).packet.verdict, EspVerdict::kUnsupported);
    EXPECT_EQ(receiver.receive(frame).packet.verdict, EspVerdict::kDecrypted);
    EXPECT_EQ(receiver.pool().available(), receiver.pool().size());
}

}  // namespace
}  // namespace weir::crypto
