// SPDX-License-Identifier: BSD-3-Clause
// IKE, ESP in UDP, keepalives, and ESP with NULL encryption.

#include <gtest/gtest.h>

#include "parsed.hpp"
#include "wire/transport.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;

Packet nat_t() { return ip4().udp(4500, 4500); }

TEST(ParseNatT, TakesOneOctetOfOnesForAKeepalive) {
    const PacketRecord record = parsed(nat_t().nat_keepalive());
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kUdp, kNatKeepalive}));
    EXPECT_EQ(record.ipsec, kNone);
    EXPECT_EQ(record.valid_bytes, 43);
}

/// UDP 4500 with 1, 3, 4 and 8 octets.
TEST(ParseNatT, TellsShortPayloadsApart) {
    const auto with = [](std::initializer_list<unsigned> octets) {
        return parsed(nat_t().raw(octets));
    };
    EXPECT_EQ(with({0xfe}).status, ParseStatus::kEspTooShort);
    EXPECT_EQ(with({0xfe}).fault_layer, kEsp);
    EXPECT_EQ(with({0xff, 0xff}).status, ParseStatus::kEspTooShort);
    EXPECT_EQ(with({0, 0, 0}).status, ParseStatus::kEspTooShort);
    EXPECT_EQ(with({0, 0, 0, 0}).status, ParseStatus::kOk) << "a marker and nothing behind";
    EXPECT_EQ(kinds(with({0, 0, 0, 0})), (Kinds{kEth, kIpv4, kUdp}));
    EXPECT_EQ(with({0, 0, 0, 0}).valid_bytes, 42);
    EXPECT_EQ(with({0, 0, 1, 0}).status, ParseStatus::kEspTooShort);
    EXPECT_EQ(with({0, 0, 1, 0, 0, 0, 2}).status, ParseStatus::kEspTooShort);
    const PacketRecord esp = with({0, 0, 1, 0, 0, 0, 0, 2});
    EXPECT_EQ(esp.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(esp), (Kinds{kEth, kIpv4, kUdp, kEsp}));
    EXPECT_EQ(esp.spi, 0x100U);
    EXPECT_EQ(esp.sequence, 2U);
    EXPECT_EQ(with({0, 0, 0, 0, 0, 0, 0, 2}).status, ParseStatus::kIkeTooShort);
    EXPECT_EQ(with({0, 0, 0, 0, 0, 0, 0, 2}).fault_layer, kIke);
}

TEST(ParseNatT, FindsEspOnEitherSideAndInsideItsUdpLength) {
    for (const bool source : {true, false}) {
        Packet packet = source ? ip4().udp(4500, 40000) : ip4().udp(40000, 4500);
        const PacketRecord record = parsed(packet.esp(0x1234, 9).payload(40));
        EXPECT_EQ(record.ipsec, kEsp);
        EXPECT_EQ(record.ipsec_offset, 42);
        EXPECT_EQ(record.ipsec_network_offset, 14);
        EXPECT_EQ(record.outer_transport, kUdp);
        EXPECT_EQ(record.inner_transport, kEsp);
    }
    EXPECT_EQ(parsed(nat_t().set16(4, 8 + 7).esp(1, 2).payload(40)).status,
              ParseStatus::kEspTooShort);
}

TEST(ParseIke, StandsOnItsPortOrBehindTheMarker) {
    const PacketRecord plain = parsed(ip4().udp(500, 500).ike().payload(20));
    EXPECT_EQ(kinds(plain), (Kinds{kEth, kIpv4, kUdp, kIke}));
    EXPECT_EQ(plain.layer_offsets[3], 42);
    EXPECT_EQ(plain.valid_bytes, 70);
    const PacketRecord marked = parsed(nat_t().ike(true));
    EXPECT_EQ(marked.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(marked), (Kinds{kEth, kIpv4, kUdp, kIke}));
    EXPECT_EQ(marked.layer_offsets[3], 46);
    Packet longer_than_its_udp = nat_t().set16(4, 8 + 4 + 27);
    EXPECT_EQ(parsed(longer_than_its_udp.ike(true)).status, ParseStatus::kIkeTooShort);
}

TEST(ParseIke, LeavesAloneWhatHasNoRoomForItsHeader) {
    EXPECT_EQ(kinds(parsed(ip4().udp(500, 500).payload(27))), (Kinds{kEth, kIpv4, kUdp}));
    EXPECT_EQ(kinds(parsed(ip4().udp(500, 500).raw({0xff}))), (Kinds{kEth, kIpv4, kUdp}));
    EXPECT_EQ(kinds(parsed(ip4().udp(500, 500).ike().set16(26, 27))), (Kinds{kEth, kIpv4, kUdp}))
        << "it says so itself";
    EXPECT_EQ(kinds(parsed(nat_t().ike(true).set16(26, 27))), (Kinds{kEth, kIpv4, kUdp}));
    EXPECT_EQ(parsed(nat_t().ike(true).set16(26, 27)).valid_bytes, 42) << "the marker was none";
    EXPECT_EQ(parsed(ip4().udp(500, 500).ike().set16(26, 27)).status, ParseStatus::kOk);
}

/// RFC 7296, section 3.1: the length of header and payloads.
TEST(ParseIke, RejectsALengthBeyondItsDatagram) {
    const auto with_length = [](Packet packet, bool marker, unsigned length) {
        return parsed(packet.ike(marker).set16(26, length).payload(20));
    };
    for (const bool marker : {false, true}) {
        const auto in_udp = [&] { return marker ? nat_t() : ip4().udp(500, 500); };
        EXPECT_EQ(with_length(in_udp(), marker, 48).status, ParseStatus::kOk);
        const PacketRecord record = with_length(in_udp(), marker, 49);
        EXPECT_EQ(record.status, ParseStatus::kIkeLengthBeyondPacket);
        EXPECT_EQ(record.fault_layer, kIke);
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kUdp, kIke}));
        EXPECT_EQ(record.valid_bytes, marker ? 46 : 42);
        EXPECT_EQ(parsed(in_udp().ike(marker).set16(24, 1).payload(20)).status,
                  ParseStatus::kIkeLengthBeyondPacket)
            << "all 32 bits";
    }
    const Packet fragment = ip4().fragment(0, true).udp(500, 500).set16(4, 900);
    EXPECT_EQ(with_length(fragment, false, 892).status, ParseStatus::kOk);
}

constexpr unsigned kIcvOctets = 12;

/// The trailer of ESP with padding 1, 2, 3, ... and an ICV.
Packet& with_trailer(Packet& packet, unsigned padding, unsigned next_header) {
    std::vector<std::byte> octets;
    for (unsigned i = 1; i <= padding; ++i) octets.push_back(static_cast<std::byte>(i));
    octets.push_back(static_cast<std::byte>(padding));
    octets.push_back(static_cast<std::byte>(next_header));
    octets.resize(octets.size() + kIcvOctets);
    return packet.payload(octets);
}

PacketRecord parsed_null(const Packet& packet, int icv_octets = kIcvOctets) {
    ParseOptions options;
    options.esp_null_icv_octets = icv_octets;
    const Frame frame = packet.build();
    PacketRecord record;
    parse({frame, static_cast<std::uint32_t>(frame.size())}, options, record);
    return record;
}

TEST(ParseEspNull, ParsesWhatIsInsideOnlyWhenConfigured) {
    Packet tunnel = ip4().esp(7, 8).ipv4("10.9.0.1", "10.9.0.2").udp(3, 4).set16(4, 8);
    // Made by hand: the inner lengths end before the trailer.
    Packet transport = ip4().esp(7, 8).udp(3, 4).set16(4, 8);
    with_trailer(transport, 2, 17);
    const PacketRecord record = parsed_null(transport);
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kEsp, kUdp}));
    EXPECT_EQ(record.source_port, 3);
    EXPECT_EQ(record.spi, 7U);
    EXPECT_EQ(kinds(parsed(transport)), (Kinds{kEth, kIpv4, kEsp}));
    with_trailer(tunnel, 0, 4);
    EXPECT_EQ(kinds(parsed_null(tunnel)).size(), 5U) << "its total length covers the trailer";
    EXPECT_EQ(parsed_null(tunnel).status, ParseStatus::kIpv4TotalLengthBeyondFrame);
}

TEST(ParseEspNull, BoundsWhatIsInsideBeforeThePadding) {
    Packet packet = ip4().esp(7, 8).udp(3, 4).set16(4, 9);
    EXPECT_EQ(parsed_null(with_trailer(packet, 2, 17)).status, ParseStatus::kUdpLengthBeyondPacket);
    Packet empty = ip4().esp(7, 8);
    EXPECT_EQ(parsed_null(with_trailer(empty, 2, 59)).status, ParseStatus::kOk);
}

TEST(ParseEspNull, RejectsPaddingThatIsNone) {
    const auto with_padding = [](unsigned stated, unsigned first) {
        Packet packet = ip4().esp(7, 8).raw({first, 2, stated, 17});
        return parsed_null(packet.payload(std::vector<std::byte>(kIcvOctets))).status;
    };
    EXPECT_EQ(with_padding(2, 1), ParseStatus::kOk);
    EXPECT_EQ(with_padding(2, 9), ParseStatus::kEspPaddingInvalid);
    EXPECT_EQ(with_padding(3, 1), ParseStatus::kEspPaddingInvalid) << "no room";
    Packet reaching_into_the_header = ip4().esp(7, 1).raw({2, 3, 3, 17});
    EXPECT_EQ(
        parsed_null(reaching_into_the_header.payload(std::vector<std::byte>(kIcvOctets))).status,
        ParseStatus::kEspPaddingInvalid)
        << "though the sequence number ends in a 1";
    EXPECT_EQ(with_padding(0, 9), ParseStatus::kUdpTooShort) << "two octets are no UDP";
    EXPECT_EQ(parsed_null(ip4().esp(7, 8).payload(kIcvOctets + 1)).status,
              ParseStatus::kEspPaddingInvalid)
        << "no room for the trailer";
    EXPECT_EQ(parsed_null(ip4().esp(7, 8).raw({0, 59}), 0).status, ParseStatus::kOk);
    EXPECT_EQ(parsed_null(ip4().esp(7, 8).raw({59}), 0).status, ParseStatus::kEspPaddingInvalid);
}

TEST(ParseEspNull, NeedsTheWholePacket) {
    Packet packet = ip4().esp(7, 8).udp(3, 4).set16(4, 8);
    Frame frame = with_trailer(packet, 2, 17).build();
    const auto wire = static_cast<std::uint32_t>(frame.size());
    frame.pop_back();
    ParseOptions options;
    options.esp_null_icv_octets = kIcvOctets;
    PacketRecord record;
    parse({frame, wire}, options, record);
    EXPECT_EQ(record.status, ParseStatus::kTruncated);
    EXPECT_EQ(record.fault_layer, kEsp);
}

}  // namespace
}  // namespace weir::parse
