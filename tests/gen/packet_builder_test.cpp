// SPDX-License-Identifier: BSD-3-Clause
#include "gen/packet_builder.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

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

TEST(PacketBuilder, TakesEthernetAddresses) {
    const Frame frame = Packet().eth("00:1B:2c:ff:fe:09", "02:11:22:33:44:55").build();
    EXPECT_EQ(at16(frame, 0), 0x001bU);
    EXPECT_EQ(at16(frame, 4), 0xfe09U);
    EXPECT_EQ(at16(frame, 6), 0x0211U);
    EXPECT_EQ(at16(frame, 10), 0x4455U);
}

TEST(PacketBuilder, StacksTagsWithTheirOwnTpids) {
    const Frame frame = Packet().eth().vlan(200, 0x88a8, 3).vlan(4095).ipv6("::1", "::2").build();
    EXPECT_EQ(at16(frame, 12), 0x88a8U);
    EXPECT_EQ(at16(frame, 14), 3U << 13 | 200);
    EXPECT_EQ(at16(frame, 16), 0x8100U);
    EXPECT_EQ(at16(frame, 18), 4095U);
    EXPECT_EQ(at16(frame, 20), 0x86ddU);
}

TEST(PacketBuilder, ChecksumsCoverTheFieldsThatMayBeChosen) {
    const Frame frame = Packet()
                            .eth()
                            .ipv4("10.1.2.3", "192.168.7.9")
                            .identification(0xabcd)
                            .ttl(3)
                            .fragment(0, false)
                            .tcp(5, 6)
                            .tcp_flags(0x12)
                            .build();
    EXPECT_EQ(at16(frame, 18), 0xabcdU);
    EXPECT_EQ(at8(frame, 22), 3U);
    EXPECT_EQ(at8(frame, 34 + 13), 0x12U);
    EXPECT_EQ(ones_sum(frame, 14, 34), 0xffffU);
    EXPECT_EQ(ones_sum(frame, 34, 54, ones_sum(frame, 26, 34) + 6 + 20), 0xffffU);
    EXPECT_EQ(at8(Packet().eth().ipv6("::1", "::2").ttl(9).build(), 21), 9U);
}

TEST(PacketBuilder, ChecksumsIcmpAlone) {
    const Frame frame = Packet().eth().ipv4("10.1.2.3", "10.3.2.1").icmp(3, 1).payload(9).build();
    EXPECT_EQ(at16(frame, 34), 0x0301U);
    EXPECT_EQ(ones_sum(frame, 34, frame.size()), 0xffffU) << "RFC 792: no pseudo-header";
}

TEST(PacketBuilder, ChecksumsIcmpv6WithThePseudoHeader) {
    const Frame frame = Packet().eth().ipv6("fd00::1", "fd00::2").icmpv6().payload(9).build();
    EXPECT_EQ(ones_sum(frame, 54, frame.size(), ones_sum(frame, 22, 54) + 58 + 17), 0xffffU);
}

TEST(PacketBuilder, ChecksumsInsideAndOutsideATunnel) {
    const Frame frame = Packet()
                            .eth()
                            .ipv4("10.0.0.1", "10.0.0.2")
                            .udp(1, 4789)
                            .vxlan(0x123456)
                            .eth()
                            .ipv4("192.168.0.1", "192.168.0.2")
                            .udp(7, 8)
                            .payload(5)
                            .build();
    const std::size_t outer = 34;
    const std::size_t inner = outer + 8 + 8 + 14 + 20;
    const auto outer_length = static_cast<unsigned>(frame.size() - outer);
    EXPECT_EQ(at16(frame, outer + 8), 0x0800U) << "the VNI is valid (RFC 7348, section 5)";
    EXPECT_EQ(at16(frame, outer + 12), 0x1234U);
    EXPECT_EQ(at16(frame, outer + 14), 0x5600U);
    EXPECT_EQ(ones_sum(frame, inner - 20, inner), 0xffffU);
    EXPECT_EQ(ones_sum(frame, inner, frame.size(), ones_sum(frame, inner - 8, inner) + 17 + 13),
              0xffffU);
    EXPECT_EQ(ones_sum(frame, outer, frame.size(), ones_sum(frame, 26, outer) + 17 + outer_length),
              0xffffU);
}

TEST(PacketBuilder, SendsAUdpChecksumOfZeroAsAllOnes) {
    const auto with = [](unsigned high, unsigned low) {
        return Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(1, 2).raw({high, low}).build();
    };
    const Frame zeroes = with(0, 0);
    // The checksum itself as payload brings the sum to all ones, and the checksum to zero.
    const Frame frame = with(at8(zeroes, 40), at8(zeroes, 41));
    EXPECT_NE(at16(zeroes, 40), 0xffffU);
    EXPECT_EQ(at16(frame, 40), 0xffffU) << "RFC 768: zero says that there is no checksum";
}

TEST(PacketBuilder, MakesFragments) {
    const Frame first =
        Packet().eth().ipv4("1.1.1.1", "2.2.2.2").fragment(0, true).udp(1, 2).payload(16).build();
    EXPECT_EQ(at16(first, 20), 0x2000U);
    EXPECT_EQ(at8(first, 23), 17U);
    EXPECT_EQ(ones_sum(first, 14, 34), 0xffffU);
    const Frame later =
        Packet().eth().ipv4("1.1.1.1", "2.2.2.2").fragment(185, false).payload(16).build();
    EXPECT_EQ(at16(later, 20), 185U);
    EXPECT_EQ(at8(later, 23), 17U);
    const Frame six = Packet().eth().ipv6("::1", "::2").ipv6_fragment(181, true, 77).build();
    EXPECT_EQ(at8(six, 20), 44U);
    EXPECT_EQ(at16(six, 54 + 2), 181U << 3 | 1);
    EXPECT_EQ(at16(six, 54 + 6), 77U);
}

TEST(PacketBuilder, FillsExtensionHeadersWithWholeOptions) {
    for (const unsigned units : {0U, 1U, 31U, 32U, 33U, 255U}) {
        const Frame frame = Packet().eth().ipv6("::1", "::2").hop_by_hop(units).build();
        ASSERT_EQ(frame.size(), 54U + 8 + units * 8);
        EXPECT_EQ(at8(frame, 55), units);
        std::size_t at = 56;
        while (at < frame.size()) {
            ASSERT_EQ(at8(frame, at), 1U) << "PadN";
            at += 2 + at8(frame, at + 1);
        }
        EXPECT_EQ(at, frame.size()) << "of " << units << " units";
    }
}

TEST(PacketBuilder, WritesIpsecHeaders) {
    const Frame esp =
        Packet().eth().ipv4("1.1.1.1", "2.2.2.2").esp(0x01020304, 0x0a0b0c0d).payload(4).build();
    EXPECT_EQ(at8(esp, 23), 50U);
    EXPECT_EQ(at16(esp, 34), 0x0102U);
    EXPECT_EQ(at16(esp, 36), 0x0304U);
    EXPECT_EQ(at16(esp, 38), 0x0a0bU);
    EXPECT_EQ(at16(esp, 40), 0x0c0dU);
    const Frame ah = Packet().eth().ipv6("::1", "::2").ah(9, 10, 16).tcp(1, 2).build();
    EXPECT_EQ(at8(ah, 54), 6U);
    EXPECT_EQ(at8(ah, 55), (12U + 16) / 4 - 2);
    EXPECT_EQ(at16(ah, 60), 9U);
    EXPECT_EQ(at16(ah, 64), 10U);
}

TEST(PacketBuilder, TakesPayloadAsGiven) {
    const Frame payload = {std::byte{1}, std::byte{0}, std::byte{255}};
    const Frame frame = Packet().eth().payload(payload).build();
    EXPECT_EQ(Frame(frame.begin() + 14, frame.end()), payload);
}

TEST(PacketBuilder, FillsToALengthOnlyWhatIsShorter) {
    EXPECT_EQ(Packet().eth().ipv4("1.1.1.1", "2.2.2.2").udp(1, 2).fill_to(99).build().size(), 99U);
    EXPECT_EQ(Packet().eth().ipv4("1.1.1.1", "2.2.2.2").udp(1, 2).fill_to(9).build().size(), 42U);
}

TEST(PacketBuilder, NamesItsLayers) {
    const Packet packet = Packet().eth().vlan(1).ipv4("1.1.1.1", "2.2.2.2").payload(3);
    using parse::layer_bit;
    using parse::LayerKind;
    EXPECT_EQ(packet.layer_mask(), layer_bit(LayerKind::kEth) | layer_bit(LayerKind::kVlan) |
                                       layer_bit(LayerKind::kIpv4));
}

TEST(PacketBuilder, RefusesATextThatIsNoAddress) {
    EXPECT_THROW(Packet().eth().ipv4("10.0.0", "10.0.0.2"), std::invalid_argument);
    EXPECT_THROW(Packet().eth().ipv6("10.0.0.1", "fd00::1"), std::invalid_argument);
}

TEST(PacketBuilder, RefusesEthernetAddressesOfAnotherForm) {
    for (const char* text : {"", "02:00:00:00:00", "02-00-00-00-00-01", "02:00:00:00:00:0g",
                             "02:00:00:00:00:1:", "02:00:00:00:00:011"}) {
        EXPECT_THROW(Packet().eth(text), std::invalid_argument) << text;
    }
}

TEST(PacketBuilder, RefusesWhatCannotBeBuilt) {
    EXPECT_THROW(Packet().set8(0, 1), std::logic_error) << "no layer yet";
    EXPECT_THROW(Packet().eth().fragment(0, true), std::logic_error);
    EXPECT_THROW(Packet().eth().tcp(1, 2).ttl(1), std::logic_error);
    EXPECT_THROW(Packet().eth().udp(1, 2).tcp_flags(1), std::logic_error);
    EXPECT_THROW(Packet().eth().ipv6("::1", "::2").identification(1), std::logic_error);
    EXPECT_THROW(Packet().eth().ipv4("1.1.1.1", "2.2.2.2", 6), std::invalid_argument);
    EXPECT_THROW(Packet().eth().tcp(1, 2, 44), std::invalid_argument);
}

TEST(PacketBuilder, RefusesToOverwriteBehindTheFrame) {
    EXPECT_NO_THROW(static_cast<void>(Packet().eth().set16(12, 1).build()));
    EXPECT_THROW(static_cast<void>(Packet().eth().set16(13, 1).build()), std::out_of_range);
    EXPECT_NO_THROW(static_cast<void>(Packet().eth().set16(13, 1).pad_to(15).build()));
}

}  // namespace
}  // namespace weir::gen
