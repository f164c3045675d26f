// SPDX-License-Identifier: BSD-3-Clause
#include "filter/filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <memory>
#include <string>

#include "base/setup_error.hpp"
#include "gen/packet_builder.hpp"
#include "support/setup_error.hpp"

namespace weir::filter {
namespace {

using gen::Packet;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

bool matches(const std::string& expression, const Packet& packet) {
    const auto frame = packet.build();
    return Filter(expression).matches({frame, static_cast<std::uint32_t>(frame.size())});
}

/// What the expression is refused with.
std::string refusal(const std::string& expression) {
    return test::setup_error([&] { const Filter filter(expression); });
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

TEST(Filter, MatchesEverythingWhenEmptyOrBlank) {
    for (const char* const expression : {"", "  ", "\t\n"}) {
        EXPECT_TRUE(matches(expression, kUdp));
        EXPECT_TRUE(matches(expression, kTcp6));
        EXPECT_TRUE(Filter(expression).matches({{}, 0}));
    }
}

TEST(Filter, ReadsLineEndsAsSpaces) {
    EXPECT_TRUE(matches("udp\nand\n\tport 53\n", kUdp));
    EXPECT_FALSE(matches("udp\nand\n\tport 54\n", kUdp));
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

TEST(Filter, IsCopiedWithItsProgram) {
    auto original = std::make_unique<Filter>("udp port 53");
    const Filter copy = *original;
    original.reset();
    const auto frame = kUdp.build();
    EXPECT_TRUE(copy.matches({frame, static_cast<std::uint32_t>(frame.size())}));
}

TEST(Filter, RefusesABadExpressionInLibpcapsWords) {
    EXPECT_THAT(refusal("tcp and and"),
                AllOf(HasSubstr("'tcp and and'"), HasSubstr("syntax error"),
                      HasSubstr("for example: --filter 'udp port 4500 or esp'")));
    EXPECT_THAT(refusal("port nosuchservice"), HasSubstr("unknown port 'nosuchservice'"));
    EXPECT_THAT(refusal("type mgt"), HasSubstr("802.11"));
    EXPECT_THROW(Filter("host 10.0.0.300"), base::SetupError);
}

TEST(Filter, RefusesWhatOnlyTheKernelKnows) {
    for (const char* const expression : {"inbound", "udp and outbound", "ifindex 3"}) {
        EXPECT_THAT(refusal(expression), HasSubstr("a packet cannot"));
    }
    EXPECT_TRUE(matches("len < 0xfffff004", kUdp)) << "a number, no place";
}

TEST(Filter, RefusesExpressionsThatTakeTooLongToCompile) {
    std::string expression = "udp";
    while (expression.size() < 4096) expression += ' ';
    EXPECT_TRUE(matches(expression, kUdp));
    const std::string text = refusal(expression + ' ');
    EXPECT_THAT(text, HasSubstr("longer than 4096 characters"));
    EXPECT_LT(text.size(), 400U) << "the expression is not repeated in full";
}

/// "port 1000 or port 1001 or ...".
std::string ports(std::size_t terms, const std::string& joint) {
    std::string expression = "port 1000";
    for (std::size_t i = 1; i < terms; ++i) expression += joint + std::to_string(1000 + i);
    return expression;
}

TEST(Filter, CompilesManyTermsInAboutASecond) {
    for (const std::size_t terms : {100U, 110U, 200U}) {
        const std::string expression = ports(terms, " or ");
        const std::clock_t start = std::clock();
        const Filter filter(expression);
        EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 5) << "of CPU time";
        for (const std::uint16_t port : {999U, 1000U, 1099U, 1109U, 1255U, 1200U}) {
            const auto frame = Packet().eth().ipv4("10.0.0.1", "10.0.0.2").tcp(5, port).build();
            EXPECT_EQ(filter.matches({frame, static_cast<std::uint32_t>(frame.size())}),
                      port >= 1000 && port < 1000 + terms);
        }
    }
}

TEST(Filter, RefusesMoreTermsThanThatHoweverTheyAreJoined) {
    for (const char* const joint :
         {" or ", "||", " and\n", " && ", " or not ", " or (port 5) or "}) {
        EXPECT_THAT(refusal(ports(201, joint)), HasSubstr("more than 200 terms")) << joint;
    }
}

TEST(Filter, RefusesUnprintableExpressionsInPrint) {
    EXPECT_THAT(refusal(std::string("udp\0x", 5)), HasSubstr("'udp?x': it holds a NUL"));
    EXPECT_THAT(refusal("tcp \x1b[2J"), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace weir::filter
