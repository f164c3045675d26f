// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "parse/parse_options_setup.hpp"
#include "parsed.hpp"
#include "support/setup_error.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;

PacketRecord parsed_with(const Packet& packet, const ParseOptions& options) {
    const Frame frame = packet.build();
    PacketRecord record;
    parse({frame, static_cast<std::uint32_t>(frame.size())}, options, record);
    return record;
}

TEST(ParseOptionsText, AddsAndRemovesUdpPorts) {
    const ParseOptions options = make_parse_options({"8472=vxlan", "4789=none"}, {}, {});
    const auto tunnel = [&](std::uint16_t port) {
        return parsed_with(ip4().udp(1, port).vxlan(5).eth().payload(9), options).tunnel;
    };
    EXPECT_EQ(tunnel(8472), kVxlan);
    EXPECT_EQ(tunnel(4789), kNone);
    EXPECT_EQ(tunnel(8473), kNone);
}

TEST(ParseOptionsText, SetsTheDepthLimit) {
    const Packet packet = Packet().eth().vlan(1).vlan(2).ipv4("10.0.0.1", "10.0.0.2").udp(1, 2);
    for (const unsigned limit : {1U, 3U, 4U, 5U, 64U}) {
        const PacketRecord record = parsed_with(packet, make_parse_options({}, {}, limit));
        EXPECT_EQ(record.status == ParseStatus::kTooManyLayers, limit < 5) << limit;
        EXPECT_EQ(record.layer_count, std::min(limit, 5U));
    }
}

TEST(ParseOptionsText, RefusesWhatIsNoPortAndLayer) {
    for (const char* text :
         {"", "=", "vxlan", "4789", "4789=", "=vxlan", "0=vxlan", "65536=vxlan", "-1=vxlan",
          "4789=tcp", "4789 = vxlan", "4789=vxlan,4790=vxlan", "0x10=vxlan", "4789=VXLAN"}) {
        try {
            static_cast<void>(parse_udp_port(text));
            ADD_FAILURE() << text << " is taken";
        } catch (const std::invalid_argument& expected) {
            EXPECT_NE(std::string(expected.what()).find("8472=vxlan"), std::string::npos) << text;
        }
    }
}

TEST(ParseOptionsText, RefusesMorePortsThanThereIsRoomFor) {
    std::vector<std::string> ports;
    for (unsigned i = 0; i < UdpPorts::kMaxPorts; ++i) {
        ports.push_back(std::to_string(10000 + i) + "=vxlan");
    }
    const std::string message =
        test::setup_error([&] { return make_parse_options(ports, {}, {}); });
    EXPECT_NE(message.find("32 ports"), std::string::npos) << message;
}

TEST(UdpPorts, HoldAsManyAsTheySay) {
    UdpPorts ports;
    for (int i = 0; i < 40; ++i) EXPECT_TRUE(ports.add(1, kVxlan)) << "the same one again";
    for (unsigned port = 2; port <= UdpPorts::kMaxPorts; ++port) {
        EXPECT_TRUE(ports.add(static_cast<std::uint16_t>(port), kGeneve)) << port;
    }
    EXPECT_FALSE(ports.add(UdpPorts::kMaxPorts + 1, kGtpU));
    EXPECT_TRUE(ports.add(UdpPorts::kMaxPorts, kGtpU)) << "instead of another";
    EXPECT_EQ(ports.carried(1, 1000).kind, kVxlan);
    EXPECT_EQ(ports.carried(UdpPorts::kMaxPorts - 1, 1000).kind, kGeneve);
    EXPECT_EQ(ports.carried(UdpPorts::kMaxPorts, 1000).kind, kGtpU);
    EXPECT_EQ(ports.carried(512 + 3, 1000).kind, kNone) << "in a full list nothing is found";
}

TEST(UdpPorts, TellBothPortsTheLowerFirst) {
    const UdpPorts ports = UdpPorts::standard();
    EXPECT_EQ(ports.carried(50000, 4789).kind, kVxlan);
    EXPECT_EQ(ports.carried(4789, 50000).kind, kVxlan);
    EXPECT_EQ(ports.carried(50000, 50001).kind, kNone);
    const UdpPorts::Carried both = ports.carried(6081, 4789);
    EXPECT_EQ(both.kind, kVxlan);
    EXPECT_EQ(both.otherwise, kGeneve);
    EXPECT_EQ(ports.carried(4789, 4789).otherwise, kNone);
}

TEST(UdpPorts, AgreeWithAPlainListForEveryPort) {
    UdpPorts ports;
    ASSERT_TRUE(ports.add(512, kVxlan));
    ASSERT_TRUE(ports.add(65535, kGeneve));
    ASSERT_TRUE(ports.add(512, kGtpU)) << "instead of what it was";
    for (unsigned port = 0; port <= 65535; ++port) {
        const LayerKind expected = port == 512 ? kGtpU : port == 65535 ? kGeneve : kNone;
        ASSERT_EQ(ports.carried(static_cast<std::uint16_t>(port), 7).kind, expected) << port;
    }
}

TEST(UdpPorts, LeaveADatagramToTheOtherPortWhereTheFirstDeclines) {
    // 1701 is L2TP, which a VXLAN header is not.
    const PacketRecord record =
        parsed(ip4().udp(1701, 4789).vxlan(5).eth().ipv4("10.9.0.1", "10.9.0.2").udp(3, 4));
    EXPECT_EQ(record.tunnel, kVxlan);
    EXPECT_EQ(record.source_port, 3);
}

}  // namespace
}  // namespace weir::parse
