// SPDX-License-Identifier: BSD-3-Clause
#include "parse/packet_layers.hpp"

#include <gtest/gtest.h>

#include "layer_sample.hpp"
#include "parsed.hpp"
#include "support/guarded_bytes.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;

TEST(PacketLayers, ReadHeaderFieldsFromTheOctets) {
    const Sample sample(Packet().eth().vlan(7).ipv4("10.0.0.1", "10.0.0.2").ttl(9).udp(1000, 53));
    const PacketLayers layers = sample.layers();
    ASSERT_EQ(layers.size(), 4U);
    EXPECT_EQ(layers.kind(1), kVlan);
    EXPECT_EQ(layers.offset(2), 18U);
    ASSERT_NE(layers.find<wire::Ipv4>(), nullptr);
    EXPECT_EQ(layers.find<wire::Ipv4>()->ttl, 9);
    EXPECT_EQ(layers.find<wire::Ipv4>()->source[3], 1);
    EXPECT_EQ(layers.find<wire::VlanTag>()->tci.host(), 7);
    EXPECT_EQ(layers.find<wire::Udp>()->destination_port.host(), 53);
    EXPECT_EQ(layers.bytes(3).size(), sample.frame.size() - 38);
}

TEST(PacketLayers, GiveNothingForAnotherKindOrAnIndexPastTheEnd) {
    const Sample sample(ip4().udp(1, 2));
    const PacketLayers layers = sample.layers();
    EXPECT_EQ(layers.get<wire::Tcp>(2), nullptr);
    EXPECT_EQ(layers.get<wire::Udp>(1), nullptr);
    EXPECT_EQ(layers.get<wire::Udp>(3), nullptr);
    EXPECT_EQ(layers.find<wire::Tcp>(), nullptr);
    EXPECT_NE(layers.get<wire::Udp>(2), nullptr);
}

TEST(PacketLayers, FindTheOutermostOfSeveral) {
    const Sample sample(ip4().udp(1, 4789).vxlan(5).eth().ipv4("10.9.0.1", "10.9.0.2").tcp(3, 4));
    const PacketLayers layers = sample.layers();
    EXPECT_EQ(layers.find<wire::Ipv4>()->source[1], 0);
    EXPECT_EQ(layers.get<wire::Ipv4>(5)->source[1], 9);
    EXPECT_EQ(layers.find<wire::Vxlan>()->vni(), 5U);
}

TEST(PacketLayers, NeverReadPastTheCapture) {
    const Sample sample(ip4().tcp(1, 2, 8).payload(4));
    test::GuardedBytes guarded(4096);
    for (std::size_t size = 0; size <= sample.frame.size(); ++size) {
        const auto bytes = guarded.flush_against_guard(std::span(sample.frame).first(size));
        const base::PacketView cut{bytes, static_cast<std::uint32_t>(sample.frame.size())};
        const PacketLayers layers(cut, sample.record);  // Of more octets than there are now.
        EXPECT_EQ(layers.find<wire::Ethernet>() != nullptr, size >= 14);
        EXPECT_EQ(layers.find<wire::Ipv4>() != nullptr, size >= 34);
        EXPECT_EQ(layers.find<wire::Tcp>() != nullptr, size >= 54);
        for (std::size_t layer = 0; layer < layers.size(); ++layer) {
            EXPECT_LE(layers.bytes(layer).size(), size);
        }
    }
}

TEST(PacketLayers, KeepAQuotedPacketApart) {
    Frame frame = ip4().icmp(3, 1).build();
    const Frame quoted = Packet().eth().ipv4("10.5.0.1", "10.5.0.2").udp(7, 8).build();
    frame.insert(frame.end(), quoted.begin() + 14, quoted.end());
    frame[17] = static_cast<std::byte>(frame.size() - 14);
    const PacketRecord record = parsed(frame);
    ASSERT_EQ(record.status, ParseStatus::kOk);
    const PacketLayers layers({frame, static_cast<std::uint32_t>(frame.size())}, record);
    ASSERT_EQ(layers.size(), 5U);
    EXPECT_EQ(layers.first_quoted(), 3U);
    EXPECT_EQ(layers.find<wire::Udp>(), nullptr) << "the packet itself has none";
    EXPECT_EQ(layers.get<wire::Udp>(4)->source_port.host(), 7);
    EXPECT_EQ(layers.find<wire::Ipv4>()->source[1], 0);
    EXPECT_EQ(record.layer_mask, layer_bit(kEth) | layer_bit(kIpv4) | layer_bit(kIcmp));
    EXPECT_EQ(Sample(ip4().icmp(8)).layers().first_quoted(), 3U) << "no quote: past the end";
}

TEST(PacketLayers, KeepAQuotedPacketApartBehindEitherIcmp) {
    for (const bool icmpv6 : {false, true}) {
        // ICMP in IPv6 has no use, and can be read.
        Packet packet = icmpv6 ? ip6().icmpv6(1) : ip6().set8(6, 1).icmp(3, 1);
        icmpv6 ? packet.ipv6("fd00::1", "fd00::2") : packet.ipv4("10.5.0.1", "10.5.0.2");
        const Sample sample(packet.udp(7, 8));
        const PacketLayers layers = sample.layers();
        ASSERT_EQ(layers.size(), 5U);
        EXPECT_EQ(layers.first_quoted(), 3U);
        EXPECT_EQ(layers.find<wire::Ipv4>(), nullptr);
        EXPECT_EQ(layers.find<wire::Udp>(), nullptr);
        EXPECT_NE(layers.get<wire::Udp>(4), nullptr);
    }
}

TEST(PacketLayers, ListNoQuoteThatIsDeeperThanTheRecordReaches) {
    Packet packet;
    packet.eth();
    for (int i = 0; i < 25; ++i) packet.vlan(static_cast<unsigned>(i));
    packet.ipv4("10.0.0.1", "10.0.0.2").icmp(3, 1).ipv4("10.5.0.1", "10.5.0.2").udp(7, 8);
    const Sample sample(packet);
    EXPECT_NE(sample.record.flags & kQuoted, 0);
    EXPECT_EQ(sample.layers().first_quoted(), sample.layers().size());
}

TEST(PacketLayers, ReachDeeperThanTheRecordWithALongerList) {
    Packet packet;
    packet.eth();
    for (int i = 0; i < 25; ++i) packet.vlan(static_cast<unsigned>(i));
    const Frame frame = packet.ipv4("10.0.0.1", "10.0.0.2").udp(3, 4).build();
    const base::PacketView view{frame, static_cast<std::uint32_t>(frame.size())};
    PacketRecord record;
    LayerList list;
    parse_deep(view, ParseOptions{}, record, list);
    const PacketLayers layers(view, record, list);
    ASSERT_EQ(layers.size(), 28U);
    EXPECT_EQ(layers.get<wire::VlanTag>(25)->tci.host(), 24);
    EXPECT_EQ(layers.find<wire::Udp>()->destination_port.host(), 4);
    EXPECT_EQ(PacketLayers(view, parsed(frame)).size(), kMaxListedLayers);
}

}  // namespace
}  // namespace weir::parse
