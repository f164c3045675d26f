// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include "parsed.hpp"

namespace weir::parse {
namespace {

using enum LayerKind;

TEST(ParseIpv4, FindsTransportBehindOptions) {
    for (unsigned options = 0; options <= 40; options += 4) {
        const PacketRecord record = parsed(
            Packet().eth().ipv4("10.0.0.1", "10.0.0.2", options).tcp(1000, 80, 20).payload(5));
        EXPECT_EQ(record.status, ParseStatus::kOk);
        EXPECT_EQ(record.outer_network, kIpv4);
        EXPECT_EQ(record.outer_network_offset, 14);
        EXPECT_EQ(record.inner_network_offset, 14);
        EXPECT_EQ(record.inner_transport, kTcp);
        EXPECT_EQ(record.inner_transport_offset, 34 + options);
        EXPECT_EQ(record.outer_transport_offset, 34 + options);
        EXPECT_EQ(record.source_port, 1000);
        EXPECT_EQ(record.destination_port, 80);
        EXPECT_EQ(record.valid_bytes, 74 + options);
        EXPECT_EQ(record.network_end_offset, 79 + options);
    }
}

TEST(ParseIpv4, RejectsIhlBelowFive) {
    for (unsigned ihl = 0; ihl < 16; ++ihl) {
        const PacketRecord record = parsed(ip4().set8(0, 0x40 | ihl).udp(1, 2).payload(60));
        EXPECT_EQ(record.status == ParseStatus::kIpv4IhlTooSmall, ihl < 5) << ihl;
        EXPECT_EQ(record.outer_network, ihl < 5 ? kNone : kIpv4) << ihl;
    }
}

TEST(ParseIpv4, RejectsEveryVersionButFour) {
    for (unsigned version = 0; version < 16; ++version) {
        const PacketRecord record = parsed(ip4().set8(0, version << 4 | 5).udp(1, 2));
        EXPECT_EQ(record.status == ParseStatus::kIpv4VersionInvalid, version != 4) << version;
        EXPECT_EQ(record.outer_network, version == 4 ? kIpv4 : kNone) << version;
    }
}

TEST(ParseIpv4, RejectsAHeaderThatIsCutOff) {
    const Frame whole = ip4().udp(1, 2).build();
    for (std::size_t size = 14; size < 34; ++size) {
        const PacketRecord record = parsed(first(whole, size));
        EXPECT_EQ(record.status, ParseStatus::kIpv4TooShort) << size;
        EXPECT_EQ(record.fault_layer, kIpv4);
        EXPECT_EQ(record.valid_bytes, 14);
    }
}

TEST(ParseIpv4, RejectsOptionsPastTheFrame) {
    for (unsigned ihl = 6; ihl < 16; ++ihl) {
        const std::size_t header = ihl * std::size_t{4};
        const Frame frame = ip4().set8(0, 0x40 | ihl).pad_to(14 + header).build();
        EXPECT_EQ(parsed(first(frame, 13 + header)).status, ParseStatus::kIpv4OptionsBeyondFrame);
        EXPECT_NE(parsed(frame).status, ParseStatus::kIpv4OptionsBeyondFrame);
    }
}

TEST(ParseIpv4, RejectsATotalLengthBelowItsHeader) {
    for (unsigned total = 0; total < 20; ++total) {
        const PacketRecord record = parsed(ip4().set16(2, total).udp(1, 2).payload(10));
        EXPECT_EQ(record.status, ParseStatus::kIpv4TotalLengthTooSmall) << total;
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4})) << "total length 0 (TSO) stops there too";
        EXPECT_EQ(record.network_end_offset, 34);
    }
    const Packet options = Packet().eth().ipv4("10.0.0.1", "10.0.0.2", 40).set16(2, 59).udp(1, 2);
    EXPECT_EQ(parsed(options).status, ParseStatus::kIpv4TotalLengthTooSmall);
}

TEST(ParseIpv4, GoesOnInsideATotalLengthBeyondTheFrame) {
    for (const unsigned total : {39U, 40U, 1500U, 0xffffU}) {
        const PacketRecord record = parsed(ip4().set16(2, total).udp(1, 2).payload(10));
        EXPECT_EQ(record.status, ParseStatus::kIpv4TotalLengthBeyondFrame) << total;
        EXPECT_EQ(record.fault_layer, kIpv4);
        EXPECT_EQ(record.inner_transport, kUdp) << "what is there stays available";
        EXPECT_EQ(record.destination_port, 2);
        EXPECT_EQ(record.valid_bytes, 14);
        EXPECT_EQ(record.network_end_offset, 52);
    }
}

TEST(ParseIpv4, KeepsTheFirstOfTwoDefects) {
    const PacketRecord record = parsed(ip4().set16(2, 1500).udp(1, 2).set16(4, 7).payload(10));
    EXPECT_EQ(record.status, ParseStatus::kIpv4TotalLengthBeyondFrame);
    EXPECT_EQ(record.fault_layer, kIpv4);
}

TEST(ParseIpv4, HoldsTotalLengthAgainstTheWireAndNotTheCapture) {
    const Frame frame = ip4().udp(1, 2).payload(400).build();
    const PacketRecord record = parsed(first(frame, 60), 442);
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.network_end_offset, 442);
}

TEST(ParseIpv4, BoundsWhatIsInsideByItsTotalLength) {
    for (unsigned total = 20; total <= 38; ++total) {
        const PacketRecord record = parsed(ip4().set16(2, total).udp(1, 2).set16(4, 8).payload(10));
        EXPECT_EQ(record.network_end_offset, 14 + total);
        const auto expected = total == 20  ? ParseStatus::kOk
                              : total < 28 ? ParseStatus::kUdpTooShort
                                           : ParseStatus::kOk;
        EXPECT_EQ(record.status, expected) << total;
        EXPECT_EQ(record.inner_transport, total < 28 ? kNone : kUdp) << total;
    }
}

TEST(ParseIpv4, TellsPaddingFromPayload) {
    const PacketRecord record = parsed(ip4().udp(1, 2).payload(2).pad_to(60));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.network_end_offset, 44);
}

TEST(ParseIpv4, ReadsTheTransportOfAFirstFragment) {
    const PacketRecord record = parsed(ip4().fragment(0, true).udp(7, 8).payload(100));
    EXPECT_EQ(record.status, ParseStatus::kOk);
    EXPECT_EQ(record.flags, kFragment);
    EXPECT_EQ(record.inner_transport, kUdp);
}

TEST(ParseIpv4, ReadsNoTransportFromALaterFragment) {
    for (const bool more : {false, true}) {
        for (const unsigned units : {1U, 100U, 0x1fffU}) {
            const PacketRecord record = parsed(ip4().fragment(units, more).payload(40));
            EXPECT_EQ(record.status, ParseStatus::kOk);
            EXPECT_EQ(record.flags, kFragment | kLaterFragment);
            EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4}));
            EXPECT_EQ(record.source_port, 0);
        }
    }
}

/// RFC 791, section 3.2: fragments may have as little as 8 octets.
TEST(ParseIpv4, StopsWithoutADefectWhereAFirstFragmentCutsAHeader) {
    for (unsigned octets = 1; octets < 20; ++octets) {
        const PacketRecord record =
            parsed(ip4().fragment(0, true).set8(9, 6).payload(octets).pad_to(60));
        EXPECT_EQ(record.status, ParseStatus::kOk) << octets;
        EXPECT_EQ(record.fault_layer, kNone);
        EXPECT_EQ(record.flags, kFragment);
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4}));
        EXPECT_EQ(record.valid_bytes, 34);
    }
    const PacketRecord options = parsed(ip4().fragment(0, true).tcp(7, 8).set8(12, 0x80));
    EXPECT_EQ(options.status, ParseStatus::kOk);
    EXPECT_EQ(options.inner_transport, kTcp) << "of which the ports are there";
    EXPECT_EQ(options.source_port, 7);
    EXPECT_EQ(options.valid_bytes, 34);
}

TEST(ParseIpv4, StopsWithoutADefectWhereAFirstFragmentCutsATunnel) {
    const auto vxlan = [] { return ip4().fragment(0, true).udp(1, 4789).set16(4, 900).vxlan(5); };
    EXPECT_EQ(parsed(vxlan().payload(8)).status, ParseStatus::kOk);
    EXPECT_EQ(parsed(vxlan().payload(8)).valid_bytes, 50);
    const PacketRecord announced = parsed(vxlan().eth().set16(12, 0x0800));
    EXPECT_EQ(announced.status, ParseStatus::kOk);
    EXPECT_EQ(announced.layer_count, 5);
    EXPECT_EQ(announced.valid_bytes, 64);
    const PacketRecord inner =
        parsed(ip4().fragment(0, true).ipv4("10.9.0.1", "10.9.0.2").set16(2, 900).set8(9, 51));
    EXPECT_EQ(inner.status, ParseStatus::kOk);
    EXPECT_EQ(parsed(ip4().fragment(0, true).set8(9, 4).payload(8)).status, ParseStatus::kOk);
    const Frame cut = vxlan().eth().payload(20).build();
    EXPECT_EQ(parsed(first(cut, 60), static_cast<std::uint32_t>(cut.size())).status,
              ParseStatus::kTruncated)
        << "by the capture, whatever the fragment does";
}

TEST(ParseIpv4, HoldsWhatEndsBeforeItsFirstFragmentToItsLength) {
    const auto inner = [](unsigned total) {
        return parsed(ip4()
                          .fragment(0, true)
                          .ipv4("10.9.0.1", "10.9.0.2")
                          .set16(2, total)
                          .set8(9, 6)
                          .payload(16))
            .status;
    };
    EXPECT_EQ(inner(28), ParseStatus::kTcpTooShort);
    EXPECT_EQ(inner(35), ParseStatus::kTcpTooShort);
    EXPECT_EQ(inner(40), ParseStatus::kOk) << "it goes on in a later fragment";
    Packet datagram = ip4().fragment(0, true).udp(1, 4789).set16(4, 15).vxlan(5).payload(16);
    EXPECT_EQ(parsed(datagram).status, ParseStatus::kVxlanTooShort);
}

TEST(ParseIpv4, TakesDontFragmentAndTheReservedBitForNoFragment) {
    for (const unsigned flags : {0x4000U, 0x8000U, 0xc000U}) {
        const PacketRecord record = parsed(ip4().set16(6, flags).udp(1, 2));
        EXPECT_EQ(record.flags, 0);
        EXPECT_EQ(record.inner_transport, kUdp);
    }
}

TEST(ParseIpv4, StopsAtAnUnknownProtocol) {
    for (const unsigned protocol : {2U, 0U, 43U, 44U, 59U, 60U, 253U, 255U}) {
        const PacketRecord record = parsed(ip4().set8(9, protocol).payload(40));
        EXPECT_EQ(record.status, ParseStatus::kOk) << protocol;
        EXPECT_EQ(kinds(record), (Kinds{kEth, kIpv4}))
            << protocol << ": extension headers exist behind IPv6 only";
    }
}

}  // namespace
}  // namespace weir::parse
