// SPDX-License-Identifier: BSD-3-Clause
#include "gen/packet_builder.hpp"

#include <gtest/gtest.h>

namespace weir::gen {
namespace {

using Frame = std::vector<std::byte>;

unsigned at8(const Frame& frame, std::size_t at) { return std::to_integer<unsigned>(frame[at]); }
unsigned at16(const Frame& frame, std::size_t at) {
    return at8(frame, at) << 8 | at8(frame, at + 1);
}

/// One's complement sum of octets [from, to) plus `start`; 0xffff when a checksum inside is right.
unsigned ones_sum(const Frame& frame, std::size_t from, std::size_t to, unsigned start = 0) {
    unsigned sum = start;
    for (std::size_t i = from; i < to; i += 2) {
        sum += at8(frame, i) << 8 | (i + 1 < to ? at8(frame, i + 1) : 0);
    }
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

TEST(PacketBuilder, FillsInLengthsAndTypes) {
    const Frame frame =
        Packet().eth().vlan(7).ipv4("10.0.0.1", "10.0.0.2").udp(1000, 53).payload(21).build();
    EXPECT_EQ(frame.size(), 14U + 4 + 20 + 8 + 21);
    EXPECT_EQ(at16(frame, 12), 0x8100U);
    EXPECT_EQ(at16(frame, 14), 7U);
    EXPECT_EQ(at16(frame, 16), 0x0800U);
    EXPECT_EQ(at8(frame, 18), 0x45U);
    EXPECT_EQ(at16(frame, 20), 49U);
    EXPECT_EQ(at8(frame, 27), 17U);
    EXPECT_EQ(at16(frame, 42), 29U);
}

TEST(PacketBuilder, MakesRightChecksumsOverIpv4) {
    const Frame frame =
        Packet().eth().ipv4("10.1.2.3", "192.168.7.9", 8).tcp(5, 6, 4).payload(33).build();
    const std::size_t tcp = 14 + 28;
    EXPECT_EQ(ones_sum(frame, 14, tcp), 0xffffU);
    const auto length = static_cast<unsigned>(frame.size() - tcp);
    EXPECT_EQ(ones_sum(frame, tcp, frame.size(), ones_sum(frame, 26, 34) + 6 + length), 0xffffU);
}

TEST(PacketBuilder, MakesRightChecksumsOverIpv6) {
    const Frame frame =
        Packet().eth().ipv6("2001:db8::1", "fd00::2").hop_by_hop().udp(5, 6).payload(7).build();
    const std::size_t udp = 14 + 40 + 8;
    EXPECT_EQ(ones_sum(frame, udp, frame.size(), ones_sum(frame, 22, 54) + 17 + 15), 0xffffU);
    EXPECT_EQ(at8(frame, 20), 0U);
    EXPECT_EQ(at8(frame, 54), 17U);
    EXPECT_EQ(at16(frame, 18), 8U + 15);
}

TEST(PacketBuilder, ChainsTunnelsAndExtensionHeaders) {
    const Frame frame = Packet()
                            .eth()
                            .ipv6("fd00::1", "fd00::2")
                            .routing()
                            .ah(0x1234, 5)
                            .ipv4("1.2.3.4", "5.6.7.8")
                            .udp(1, 4789)
                            .vxlan(99)
                            .eth()
                            .arp("1.1.1.1", "2.2.2.2")
                            .build();
    EXPECT_EQ(at8(frame, 20), 43U);
    EXPECT_EQ(at8(frame, 54), 51U);
    EXPECT_EQ(at8(frame, 62), 4U);
    EXPECT_EQ(at8(frame, 63), 4U) << "24 octets of AH are six words, less two";
    EXPECT_EQ(at16(frame, frame.size() - 30), 0x0806U);
}

TEST(PacketBuilder, PlantsDefectsAndPaddingLast) {
    const Frame frame =
        Packet().eth().ipv4("10.0.0.1", "10.0.0.2").set16(2, 9999).udp(1, 2).pad_to(60).build();
    EXPECT_EQ(at16(frame, 16), 9999U);
    EXPECT_EQ(frame.size(), 60U);
    EXPECT_EQ(at16(frame, 38), 8U) << "padding is not part of the UDP length";
}

TEST(PacketBuilder, RefusesATextThatIsNoAddress) {
    EXPECT_THROW(Packet().eth().ipv4("10.0.0", "10.0.0.2"), std::invalid_argument);
    EXPECT_THROW(Packet().eth().ipv6("10.0.0.1", "fd00::1"), std::invalid_argument);
}

}  // namespace
}  // namespace weir::gen
