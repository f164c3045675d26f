// SPDX-License-Identifier: BSD-3-Clause
#include "parse/flow_hash.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "parsed.hpp"

namespace weir::parse {
namespace {

std::uint32_t hash(const Packet& packet) { return parsed(packet).flow_hash; }

TEST(FlowHash, IsTheSameInBothDirections) {
    EXPECT_EQ(hash(Packet().eth().ipv4("10.0.0.1", "10.7.0.2").tcp(1000, 80)),
              hash(Packet().eth().ipv4("10.7.0.2", "10.0.0.1").tcp(80, 1000)));
    EXPECT_EQ(hash(Packet().eth().ipv6("2001:db8::1", "2001:db8:9::2").udp(1000, 53)),
              hash(Packet().eth().ipv6("2001:db8:9::2", "2001:db8::1").udp(53, 1000)));
}

TEST(FlowHash, IsOfTheInnermostFlow) {
    const auto tunnelled = [](unsigned vni, const char* outer) {
        return hash(Packet()
                        .eth()
                        .ipv4(outer, "10.0.0.2")
                        .udp(1, 4789)
                        .vxlan(vni)
                        .eth()
                        .ipv4("10.9.0.1", "10.9.0.2")
                        .tcp(3, 4));
    };
    EXPECT_EQ(tunnelled(1, "10.0.0.1"), tunnelled(2, "10.0.0.3"));
    EXPECT_EQ(tunnelled(1, "10.0.0.1"),
              hash(Packet().eth().ipv4("10.9.0.1", "10.9.0.2").tcp(3, 4)));
}

TEST(FlowHash, TellsSecurityAssociationsApart) {
    EXPECT_NE(hash(ip4().esp(1, 1)), hash(ip4().esp(2, 1)));
    EXPECT_EQ(hash(ip4().esp(1, 1)), hash(ip4().esp(1, 99)));
}

TEST(FlowHash, IsTheSameForAllFragmentsOfAPacket) {
    const auto first = hash(ip4().fragment(0, true).udp(7, 8).payload(64));
    EXPECT_EQ(first, hash(ip4().set8(9, 17).fragment(10, false).payload(64)));
    EXPECT_NE(first, hash(ip4().udp(7, 8).payload(64)));
}

TEST(FlowHash, DoesNotDependOnWhatChangesWithinAFlow) {
    EXPECT_EQ(hash(ip4().ttl(9).identification(5).tcp(1, 2).payload(3)), hash(ip4().tcp(1, 2)));
    EXPECT_EQ(hash(ip4().icmp(8, 0).set16(2, 1)), hash(ip4().icmp(0, 0).set16(2, 9)))
        << "neither has ports";
    EXPECT_EQ(
        hash(ip4().set8(9, 89).payload(30)),
        hash(Packet().eth().set8(0, 0xff).ipv4("10.0.0.1", "10.0.0.2").set8(9, 89).payload(9)))
        << "without a transport nothing else stands in for it";
}

TEST(FlowHash, IsZeroWithoutANetworkLayer) {
    EXPECT_EQ(hash(Packet().eth().arp("10.0.0.1", "10.0.0.2")), 0U);
    EXPECT_EQ(hash(Packet().eth().payload(50)), 0U);
}

TEST(FlowHash, SpreadsFlowsOverAllBuckets) {
    constexpr unsigned kFlows = 4096;
    constexpr unsigned kBuckets = 64;
    for (const bool ipv6 : {false, true}) {
        std::set<std::uint32_t> values;
        std::array<unsigned, kBuckets> upper{};
        std::array<unsigned, kBuckets> lower{};
        for (unsigned i = 0; i < kFlows; ++i) {
            const std::string last = std::to_string(i % 64 + 1);
            const auto port = static_cast<std::uint16_t>(1024 + i / 64);
            Packet packet;
            packet.eth();
            if (ipv6) {
                packet.ipv6("2001:db8::" + last, "2001:db8:1::1");
            } else {
                packet.ipv4("10.0.0." + last, "10.0.1.1");
            }
            const std::uint32_t value = hash(packet.udp(port, 53));
            values.insert(value);
            ++upper[value >> 26];
            ++lower[value % kBuckets];
        }
        EXPECT_GT(values.size(), kFlows - 8U) << ipv6;
        // 64 flows a bucket are expected, with a deviation of 8.
        for (unsigned i = 0; i < kBuckets; ++i) {
            EXPECT_NEAR(upper[i], kFlows / kBuckets, 48) << ipv6 << ' ' << i;
            EXPECT_NEAR(lower[i], kFlows / kBuckets, 48) << ipv6 << ' ' << i;
        }
    }
}

}  // namespace
}  // namespace weir::parse
