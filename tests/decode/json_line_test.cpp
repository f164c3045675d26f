// SPDX-License-Identifier: BSD-3-Clause
#include "decode/json_line.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "decoded.hpp"

namespace weir::decode {
namespace {

nlohmann::json line_of(const Sample& sample) {
    std::string text;
    append_json_line(sample.packet, text);
    EXPECT_EQ(text.find('\n'), text.size() - 1) << "one line, ended";
    return nlohmann::json::parse(text);
}

TEST(JsonLine, TellsOfThePacketAsAWhole) {
    const nlohmann::json line = line_of(Sample(Packet().eth().arp("10.0.0.1", "10.0.0.2"), 7));
    EXPECT_EQ(line["n"], 7);
    EXPECT_EQ(line["len"], 42);
    EXPECT_EQ(line["cap"], 42);
    EXPECT_EQ(line["status"], "ok");
    EXPECT_EQ(line["time"], "1700000000.000000123");
    EXPECT_FALSE(line.contains("fault"));
}

TEST(JsonLine, TellsATimeOfZeroFromNone) {
    Sample sample(ip4().udp(1, 2));
    sample.packet.timestamp_ns = 0;
    EXPECT_EQ(line_of(sample)["time"], "0.000000000");
    sample.packet.timestamp_ns.reset();
    EXPECT_FALSE(line_of(sample).contains("time"));
}

TEST(JsonLine, NamesTheDefectAndTheLayerAtFault) {
    const nlohmann::json line = line_of(Sample(ip4().tcp(1, 2).set8(12, 0x40).payload(10)));
    EXPECT_EQ(line["status"], "tcp_data_offset_too_small");
    EXPECT_EQ(line["fault"], "tcp");
}

TEST(JsonLine, ListsLayersWithOffsetsAndFields) {
    const nlohmann::json layers = line_of(Sample(
        Packet().eth().vlan(7, 0x8100, 5).ipv4("10.0.0.1", "10.0.0.2").esp(0x1234, 17)))["L"];
    ASSERT_EQ(layers.size(), 4U);
    EXPECT_EQ(layers[0], (nlohmann::json{{"p", "eth"},
                                         {"o", 0},
                                         {"dst", "02:00:00:00:00:02"},
                                         {"src", "02:00:00:00:00:01"},
                                         {"type", 0x8100}}));
    EXPECT_EQ(layers[1],
              (nlohmann::json{
                  {"p", "vlan"}, {"o", 14}, {"pri", 5}, {"dei", 0}, {"id", 7}, {"type", 0x800}}));
    EXPECT_EQ(layers[2]["p"], "ip");
    EXPECT_EQ(layers[2]["src"], "10.0.0.1");
    EXPECT_EQ(layers[2]["proto"], 50);
    EXPECT_EQ(layers[3], (nlohmann::json{{"p", "esp"}, {"o", 38}, {"spi", 0x1234}, {"seq", 17}}));
}

TEST(JsonLine, WritesIpv6AddressesAsRfc5952) {
    const nlohmann::json layers =
        line_of(Sample(Packet().eth().ipv6("2001:db8:0:0:1::2", "::").udp(1, 2)))["L"];
    EXPECT_EQ(layers[1]["src"], "2001:db8::1:0:0:2");
    EXPECT_EQ(layers[1]["dst"], "::");
}

TEST(JsonLine, TellsWhatWasCutOff) {
    Sample sample(ip4().tcp(1, 2).payload(100));
    sample.cut(60);
    const nlohmann::json line = line_of(sample);
    EXPECT_EQ(line["cap"], 60);
    EXPECT_EQ(line["len"], 154);
    EXPECT_EQ(line["status"], "ok") << "all headers are there";
    sample.cut(40);
    EXPECT_EQ(line_of(sample)["status"], "truncated");
}

TEST(JsonLine, ListsMoreLayersThanARecord) {
    Packet packet;
    packet.eth();
    for (int i = 0; i < 25; ++i) packet.vlan(1);
    EXPECT_EQ(line_of(Sample(packet.ipv4("10.0.0.1", "10.0.0.2").udp(1, 2)))["L"].size(), 28U);
}

TEST(JsonLine, MarksAQuotedPacket) {
    const nlohmann::json layers = line_of(Sample(unreachable()))["L"];
    ASSERT_EQ(layers.size(), 5U);
    EXPECT_FALSE(layers[2].contains("in"));
    EXPECT_EQ(layers[3]["in"], "icmp");
    EXPECT_EQ(layers[3]["src"], "10.5.0.1");
    EXPECT_EQ(layers[4]["in"], "icmp");
    EXPECT_EQ(layers[4]["sport"], 7);
    EXPECT_FALSE(layers[4].contains("len")) << "four octets of it are quoted";
}

}  // namespace
}  // namespace weir::decode
