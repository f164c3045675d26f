// SPDX-License-Identifier: BSD-3-Clause
// Where the layers end: what PacketLayers makes of the lengths in the headers.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "layer_sample.hpp"
#include "parse/packet_layers.hpp"
#include "parsed.hpp"
#include "wire/transport.hpp"
#include "wire/tunnel.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;
using Ends = std::vector<std::size_t>;

Ends ends(const PacketLayers& layers) {
    Ends result;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) result.push_back(layers.end(layer));
    return result;
}
Ends ends(const Packet& packet) { return ends(Sample(packet).layers()); }

TEST(LayerBounds, AreTheLayersOwnLengthOrThatOfOneAroundIt) {
    EXPECT_EQ(ends(ip4().udp(1, 2).set16(4, 10).payload(6).pad_to(60)), (Ends{60, 48, 44}));
    EXPECT_EQ(ends(ip4().tcp(1, 2).payload(2).pad_to(60)), (Ends{60, 56, 56}));
    EXPECT_EQ(ends(ip6().udp(1, 2).pad_to(80)), (Ends{80, 62, 62}));
    EXPECT_EQ(ends(Packet().eth().pppoe_session(1).ppp().pad_to(60)), (Ends{60, 22, 22}));
    EXPECT_EQ(ends(ip4().udp(1, 2).set16(4, 20).pad_to(60)), (Ends{60, 42, 42}))
        << "a layer never ends behind the one around it";
}

TEST(LayerBounds, HoldTheOctetsOfALayer) {
    const Sample sample(ip4().udp(1, 2).set16(4, 10).payload(6).pad_to(60));
    const PacketLayers layers = sample.layers();
    EXPECT_EQ(layers.bytes(0).size(), 60U);
    EXPECT_EQ(layers.bytes(1).size(), 34U);
    EXPECT_EQ(layers.bytes(2).size(), 10U);
    EXPECT_EQ(layers.bytes(2).data(), sample.frame.data() + 34);
}

TEST(LayerBounds, BeginWithTheLengthOnTheWireOrThatOfTheCaptureWhereThisIsGreater) {
    const Sample sample(Packet().eth().payload(20));
    EXPECT_EQ(PacketLayers({sample.frame, 100}, sample.record).end(0), 100U);
    EXPECT_EQ(PacketLayers({sample.frame, 100}, sample.record).bytes(0).size(), 34U);
    EXPECT_EQ(PacketLayers({sample.frame, 34}, sample.record).end(0), 34U);
    EXPECT_EQ(PacketLayers({sample.frame, 0}, sample.record).end(0), 34U);
}

TEST(LayerBounds, AreNoLengthThatIsLessThanTheHeader) {
    EXPECT_EQ(ends(ip4().set16(2, 20).payload(20)), (Ends{54, 34}));
    EXPECT_EQ(ends(ip4().set16(2, 19).payload(20)), (Ends{54, 54}));
    EXPECT_EQ(ends(ip4().set16(2, 0).payload(20)), (Ends{54, 54}));
    EXPECT_EQ(ends(ip4().udp(1, 2).set16(4, 8).payload(20)), (Ends{62, 62, 42}));
    EXPECT_EQ(ends(ip4().udp(1, 2).set16(4, 7).payload(20)), (Ends{62, 62, 62}));
    EXPECT_EQ(ends(ip4().udp(1, 2).set16(4, 0).payload(20)), (Ends{62, 62, 62}));
}

TEST(LayerBounds, AreATypeUpTo1500) {
    const Packet eth = Packet().eth();
    EXPECT_EQ(ends(Packet(eth).set16(12, 46).payload(1600)), (Ends{60, 60}));
    EXPECT_EQ(ends(Packet(eth).set16(12, 1500).payload(1600)), (Ends{1514, 1514}));
    EXPECT_EQ(ends(Packet(eth).set16(12, 1501).payload(1600)), (Ends{1614}));
    const Packet vlan = Packet().eth().vlan(7);
    EXPECT_EQ(ends(Packet(vlan).set16(2, 1500).payload(1600)), (Ends{1618, 1518, 1518}));
    EXPECT_EQ(ends(Packet(vlan).set16(2, 1501).payload(1600)), (Ends{1618, 1618}));
}

TEST(LayerBounds, AreTheLengthOfAGtpMessage) {
    const auto gtp = [] { return ip4().udp(1, wire::kGtpUPort).gtpu(5); };
    EXPECT_EQ(ends(gtp().set16(2, 4).payload(12)), (Ends{62, 62, 62, 54}));
    EXPECT_EQ(ends(gtp().set16(2, 0).payload(12)), (Ends{62, 62, 62, 50}));
    EXPECT_EQ(ends(gtp().set16(2, 13).payload(12)), (Ends{62, 62, 62, 62}));
    const Sample prime(ip4().udp(1, wire::kGtpUPort).gtp_prime().set16(2, 4).payload(12));
    EXPECT_EQ(kinds(prime.record), (Kinds{kEth, kIpv4, kUdp, kGtpPrime}));
    EXPECT_EQ(prime.layers().end(3), prime.frame.size()) << "that of GTP' bounds nothing";
}

TEST(LayerBounds, AreNotReadFromAGtpHeaderThatIsCut) {
    const Sample sample(ip4().udp(1, wire::kGtpUPort).gtpu(5).set16(2, 4).payload(12));
    for (std::size_t octets = 0; octets <= 20; ++octets) {
        EXPECT_EQ(sample.end_of_cut(3, octets), octets < 8 ? 62U : 54U) << octets;
    }
}

Packet in_l2tp_port() { return ip4().udp(1, wire::kL2tpPort); }

TEST(LayerBounds, AreTheLengthOfL2tpWhereItHasOne) {
    const auto with_length = [](unsigned length) {
        return ends(in_l2tp_port().l2tp(12, 1, wire::kL2tpLength).set16(2, length).payload(12))[3];
    };
    EXPECT_EQ(with_length(12), 54U);
    EXPECT_EQ(with_length(8), 50U) << "nothing but the header";
    EXPECT_EQ(with_length(7), 62U) << "not even the header";
    EXPECT_EQ(with_length(0), 62U);
    EXPECT_EQ(with_length(21), 62U) << "more than there is";
    // The tunnel's id stands where the length would.
    EXPECT_EQ(ends(in_l2tp_port().l2tp(12, 1).payload(14))[3], 62U);
}

TEST(LayerBounds, AreNoLengthOfL2tpVersion3) {
    const Sample data(in_l2tp_port().l2tp_v3(7).set16(0, 0x4003).set16(2, 12).payload(12));
    EXPECT_EQ(kinds(data.record), (Kinds{kEth, kIpv4, kUdp, kL2tp}));
    EXPECT_EQ(data.layers().end(3), 62U);
    // In IP the session id comes first, and may look like a header of version 2.
    const Sample in_ip(ip4().l2tp_v3(0x40020000).set16(2, 12).payload(20));
    EXPECT_EQ(kinds(in_ip.record), (Kinds{kEth, kIpv4, kL2tp}));
    EXPECT_EQ(in_ip.layers().end(2), 58U);
}

TEST(LayerBounds, AreNotReadFromAnL2tpHeaderThatIsCut) {
    const Sample sample(in_l2tp_port().l2tp(1, 1, wire::kL2tpLength).set16(2, 12).payload(12));
    for (std::size_t octets = 0; octets <= 20; ++octets) {
        EXPECT_EQ(sample.end_of_cut(3, octets), octets < 8 ? 62U : 54U) << octets;
    }
}

TEST(LayerBounds, AreNoLengthOfL2tpThatStandsFirstInAList) {
    const Frame frame = in_l2tp_port().l2tp(1, 1, wire::kL2tpLength).payload(12).build();
    const Frame message(frame.begin() + 42, frame.end());
    PacketRecord record{};
    record.layer_count = 1;
    record.layer_kinds[0] = kL2tp;
    // What stands before the list of kinds would be taken for the UDP around it.
    record.layer_offsets.back() = 0x101 * static_cast<std::uint16_t>(kUdp);
    EXPECT_EQ(PacketLayers({message, 30}, record).end(0), 30U);
}

/// TCP with four octets in ESP that is not encrypted, up to octet 66, with two octets of padding.
Packet esp_null(std::size_t icv_octets, std::uint16_t source_port = 1, unsigned first_padding = 1) {
    Packet packet = ip4().esp(7, 8).tcp(source_port, 2).payload(4).raw({first_padding, 2, 2, 6});
    return packet.payload(std::vector<std::byte>(icv_octets));
}

TEST(LayerBounds, EndBeforeThePaddingOfEspThatIsNotEncrypted) {
    for (const int icv_octets : {0, 1, 12, 16}) {
        const auto octets = static_cast<std::size_t>(icv_octets);
        const Sample sample(esp_null(octets).pad_to(100), icv_octets);
        EXPECT_EQ(sample.record.status, ParseStatus::kOk);
        EXPECT_EQ(ends(sample.layers()), (Ends{100, 70 + octets, 66, 66}));
    }
}

TEST(LayerBounds, AreNotReadFromEspThatIsEncrypted) {
    EXPECT_EQ(ends(esp_null(12)), (Ends{82, 82, 82})) << "though it looks as if it was not";
    const Sample sample(esp_null(12), 12);
    EXPECT_EQ(PacketLayers(sample.view(), sample.record).end(2), 82U) << "as its reader says";
}

TEST(LayerBounds, AreNotReadFromEspBehindWhichNothingWasFound) {
    const Sample sample(esp_null(12, 1, 9), 12);
    EXPECT_EQ(sample.record.status, ParseStatus::kEspPaddingInvalid);
    EXPECT_EQ(ends(sample.layers()), (Ends{82, 82, 82}));
}

TEST(LayerBounds, AreNotReadFromATrailerOfEspThatHasNoRoom) {
    // What the capture ends with is the trailer; behind the header that is the source port.
    const auto end_of_cut = [](std::uint16_t source_port, std::size_t octets) {
        return Sample(esp_null(0, source_port), 0).end_of_cut(2, octets);
    };
    for (std::size_t octets = 0; octets < 10; ++octets) {
        EXPECT_EQ(end_of_cut(1, octets), 70U) << octets;
    }
    EXPECT_EQ(end_of_cut(0x0001, 10), 42U) << "no padding, and nothing inside";
    EXPECT_EQ(end_of_cut(0x0101, 10), 70U) << "padding that begins in the header";
    EXPECT_EQ(end_of_cut(0xff01, 10), 70U) << "padding that begins before the packet";
}

TEST(LayerBounds, AreNoTrailerOfWhatIsNotEsp) {
    const Packet packet = ip4().gre().ipv4("10.9.0.1", "10.9.0.2").udp(1, 2);
    const Sample sample(Packet(packet).payload(std::vector<std::byte>(8)), 0);
    EXPECT_EQ(ends(sample.layers()), (Ends{74, 74, 74, 74, 74}));
}

}  // namespace
}  // namespace weir::parse
