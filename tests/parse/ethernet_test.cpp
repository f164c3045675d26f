// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include "parsed.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;

TEST(ParseEthernet, StopsAtAnUnknownEtherType) {
    const PacketRecord record = parsed(Packet().eth().payload(46));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.fault_layer, kNone);
    EXPECT_EQ(kinds(record), (Kinds{kEth}));
    EXPECT_EQ(record.layer_mask, layer_bit(kEth));
    EXPECT_EQ(record.valid_bytes, 14);
    EXPECT_EQ(record.network_end_offset, 0);
}

TEST(ParseEthernet, StopsBehindALengthOfNothingAndAValueThatIsNeitherTypeNorLength) {
    for (const unsigned length : {0U, 1501U, 0x05ffU}) {
        const PacketRecord record = parsed(Packet().eth().set16(12, length).payload(46));
        EXPECT_EQ(record.status, ParseStatus::kOk) << length;
        EXPECT_EQ(kinds(record), (Kinds{kEth})) << length;
    }
}

TEST(ParseEthernet, RejectsAFrameShorterThanItsHeader) {
    for (std::size_t size = 0; size < 14; ++size) {
        const PacketRecord record = parsed(Frame(size));
        EXPECT_EQ(record.status, ParseStatus::kEthTooShort) << size;
        EXPECT_EQ(record.fault_layer, kEth);
        EXPECT_EQ(record.layer_count, 0);
        EXPECT_EQ(record.layer_mask, 0U);
        EXPECT_EQ(record.valid_bytes, 0);
    }
}

TEST(ParseVlan, CountsTheTagsOfAStackAndKeepsFirstAndLast) {
    const PacketRecord record = parsed(Packet()
                                           .eth()
                                           .vlan(10, 0x88a8, 5)
                                           .vlan(20, 0x9100)
                                           .vlan(30)
                                           .ipv4("10.0.0.1", "10.0.0.2")
                                           .udp(1, 2));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kVlan, kVlan, kVlan, kIpv4, kUdp}));
    EXPECT_EQ(record.layer_offsets[1], 14);
    EXPECT_EQ(record.layer_offsets[3], 22);
    EXPECT_EQ(record.vlan_count, 3);
    EXPECT_EQ(record.outer_vlan_tci, 5 << 13 | 10);
    EXPECT_EQ(record.inner_vlan_tci, 30);
    EXPECT_EQ(record.outer_network_offset, 26);
}

TEST(ParseVlan, LeadsToIpv6AndArpToo) {
    EXPECT_EQ(kinds(parsed(Packet().eth().vlan(1).ipv6("fd00::1", "fd00::2").udp(1, 2))),
              (Kinds{kEth, kVlan, kIpv6, kUdp}));
    EXPECT_EQ(kinds(parsed(Packet().eth().vlan(1).arp("10.0.0.1", "10.0.0.2"))),
              (Kinds{kEth, kVlan, kArp}));
}

TEST(ParseVlan, RejectsATagThatIsCutOff) {
    const Frame whole = Packet().eth().vlan(1).payload(10).build();
    for (std::size_t size = 14; size < 18; ++size) {
        const PacketRecord record = parsed(first(whole, size));
        EXPECT_EQ(record.status, ParseStatus::kVlanTooShort) << size;
        EXPECT_EQ(record.fault_layer, kVlan);
        EXPECT_EQ(record.valid_bytes, 14);
        EXPECT_EQ(record.vlan_count, 0);
    }
    EXPECT_EQ(parsed(first(whole, 18)).status, ParseStatus::kOk);
}

TEST(ParseArp, ReadsItsAddressesWhole) {
    const PacketRecord record = parsed(Packet().eth().arp("10.0.0.1", "10.0.0.2"));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kArp}));
    EXPECT_EQ(record.valid_bytes, 42);
}

TEST(ParseArp, RejectsWhatEndsInsideHeaderOrAddresses) {
    const Frame whole = Packet().eth().arp("10.0.0.1", "10.0.0.2").build();
    for (std::size_t size = 14; size < 42; ++size) {
        const PacketRecord record = parsed(first(whole, size));
        EXPECT_EQ(record.status, ParseStatus::kArpTooShort) << size;
        EXPECT_EQ(record.fault_layer, kArp);
        EXPECT_EQ(record.valid_bytes, 14);
    }
}

TEST(ParseArp, TakesTheLengthsOfItsAddressesFromItsHeader) {
    const Packet longest =
        Packet().eth().arp("10.0.0.1", "10.0.0.2").set8(4, 255).set8(5, 255).pad_to(14 + 8 + 1020);
    EXPECT_EQ(parsed(longest).status, ParseStatus::kOk);
    EXPECT_EQ(parsed(longest).valid_bytes, 14 + 8 + 1020);
    EXPECT_EQ(parsed(first(longest.build(), 14 + 8 + 1019)).status, ParseStatus::kArpTooShort);
}

}  // namespace
}  // namespace weir::parse
