// SPDX-License-Identifier: BSD-3-Clause
// The table of hosts under random traffic, held against the reference: every figure of every pair,
// and who had to make room for whom. WEIR_IPSEC_EFFORT=10 makes it ten times as many packets.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "ipsec/ike_reference.hpp"
#include "ipsec/ike_table.hpp"
#include "support/ike_memory.hpp"

namespace weir::ipsec {
namespace {

std::size_t effort() {
    const char* text = std::getenv("WEIR_IPSEC_EFFORT");
    return text == nullptr ? 1 : static_cast<std::size_t>(std::max(1, std::atoi(text)));
}

template <typename Value>
Value one_of(std::mt19937_64& random, std::initializer_list<Value> values) {
    return values.begin()[random() % values.size()];
}

HostPair pair_of(std::size_t number) {
    HostPair hosts;
    hosts.low[3] = static_cast<std::uint8_t>(number);
    hosts.high[number % 16] = 0xff;
    hosts.port = static_cast<std::uint16_t>(number % 2);
    hosts.network = number % 3 == 0 ? parse::LayerKind::kIpv6 : parse::LayerKind::kIpv4;
    return hosts;
}

/// Few values for each field, so that packets repeat and answer each other often.
IkePacket random_packet(std::mt19937_64& random, std::size_t pairs) {
    IkePacket packet;
    packet.hosts = pair_of(random() % pairs);
    packet.direction = one_of(random, {HostDirection::kFromLow, HostDirection::kFromHigh});
    packet.keepalive = random() % 10 == 0;
    packet.source_port = one_of<std::uint16_t>(random, {500, 4500, 40000});
    packet.destination_port = one_of<std::uint16_t>(random, {500, 4500, 40000});
    IkeHeader& header = packet.header;
    header.initiator_spi = random() % 8 == 0 ? random() % 4 : 1;
    header.responder_spi = random() % 4 == 0 ? random() % 3 : 2;
    header.message_id = static_cast<std::uint32_t>(random() % 3);
    header.length = one_of<std::uint32_t>(random, {28, 28, 28, 100});
    header.version = one_of<std::uint8_t>(random, {0x20, 0x20, 0x20, 0x10, 0x30, 0x00});
    header.next_payload = one_of<std::uint8_t>(random, {33, 33, 53, 132});
    header.exchange_type = one_of<std::uint8_t>(random, {34, 34, 35, 36, 37, 2, 4, 5, 32, 33, 255});
    header.flags = one_of<std::uint8_t>(random, {0x00, 0x00, 0x20, 0x20, 0x08, 0xff});
    if (header.is_fragment()) header.fragment = static_cast<std::uint16_t>(random() % 4);
    return packet;
}

/// What may come after `last`: its answer, itself again, or anything.
IkePacket next_packet(std::mt19937_64& random, std::size_t pairs, const IkePacket& last) {
    const std::uint64_t choice = random() % 10;
    if (choice > 4) return random_packet(random, pairs);
    IkePacket packet = last;
    if (choice == 0) return packet;
    packet.direction = last.direction == HostDirection::kFromLow ? HostDirection::kFromHigh
                                                                 : HostDirection::kFromLow;
    packet.header.flags |= 0x20;
    if (packet.header.responder_spi == 0) packet.header.responder_spi = random() % 3;
    return packet;
}

void expect_same(const IkeTable& table, const IkeReference& reference) {
    IkeCounts sum = reference.forgotten;
    std::uint64_t probation = 0;
    for (const IkeView& expected : reference.views()) {
        const auto found = table.find(expected.hosts);
        ASSERT_TRUE(found);
        ASSERT_TRUE(same_figures(*found, expected));
        sum += expected.counts();
        probation += expected.probation ? 1U : 0U;
    }
    const IkeTotals& totals = table.totals();
    EXPECT_EQ(totals.counts, sum);
    EXPECT_EQ(totals.pairs, reference.views().size());
    EXPECT_EQ(totals.on_probation, probation);
    EXPECT_EQ(totals.created, reference.created);
    EXPECT_EQ(totals.confirmed, reference.confirmed);
    EXPECT_EQ(totals.recycled, reference.recycled);
    EXPECT_EQ(totals.aged, reference.aged);
    EXPECT_EQ(totals.refused, reference.refused);
}

/// `pairs` hosts in a table for 16. Returns its sums.
IkeTotals run(std::mt19937_64& random, std::size_t pairs, std::uint64_t idle, std::size_t packets) {
    constexpr std::size_t kCapacity = 16;
    test::IkeMemory memory(kCapacity);
    IkeTable table(memory.storage(), random(), idle);
    IkeReference reference(kCapacity, idle);
    std::uint64_t now = 1;
    IkePacket packet = random_packet(random, pairs);
    for (std::size_t i = 0; i < packets; ++i) {
        now += 1 + random() % 3;
        packet = next_packet(random, pairs, packet);
        table.take(packet, now);
        reference.take(packet, now);
    }
    expect_same(table, reference);
    return table.totals();
}

TEST(IkeTableOracle, AgreesOnEveryFigureOfPairsThatFit) {
    std::mt19937_64 random(1);
    IkeTotals sum;
    for (std::size_t round = 0; round < 200 * effort(); ++round) sum += run(random, 16, 0, 600);
    for (const std::uint64_t count : sum.counts.values) EXPECT_GT(count, 100U);
    EXPECT_GT(sum.confirmed, 1000U);
}

TEST(IkeTableOracle, AgreesOnWhoMakesRoomForWhom) {
    std::mt19937_64 random(2);
    IkeTotals sum;
    for (std::size_t round = 0; round < 100 * effort(); ++round) sum += run(random, 200, 0, 3000);
    EXPECT_GT(sum.recycled, 1000U);
    EXPECT_GT(sum.confirmed, 1000U);
    for (std::size_t round = 0; round < 100 * effort(); ++round) sum += run(random, 40, 100, 2000);
    EXPECT_GT(sum.refused, 1000U);
    EXPECT_GT(sum.aged, 1000U);
}

}  // namespace
}  // namespace weir::ipsec
