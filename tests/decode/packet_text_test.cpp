// SPDX-License-Identifier: BSD-3-Clause
#include "decode/packet_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "decoded.hpp"

namespace weir::decode {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string summary_of(const Sample& sample,
                       std::optional<std::uint64_t> start_ns = 1'700'000'000'000'000'000) {
    std::string text;
    append_summary(sample.packet, start_ns, text);
    return text;
}

std::string tree_of(const Sample& sample) {
    std::string text;
    append_tree(sample.packet, text);
    return text;
}

TEST(Summary, IsOneLineWithEndsLayersAndDetails) {
    EXPECT_EQ(
        summary_of(Sample(Packet().eth().vlan(7).ipv4("10.0.0.1", "10.0.0.2").udp(1000, 53), 12)),
        "    12     0.000000    46 10.0.0.1.1000 > 10.0.0.2.53  eth/vlan/ip/udp vlan=7\n");
}

TEST(Summary, TellsOfTheInnermostEndsAndOfTunnels) {
    const std::string text = summary_of(
        Sample(ip4().udp(1, 4789).vxlan(5).eth().ipv4("10.9.0.1", "10.9.0.2").esp(0x1234, 17)));
    EXPECT_THAT(text, HasSubstr("10.9.0.1 > 10.9.0.2  eth/ip/udp/vxlan/eth/ip/esp"));
    EXPECT_THAT(text, HasSubstr("vni=5 spi=0x00001234 seq=17"));
}

TEST(Summary, NamesDefectsAndWhere) {
    EXPECT_THAT(summary_of(Sample(ip4().udp(1, 2).set16(4, 7).payload(20))),
                HasSubstr("[udp_length_too_small in udp]\n"));
    EXPECT_THAT(summary_of(Sample(ip4().udp(1, 2))), Not(HasSubstr("[")));
}

TEST(Summary, FoldsEqualLayersAndSetsQuotesApart) {
    EXPECT_THAT(
        summary_of(Sample(Packet().eth().vlan(1).vlan(2).ipv4("10.0.0.1", "10.0.0.2").tcp(1, 2))),
        HasSubstr("eth/vlan*2/ip/tcp"));
    EXPECT_THAT(summary_of(Sample(unreachable())), HasSubstr("eth/ip/icmp quotes ip/udp type=3"));
}

TEST(Summary, ShowsAStackOfTagsOnce) {
    Packet packet = Packet().eth();
    for (const unsigned vid : {1U, 2U, 3U}) packet.vlan(vid);
    EXPECT_THAT(summary_of(Sample(packet.ipv4("10.0.0.1", "10.0.0.2").tcp(1, 2))),
                HasSubstr("eth/vlan*3/ip/tcp vlan=1,2,3 flags="));
    packet = Packet().eth();
    for (int i = 0; i < 25; ++i) packet.vlan(7);
    EXPECT_THAT(summary_of(Sample(packet.mpls(16).mpls(17))),
                HasSubstr(" vlan=7,7,7,7,..(25) label=16,17\n"));
}

TEST(Summary, CountsTimeFromTheStartInBothDirections) {
    const Sample sample(ip4().udp(1, 2));
    EXPECT_THAT(summary_of(sample, 1'700'000'001'500'000'123), HasSubstr(" -1.500000 "));
    EXPECT_THAT(summary_of(sample, 1'699'999'998'000'000'000), HasSubstr(" 2.000000 "));
}

TEST(Summary, ShowsADashForATimeThatIsNotKnown) {
    Sample sample(ip4().udp(1, 2));
    EXPECT_THAT(summary_of(sample, std::nullopt), HasSubstr("     1            -    42 "));
    sample.packet.timestamp_ns = 5'000'000'000;
    EXPECT_THAT(summary_of(sample, 0), HasSubstr(" 5.000000 "));
    sample.packet.timestamp_ns.reset();
    EXPECT_THAT(summary_of(sample), HasSubstr("     1            -    42 "));
}

TEST(Summary, OfAPacketWithoutAnythingIsALineToo) {
    EXPECT_THAT(summary_of(Sample(Frame(5))), HasSubstr("[eth_too_short in eth]\n"));
}

TEST(Tree, ShowsEachFieldWithPlaceOctetsAndValue) {
    const std::string text = tree_of(Sample(ip4().udp(1000, 53).payload(4)));
    EXPECT_THAT(text, HasSubstr("packet 1: 46 octets on the wire, 46 captured, "
                                "2023-11-14 22:13:20.000000123 UTC\n"));
    EXPECT_THAT(text, HasSubstr("status ok, valid up to octet 42\n"));
    EXPECT_THAT(text, HasSubstr("ip at octet 14\n"));
    EXPECT_THAT(text, HasSubstr("     26  0a000001            source: 10.0.0.1\n"));
    EXPECT_THAT(text, HasSubstr("     34  03e8                source port: 1000\n"));
    EXPECT_THAT(text, HasSubstr("rest of the IP packet from octet 42 on: 4 octets\n"));
}

TEST(Tree, InventsNoTime) {
    Sample sample(ip4().udp(1, 2));
    sample.packet.timestamp_ns = 0;
    EXPECT_THAT(tree_of(sample), HasSubstr("captured, 1970-01-01 00:00:00.000000000 UTC\n"));
    sample.packet.timestamp_ns.reset();
    EXPECT_THAT(tree_of(sample), HasSubstr("captured, at no known time\n"));
}

TEST(Tree, TellsPaddingFromPayload) {
    EXPECT_THAT(
        tree_of(Sample(ip4().udp(1, 2).payload(3).pad_to(60))),
        HasSubstr(
            "rest of the IP packet from octet 42 on: 3 octets, then 15 of padding or trailers\n"));
}

TEST(Tree, TellsOfTheRestOnTheWireAndHowMuchWasCaptured) {
    Sample sample(ip4().udp(1, 2).payload(100).pad_to(150));
    sample.cut(50);
    EXPECT_THAT(tree_of(sample), HasSubstr("from octet 42 on: 100 octets (8 captured), then 8 of "
                                           "padding or trailers (0 captured)\n"));
    sample.cut(145);
    EXPECT_THAT(tree_of(sample), HasSubstr("from octet 42 on: 100 octets, then 8 of padding or "
                                           "trailers (3 captured)\n"));
    sample.cut(42);
    EXPECT_THAT(tree_of(sample), HasSubstr("from octet 42 on: 100 octets (0 captured)"));
}

TEST(Tree, TakesTheLongestIpPacketForWhole) {
    EXPECT_THAT(tree_of(Sample(ip4().udp(1, 2).payload(65535 - 28))),
                HasSubstr("from octet 42 on: 65507 octets\n"));
}

TEST(Tree, LocatesTcpOptions) {
    // Thirty-two no-operations and no option: only the header's fields.
    const std::string text = tree_of(Sample(ip4().tcp(1, 2, 32)));
    EXPECT_THAT(text, HasSubstr("header length: 52"));
    EXPECT_THAT(text, Not(HasSubstr("option:")));
    Frame frame = ip4().tcp(1, 2, 4).build();
    frame[54] = std::byte{2};
    frame[55] = std::byte{4};
    frame[56] = std::byte{5};
    frame[57] = std::byte{180};
    EXPECT_THAT(tree_of(Sample(frame)), HasSubstr("     56  05b4                option: maximum "
                                                  "segment size: 1460\n"));
}

TEST(Hex, PrintsSixteenOctetsALine) {
    Frame octets(18, std::byte{0x41});
    octets[1] = std::byte{0xff};
    std::string text;
    append_hex(octets, text);
    EXPECT_EQ(text,
              "  0000   41 ff 41 41 41 41 41 41  41 41 41 41 41 41 41 41   A.AAAAAAAAAAAAAA\n"
              "  0010   41 41                                              AA\n");
}

}  // namespace
}  // namespace weir::decode
