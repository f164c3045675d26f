// SPDX-License-Identifier: BSD-3-Clause
#include "filter/filter.hpp"

#include <gtest/gtest.h>

#include "base/setup_error.hpp"
#include "gen/packet_builder.hpp"

namespace weir::filter {
namespace {

using gen::Packet;

bool matches(const std::string& expression, const Packet& packet) {
    const auto frame = packet.build();
    return Filter(expression).matches({frame, static_cast<std::uint32_t>(frame.size())});
}

const Packet kUdp = Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(1000, 53).payload(20);
const Packet kTcp6 = Packet().eth().ipv6("2001:db8::1", "2001:db8::2").tcp(5, 443);
const Packet kTagged = Packet().eth().vlan(7).ipv4("10.0.0.1", "10.0.0.2").udp(1, 2);
const Packet kEsp = Packet().eth().ipv4("10.0.0.1", "10.0.0.2").esp(0x1234, 9).payload(40);

TEST(Filter, GivesTcpdumpsVerdicts) {
    EXPECT_TRUE(matches("udp port 53", kUdp));
    EXPECT_FALSE(matches("udp port 54", kUdp));
    EXPECT_TRUE(matches("src host 10.0.0.1 and dst net 10.0.0.0/24", kUdp));
    EXPECT_TRUE(matches("ip6 and tcp dst port 443", kTcp6));
    EXPECT_FALSE(matches("ip", kTcp6));
    EXPECT_TRUE(matches("vlan 7 and udp", kTagged));
    EXPECT_FALSE(matches("vlan 8", kTagged));
    EXPECT_FALSE(matches("vlan", kUdp));
    EXPECT_TRUE(matches("esp", kEsp));
    EXPECT_TRUE(matches("ip[20:4] = 0x1234", kEsp));
    EXPECT_TRUE(matches("ether[12:2] = 0x0800", kUdp));
    EXPECT_TRUE(matches("not arp", kUdp));
}

TEST(Filter, MatchesEverythingWhenEmpty) {
    EXPECT_TRUE(matches("", kUdp));
    EXPECT_TRUE(matches("", kTcp6));
}

TEST(Filter, TakesLenForTheWireLength) {
    auto frame = kUdp.build();
    frame.resize(40);
    const base::PacketView cut{frame, 1000};
    EXPECT_TRUE(Filter("greater 1000").matches(cut));
    EXPECT_FALSE(Filter("greater 1001").matches(cut));
    EXPECT_TRUE(Filter("len = 1000").matches(cut));
}

TEST(Filter, DoesNotMatchOnOctetsThatWereNotCaptured) {
    auto frame = kUdp.build();
    frame.resize(36);
    EXPECT_FALSE(Filter("udp dst port 53").matches({frame, 62}));
    EXPECT_TRUE(Filter("udp").matches({frame, 62}));
    EXPECT_FALSE(Filter("udp").matches({{}, 62}));
}

TEST(Filter, RefusesABadExpressionInLibpcapsWords) {
    try {
        const Filter filter("tcp and and");
        FAIL() << "compiled";
    } catch (const base::SetupError& error) {
        const std::string text = error.what();
        EXPECT_NE(text.find("tcp and and"), std::string::npos);
        EXPECT_NE(text.find("syntax"), std::string::npos) << text;
    }
    EXPECT_THROW(Filter("host 10.0.0.300"), base::SetupError);
    EXPECT_THROW(Filter(std::string("udp\0x", 5)), base::SetupError);
}

}  // namespace
}  // namespace weir::filter
