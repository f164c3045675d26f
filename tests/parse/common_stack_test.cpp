// SPDX-License-Identifier: BSD-3-Clause
// The short cut for common stacks says of every packet what the general parser says, to the bit.

#include "parse/common_stack.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "parsed.hpp"
#include "support/corpus_sample.hpp"
#include "support/guarded_bytes.hpp"
#include "support/random_packet.hpp"
#include "support/reference_parser.hpp"

namespace weir::parse {
namespace {

using gen::Packet;
using Bytes = std::span<const std::byte>;

constexpr std::size_t kRoom = 70000;
constexpr int kUnwritten = 0xa5;

/// Parses packets both ways, the octets flush against a page that cannot be read.
class Judge {
   public:
    ParseOptions options;
    std::size_t short_cuts = 0;  ///< How many packets it took.

    /// Both write the same octets and leave the same ones alone.
    ::testing::AssertionResult agree(Bytes bytes, std::size_t wire_octets) {
        const base::PacketView packet{guarded_.flush_against_guard(bytes),
                                      static_cast<std::uint32_t>(wire_octets)};
        PacketRecord general;
        PacketRecord record;
        PacketRecord untouched;
        for (PacketRecord* each : {&general, &record, &untouched}) {
            std::memset(static_cast<void*>(each), kUnwritten, sizeof *each);
        }
        parse_general(packet, options, general);
        parse(packet, options, record);
        if (std::memcmp(&general, &record, sizeof record) != 0) {
            return ::testing::AssertionFailure()
                   << test::difference(general, record) << "of " << bytes.size() << " octets";
        }
        PacketRecord tried = untouched;
        if (bytes.size() > UINT16_MAX) return ::testing::AssertionSuccess();
        const bool taken = parse_common(packet.bytes.data(),
                                        static_cast<std::uint16_t>(bytes.size()), options, tried);
        short_cuts += taken ? 1 : 0;
        if (std::memcmp(&tried, taken ? &general : &untouched, sizeof tried) == 0) {
            return ::testing::AssertionSuccess();
        }
        return ::testing::AssertionFailure() << "what the short cut wrote";
    }

    /// The same of all that a capture may leave of it, with and without the wire's length.
    ::testing::AssertionResult agree_at_every_cut(Bytes bytes) {
        for (std::size_t size = 0; size <= bytes.size(); ++size) {
            for (const std::size_t wire : {size, bytes.size()}) {
                auto result = agree(bytes.first(size), wire);
                if (!result) return result << ", " << wire << " on the wire";
            }
        }
        return ::testing::AssertionSuccess();
    }

   private:
    test::GuardedBytes guarded_{kRoom};
};

/// One of every common stack, and what is near to one.
std::vector<std::vector<std::byte>> near_packets() {
    std::vector<std::vector<std::byte>> packets;
    const auto all_transports = [&packets](const Packet& network) {
        packets.push_back(Packet(network).tcp(443, 40000).payload(9).build());
        packets.push_back(Packet(network).tcp(443, 40000, 12).pad_to(99).build());
        packets.push_back(Packet(network).udp(53, 40000).payload(9).pad_to(99).build());
        packets.push_back(Packet(network).udp(40000, 4789).vxlan(5).eth().payload(9).build());
        packets.push_back(Packet(network).esp(0x12345678, 9).payload(9).pad_to(99).build());
        packets.push_back(Packet(network).icmp().payload(9).build());
        packets.push_back(
            Packet(network).icmp(3, 1).ipv4("192.0.2.1", "192.0.2.2").udp(1, 2).build());
        packets.push_back(Packet(network).icmpv6().payload(9).build());
        packets.push_back(Packet(network).icmpv6(136).payload(20).build());
        packets.push_back(Packet(network).sctp(1, 2).sctp_chunk(24).pad_to(99).build());
        packets.push_back(Packet(network).sctp(1, 2).build());
        packets.push_back(Packet(network).raw({1, 2, 3, 4, 5, 6, 7, 8, 9}).pad_to(99).build());
    };
    for (const Packet& link : {Packet().eth(), Packet().eth().vlan(5),
                               Packet().eth().vlan(5, 0x88a8), Packet().eth().vlan(5).vlan(6)}) {
        all_transports(Packet(link).ipv4("198.51.100.1", "203.0.113.2"));
        all_transports(Packet(link).ipv4("198.51.100.1", "203.0.113.2").fragment(0, true));
        all_transports(Packet(link).ipv4("198.51.100.1", "203.0.113.2").fragment(9, false));
        all_transports(Packet(link).ipv6("2001:db8::1", "2001:db8::2"));
        all_transports(Packet(link).ipv6("2001:db8::1", "2001:db8::2").hop_by_hop());
        packets.push_back(Packet(link).payload(60).build());
        packets.push_back(Packet(link).arp("192.0.2.1", "192.0.2.2").pad_to(60).build());
    }
    return packets;
}

TEST(CommonStack, AgreesOnEveryCutOfWhatIsNearIt) {
    Judge judge;
    for (const auto& packet : near_packets()) ASSERT_TRUE(judge.agree_at_every_cut(packet));
    EXPECT_GE(judge.short_cuts, 500U);
}

TEST(CommonStack, TakesWhatItIsFor) {
    for (const Packet& link : {Packet().eth(), Packet().eth().vlan(5)}) {
        for (const Packet& network : {Packet(link).ipv4("198.51.100.1", "203.0.113.2"),
                                      Packet(link).ipv6("2001:db8::1", "2001:db8::2")}) {
            for (const Packet& whole :
                 {Packet(network).tcp(443, 40000), Packet(network).udp(53, 40000).payload(9),
                  Packet(network).esp(0x12345678, 9).payload(9),
                  Packet(network).sctp(1, 2).sctp_chunk(24),
                  Packet(network).raw({1, 2, 3, 4, 5, 6, 7, 8, 9})}) {
                Judge judge;
                EXPECT_TRUE(judge.agree(Packet(whole).build(), Packet(whole).build().size()));
                EXPECT_EQ(judge.short_cuts, 1U);
            }
        }
    }
    Judge judge;
    const auto arp = Packet().eth().arp("192.0.2.1", "192.0.2.2").build();
    EXPECT_TRUE(judge.agree(arp, arp.size()));
    EXPECT_EQ(judge.short_cuts, 1U);
}

TEST(CommonStack, AgreesWhereAnyOctetOfTheHeadersIsAnother) {
    Judge judge;
    for (auto packet : near_packets()) {
        for (std::size_t at = 12; at < std::min<std::size_t>(packet.size(), 80); ++at) {
            const std::byte before = packet[at];
            for (unsigned value = 0; value < 256; ++value) {
                packet[at] = static_cast<std::byte>(value);
                ASSERT_TRUE(judge.agree(packet, packet.size())) << at << ": " << value;
            }
            packet[at] = before;
        }
    }
    EXPECT_GE(judge.short_cuts, 10000U);
}

TEST(CommonStack, AgreesOnSpoiltPackets) {
    constexpr int kSpoilt = 400000;
    std::mt19937_64 random(5);
    const auto packets = near_packets();
    Judge judge;
    for (int i = 0; i < kSpoilt; ++i) {
        auto packet = packets[random() % packets.size()];
        for (std::size_t change = random() % 4; change > 0; --change) {
            packet[random() % std::min<std::size_t>(packet.size(), 90)] =
                static_cast<std::byte>(random());
        }
        const std::size_t size = random() % 2 == 0 ? packet.size() : random() % packet.size();
        ASSERT_TRUE(judge.agree(Bytes(packet).first(size), size + random() % 3 * 20)) << i;
    }
    EXPECT_GE(judge.short_cuts, 10000U);
}

TEST(CommonStack, AgreesOnRandomStacks) {
    constexpr int kPackets = 200000;
    test::RandomPacket packets(9);
    Judge judge;
    for (int i = 0; i < kPackets; ++i) {
        const auto packet = packets.next();
        ASSERT_TRUE(judge.agree(packet, packet.size())) << i;
    }
    EXPECT_GE(judge.short_cuts, 1000U);
}

TEST(CommonStack, KeepsToTheOptions) {
    const auto packets = near_packets();
    for (const std::uint8_t most :
         {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}, std::uint8_t{4}, std::uint8_t{64}}) {
        Judge judge;
        judge.options.max_layers = most;
        ASSERT_TRUE(judge.options.udp_ports.add(53, LayerKind::kVxlan));
        ASSERT_TRUE(judge.options.udp_ports.add(4789, LayerKind::kNone));
        for (const auto& packet : packets) ASSERT_TRUE(judge.agree(packet, packet.size()));
    }
}

TEST(CommonStack, LeavesEspThatIsNotEncryptedAlone) {
    Judge judge;
    judge.options.esp_null_icv_octets = 12;
    for (const auto& packet : near_packets()) ASSERT_TRUE(judge.agree_at_every_cut(packet));
    EXPECT_GE(judge.short_cuts, 500U);
}

TEST(CommonStack, AgreesOnFramesAsLongAsTheyCanBe) {
    Judge judge;
    for (const std::size_t size : {65534, 65535, 65536, 65549, 65550, 69999}) {
        for (const unsigned length : {65500U, 65521U, 65535U}) {
            ASSERT_TRUE(judge.agree(Packet()
                                        .eth()
                                        .ipv4("198.51.100.1", "203.0.113.2")
                                        .set16(2, length)
                                        .tcp(1, 2)
                                        .pad_to(size)
                                        .build(),
                                    size));
        }
    }
    EXPECT_EQ(judge.short_cuts, 3U);
}

TEST(CommonStack, AgreesOnRealPackets) {
    constexpr std::size_t kMostOctets = 1600;
    Judge judge;
    std::size_t cuts = 0;
    const std::size_t packets =
        test::for_each_corpus_packet(kMostOctets, [&](const base::PacketView& packet) {
            ASSERT_TRUE(judge.agree(packet.bytes, packet.wire_bytes));
            if (++cuts % 16 == 0) {
                ASSERT_TRUE(judge.agree_at_every_cut(
                    packet.bytes.first(std::min<std::size_t>(packet.bytes.size(), 128))));
            }
        });
    if (packets == 0) GTEST_SKIP() << "WEIR_CORPUS is not set: no real packets were compared";
    EXPECT_GE(packets, 20000U);
    EXPECT_GE(judge.short_cuts, packets / 4);
}

}  // namespace
}  // namespace weir::parse
