// SPDX-License-Identifier: BSD-3-Clause
// Which fields a layer has: those inside the packet around it, and no others.

#include "decode/fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "decoded.hpp"

namespace weir::decode {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::IsSupersetOf;
using testing::Not;

std::vector<std::string> keys_of(const Sample& sample, std::size_t layer) {
    std::vector<std::string> keys;
    for (const Field& field : fields_of(sample.packet.layers(), layer)) {
        if (!field.key.empty()) keys.emplace_back(field.key);
    }
    return keys;
}

std::vector<std::string> last_keys_of(const Sample& sample) {
    return keys_of(sample, sample.packet.layers().size() - 1);
}

/// The packet, and octets behind it that no length speaks of and that are not zero.
Frame trailed(const Packet& packet) {
    Frame frame = packet.build();
    frame.insert(frame.end(), 40, std::byte{0xaa});
    return frame;
}

/// An IPv4 packet whose total length is that of the header and `octets`, whatever it carries.
Frame cut_short(const Packet& packet, std::size_t octets) {
    Frame frame = trailed(packet);
    frame[17] = static_cast<std::byte>(20 + octets);
    return frame;
}

/// An ICMP error that quotes an IPv4 header and `octets` behind it; then a trailer.
Frame quoting(const Packet& quoted, std::size_t octets) {
    Frame frame = ip4().icmp(3, 1).payload(20 + octets).build();
    const Frame whole = quoted.build();
    std::copy_n(whole.begin() + 14, 20 + octets, frame.begin() + 42);
    frame.insert(frame.end(), 40, std::byte{0xaa});
    return frame;
}

TEST(Fields, OfIcmpEndWithTheIpPacket) {
    EXPECT_THAT(last_keys_of(Sample(cut_short(ip4().icmp(8), 4))),
                testing::ElementsAre("type", "code"));
    EXPECT_THAT(last_keys_of(Sample(trailed(ip4().icmp(8)))), IsSupersetOf({"id", "seq"}));
}

TEST(Fields, OfSctpEndWithTheIpPacket) {
    EXPECT_THAT(last_keys_of(Sample(trailed(ip4().sctp(1, 2)))), Not(Contains("chunk")));
    EXPECT_THAT(last_keys_of(Sample(trailed(ip4().sctp(1, 2).sctp_chunk(4)))), Contains("chunk"));
}

TEST(Fields, OfTcpOptionsEndWithTheIpPacket) {
    Packet tcp = ip4().tcp(1, 2, 8);
    for (const auto& [at, value] : {std::pair{20, 2}, {21, 4}, {24, 3}, {25, 3}}) {
        tcp.set8(static_cast<std::size_t>(at), static_cast<unsigned>(value));
    }
    EXPECT_THAT(last_keys_of(Sample(cut_short(tcp, 28))), IsSupersetOf({"mss", "wscale"}));
    EXPECT_THAT(last_keys_of(Sample(cut_short(tcp, 24))),
                AllOf(Contains("mss"), Not(Contains("wscale"))));
    EXPECT_THAT(last_keys_of(Sample(cut_short(tcp, 23))), Not(Contains("mss")));
}

TEST(Fields, OfAQuotedHeaderEndWithTheQuote) {
    EXPECT_THAT(last_keys_of(Sample(quoting(ip4().tcp(1, 2), 8))),
                testing::ElementsAre("sport", "dport", "seq"));
    EXPECT_THAT(last_keys_of(Sample(quoting(ip4().udp(1, 2), 4))),
                testing::ElementsAre("sport", "dport"));
    EXPECT_THAT(last_keys_of(Sample(quoting(ip4().gre(0x2000, 5), 4))),
                testing::ElementsAre("flags", "proto"));
    // The quote is longer than the quoted packet says that it is.
    Packet tcp = ip4();
    tcp.set16(2, 28).tcp(1, 2);
    EXPECT_THAT(last_keys_of(Sample(quoting(tcp, 20))),
                testing::ElementsAre("sport", "dport", "seq"));
}

TEST(Fields, OfGtpEndWithItsMessage) {
    const Packet gtp = ip4().udp(1, 2152).gtpu(1, 2).set16(2, 0);
    EXPECT_THAT(last_keys_of(Sample(gtp)), Not(Contains("seq")));
    EXPECT_THAT(last_keys_of(Sample(ip4().udp(1, 2152).gtpu(1, 2))), Contains("seq"));
}

TEST(Fields, OfArpEndWithTheLengthOfAnEthernetFrame) {
    Frame frame = trailed(Packet().eth().snap().arp("10.0.0.1", "10.0.0.2"));
    EXPECT_THAT(last_keys_of(Sample(frame)), IsSupersetOf({"sha", "tpa"}));
    frame[13] = std::byte{8 + 14};
    EXPECT_THAT(last_keys_of(Sample(frame)), AllOf(Contains("sha"), Not(Contains("spa"))));
}

TEST(Fields, InsideATunnelEndWithEachLengthAroundThem) {
    // Each length ends the packet behind the identifier of an ICMP echo, and before its sequence
    // number.
    const auto expect_end = [](const Packet& packet, std::size_t at, unsigned octets) {
        Frame frame = trailed(packet);
        EXPECT_THAT(last_keys_of(Sample(frame)), IsSupersetOf({"id", "seq"}));
        frame[at] = static_cast<std::byte>(octets);
        EXPECT_THAT(last_keys_of(Sample(frame)), AllOf(Contains("id"), Not(Contains("seq"))));
    };
    const auto echo = [](Packet packet) { return packet.ipv4("10.0.0.1", "10.0.0.2").icmp(8); };
    expect_end(echo(Packet().eth().pppoe_session(1).ppp()), 19, 2 + 20 + 6);
    expect_end(echo(ip4().udp(1, 1701).l2tp(1, 2, 0x4000).ppp()), 45, 8 + 2 + 20 + 6);
    expect_end(echo(ip4().udp(1, 2152).gtpu(1)), 45, 20 + 6);
    expect_end(echo(ip4().udp(1, 4789).vxlan(5).eth()), 39, 8 + 8 + 14 + 20 + 6);
    expect_end(echo(Packet().eth().vlan(1).snap()), 17, 8 + 20 + 6);
    expect_end(Packet().eth().ipv6("fd00::1", "fd00::2").icmpv6(128), 19, 6);
}

TEST(Fields, InsideNullEncryptedEspEndBeforeItsTrailer) {
    Sample sample(ip4().esp(1, 2).raw({8, 0, 0, 0, 1, 2, 2, 1, 0xaa, 0xaa, 0xaa, 0xaa}));
    parse::ParseOptions options;
    options.esp_null_icv_octets = 4;
    sample.packet.esp_null_icv_octets = 4;
    parse::parse_deep(sample.packet.packet, options, sample.packet.record, sample.packet.list);
    ASSERT_EQ(sample.packet.record.inner_transport, parse::LayerKind::kIcmp);
    EXPECT_THAT(last_keys_of(sample), testing::ElementsAre("type", "code"));
}

}  // namespace
}  // namespace weir::decode
