// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/sa_table.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "gen/packet_builder.hpp"
#include "parse/parse.hpp"

namespace weir::ipsec {
namespace {

SaKey key(std::uint32_t spi, std::uint8_t host = 1) {
    SaKey result;
    result.spi = spi;
    result.source[3] = host;
    result.network = parse::LayerKind::kIpv4;
    result.protocol = parse::LayerKind::kEsp;
    return result;
}

bool key_of_frame(const std::vector<std::byte>& frame, std::uint16_t port, SaKey& result) {
    const base::PacketView view{frame, static_cast<std::uint32_t>(frame.size())};
    parse::PacketRecord record;
    parse::parse(view, record);
    return key_of(view, record, {port}, result);
}

TEST(SaTable, KeepsAssociationsApart) {
    std::vector<SaEntry> storage(64);
    SaTable table(storage, 1);
    for (std::uint32_t i = 1; i <= 10; ++i) {
        table.update(key(1000), i);
        table.update(key(1001), i * 2);
        table.update(key(1000, 2), 5);
    }
    ASSERT_NE(table.find(key(1000)), nullptr);
    EXPECT_EQ(table.find(key(1000))->tracker.counts().lost, 0U);
    EXPECT_EQ(table.find(key(1001))->tracker.counts().lost, 9U);
    EXPECT_EQ(table.find(key(1000, 2))->tracker.counts().duplicated, 9U);
    EXPECT_EQ(table.find(key(1002)), nullptr);
    const SaTotals totals = table.totals();
    EXPECT_EQ(totals.associations, 3U);
    EXPECT_EQ(totals.counts.packets, 30U);
    EXPECT_EQ(totals.counts.lost, 9U);
}

TEST(SaTable, CountsWhatItHasNoRoomFor) {
    std::vector<SaEntry> storage(16);
    SaTable table(storage, 1);
    for (std::uint32_t spi = 256; spi < 256 + 100; ++spi) table.update(key(spi), 1);
    const SaTotals totals = table.totals();
    EXPECT_EQ(totals.associations, 16U);
    EXPECT_EQ(totals.refused, 84U);
    EXPECT_EQ(totals.counts.packets, 16U);
}

TEST(SaTable, KeepsSteadyAssociationsExactUnderAFlood) {
    std::vector<SaEntry> storage(256);
    SaTable table(storage, 42);
    for (std::uint32_t sequence = 1; sequence <= 1000; ++sequence) {
        for (std::uint32_t spi = 1; spi <= 20; ++spi) table.update(key(spi), sequence);
        for (std::uint32_t i = 0; i < 20; ++i) table.update(key(100000 + sequence * 20 + i), 1);
    }
    for (std::uint32_t spi = 1; spi <= 20; ++spi) {
        ASSERT_NE(table.find(key(spi)), nullptr);
        EXPECT_EQ(table.find(key(spi))->tracker.counts().packets, 1000U);
    }
    EXPECT_GT(table.totals().refused, 0U);
}

TEST(SaKey, TakesAddressesOfTheHeaderThatCarriesIt) {
    SaKey v4;
    ASSERT_TRUE(key_of_frame(gen::Packet()
                                 .eth()
                                 .ipv4("10.0.0.1", "10.0.0.2")
                                 .udp(1, 4789)
                                 .vxlan(1)
                                 .eth()
                                 .ipv4("192.168.1.1", "192.168.1.2")
                                 .esp(0x777, 3)
                                 .payload(8)
                                 .build(),
                             3, v4));
    EXPECT_EQ(v4.source[0], 192);
    EXPECT_EQ(v4.destination[3], 2);
    EXPECT_EQ(v4.spi, 0x777U);
    EXPECT_EQ(v4.port, 3);
    EXPECT_EQ(v4.protocol, parse::LayerKind::kEsp);
    SaKey v6;
    ASSERT_TRUE(key_of_frame(
        gen::Packet().eth().ipv6("fd00::1", "fd00::2").ah(9, 1).ipv4("1.2.3.4", "5.6.7.8").build(),
        0, v6));
    EXPECT_EQ(v6.network, parse::LayerKind::kIpv6);
    EXPECT_EQ(v6.source[15], 1);
    EXPECT_EQ(v6.protocol, parse::LayerKind::kAh);
}

TEST(SaKey, RefusesPacketsWithoutIpsecAndLeavesTheKeyAlone) {
    SaKey unchanged = key(5);
    EXPECT_FALSE(key_of_frame(gen::Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(1, 2).build(), 0,
                              unchanged));
    EXPECT_EQ(unchanged, key(5));
}

}  // namespace
}  // namespace weir::ipsec
