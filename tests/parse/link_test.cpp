// SPDX-License-Identifier: BSD-3-Clause
// LLC, SNAP, MPLS, pseudowires, PPPoE, PPP.

#include <gtest/gtest.h>

#include "parsed.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;

constexpr unsigned kTypeAt = 12;  ///< Of an Ethernet header.

/// The innermost packet of the tests below.
Packet inner(Packet packet) { return packet.ipv4("10.9.0.1", "10.9.0.2").udp(3, 4); }

TEST(ParseLlc, StandsBehindALengthThatBoundsIt) {
    const PacketRecord record = parsed(Packet().eth().llc().payload(7).pad_to(60));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kLlc}));
    EXPECT_EQ(record.valid_bytes, 17);
}

TEST(ParseLlc, HasTwoControlOctetsUnlessUnnumbered) {
    EXPECT_EQ(parsed(Packet().eth().llc(4, 4, 0x03).payload(9)).valid_bytes, 17);
    EXPECT_EQ(parsed(Packet().eth().llc(4, 4, 0x02).payload(9)).valid_bytes, 18);
    // Three octets are enough for the one, and not for the other.
    EXPECT_EQ(parsed(Packet().eth().llc(4, 4, 0x03)).status, ParseStatus::kOk);
    const PacketRecord record = parsed(Packet().eth().set16(kTypeAt, 3).llc(4, 4, 0x02));
    EXPECT_EQ(record.status, ParseStatus::kLlcTooShort);
    EXPECT_EQ(record.fault_layer, kLlc);
    EXPECT_EQ(record.valid_bytes, 14);
}

TEST(ParseLlc, RejectsALengthTooShortOrTooLong) {
    for (const unsigned length : {1U, 2U}) {
        const PacketRecord record = parsed(Packet().eth().set16(kTypeAt, length).llc().payload(40));
        EXPECT_EQ(record.status, ParseStatus::kLlcTooShort) << length;
        EXPECT_EQ(kinds(record), (Kinds{kEth}));
    }
    EXPECT_EQ(parsed(Packet().eth().set16(kTypeAt, 43).llc().payload(40)).status, ParseStatus::kOk);
    const PacketRecord record = parsed(Packet().eth().set16(kTypeAt, 44).llc().payload(40));
    EXPECT_EQ(record.status, ParseStatus::kEthLengthBeyondFrame);
    EXPECT_EQ(record.fault_layer, kEth);
    EXPECT_EQ(record.valid_bytes, 0);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kLlc})) << "what can be read is read";
}

TEST(ParseLlc, LeavesNovellRawAlone) {
    const PacketRecord record = parsed(Packet().eth().llc(0xff, 0xff).payload(40));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth}));
    EXPECT_EQ(kinds(parsed(Packet().eth().llc(0xff, 0xfe).payload(40))), (Kinds{kEth, kLlc}));
}

TEST(ParseLlc, StandsBehindATagToo) {
    EXPECT_EQ(kinds(parsed(Packet().eth().vlan(5).llc().payload(40))), (Kinds{kEth, kVlan, kLlc}));
    const PacketRecord record = parsed(Packet().eth().vlan(5).set16(2, 100).llc().payload(40));
    EXPECT_EQ(record.status, ParseStatus::kEthLengthBeyondFrame);
    EXPECT_EQ(record.fault_layer, kVlan);
}

TEST(ParseSnap, LeadsToAnEtherTypeForTheOuisThatHaveOne) {
    for (const std::uint32_t oui : {0U, 0xf8U}) {
        EXPECT_EQ(kinds(parsed(inner(Packet().eth().snap(oui)))),
                  (Kinds{kEth, kLlc, kSnap, kIpv4, kUdp}));
    }
    EXPECT_EQ(kinds(parsed(inner(Packet().eth().snap(0x0c)))), (Kinds{kEth, kLlc, kSnap}));
    for (const unsigned length : {4U, 5U, 6U, 7U}) {
        EXPECT_EQ(parsed(Packet().eth().set16(kTypeAt, length).snap().payload(40)).status,
                  ParseStatus::kSnapTooShort)
            << length;
    }
    EXPECT_EQ(parsed(Packet().eth().set16(kTypeAt, 3).snap().payload(40)).status, ParseStatus::kOk);
    EXPECT_EQ(parsed(Packet().eth().set16(kTypeAt, 8).snap().payload(40)).status, ParseStatus::kOk);
}

TEST(ParseMpls, WalksTheStackAndTellsThePayloadByItsFirstNibble) {
    const PacketRecord record = parsed(inner(Packet().eth().mpls(100, 5, 9).mpls(200).mpls(300)));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kMpls, kMpls, kMpls, kIpv4, kUdp}));
    EXPECT_EQ(record.mpls_entry, 100U << 12 | 5U << 9 | 9U);
    EXPECT_EQ(record.mpls_count, 3);
    EXPECT_EQ(record.tunnel, kNone);
    EXPECT_EQ(kinds(parsed(Packet().eth().mpls(1).ipv6("::1", "::2").tcp(1, 2))),
              (Kinds{kEth, kMpls, kIpv6, kTcp}));
    EXPECT_EQ(kinds(parsed(Packet().eth().mpls(1).payload(40))), (Kinds{kEth, kMpls}));
    EXPECT_EQ(kinds(parsed(Packet().eth().mpls(1))), (Kinds{kEth, kMpls})) << "nothing behind";
}

TEST(ParseMpls, RejectsAStackWhoseBottomIsNeverSet) {
    for (const std::size_t octets : {0U, 1U, 3U}) {
        const PacketRecord record =
            parsed(Packet().eth().mpls(1).mpls(2).set8(2, 0).payload(octets));
        EXPECT_EQ(record.status, ParseStatus::kMplsTooShort) << octets;
        EXPECT_EQ(record.fault_layer, kMpls);
        EXPECT_EQ(record.valid_bytes, 22);
    }
    Frame frame = Packet().eth().mpls(1).set8(2, 0).build();
    frame.resize(1500);
    EXPECT_EQ(parsed(frame).status, ParseStatus::kTooManyLayers);
    EXPECT_EQ(parsed(Packet().eth().set16(kTypeAt, 0x8847).payload(3)).status,
              ParseStatus::kMplsTooShort);
}

TEST(ParseMpls, ReadsNothingBehindTheChannelLabel) {
    EXPECT_EQ(kinds(parsed(inner(Packet().eth().mpls(13)))), (Kinds{kEth, kMpls}));
    EXPECT_EQ(kinds(parsed(inner(Packet().eth().mpls(13).mpls(14)))),
              (Kinds{kEth, kMpls, kMpls, kIpv4, kUdp}));
}

TEST(ParseMpls, InsideIpIsATunnel) {
    for (const bool in_udp : {false, true}) {
        Packet packet = ip4();
        if (in_udp) packet.udp(50000, 6635);
        const PacketRecord record = parsed(inner(packet.mpls(77).mpls(78)));
        EXPECT_EQ(record.tunnel, kMpls);
        EXPECT_EQ(record.tunnel_id, 77U);
        EXPECT_EQ(record.mpls_count, 0) << "of the outermost stack, before IP";
        EXPECT_EQ(record.source_port, 3);
    }
}

TEST(ParsePseudowire, LeadsToEthernetWhereThatIsPlausible) {
    const PacketRecord record = parsed(inner(Packet().eth().mpls(1).mpls(55).pseudowire().eth()));
    EXPECT_EQ(kinds(record), (Kinds{kEth, kMpls, kMpls, kPseudowire, kEth, kIpv4, kUdp}));
    EXPECT_EQ(record.tunnel, kPseudowire);
    EXPECT_EQ(record.tunnel_id, 55U);
    const Kinds without{kEth, kMpls};
    const auto pw = [] { return Packet().eth().mpls(55).pseudowire(); };
    EXPECT_EQ(kinds(parsed(inner(pw().set8(1, 1).eth()))), without) << "bits of the control word";
    EXPECT_EQ(kinds(parsed(pw().eth().payload(40))), without) << "an EtherType nobody knows";
    EXPECT_EQ(kinds(parsed(pw().payload(13))), without) << "no room for a frame";
    EXPECT_EQ(kinds(parsed(pw().eth().set16(kTypeAt, 4).payload(4))).size(), 5U)
        << "a length that fits, and LLC";
    EXPECT_EQ(kinds(parsed(pw().eth().set16(kTypeAt, 5).payload(4))), without)
        << "a length that does not";
    EXPECT_EQ(kinds(parsed(pw().eth().set16(kTypeAt, 1500).payload(1500))).size(), 5U);
    EXPECT_EQ(kinds(parsed(pw().eth().set16(kTypeAt, 1501).payload(1501))), without)
        << "neither a length nor a type (IEEE 802.3, section 3.2.6)";
}

TEST(ParsePppoe, BoundsTheSessionAndLeadsToPpp) {
    const PacketRecord record = parsed(inner(Packet().eth().pppoe_session(7).ppp()).pad_to(80));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kPppoeSession, kPpp, kIpv4, kUdp}));
    EXPECT_EQ(kinds(parsed(Packet().eth().pppoe_session(7).ppp().ipv6("::1", "::2").tcp(1, 2))),
              (Kinds{kEth, kPppoeSession, kPpp, kIpv6, kTcp}));
    EXPECT_EQ(kinds(parsed(inner(Packet().eth().pppoe_session(7).ppp().mpls(9)))),
              (Kinds{kEth, kPppoeSession, kPpp, kMpls, kIpv4, kUdp}));
    EXPECT_EQ(kinds(parsed(Packet().eth().pppoe_discovery().payload(20))),
              (Kinds{kEth, kPppoeDiscovery}));
    EXPECT_EQ(kinds(parsed(Packet().eth().pppoe_session(7))), (Kinds{kEth, kPppoeSession}));
}

TEST(ParsePppoe, RejectsLengthsThatDoNotFit) {
    const auto with_length = [](unsigned length) {
        return parsed(Packet().eth().pppoe_session(7).set16(4, length).ppp().payload(10));
    };
    EXPECT_EQ(with_length(12).status, ParseStatus::kOk);
    EXPECT_EQ(with_length(13).status, ParseStatus::kPppoeLengthBeyondFrame);
    EXPECT_EQ(with_length(13).fault_layer, kPppoeSession);
    EXPECT_EQ(with_length(13).valid_bytes, 14);
    EXPECT_EQ(with_length(1).status, ParseStatus::kPppTooShort);
    EXPECT_EQ(with_length(1).valid_bytes, 20);
    EXPECT_EQ(with_length(0).status, ParseStatus::kOk);
    EXPECT_EQ(parsed(Packet().eth().set16(kTypeAt, 0x8864).payload(5)).status,
              ParseStatus::kPppoeTooShort);
}

TEST(ParsePpp, SkipsAddressAndControlAndTakesOneOctet) {
    for (const bool compressed : {false, true}) {
        for (const bool framed : {false, true}) {
            const PacketRecord record =
                parsed(inner(Packet().eth().pppoe_session(7).ppp(compressed, framed)));
            EXPECT_EQ(record.status, ParseStatus::kOk);
            EXPECT_EQ(kinds(record), (Kinds{kEth, kPppoeSession, kPpp, kIpv4, kUdp}));
            EXPECT_EQ(record.layer_offsets[2], 20);
        }
    }
    // FF without 03 behind it is a protocol of one octet, and FF 03 needs one to follow.
    EXPECT_EQ(parsed(Packet().eth().pppoe_session(7).raw({0xff, 0x04})).status, ParseStatus::kOk);
    EXPECT_EQ(parsed(Packet().eth().pppoe_session(7).raw({0xff, 0x03})).status,
              ParseStatus::kPppTooShort);
    EXPECT_EQ(parsed(Packet().eth().pppoe_session(7).raw({0xff, 0x03, 0x00})).status,
              ParseStatus::kPppTooShort);
    EXPECT_EQ(parsed(Packet().eth().pppoe_session(7).raw({0xff})).status,
              ParseStatus::kPppTooShort);
}

}  // namespace
}  // namespace weir::parse
