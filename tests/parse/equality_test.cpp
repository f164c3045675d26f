// SPDX-License-Identifier: BSD-3-Clause
// The parser says what the reference parser says, of many packets of every kind.

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "gen/traffic.hpp"
#include "parsed.hpp"
#include "support/corpus_sample.hpp"
#include "support/guarded_bytes.hpp"
#include "support/random_packet.hpp"
#include "support/reference_parser.hpp"

namespace weir::parse {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t kRoom = 70000;

std::string hex(Bytes bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const std::byte octet : bytes) {
        text += kDigits[std::to_integer<unsigned>(octet) / 16];
        text += kDigits[std::to_integer<unsigned>(octet) % 16];
    }
    return text;
}

/// Parses with both parsers and compares, the octets flush against a page that cannot be read.
class Judge {
   public:
    ParseOptions options;

    ::testing::AssertionResult agree(Bytes bytes, std::size_t wire_octets) {
        const auto wire = static_cast<std::uint32_t>(wire_octets);
        const base::PacketView packet{guarded_.flush_against_guard(bytes), wire};
        PacketRecord expected;
        LayerList expected_layers;
        test::reference_parse(packet, options, expected, expected_layers);
        PacketRecord record;
        parse(packet, options, record);
        PacketRecord deep;
        LayerList layers;
        parse_deep(packet, options, deep, layers);
        const std::string plain = test::difference(expected, record);
        const std::string listed = test::difference(expected, expected_layers, deep, layers);
        if (plain.empty() && listed.empty()) return ::testing::AssertionSuccess();
        return ::testing::AssertionFailure()
               << "parse():\n"
               << plain << "parse_deep():\n"
               << listed << "of " << bytes.size() << " octets, " << wire
               << " on the wire; max_layers " << int{options.max_layers} << ", esp_null_icv_octets "
               << options.esp_null_icv_octets << ":\n"
               << hex(bytes);
    }
    ::testing::AssertionResult agree(Bytes bytes) { return agree(bytes, bytes.size()); }

    /// Every prefix, with the wire length kept.
    ::testing::AssertionResult agree_on_prefixes(Bytes bytes) {
        for (std::size_t size = 0; size <= bytes.size(); ++size) {
            const ::testing::AssertionResult verdict = agree(bytes.first(size), bytes.size());
            if (!verdict) return verdict;
        }
        return ::testing::AssertionSuccess();
    }

    /// Options that differ from the standard ones.
    void set_options(std::mt19937_64& random) {
        options = {};
        if (random() % 2 == 0) options.max_layers = static_cast<std::uint8_t>(1 + random() % 64);
        constexpr int kIcvs[] = {ParseOptions::kEspEncrypted, 0, 12, 16};
        options.esp_null_icv_octets = kIcvs[random() % std::size(kIcvs)];
        if (random() % 4 == 0) {
            ASSERT_TRUE(options.udp_ports.add(53, LayerKind::kVxlan));
            ASSERT_TRUE(options.udp_ports.add(4789, LayerKind::kNone));
            ASSERT_TRUE(options.udp_ports.add(6081, LayerKind::kEsp));
        }
    }

   private:
    test::GuardedBytes guarded_{kRoom};
};

/// Frames of the demo's traffic.
class Frames {
   public:
    std::span<std::byte> next() { return std::span(frame_).first(traffic_.next(frame_.data())); }

   private:
    gen::Traffic traffic_{gen::TrafficProfile{}};
    std::vector<std::byte> frame_ = std::vector<std::byte>(gen::kMaxGeneratedBytes);
};

/// Overwrites up to four octets, most of them in front.
void mutate(std::span<std::byte> frame, std::mt19937_64& random) {
    for (std::size_t flips = random() % 5; flips > 0 && !frame.empty(); --flips) {
        const std::size_t reach = random() % 8 == 0 ? frame.size() : std::size_t{120};
        std::byte& octet = frame[random() % std::min(frame.size(), reach)];
        octet = random() % 2 == 0 ? static_cast<std::byte>(random())
                                  : octet ^ static_cast<std::byte>(1U << random() % 8);
    }
}

TEST(ParseEquality, OfTraffic) {
    Judge judge;
    Frames frames;
    for (int i = 0; i < 20000; ++i) ASSERT_TRUE(judge.agree(frames.next()));
}

TEST(ParseEquality, OfEveryPrefixOfTraffic) {
    Judge judge;
    Frames frames;
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(judge.agree_on_prefixes(frames.next()));
}

TEST(ParseEquality, OfMutatedTraffic) {
    Judge judge;
    Frames frames;
    std::mt19937_64 random(11);
    for (int i = 0; i < 200000; ++i) {
        std::span<std::byte> frame = frames.next();
        mutate(frame, random);
        if (random() % 4 == 0) frame = frame.first(random() % (frame.size() + 1));
        if (random() % 64 == 0) judge.set_options(random);
        const std::size_t more = random() % 4 == 0 ? random() % 100 : 0;
        ASSERT_TRUE(judge.agree(frame, frame.size() + more));
    }
}

TEST(ParseEquality, OfRandomOctets) {
    Judge judge;
    std::mt19937_64 random(12);
    constexpr std::array<std::uint16_t, 12> kTypes = {
        0x0800, 0x86dd, 0x0806, 0x8100, 0x8847, 0x8864, 0x6558, 0x8863, 100, 1500, 0x88a8, 0x8848};
    for (int i = 0; i < 200000; ++i) {
        Frame frame(random() % 200);
        for (std::byte& octet : frame) octet = static_cast<std::byte>(random());
        if (frame.size() > 14 && random() % 8 != 0) {
            const std::uint16_t type = kTypes[random() % kTypes.size()];
            frame[12] = static_cast<std::byte>(type >> 8);
            frame[13] = static_cast<std::byte>(type);
            if (type == 0x0800) frame[14] = static_cast<std::byte>(0x45);
            if (type == 0x86dd) frame[14] = static_cast<std::byte>(0x60);
        }
        ASSERT_TRUE(judge.agree(frame, random() % 2 == 0 ? frame.size() : random() % 2000));
    }
}

TEST(ParseEquality, OfRandomStacksOfHeaders) {
    Judge judge;
    test::RandomPacket packets(13);
    std::mt19937_64 random(14);
    for (int i = 0; i < 300000; ++i) {
        if (random() % 64 == 0) judge.set_options(random);
        const Frame frame = packets.next();
        ASSERT_TRUE(judge.agree(frame)) << "number " << i;
        const std::size_t cut = random() % (frame.size() + 1);
        ASSERT_TRUE(judge.agree(first(frame, cut), frame.size())) << "number " << i;
    }
}

TEST(ParseEquality, OfEveryPrefixOfRandomStacksOfHeaders) {
    Judge judge;
    test::RandomPacket packets(15);
    std::mt19937_64 random(16);
    for (int i = 0; i < 2000; ++i) {
        if (random() % 16 == 0) judge.set_options(random);
        ASSERT_TRUE(judge.agree_on_prefixes(packets.next())) << "number " << i;
    }
}

TEST(ParseEquality, OfFramesLongerThanTheLongestThatIsParsed) {
    Judge judge;
    test::RandomPacket packets(17);
    std::mt19937_64 random(18);
    for (int i = 0; i < 300; ++i) {
        Frame frame = packets.next();
        frame.resize(random() % 2 == 0 ? 65535 + random() % 3 : 66000);
        ASSERT_TRUE(judge.agree(frame)) << "number " << i;
        ASSERT_TRUE(judge.agree(frame, 80000 + random() % 3)) << "number " << i;
    }
}

TEST(ParseEquality, OfRealPackets) {
    Judge judge;
    std::mt19937_64 random(19);
    const std::size_t packets =
        test::for_each_corpus_packet(kRoom, [&](const base::PacketView& packet) {
            if (HasFatalFailure()) return;
            judge.set_options(random);
            ASSERT_TRUE(judge.agree(packet.bytes, packet.wire_bytes));
            judge.options = {};
            ASSERT_TRUE(judge.agree(packet.bytes, packet.wire_bytes));
        });
    if (packets == 0) GTEST_SKIP() << "WEIR_CORPUS is not set: no real packets were parsed";
}

}  // namespace
}  // namespace weir::parse
