// SPDX-License-Identifier: BSD-3-Clause
// GRE, ERSPAN, and what else stands straight in IP: L2TPv3, Ethernet.

#include <gtest/gtest.h>

#include "parsed.hpp"
#include "wire/tunnel.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;
using namespace wire;

Packet inner(Packet packet) { return packet.ipv4("10.9.0.1", "10.9.0.2").udp(3, 4); }

TEST(ParseGre, SkipsChecksumKeyAndSequence) {
    for (unsigned bits = 0; bits < 8; ++bits) {
        const unsigned flags = (bits & 1) << 12 | (bits & 2) << 12 | (bits & 4) << 13;
        const PacketRecord record = parsed(inner(ip4().gre(flags, 0x01020304, 9)));
        EXPECT_EQ(record.status, ParseStatus::kOk) << flags;
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kGre, kIpv4, kUdp})) << flags;
        EXPECT_EQ(record.tunnel, kGre);
        EXPECT_EQ(record.tunnel_id, (flags & kGreKey) != 0 ? 0x01020304U : 0U);
        EXPECT_EQ(record.inner_network_offset,
                  38 + 4 * ((bits & 1) + (bits >> 1 & 1) + (bits >> 2)));
    }
}

TEST(ParseGre, CarriesFramesIpMplsAndArp) {
    EXPECT_EQ(kinds(parsed(inner(ip4().gre().eth()))),
              (Kinds{kEth, kIpv4, kGre, kEth, kIpv4, kUdp}));
    EXPECT_EQ(kinds(parsed(inner(ip4().gre().mpls(5)))),
              (Kinds{kEth, kIpv4, kGre, kMpls, kIpv4, kUdp}));
    EXPECT_EQ(kinds(parsed(ip6().gre().ipv6("::1", "::2").tcp(1, 2))),
              (Kinds{kEth, kIpv6, kGre, kIpv6, kTcp}));
    EXPECT_EQ(kinds(parsed(ip4().gre().arp("10.0.0.1", "10.0.0.2"))),
              (Kinds{kEth, kIpv4, kGre, kArp}));
    EXPECT_EQ(kinds(parsed(inner(ip4().gre().vlan(5)))), (Kinds{kEth, kIpv4, kGre}))
        << "a tag without a frame";
    EXPECT_EQ(kinds(parsed(ip4().gre().payload(40))), (Kinds{kEth, kIpv4, kGre}));
    EXPECT_EQ(kinds(parsed(ip4().gre().set16(2, 0x0800))), (Kinds{kEth, kIpv4, kGre}))
        << "nothing behind";
}

TEST(ParseGre, Version1CarriesPpp) {
    constexpr unsigned kPptp = kGreKey | kGreSequence | kGreAcknowledgment | 1;
    const PacketRecord record = parsed(inner(ip4().gre(kPptp, 0x1234).ppp(false, true)));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kGre, kPpp, kIpv4, kUdp}));
    EXPECT_EQ(record.layer_offsets[3], 34 + 16);
    // The acknowledgment exists in version 1 only: four octets earlier this would be the address.
    EXPECT_EQ(parsed(inner(ip4().gre(kGreAcknowledgment))).inner_network_offset, 38);
}

TEST(ParseGre, ReadsNothingBehindRoutingOrAnUnknownVersion) {
    EXPECT_EQ(kinds(parsed(inner(ip4().gre(kGreRouting)))), (Kinds{kEth, kIpv4, kGre}));
    EXPECT_EQ(kinds(parsed(inner(ip4().gre(2)))), (Kinds{kEth, kIpv4, kGre}));
    EXPECT_EQ(parsed(inner(ip4().gre(kGreRouting | kGreKey, 7))).tunnel_id, 7U)
        << "the key stands behind the word that routing brings";
}

TEST(ParseGre, RejectsWhatEndsInsideItsHeader) {
    const Packet whole = ip4().gre(kGreChecksum | kGreKey | kGreSequence, 7, 8);
    for (unsigned octets = 0; octets <= 16; ++octets) {
        Packet packet = ip4().set16(2, 20 + octets);
        const PacketRecord record =
            parsed(packet.gre(kGreChecksum | kGreKey | kGreSequence, 7, 8).payload(20));
        const bool fits = octets == 0 || octets == 16;
        EXPECT_EQ(record.status, fits ? ParseStatus::kOk : ParseStatus::kGreTooShort) << octets;
        EXPECT_EQ(record.fault_layer, fits ? kNone : kGre) << octets;
        EXPECT_EQ(record.tunnel, octets == 16 ? kGre : kNone) << octets;
    }
    EXPECT_EQ(parsed(whole).status, ParseStatus::kOk);
}

TEST(ParseErspan, HasAHeaderOfItsTypesLength) {
    const auto eth_at = [](unsigned type, unsigned flags) {
        const PacketRecord record = parsed(inner(ip4().gre(flags).erspan(type).eth()));
        EXPECT_EQ(record.status, ParseStatus::kOk) << type;
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kGre, kErspan, kEth, kIpv4, kUdp})) << type;
        EXPECT_EQ(record.tunnel, kGre);
        return record.layer_offsets[4];
    };
    EXPECT_EQ(eth_at(1, 0), 38);
    EXPECT_EQ(eth_at(2, kGreSequence), 42 + 8);
    EXPECT_EQ(eth_at(3, kGreSequence), 42 + 12);
    Packet optional = ip4().gre(kGreSequence).erspan(3).set8(11, 1).raw({0, 0, 0, 0, 0, 0, 0, 0});
    EXPECT_EQ(parsed(optional.eth().payload(4)).layer_offsets[4], 42 + 20);
}

TEST(ParseErspan, GoesByItsVersion) {
    const auto with_version = [](unsigned type, unsigned version) {
        Packet packet = ip4().gre(kGreSequence).erspan(type).set8(0, version << 4);
        return kinds(parsed(packet.raw({0, 0, 0, 0}).eth().payload(60)));
    };
    for (unsigned version = 0; version < 16; ++version) {
        const bool known = version == 1 || version == 2;
        EXPECT_EQ(with_version(2, version),
                  known ? (Kinds{kEth, kIpv4, kGre, kErspan, kEth}) : (Kinds{kEth, kIpv4, kGre}))
            << version;
    }
    EXPECT_EQ(kinds(parsed(ip4().gre(kGreSequence).erspan(3).set8(0, 0x30).payload(60))),
              (Kinds{kEth, kIpv4, kGre}));
}

TEST(ParseErspan, TellsWhatTypeIiiCarriesByItsFrameType) {
    const auto carried = [](unsigned frame_type, unsigned first_octet) {
        Packet packet = ip4().gre(kGreSequence).erspan(3).set8(10, frame_type << 2);
        Frame frame = packet.payload(40).build();
        frame[42 + 12] = static_cast<std::byte>(first_octet);
        const PacketRecord record = parsed(frame);
        return record.layer_kinds[record.layer_count - 1U];
    };
    EXPECT_EQ(carried(0, 0x45), kEth);
    EXPECT_EQ(carried(1, 0x45), kErspan);
    EXPECT_EQ(carried(2, 0x70), kErspan);
    EXPECT_EQ(carried(31, 0x45), kErspan);
    const auto ip = [](bool six, unsigned flags) {
        Packet packet = ip4().gre(kGreSequence).erspan(3).set16(10, 2U << 10 | flags);
        if (flags != 0) packet.raw({0, 0, 0, 0, 0, 0, 0, 0});
        six ? packet.ipv6("fd00::1", "fd00::2") : packet.ipv4("10.9.0.1", "10.9.0.2");
        return parsed(packet.udp(3, 4));
    };
    for (const bool six : {false, true}) {
        for (const unsigned flags : {0U, 1U}) {
            const PacketRecord record = ip(six, flags);
            EXPECT_EQ(record.status, ParseStatus::kOk);
            EXPECT_EQ(record.inner_network, six ? kIpv6 : kIpv4);
            EXPECT_EQ(record.inner_network_offset, 42 + 12 + (flags != 0 ? 8 : 0));
            EXPECT_EQ(record.source_port, 3);
        }
    }
    Packet alone = ip4().gre(kGreSequence).erspan(3).set8(10, 2U << 2);
    EXPECT_EQ(parsed(alone).status, ParseStatus::kOk) << "and nothing behind";
}

TEST(ParseErspan, RejectsWhatEndsInsideItsHeader) {
    for (const unsigned type : {2U, 3U}) {
        const unsigned header = type == 2 ? 8 : 12;
        for (unsigned octets = 1; octets <= header; ++octets) {
            Packet packet = ip4().set16(2, 20 + 8 + octets);
            const PacketRecord record = parsed(packet.gre(kGreSequence).erspan(type).payload(40));
            EXPECT_EQ(record.status,
                      octets == header ? ParseStatus::kOk : ParseStatus::kErspanTooShort);
            EXPECT_EQ(record.fault_layer, octets == header ? kNone : kErspan);
        }
    }
    Packet packet = ip4().set16(2, 20 + 8 + 19);
    EXPECT_EQ(parsed(packet.gre(kGreSequence).erspan(3).set8(11, 1).payload(40)).status,
              ParseStatus::kErspanTooShort);
}

TEST(ParseIpTunnel, CarriesEthernetAndL2tpStraight) {
    const PacketRecord frame = parsed(inner(ip6().eth()));
    EXPECT_EQ(kinds(frame), (Kinds{kEth, kIpv6, kEth, kIpv4, kUdp}));
    EXPECT_EQ(frame.tunnel, kEth);
    const PacketRecord l2tp = parsed(ip4().l2tp_v3(0x01020304).payload(20));
    EXPECT_EQ(kinds(l2tp), (Kinds{kEth, kIpv4, kL2tp}));
    EXPECT_EQ(l2tp.tunnel, kL2tp);
    EXPECT_EQ(l2tp.tunnel_id, 0x01020304U);
    Packet cut = ip4().set16(2, 23);
    EXPECT_EQ(parsed(cut.l2tp_v3(1).payload(9)).status, ParseStatus::kL2tpTooShort);
}

}  // namespace
}  // namespace weir::parse
