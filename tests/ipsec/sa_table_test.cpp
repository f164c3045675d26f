// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/sa_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <set>
#include <vector>

#include "gen/packet_builder.hpp"
#include "parse/parse.hpp"
#include "support/sa_memory.hpp"

namespace weir::ipsec {
namespace {

SaKey key(std::uint32_t spi, std::uint8_t host = 1) {
    SaKey result;
    result.spi = spi;
    result.source[3] = host;
    result.network = parse::LayerKind::kIpv4;
    result.protocol = SaProtocol::kEsp;
    return result;
}

bool key_of_frame(const std::vector<std::byte>& frame, std::uint16_t port, SaKey& result) {
    const base::PacketView view{frame, static_cast<std::uint32_t>(frame.size())};
    parse::PacketRecord record;
    parse::parse(view, record);
    return key_of(view, record, {port}, result);
}

class SaTableTest : public testing::Test {
   protected:
    explicit SaTableTest(std::size_t associations = 64, std::uint64_t idle = 0)
        : memory_(associations), table_(memory_.storage(), 42, idle) {}

    void send(const SaKey& to, std::uint32_t sequence, std::uint64_t now = 0) {
        const SaPacket packet{to, sequence, 100};
        table_.update({&packet, 1}, now);
    }
    [[nodiscard]] SaCounts counts(const SaKey& of) const {
        const auto view = table_.find(of);
        return view ? view->counts : SaCounts{};
    }

    test::SaMemory memory_;
    SaTable table_;
};

class SmallSaTable : public SaTableTest {
   protected:
    SmallSaTable() : SaTableTest(16) {}
};

class AgeingSaTable : public SaTableTest {
   protected:
    AgeingSaTable() : SaTableTest(16, 1000) {}
};

class LargeSaTable : public SaTableTest {
   protected:
    static constexpr std::uint64_t kIdle = 1'000'000;
    LargeSaTable() : SaTableTest(20000, kIdle) {}
};

TEST_F(SaTableTest, KeepsAssociationsApart) {
    for (std::uint32_t i = 1; i <= 10; ++i) {
        send(key(1000), i);
        send(key(1001), i * 2);
        send(key(1000, 2), 5);
    }
    EXPECT_EQ(counts(key(1000)), (SaCounts{.packets = 10, .bytes = 1000}));
    EXPECT_EQ(counts(key(1001)).lost, 9U);
    EXPECT_EQ(counts(key(1000, 2)).duplicated, 9U);
    EXPECT_EQ(table_.find(key(1002)), std::nullopt);
    const SaTotals totals = table_.totals();
    EXPECT_EQ(totals.associations, 3U);
    EXPECT_EQ(totals.counts.packets, 30U);
    EXPECT_EQ(totals.counts.lost, 9U);
}

TEST_F(SaTableTest, TellsEveryPartOfTheKeyApart) {
    std::vector<SaKey> keys(8, key(1000));
    keys[1].spi = 1001;
    keys[2].port = 1;
    keys[3].protocol = SaProtocol::kAh;
    keys[4].protocol = SaProtocol::kEspInUdp;
    keys[5].network = parse::LayerKind::kIpv6;
    keys[6].source[15] = 1;
    keys[7].destination[0] = 1;
    for (std::uint32_t i = 1; i <= 3; ++i) {
        for (const SaKey& each : keys) send(each, i);
    }
    for (const SaKey& each : keys) EXPECT_EQ(counts(each).packets, 3U);
    EXPECT_EQ(table_.totals().associations, keys.size());
}

TEST_F(SaTableTest, TakesABurstInItsOrderNewAssociationsAmongIt) {
    std::vector<SaPacket> burst;
    for (std::uint32_t i = 1; i <= 50; ++i) {
        burst.push_back({key(7), i, 60});
        burst.push_back({key(8), 100 - i, 60});
    }
    table_.update(burst, 5);
    EXPECT_EQ(counts(key(7)), (SaCounts{.packets = 50, .bytes = 3000}));
    EXPECT_EQ(counts(key(8)).reordered, 49U);
}

TEST_F(SaTableTest, FlagsReservedSpis) {
    send(key(255), 1);
    send(key(256), 1);
    EXPECT_TRUE(table_.find(key(255))->reserved_spi);
    EXPECT_FALSE(table_.find(key(256))->reserved_spi);
}

TEST_F(SaTableTest, ConfirmsAtAPlausibleSecondPacket) {
    send(key(1000), 7);
    EXPECT_TRUE(table_.find(key(1000))->probation);
    send(key(1000), 7);
    send(key(1000), 700000);
    EXPECT_TRUE(table_.find(key(1000))->probation) << "repeated, or far away";
    send(key(1000), 700002);
    EXPECT_FALSE(table_.find(key(1000))->probation);
    EXPECT_EQ(table_.totals().confirmed, 1U);
    EXPECT_EQ(table_.totals().on_probation, 0U);
}

TEST_F(SmallSaTable, RecyclesTheLongestOnProbationWhenFull) {
    for (std::uint32_t spi = 1000; spi < 1100; ++spi) send(key(spi), 1);
    const SaTotals totals = table_.totals();
    EXPECT_EQ(totals.associations, 16U);
    EXPECT_EQ(totals.on_probation, 16U);
    EXPECT_EQ(totals.recycled, 84U);
    EXPECT_EQ(totals.refused, 0U);
    EXPECT_EQ(totals.counts.packets, 100U) << "what is forgotten stays in the sums";
    EXPECT_EQ(table_.find(key(1083)), std::nullopt);
    EXPECT_TRUE(table_.find(key(1084)));
}

TEST_F(SmallSaTable, RefusesAndCountsWhenAllAreConfirmed) {
    for (std::uint32_t spi = 1000; spi < 1020; ++spi) {
        send(key(spi), 1);
        send(key(spi), 2);
    }
    const SaTotals totals = table_.totals();
    EXPECT_EQ(totals.associations, 16U);
    EXPECT_EQ(totals.refused, 8U);
    EXPECT_EQ(totals.counts.packets, 32U);
    EXPECT_TRUE(table_.find(key(1015)));
}

TEST_F(AgeingSaTable, ForgetsTheSilentWhileOthersSend) {
    for (std::uint32_t spi = 1000; spi < 1016; ++spi) {
        send(key(spi), 1, spi);
        send(key(spi), 3, spi);
    }
    // One entry is due every 7 ticks.
    std::uint32_t sequence = 3;
    for (std::uint64_t now = 1020; now <= 2006; ++now) send(key(1015), ++sequence, now);
    EXPECT_TRUE(table_.find(key(1006))) << "silent for exactly as long as it may";
    EXPECT_LE(table_.totals().aged, 6U);
    for (std::uint64_t now = 2007; now <= 2200; ++now) send(key(1015), ++sequence, now);
    EXPECT_EQ(table_.find(key(1000)), std::nullopt);
    EXPECT_TRUE(table_.find(key(1015)));
    const SaTotals totals = table_.totals();
    EXPECT_EQ(totals.aged, 15U);
    EXPECT_EQ(totals.associations, 1U);
    EXPECT_EQ(totals.counts.lost, 16U) << "what is forgotten stays in the sums";
    for (std::uint32_t spi = 2000; spi < 2015; ++spi) send(key(spi), 1, 2200);
    EXPECT_EQ(table_.totals().associations, 16U);
    EXPECT_EQ(table_.totals().recycled, 0U);
}

TEST_F(AgeingSaTable, CatchesUpAfterALongSilence) {
    for (std::uint32_t spi = 1000; spi < 1016; ++spi) send(key(spi), 1, 5);
    send(key(1000), 2, 1'000'000);
    EXPECT_EQ(table_.totals().aged, 15U);
    EXPECT_TRUE(table_.find(key(1000)));
}

TEST_F(SaTableTest, RunningSumsLeaveHeldPacketsOut) {
    for (std::uint32_t i = 1; i <= 100; ++i) send(key(1000), i);
    send(key(1000), 1);
    EXPECT_EQ(table_.running().counts, (SaCounts{.packets = 101, .bytes = 10100}));
    EXPECT_EQ(table_.totals().counts, (SaCounts{.packets = 101, .bytes = 10100, .duplicated = 1}));
    send(key(1000), 101);
    EXPECT_EQ(table_.running().counts, table_.totals().counts);
    EXPECT_EQ(table_.running().counts.duplicated, 1U);
}

TEST_F(SmallSaTable, ListsEachAssociationOnce) {
    for (std::uint32_t spi = 1000; spi < 1010; ++spi) send(key(spi), 1);
    std::array<SaView, 4> views;
    std::set<std::uint32_t> spis;
    std::size_t from = 0;
    while (const std::size_t count = table_.snapshot(from, views)) {
        for (std::size_t i = 0; i < count; ++i) spis.insert(views[i].key.spi);
    }
    EXPECT_EQ(spis.size(), 10U);
    EXPECT_EQ(*spis.begin(), 1000U);
}

TEST_F(LargeSaTable, FindsAllOfAFullTableAndWhatTakesTheirPlaces) {
    std::uint64_t now = 0;
    for (std::uint32_t round = 0; round < 4; ++round) {
        const std::uint32_t first = 1000 + round * 10000;
        const std::uint32_t middle = first + 10000;
        for (std::uint32_t spi = first; spi < first + 20000; ++spi) {
            send(key(spi), 1, now);
            send(key(spi), 2, now);
        }
        EXPECT_EQ(table_.totals().associations, 20000U);
        EXPECT_EQ(table_.totals().refused, 0U);
        for (std::uint32_t spi = first; spi < first + 20000; ++spi) {
            ASSERT_TRUE(table_.find(key(spi))) << spi;
        }
        // One half goes; of the other, packets go on.
        for (std::uint32_t spi = middle; spi < first + 20000; ++spi) {
            send(key(spi), 3, now + kIdle / 2);
        }
        const std::uint64_t end = now + kIdle * 5 / 4;
        for (now += kIdle + 1; now < end; now += 50) send(key(middle), 3, now);
        EXPECT_EQ(table_.totals().aged, (round + 1) * 10000U);
        EXPECT_EQ(table_.find(key(first)), std::nullopt);
    }
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
    EXPECT_EQ(v4.protocol, SaProtocol::kEsp);
    SaKey v6;
    ASSERT_TRUE(key_of_frame(
        gen::Packet().eth().ipv6("fd00::1", "fd00::2").ah(9, 1).ipv4("1.2.3.4", "5.6.7.8").build(),
        0, v6));
    EXPECT_EQ(v6.network, parse::LayerKind::kIpv6);
    EXPECT_EQ(v6.source[15], 1);
    EXPECT_EQ(v6.protocol, SaProtocol::kAh);
}

TEST(SaKey, TellsEspInUdpFromEsp) {
    SaKey plain;
    const auto outer = gen::Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(9, 4789).vxlan(1).eth();
    ASSERT_TRUE(key_of_frame(
        gen::Packet(outer).ipv6("fd00::1", "fd00::2").esp(0x777, 3).payload(8).build(), 0, plain));
    EXPECT_EQ(plain.protocol, SaProtocol::kEsp);
    SaKey in_udp;
    ASSERT_TRUE(key_of_frame(gen::Packet(outer)
                                 .ipv6("fd00::1", "fd00::2")
                                 .udp(4500, 4500)
                                 .esp(0x777, 3)
                                 .payload(8)
                                 .build(),
                             0, in_udp));
    EXPECT_EQ(in_udp.protocol, SaProtocol::kEspInUdp);
    EXPECT_EQ(in_udp.source, plain.source);
}

TEST(SaKey, RefusesPacketsWithoutIpsecAndLeavesTheKeyAlone) {
    SaKey unchanged = key(5);
    EXPECT_FALSE(key_of_frame(gen::Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(1, 2).build(), 0,
                              unchanged));
    EXPECT_EQ(unchanged, key(5));
}

}  // namespace
}  // namespace weir::ipsec
