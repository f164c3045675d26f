// SPDX-License-Identifier: BSD-3-Clause
// Each header read from octets written down by hand, at an odd address.

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <initializer_list>

#include "wire/ethernet.hpp"
#include "wire/ip.hpp"
#include "wire/ipsec.hpp"
#include "wire/transport.hpp"
#include "wire/tunnel.hpp"
#include "wire/view.hpp"

namespace weir::wire {
namespace {

/// Octets that start at an odd address, whatever the compiler does.
class OddOctets {
   public:
    OddOctets(std::initializer_list<unsigned> octets) {
        std::size_t at = 1;
        for (const unsigned octet : octets) room_[at++] = static_cast<std::byte>(octet);
    }
    [[nodiscard]] const std::byte* data() const { return room_.data() + 1; }

   private:
    alignas(8) std::array<std::byte, 64> room_{};
};

TEST(WireView, ReadsInPlaceWhatLoadCopies) {
    const OddOctets octets{0x81, 0x02, 0x03, 0x04};
    const auto& seen = view<VlanTag>(octets.data());
    const auto copied = load<VlanTag>(octets.data());
    EXPECT_EQ(static_cast<const void*>(&seen), static_cast<const void*>(octets.data()));
    EXPECT_EQ(seen.tci, copied.tci);
    EXPECT_EQ(seen.ether_type, copied.ether_type);
}

TEST(WireEthernet, HasItsTypeBehindTheAddresses) {
    const OddOctets octets{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x86, 0xdd};
    const auto& header = view<Ethernet>(octets.data());
    EXPECT_EQ(header.destination[0], 1);
    EXPECT_EQ(header.source[5], 12);
    EXPECT_EQ(header.ether_type.host(), kEtherTypeIpv6);
}

TEST(WireVlan, HasTheNextTypeBehindItsTci) {
    const OddOctets octets{0xa0, 0x07, 0x08, 0x00};
    const auto& tag = view<VlanTag>(octets.data());
    EXPECT_EQ(tag.tci.host(), 5 << 13 | 7);
    EXPECT_EQ(tag.ether_type.host(), kEtherTypeIpv4);
}

TEST(WireArp, CountsItsAddressesTwice) {
    const OddOctets octets{0, 1, 8, 0, 6, 4, 0, 2};
    const auto& arp = view<Arp>(octets.data());
    EXPECT_EQ(arp.hardware_type.host(), 1);
    EXPECT_EQ(arp.protocol_type.host(), kEtherTypeIpv4);
    EXPECT_EQ(arp.operation.host(), 2);
    EXPECT_EQ(arp.octets(), 28U);
}

TEST(WireIpv4, HasTheFieldsOfRfc791) {
    const OddOctets octets{0x4f, 0xb8, 0x01, 0x02, 0x03, 0x04, 0x60, 0x05, 64, 17,
                           0xab, 0xcd, 10,   0,    0,    1,    10,   0,    0,  2};
    const auto& header = view<Ipv4>(octets.data());
    EXPECT_EQ(header.version(), 4U);
    EXPECT_EQ(header.ihl(), 15U);
    EXPECT_EQ(header.tos, 0xb8);
    EXPECT_EQ(header.total_length.host(), 0x0102);
    EXPECT_EQ(header.id.host(), 0x0304);
    EXPECT_NE(header.flags_offset.host() & kIpv4MoreFragments, 0);
    EXPECT_EQ(header.flags_offset.host() & kIpv4OffsetMask, 5);
    EXPECT_EQ(header.ttl, 64);
    EXPECT_EQ(header.protocol, kProtocolUdp);
    EXPECT_EQ(header.checksum.host(), 0xabcd);
    EXPECT_EQ(header.source[3], 1);
    EXPECT_EQ(header.destination[3], 2);
}

TEST(WireIpv6, HasTheFieldsOfRfc8200) {
    const OddOctets octets{0x6a, 0xbc, 0xde, 0xf0, 0x01, 0x02, 58, 255, 0xfd};
    const auto& header = view<Ipv6>(octets.data());
    EXPECT_EQ(header.version(), 6U);
    EXPECT_EQ(header.version_class_flow.host(), 0x6abcdef0U);
    EXPECT_EQ(header.payload_length.host(), 0x0102);
    EXPECT_EQ(header.next_header, kProtocolIcmpv6);
    EXPECT_EQ(header.hop_limit, 255);
    EXPECT_EQ(header.source[0], 0xfd);
}

TEST(WireIpv6Extension, CountsUnitsBehindTheFirstEightOctets) {
    EXPECT_EQ(view<Ipv6Extension>(OddOctets{6, 0}.data()).octets(), 8U);
    EXPECT_EQ(view<Ipv6Extension>(OddOctets{6, 255}.data()).octets(), 2048U);
}

TEST(WireIpv6Fragment, HasOffsetAndMoreFlagInOneField) {
    const OddOctets octets{17, 0, 0x00, 0x29, 0, 0, 1, 2};
    const auto& header = view<Ipv6Fragment>(octets.data());
    EXPECT_EQ(header.next_header, kProtocolUdp);
    EXPECT_EQ(header.offset_more.host() & kIpv6OffsetMask, 40) << "in octets as it stands";
    EXPECT_NE(header.offset_more.host() & kIpv6MoreFragments, 0);
    EXPECT_EQ(header.id.host(), 0x102U);
}

TEST(WireTcp, HasTheFieldsOfRfc9293) {
    const OddOctets octets{0x03, 0xe8, 0x00, 0x50, 0, 0,    0, 1, 0, 0,
                           0,    2,    0x6f, 0x12, 1, 0x00, 9, 8, 7, 6};
    const auto& header = view<Tcp>(octets.data());
    EXPECT_EQ(header.source_port.host(), 1000);
    EXPECT_EQ(header.destination_port.host(), 80);
    EXPECT_EQ(header.sequence.host(), 1U);
    EXPECT_EQ(header.acknowledgment.host(), 2U);
    EXPECT_EQ(header.data_offset(), 6U);
    EXPECT_EQ(header.flags, 0x12);
    EXPECT_EQ(header.window.host(), 256);
    EXPECT_EQ(header.checksum.host(), 0x0908);
    EXPECT_EQ(header.urgent_pointer.host(), 0x0706);
}

TEST(WireUdp, HasTheFieldsOfRfc768) {
    const OddOctets octets{0x12, 0xb5, 0, 53, 0, 8, 0xaa, 0xbb};
    const auto& header = view<Udp>(octets.data());
    EXPECT_EQ(header.source_port.host(), kVxlanPort);
    EXPECT_EQ(header.destination_port.host(), 53);
    EXPECT_EQ(header.length.host(), 8);
    EXPECT_EQ(header.checksum.host(), 0xaabb);
}

TEST(WireIcmp, HasTypeCodeAndChecksum) {
    const OddOctets octets{3, 4, 0x12, 0x34};
    const auto& header = view<Icmp>(octets.data());
    EXPECT_EQ(header.type, 3);
    EXPECT_EQ(header.code, 4);
    EXPECT_EQ(header.checksum.host(), 0x1234);
}

TEST(WireVxlan, HasItsVniInTheUpper24Bits) {
    const OddOctets octets{8, 0, 0, 0, 0xab, 0xcd, 0xef, 0x99};
    EXPECT_EQ(view<Vxlan>(octets.data()).vni(), 0xabcdefU);
}

TEST(WireEsp, HasSpiAndSequence) {
    const OddOctets octets{0xde, 0xad, 0xbe, 0xef, 0, 0, 0, 7};
    EXPECT_EQ(view<Esp>(octets.data()).spi.host(), 0xdeadbeefU);
    EXPECT_EQ(view<Esp>(octets.data()).sequence.host(), 7U);
}

TEST(WireAh, CountsItsLengthInWordsMinusTwo) {
    const OddOctets octets{50, 4, 0, 0, 0, 0, 0, 5, 0, 0, 0, 6};
    const auto& header = view<Ah>(octets.data());
    EXPECT_EQ(header.next_header, kProtocolEsp);
    EXPECT_EQ(header.octets(), 24U);
    EXPECT_EQ(header.spi.host(), 5U);
    EXPECT_EQ(header.sequence.host(), 6U);
}

}  // namespace
}  // namespace weir::wire
