// SPDX-License-Identifier: BSD-3-Clause
// VXLAN-GPE, Geneve, GTP-U, L2TP, Teredo, WireGuard.

#include <gtest/gtest.h>

#include "parsed.hpp"
#include "wire/transport.hpp"
#include "wire/tunnel.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;
using namespace wire;

constexpr std::uint16_t kClient = 50000;

Packet inner(Packet packet) { return packet.ipv4("10.9.0.1", "10.9.0.2").udp(3, 4); }
Packet in(std::uint16_t port) { return ip4().udp(kClient, port); }

/// The status of a UDP datagram of `octets` payload, of which more stands behind it, and which
/// layer is at fault.
struct Verdict {
    ParseStatus status;
    LayerKind fault;
    friend bool operator==(const Verdict&, const Verdict&) = default;
};
Verdict cut(std::uint16_t port, unsigned octets, Packet (*add)(Packet)) {
    Packet packet = ip4().udp(kClient, port).set16(4, 8 + octets);
    const PacketRecord record = parsed(add(std::move(packet)).payload(80));
    return {record.status, record.fault_layer};
}
constexpr Verdict kFine{ParseStatus::kOk, kNone};

TEST(ParseVxlanGpe, LeadsToWhatItsProtocolSays) {
    const auto gpe = [] { return in(kVxlanGpePort).vxlan_gpe(77); };
    const PacketRecord record = parsed(inner(gpe()));
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kUdp, kVxlanGpe, kIpv4, kUdp}));
    EXPECT_EQ(record.tunnel, kVxlanGpe);
    EXPECT_EQ(record.tunnel_id, 77U);
    EXPECT_EQ(kinds(parsed(gpe().ipv6("::1", "::2").tcp(1, 2)))[4], kIpv6);
    EXPECT_EQ(kinds(parsed(inner(gpe().eth())))[4], kEth);
    EXPECT_EQ(kinds(parsed(inner(gpe().mpls(5))))[4], kMpls);
    EXPECT_EQ(kinds(parsed(gpe().payload(20))).size(), 4U) << "NSH";
    EXPECT_EQ(kinds(parsed(gpe())).size(), 4U);
    EXPECT_EQ(kinds(parsed(inner(gpe().set8(0, 0x08).set8(3, 1).eth())))[4], kEth)
        << "without the P flag it is VXLAN";
    const auto add = [](Packet packet) { return packet.vxlan_gpe(7); };
    EXPECT_EQ(cut(kVxlanGpePort, 8, add), kFine);
    EXPECT_EQ(cut(kVxlanGpePort, 7, add), (Verdict{ParseStatus::kVxlanGpeTooShort, kVxlanGpe}));
}

TEST(ParseGeneve, PassesItsOptions) {
    for (const std::initializer_list<unsigned> options :
         {std::initializer_list<unsigned>{}, {4}, {8, 4}, {124, 4, 124}}) {
        const PacketRecord record = parsed(inner(in(kGenevePort).geneve(99, options).eth()));
        EXPECT_EQ(record.status, ParseStatus::kOk);
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kUdp, kGeneve, kEth, kIpv4, kUdp}));
        EXPECT_EQ(record.tunnel, kGeneve);
        EXPECT_EQ(record.tunnel_id, 99U);
    }
    EXPECT_EQ(kinds(parsed(inner(in(kGenevePort).geneve(9))))[4], kIpv4);
    EXPECT_EQ(kinds(parsed(in(kGenevePort).geneve(9))).size(), 4U);
}

TEST(ParseGeneve, RejectsOptionsRunningPastTheHeader) {
    const auto with_length = [](unsigned words) {
        return parsed(in(kGenevePort).geneve(1, {8}).set8(11, words).payload(40));
    };
    EXPECT_EQ(with_length(1).status, ParseStatus::kOk);
    EXPECT_EQ(with_length(2).status, ParseStatus::kGeneveOptionBeyondHeader);
    EXPECT_EQ(with_length(2).fault_layer, kGeneve);
    EXPECT_EQ(with_length(2).valid_bytes, 42);
    EXPECT_EQ(with_length(31).status, ParseStatus::kGeneveOptionBeyondHeader);
    EXPECT_EQ(with_length(0).status, ParseStatus::kOk) << "two options of four octets";
    const PacketRecord goes_on = parsed(inner(in(kGenevePort).geneve(1, {8}).set8(11, 2).eth()));
    EXPECT_EQ(goes_on.source_port, 3) << "where the options end is known";
}

TEST(ParseGeneve, RejectsWhatEndsInsideHeaderOrOptions) {
    const auto add = [](Packet packet) { return packet.geneve(7, {8, 4}); };
    EXPECT_EQ(cut(kGenevePort, 20, add), kFine);
    EXPECT_EQ(cut(kGenevePort, 19, add),
              (Verdict{ParseStatus::kGeneveOptionsBeyondPacket, kGeneve}));
    EXPECT_EQ(cut(kGenevePort, 8, add),
              (Verdict{ParseStatus::kGeneveOptionsBeyondPacket, kGeneve}));
    EXPECT_EQ(cut(kGenevePort, 7, add), (Verdict{ParseStatus::kGeneveTooShort, kGeneve}));
    for (const unsigned version : {1U, 2U, 3U}) {
        const PacketRecord record = parsed(inner(in(kGenevePort).geneve(7).set8(0, version << 6)));
        EXPECT_EQ(record.status, ParseStatus::kGeneveVersionInvalid);
        EXPECT_EQ(record.tunnel, kNone);
    }
}

TEST(ParseGtp, FindsTheInnerPacketBehindOptionalFields) {
    for (unsigned flags = 0; flags < 8; ++flags) {
        const PacketRecord record = parsed(inner(in(kGtpUPort).gtpu(0xabcd, flags)));
        EXPECT_EQ(record.status, ParseStatus::kOk) << flags;
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kUdp, kGtpU, kIpv4, kUdp})) << flags;
        EXPECT_EQ(record.inner_network_offset, 42 + (flags == 0 ? 8 : 12)) << flags;
        EXPECT_EQ(record.tunnel, kGtpU);
        EXPECT_EQ(record.tunnel_id, 0xabcdU);
    }
    EXPECT_EQ(kinds(parsed(in(kGtpUPort).gtpu(1).ipv6("::1", "::2").tcp(1, 2)))[4], kIpv6);
    EXPECT_EQ(kinds(parsed(in(kGtpUPort).gtpu(1).payload(40))).size(), 4U) << "neither 4 nor 6";
    EXPECT_EQ(kinds(parsed(in(kGtpUPort).gtpu(1))).size(), 4U);
    EXPECT_EQ(kinds(parsed(inner(in(kGtpUPort).gtpu(1).set8(1, 26)))).size(), 4U)
        << "an error indication carries no packet";
}

TEST(ParseGtp, WalksExtensionHeaders) {
    Packet packet = in(kGtpUPort).gtpu(1, kGtpExtension);
    packet.gtpu_extension(0x85).gtpu_extension(0x20, 3);
    const PacketRecord record = parsed(inner(packet));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.inner_network_offset, 42 + 12 + 4 + 12);
    EXPECT_EQ(record.source_port, 3);
    // Without the E flag the octet says nothing (TS 29.281, section 5.1).
    EXPECT_EQ(parsed(inner(in(kGtpUPort).gtpu(1, kGtpSequence).set8(11, 0x85))).status,
              ParseStatus::kOk);
}

TEST(ParseGtp, RejectsExtensionChainsOfLengthZeroOrPastTheMessage) {
    const auto with_words = [](unsigned words) {
        return parsed(
            in(kGtpUPort).gtpu(1, kGtpExtension).gtpu_extension(0x85).set8(12, words).payload(3));
    };
    EXPECT_EQ(with_words(0).status, ParseStatus::kGtpExtensionLengthZero);
    EXPECT_EQ(with_words(0).fault_layer, kGtpU);
    EXPECT_EQ(with_words(0).valid_bytes, 42);
    EXPECT_EQ(with_words(1).status, ParseStatus::kOk);
    EXPECT_EQ(with_words(2).status, ParseStatus::kGtpExtensionBeyondMessage);
    const PacketRecord announced = parsed(in(kGtpUPort).gtpu(1, kGtpExtension).set8(11, 0x85));
    EXPECT_EQ(announced.status, ParseStatus::kGtpExtensionBeyondMessage) << "and none follows";
    const std::vector<std::byte> zero(1);
    EXPECT_EQ(parsed(in(kGtpUPort).gtpu(1, kGtpExtension).set8(11, 0x85).payload(zero)).status,
              ParseStatus::kGtpExtensionLengthZero)
        << "of which the first octet is there";
    Packet chain = in(kGtpUPort).gtpu(1, kGtpExtension);
    for (int i = 0; i < 8; ++i) chain.gtpu_extension(0x85);
    EXPECT_EQ(parsed(inner(chain)).status, ParseStatus::kOk);
    EXPECT_EQ(parsed(inner(chain.gtpu_extension(0x85))).status, ParseStatus::kTooManyLayers);
}

TEST(ParseGtp, BoundsByItsLength) {
    const auto with_length = [](unsigned length) {
        return parsed(inner(in(kGtpUPort).gtpu(1).set16(2, length)));
    };
    EXPECT_EQ(with_length(28).status, ParseStatus::kOk);
    EXPECT_EQ(with_length(29).status, ParseStatus::kGtpLengthBeyondPacket);
    EXPECT_EQ(with_length(29).fault_layer, kGtpU);
    EXPECT_EQ(with_length(29).source_port, 3) << "goes on";
    EXPECT_EQ(with_length(27).status, ParseStatus::kIpv4TotalLengthBeyondFrame);
    EXPECT_EQ(with_length(0).status, ParseStatus::kOk);
    EXPECT_EQ(kinds(with_length(0)).size(), 4U);
    Packet in_fragment = ip4().fragment(0, true).udp(kClient, kGtpUPort).set16(4, 2000);
    EXPECT_EQ(parsed(inner(in_fragment.gtpu(1).set16(2, 1900))).status, ParseStatus::kOk);
    const auto add = [](Packet packet) { return packet.gtpu(7, kGtpSequence).set16(2, 0); };
    EXPECT_EQ(cut(kGtpUPort, 7, add), (Verdict{ParseStatus::kGtpTooShort, kGtpU}));
    EXPECT_EQ(cut(kGtpUPort, 8, add), (Verdict{ParseStatus::kGtpTooShort, kGtpU}))
        << "the flags announce four more";
}

TEST(ParseGtp, TellsGtpPrimeAndLeavesOtherVersionsAlone) {
    for (const unsigned version : {0U, 1U, 2U}) {
        EXPECT_EQ(kinds(parsed(in(kGtpUPort).gtp_prime().set8(0, version << 5).payload(9)))[3],
                  kGtpPrime);
    }
    EXPECT_EQ(kinds(parsed(in(kGtpUPort).gtp_prime().set8(0, 3 << 5))).size(), 3U);
    for (const unsigned version : {0U, 2U, 3U}) {
        const PacketRecord record =
            parsed(in(kGtpUPort).gtpu(1).set8(0, version << 5 | kGtpProtocolType).payload(9));
        EXPECT_EQ(record.status, ParseStatus::kOk);
        EXPECT_EQ(kinds(record).size(), 3U);
        EXPECT_EQ(parsed(in(kGtpUPort).raw({version << 5 | kGtpProtocolType, 1})).status,
                  ParseStatus::kOk)
            << "however short";
    }
}

/// 3GPP TS 32.295, section 6.1.1: GTP' has a shorter header.
TEST(ParseGtp, NeedsSixOctetsOfGtpPrime) {
    for (unsigned octets = 1; octets <= 6; ++octets) {
        const PacketRecord record = parsed(
            in(kGtpUPort).payload(first(Frame{std::byte{0x2e}, {}, {}, {}, {}, {}}, octets)));
        EXPECT_EQ(record.status, octets < 6 ? ParseStatus::kGtpTooShort : ParseStatus::kOk);
        EXPECT_EQ(record.fault_layer, octets < 6 ? kGtpPrime : kNone);
        EXPECT_EQ(record.valid_bytes, octets < 6 ? 42 : 48);
    }
    EXPECT_EQ(parsed(in(kGtpUPort).raw({0x6e})).status, ParseStatus::kOk) << "no version of it";
}

TEST(ParseL2tp, PassesTheFieldsThatItsFlagsAnnounce) {
    for (unsigned bits = 0; bits < 8; ++bits) {
        const unsigned flags = ((bits & 1) != 0 ? kL2tpLength : 0) |
                               ((bits & 2) != 0 ? kL2tpSequence : 0) |
                               ((bits & 4) != 0 ? kL2tpOffset : 0);
        const PacketRecord record =
            parsed(inner(in(kL2tpPort).l2tp(0x0102, 0x0304, flags).ppp(false, true)));
        EXPECT_EQ(record.status, ParseStatus::kOk) << flags;
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kUdp, kL2tp, kPpp, kIpv4, kUdp})) << flags;
        EXPECT_EQ(record.tunnel_id, 0x01020304U);
    }
    const PacketRecord padded =
        parsed(inner(in(kL2tpPort).l2tp(1, 2, kL2tpOffset).set16(6, 3).raw({0, 0, 0}).ppp()));
    EXPECT_EQ(padded.source_port, 3) << "behind the offset's octets";
}

TEST(ParseL2tp, StopsAtControlMessagesAndVersion3) {
    EXPECT_EQ(kinds(parsed(inner(in(kL2tpPort).l2tp(1, 2, kL2tpControl | kL2tpLength)))).size(),
              4U);
    const PacketRecord third = parsed(in(kL2tpPort).l2tp_v3(0x01020304).payload(20));
    EXPECT_EQ(kinds(third), (Kinds{kEth, kIpv4, kUdp, kL2tp}));
    EXPECT_EQ(third.tunnel_id, 0x01020304U);
    const PacketRecord control =
        parsed(in(kL2tpPort).l2tp_v3(5).set16(0, kL2tpControl | 3).payload(4));
    EXPECT_EQ(control.status, ParseStatus::kOk);
    EXPECT_EQ(control.tunnel_id, 0U);
    EXPECT_EQ(parsed(in(kL2tpPort).l2tp_v3(5).set16(0, kL2tpControl | 3).payload(3)).status,
              ParseStatus::kL2tpTooShort);
    EXPECT_EQ(kinds(parsed(in(kL2tpPort).raw({0, 4, 0, 0, 0, 0, 0, 0}))).size(), 3U)
        << "no version that there is";
}

TEST(ParseL2tp, RejectsLengthsThatDoNotFit) {
    const auto with_length = [](unsigned length) {
        return parsed(in(kL2tpPort).l2tp(1, 2, kL2tpLength).set16(2, length).ppp().payload(4));
    };
    EXPECT_EQ(with_length(14).status, ParseStatus::kOk);
    EXPECT_EQ(with_length(8).status, ParseStatus::kOk);
    EXPECT_EQ(with_length(7).status, ParseStatus::kL2tpLengthInvalid);
    EXPECT_EQ(with_length(15).status, ParseStatus::kL2tpLengthInvalid);
    EXPECT_EQ(with_length(15).fault_layer, kL2tp);
    const auto add = [](Packet packet) { return packet.l2tp(1, 2); };
    EXPECT_EQ(cut(kL2tpPort, 1, add), (Verdict{ParseStatus::kL2tpTooShort, kL2tp}));
    EXPECT_EQ(cut(kL2tpPort, 5, add), (Verdict{ParseStatus::kL2tpTooShort, kL2tp}));
    EXPECT_EQ(cut(kL2tpPort, 6, add), kFine);
    EXPECT_EQ(parsed(in(kL2tpPort).l2tp(1, 2, kL2tpOffset).set16(6, 9).payload(8)).status,
              ParseStatus::kL2tpTooShort);
    EXPECT_EQ(parsed(in(kL2tpPort).l2tp(1, 2, kL2tpOffset).set16(6, 8).payload(8)).status,
              ParseStatus::kOk);
    EXPECT_EQ(parsed(in(kL2tpPort).raw({0, 3, 0, 0, 0, 0, 0})).status, ParseStatus::kL2tpTooShort);
}

/// RFC 3931, section 3.2.1.
TEST(ParseL2tp, RejectsLengthsOfVersion3ThatDoNotFit) {
    const auto status = [](Packet packet, unsigned flags, unsigned length) {
        return parsed(packet.l2tp_v3(5).set16(0, flags | 3).set16(2, length).payload(20)).status;
    };
    constexpr unsigned kWithLength = kL2tpControl | kL2tpLength | kL2tpSequence;
    EXPECT_EQ(status(in(kL2tpPort), kWithLength, 11), ParseStatus::kL2tpLengthInvalid);
    EXPECT_EQ(status(in(kL2tpPort), kWithLength, 12), ParseStatus::kOk);
    EXPECT_EQ(status(in(kL2tpPort), kWithLength, 28), ParseStatus::kOk);
    EXPECT_EQ(status(in(kL2tpPort), kWithLength, 29), ParseStatus::kL2tpLengthInvalid);
    EXPECT_EQ(status(in(kL2tpPort), kL2tpControl, 29), ParseStatus::kOk) << "no length";
    EXPECT_EQ(status(in(kL2tpPort), kL2tpLength, 29), ParseStatus::kOk) << "data has none";
    const Packet fragment = ip4().fragment(0, true).udp(kClient, kL2tpPort).set16(4, 900);
    EXPECT_EQ(status(fragment, kWithLength, 892), ParseStatus::kOk);
    EXPECT_EQ(status(fragment, kWithLength, 11), ParseStatus::kL2tpLengthInvalid);
    const PacketRecord record =
        parsed(in(kL2tpPort).l2tp_v3(5).set16(0, kWithLength | 3).set16(2, 29).payload(20));
    EXPECT_EQ(record.fault_layer, kL2tp);
    EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kUdp, kL2tp}));
    EXPECT_EQ(record.valid_bytes, 42);
}

TEST(ParseTeredo, PassesIndications) {
    const auto parsed_with = [](std::initializer_list<unsigned> octets) {
        return parsed(in(kTeredoPort).teredo(octets).ipv6("2001::1", "2001::2").tcp(3, 4));
    };
    const std::initializer_list<unsigned> origin = {0, 0, 1, 2, 3, 4, 5, 6};
    const std::initializer_list<unsigned> authentication = {0, 1, 1, 2, 9, 8, 8, 1,
                                                            1, 1, 1, 1, 1, 1, 1, 0};
    const std::initializer_list<unsigned> both = {0, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1,
                                                  1, 0, 0, 0, 1, 2, 3, 4, 5, 6};
    for (const auto& octets : {std::initializer_list<unsigned>{}, origin, authentication, both}) {
        const PacketRecord record = parsed_with(octets);
        EXPECT_EQ(record.status, ParseStatus::kOk) << octets.size();
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kUdp, kTeredo, kIpv6, kTcp}));
        EXPECT_EQ(record.layer_offsets[3], 42);
        EXPECT_EQ(record.inner_network_offset, 42 + octets.size());
        EXPECT_EQ(record.tunnel, kTeredo);
    }
    EXPECT_EQ(kinds(parsed(inner(in(kTeredoPort)))).size(), 3U) << "IPv4 is not Teredo's";
    EXPECT_EQ(kinds(parsed(in(kTeredoPort).raw({0, 0, 1, 2, 3, 4, 5, 6}))).size(), 3U)
        << "an indication alone";
    EXPECT_EQ(parsed(in(kTeredoPort).raw({0, 0, 1, 2, 3, 4, 5})).status,
              ParseStatus::kTeredoTooShort);
    EXPECT_EQ(parsed(in(kTeredoPort).raw({0, 1, 0})).status, ParseStatus::kTeredoTooShort);
    EXPECT_EQ(parsed(in(kTeredoPort).raw({0, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1})).status,
              ParseStatus::kTeredoTooShort);
    EXPECT_EQ(parsed(in(kTeredoPort).raw({0x60})).status, ParseStatus::kIpv6TooShort);
}

TEST(ParseTeredo, NeedsItsIndicationsWhole) {
    const Frame frame = in(kTeredoPort).raw({0, 0, 1, 2, 3, 4, 5, 6}).build();
    for (std::size_t octets = 42; octets <= frame.size(); ++octets) {
        const PacketRecord record =
            parsed(first(frame, octets), static_cast<std::uint32_t>(frame.size()));
        EXPECT_EQ(record.status == ParseStatus::kTruncated, octets < frame.size()) << octets;
    }
}

TEST(ParseUdp, CarriesGreAndSctp) {
    const PacketRecord gre_in_udp = parsed(inner(in(kGrePort).gre(kGreKey, 5)));
    EXPECT_EQ(kinds(gre_in_udp), (Kinds{kEth, kIpv4, kUdp, kGre, kIpv4, kUdp}));
    EXPECT_EQ(gre_in_udp.tunnel_id, 5U);
    const PacketRecord sctp = parsed(in(kSctpPort).sctp(7, 8).sctp_chunk(20));
    EXPECT_EQ(kinds(sctp), (Kinds{kEth, kIpv4, kUdp, kSctp}));
    EXPECT_EQ(sctp.source_port, 7);
    EXPECT_EQ(sctp.outer_transport, kUdp);
}

TEST(ParseWireGuard, IsRecognisedByTypeAndSize) {
    for (const unsigned type : {1U, 2U, 3U, 4U}) {
        const PacketRecord record = parsed(in(kWireGuardPort).wireguard(type));
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4, kUdp, kWireGuard})) << type;
        EXPECT_EQ(record.tunnel, kWireGuard);
        EXPECT_EQ(record.tunnel_id, type == 4 ? 7U : 0U);
        EXPECT_EQ(kinds(parsed(in(kWireGuardPort).wireguard(type).payload(16))).size(),
                  type == 4 ? 4U : 3U)
            << "only data has any size";
        EXPECT_EQ(kinds(parsed(in(kWireGuardPort).wireguard(type).set8(3, 1))).size(), 3U);
    }
    EXPECT_EQ(kinds(parsed(in(kWireGuardPort).wireguard(4).set8(0, 5))).size(), 3U);
    Packet cut_short = ip4().udp(kClient, kWireGuardPort).set16(4, 8 + 31);
    EXPECT_EQ(kinds(parsed(cut_short.wireguard(4))).size(), 3U);
}

}  // namespace
}  // namespace weir::parse
