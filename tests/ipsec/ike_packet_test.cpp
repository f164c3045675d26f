// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/ike_packet.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "gen/packet_builder.hpp"
#include "parse/parse.hpp"
#include "support/guarded_bytes.hpp"
#include "support/ike_frame.hpp"

namespace weir::ipsec {
namespace {

using gen::Packet;
using Frame = std::vector<std::byte>;

Packet from_one(unsigned source = 500, unsigned destination = 500) {
    return Packet()
        .eth()
        .ipv4("10.0.0.1", "10.0.0.2")
        .udp(static_cast<std::uint16_t>(source), static_cast<std::uint16_t>(destination));
}

/// What is found in the first `captured` octets of the frame, which stand before an inaccessible
/// page.
IkeFound found_in(const Frame& frame, std::size_t captured, IkePacket& packet) {
    static test::GuardedBytes guarded(4096);
    const base::PacketView view{guarded.flush_against_guard(std::span(frame).first(captured)),
                                static_cast<std::uint32_t>(frame.size())};
    parse::PacketRecord record;
    parse::parse(view, record);
    return find_ike(view, record, {3}, packet);
}

IkeFound found_in(const Frame& frame, IkePacket& packet) {
    return found_in(frame, frame.size(), packet);
}

IkePacket ike_of(const Packet& packet) {
    IkePacket result;
    EXPECT_EQ(found_in(packet.build(), result), IkeFound::kPacket);
    return result;
}

TEST(IkePacket, HoldsTheHeaderInHostByteOrder) {
    Packet packet = from_one();
    const IkeHeader header = ike_of(test::add_ike(packet, {.initiator_spi = 0x01020304,
                                                           .responder_spi = 0x05060708,
                                                           .exchange = 36,
                                                           .flags = 0x28,
                                                           .message_id = 0x090a0b0c,
                                                           .next_payload = 46,
                                                           .payload = 20}))
                                 .header;
    EXPECT_EQ(header.initiator_spi, 0x0102030400000001U);
    EXPECT_EQ(header.responder_spi, 0x0506070800000000U);
    EXPECT_EQ(header.next_payload, 46);
    EXPECT_EQ(header.major(), 2U);
    EXPECT_EQ(header.exchange_type, 36);
    EXPECT_TRUE(header.is_response());
    EXPECT_EQ(header.message_id, 0x090a0b0cU);
    EXPECT_EQ(header.length, 48U);
    EXPECT_EQ(header.fragment, 0);
}

TEST(IkePacket, BothDirectionsAreOfTheSamePairAndToldApart) {
    const IkePacket there = ike_of(from_one().ike());
    const IkePacket back = ike_of(Packet().eth().ipv4("10.0.0.2", "10.0.0.1").udp(500, 500).ike());
    EXPECT_EQ(there.hosts, back.hosts);
    EXPECT_EQ(there.direction, HostDirection::kFromLow);
    EXPECT_EQ(back.direction, HostDirection::kFromHigh);
    EXPECT_EQ(there.hosts.port, 3);
    EXPECT_EQ(there.hosts.low[3], 1);
    EXPECT_EQ(there.hosts.high[3], 2);
    EXPECT_EQ(there.hosts.network, parse::LayerKind::kIpv4);
    const IkePacket v6 = ike_of(Packet().eth().ipv6("fd00::2", "fd00::1").udp(500, 500).ike());
    EXPECT_EQ(v6.direction, HostDirection::kFromHigh);
    EXPECT_EQ(v6.hosts.low[15], 1);
    EXPECT_EQ(v6.hosts.network, parse::LayerKind::kIpv6);
}

TEST(IkePacket, AddressesAreThoseBeforeItInsideOfTunnels) {
    const IkePacket packet = ike_of(Packet()
                                        .eth()
                                        .ipv4("10.0.0.1", "10.0.0.2")
                                        .udp(1, 4789)
                                        .vxlan(1)
                                        .eth()
                                        .ipv4("192.168.0.9", "192.168.0.8")
                                        .udp(4500, 40000)
                                        .ike(true));
    EXPECT_EQ(packet.hosts.low[0], 192);
    EXPECT_EQ(packet.hosts.low[3], 8);
    EXPECT_EQ(packet.direction, HostDirection::kFromHigh);
    EXPECT_EQ(packet.source_port, 4500);
    EXPECT_EQ(packet.destination_port, 40000);
}

TEST(IkePacket, AKeepaliveHasHostsAndNoHeader) {
    const IkePacket packet = ike_of(from_one(40000, 4500).nat_keepalive());
    EXPECT_TRUE(packet.keepalive);
    EXPECT_EQ(packet.hosts.low[3], 1);
    EXPECT_EQ(packet.header.length, 0U);
}

TEST(IkePacket, ReadsTheNumberOfAFragment) {
    constexpr std::byte kPayload[] = {std::byte{0}, std::byte{0}, std::byte{0}, std::byte{60},
                                      std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
    const auto with = [&](unsigned version, unsigned next_payload, std::size_t octets) {
        Packet packet = from_one();
        test::add_ike(packet, {.version = version, .next_payload = next_payload});
        return ike_of(packet.payload(std::span(kPayload).first(octets))).header;
    };
    EXPECT_EQ(with(0x20, 53, 8).fragment, 0x0102);
    EXPECT_EQ(with(0x20, 53, 6).fragment, 0x0102);
    EXPECT_EQ(with(0x20, 53, 5).fragment, 0) << "it is not there";
    EXPECT_EQ(with(0x20, 46, 8).fragment, 0) << "no fragment";
    EXPECT_EQ(with(0x10, 132, 8).fragment, 3);
    EXPECT_EQ(with(0x10, 132, 6).fragment, 0);
    EXPECT_EQ(with(0x10, 53, 8).fragment, 0);
}

TEST(IkePacket, AFragmentNumberBehindItsDatagramIsNotRead) {
    Packet packet = Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(500, 500).set16(4, 8 + 28);
    test::add_ike(packet, {.next_payload = 53});
    IkePacket result;
    ASSERT_EQ(found_in(packet.payload(std::size_t{20}).build(), result), IkeFound::kPacket);
    EXPECT_EQ(result.header.fragment, 0);
}

TEST(IkePacket, FindsNothingInOtherPackets) {
    IkePacket unused;
    const auto found = [&unused](const Packet& packet) { return found_in(packet.build(), unused); };
    EXPECT_EQ(found(from_one(1, 2).payload(40)), IkeFound::kNothing);
    EXPECT_EQ(found(from_one(4500, 4500).esp(1000, 1).payload(40)), IkeFound::kNothing);
    EXPECT_EQ(found(from_one().payload(27)), IkeFound::kNothing);
}

TEST(IkePacket, WhatAnIcmpErrorQuotesIsNoMessage) {
    const Frame frame = Packet()
                            .eth()
                            .ipv4("10.0.0.9", "10.0.0.1")
                            .icmp(3, 3)
                            .ipv4("10.0.0.1", "10.0.0.2")
                            .udp(500, 500)
                            .ike()
                            .build();
    IkePacket unused;
    for (std::size_t captured = 1; captured <= frame.size(); ++captured) {
        EXPECT_EQ(found_in(frame, captured, unused), IkeFound::kNothing) << captured;
    }
}

TEST(IkePacket, AHeaderThatEndsTooEarlyIsUnread) {
    const Frame whole = from_one().ike().payload(10).build();
    constexpr std::size_t kBefore = 14 + 20 + 8;
    IkePacket packet;
    for (std::size_t captured = kBefore; captured < kBefore + 28; ++captured) {
        EXPECT_EQ(found_in(whole, captured, packet), IkeFound::kUnread) << captured;
    }
    EXPECT_EQ(found_in(whole, kBefore + 28, packet), IkeFound::kPacket);
    EXPECT_EQ(found_in(whole, kBefore - 1, packet), IkeFound::kNothing);
    EXPECT_EQ(found_in(from_one(4500, 4500).raw({0, 0, 0, 0, 1, 2, 3}).build(), packet),
              IkeFound::kUnread)
        << "a marker and seven octets";
}

/// Beyond the list's end nothing says where the header stands.
TEST(IkePacket, AHeaderThatIsNotListedIsUnread) {
    Packet packet = Packet().eth();
    for (std::size_t i = 0; i < parse::kMaxListedLayers; ++i) packet.vlan(1);
    IkePacket unused;
    EXPECT_EQ(found_in(packet.ipv4("10.0.0.1", "10.0.0.2").udp(500, 500).ike().build(), unused),
              IkeFound::kUnread);
}

TEST(IkePacket, NoCutOfAFragmentReadsBehindTheCapture) {
    Packet packet = from_one(4500, 4500);
    const Frame whole = test::add_ike(packet, {.next_payload = 53, .payload = 12}, true).build();
    IkePacket result;
    for (std::size_t captured = 1; captured <= whole.size(); ++captured) {
        static_cast<void>(found_in(whole, captured, result));
    }
}

}  // namespace
}  // namespace weir::ipsec
