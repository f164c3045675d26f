// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/ike_hosts.hpp"

#include <gtest/gtest.h>

#include <cstdint>

#include "support/ike_memory.hpp"

namespace weir::pipeline {
namespace {

using enum ipsec::IkeCounter;
constexpr auto kLow = ipsec::HostDirection::kFromLow;
constexpr auto kHigh = ipsec::HostDirection::kFromHigh;

/// A worker's table.
struct Worker {
    void take(const ipsec::IkePacket& packet, std::uint64_t now) { table.take(packet, now); }

    test::IkeMemory memory{16};
    ipsec::IkeTable table{memory.storage(), 1};
};

ipsec::IkePacket keepalive(std::uint8_t host = 1) {
    ipsec::IkePacket packet;
    packet.hosts.low[3] = host;
    packet.hosts.high[0] = 10;
    packet.hosts.network = parse::LayerKind::kIpv4;
    packet.keepalive = true;
    return packet;
}

ipsec::IkePacket message(ipsec::HostDirection direction, std::uint32_t id, std::uint64_t spi = 7,
                         std::uint64_t responder_spi = 8, std::uint8_t host = 1) {
    ipsec::IkePacket packet = keepalive(host);
    packet.keepalive = false;
    packet.direction = direction;
    packet.header = {.initiator_spi = spi,
                     .responder_spi = responder_spi,
                     .message_id = id,
                     .length = 28,
                     .version = 0x20,
                     .exchange_type = 37};
    return packet;
}

AssociationList list_of(const std::vector<const Worker*>& workers) {
    AssociationList list;
    for (const Worker* worker : workers) add_hosts(worker->table, {"port"}, list);
    finish_hosts({.start = 0, .ticks_per_second = 10}, list);
    return list;
}

TEST(IkeHosts, PutsTogetherWhatWorkersSawOfTheSameHosts) {
    Worker one;
    Worker two;
    one.take(message(kLow, 0, 7, 0), 10);
    one.take(message(kHigh, 0, 7, 0), 20);
    two.take(message(kLow, 3), 30);
    two.take(message(kHigh, 1), 40);
    one.take(keepalive(), 50);
    const AssociationList list = list_of({&one, &two});
    ASSERT_EQ(list.hosts.size(), 1U);
    const IkeHosts& hosts = list.hosts[0];
    EXPECT_EQ(hosts.view.counts()[kPackets], 4U);
    EXPECT_EQ(hosts.view.counts()[kKeepalives], 1U);
    EXPECT_EQ(hosts.view.responder_spi, 8U);
    EXPECT_EQ(hosts.view.directions[0].highest_request, 3U);
    EXPECT_EQ(hosts.view.directions[1].highest_request, 1U);
    EXPECT_EQ(hosts.port, "port");
    EXPECT_EQ(hosts.first_seen_seconds, 1);
    EXPECT_EQ(hosts.last_seen_seconds, 5);
    EXPECT_TRUE(hosts.view.probation);
    EXPECT_EQ(list.ike.pairs, 2U);
    EXPECT_EQ(list.ike.counts[kPackets], 4U);
}

TEST(IkeHosts, TakesSpisAndIdsOfTheLatestMessage) {
    for (const bool turned : {false, true}) {
        Worker old;
        Worker young;
        Worker silent;
        old.take(message(kLow, 41, 7), 10);
        young.take(message(kLow, 2, 9), 20);
        young.take(message(kHigh, 1, 9), 20);
        old.take(keepalive(), 30);
        silent.take(keepalive(), 40);
        const auto list =
            turned ? list_of({&silent, &old, &young}) : list_of({&young, &old, &silent});
        ASSERT_EQ(list.hosts.size(), 1U);
        EXPECT_EQ(list.hosts[0].view.initiator_spi, 9U);
        EXPECT_EQ(list.hosts[0].view.directions[0].highest_request, 2U);
        EXPECT_EQ(list.hosts[0].view.directions[1].highest_request, 1U);
        EXPECT_EQ(list.hosts[0].view.counts()[kKeepalives], 2U);
    }
}

TEST(IkeHosts, OneCompleteExchangeIsEnough) {
    Worker one;
    Worker two;
    one.take(message(kLow, 1), 1);
    ipsec::IkePacket answer = message(kHigh, 1);
    answer.header.flags = 0x20;
    one.take(answer, 2);
    two.take(keepalive(), 3);
    EXPECT_FALSE(list_of({&one, &two}).hosts[0].view.probation);
    EXPECT_FALSE(list_of({&two, &one}).hosts[0].view.probation);
}

TEST(IkeHosts, PutsMostRetransmissionsThenMostPacketsFirst) {
    Worker worker;
    for (std::uint32_t id = 0; id < 5; ++id) worker.take(message(kLow, id, 7, 8, 1), 1);
    for (std::uint32_t id = 0; id < 6; ++id) worker.take(message(kLow, id, 7, 8, 2), 1);
    for (int i = 0; i < 2; ++i) worker.take(message(kLow, 0, 7, 8, 3), 1);
    const AssociationList list = list_of({&worker});
    ASSERT_EQ(list.hosts.size(), 3U);
    EXPECT_EQ(list.hosts[0].view.hosts.low[3], 3);
    EXPECT_EQ(list.hosts[1].view.hosts.low[3], 2);
    EXPECT_EQ(list.hosts[2].view.hosts.low[3], 1);
}

TEST(IkeHosts, CountsTheAssociationsBetweenThemInBothDirections) {
    Worker worker;
    worker.take(keepalive(1), 1);
    worker.take(keepalive(2), 1);
    AssociationList list;
    add_hosts(worker.table, {}, list);
    for (int i = 0; i < 4; ++i) {
        Association association;
        ipsec::SaKey& key = association.view.key;
        key.network = i == 3 ? parse::LayerKind::kIpv6 : parse::LayerKind::kIpv4;
        (i == 0 ? key.source : key.destination)[3] = 1;
        (i == 0 ? key.destination : key.source)[0] = 10;
        if (i == 1) association.follows_spi = 5;
        list.associations.push_back(association);
    }
    finish_hosts({}, list);
    for (const IkeHosts& hosts : list.hosts) {
        const bool first = hosts.view.hosts.low[3] == 1;
        EXPECT_EQ(hosts.associations, first ? 3U : 0U);
        EXPECT_EQ(hosts.followers, first ? 1U : 0U);
    }
}

}  // namespace
}  // namespace weir::pipeline
