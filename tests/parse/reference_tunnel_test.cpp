// SPDX-License-Identifier: BSD-3-Clause
// The reference parser on packets made by hand: IPsec and tunnels.

#include <gtest/gtest.h>

#include "referred.hpp"

namespace weir::parse {
namespace {

Packet in_ip4(unsigned protocol) { return ip4().set8(9, protocol); }
Packet on(std::uint16_t port) { return ip4().udp(50000, port); }
Packet inner(Packet packet) { return packet.ipv4("10.9.0.1", "10.9.0.2").udp(3, 4); }

/// A layer on `port` of which the UDP header leaves `octets`, with more behind it.
std::string cut(std::uint16_t port, unsigned octets, Packet (*add)(Packet)) {
    return told(add(on(port).set16(4, 8 + octets)).payload(80));
}

TEST(Reference, ReadsEspAndAh) {
    EXPECT_EQ(told(ip4().esp(7, 8).payload(32)), "eth ip esp: ok, 42");
    EXPECT_EQ(told(in_ip4(50).payload(7)), "eth ip: esp_too_short in esp, 34");
    EXPECT_EQ(told(ip4().ah(5, 6).tcp(1, 2)), "eth ip ah tcp: ok, 78");
    EXPECT_EQ(told(in_ip4(51).payload(11)), "eth ip: ah_too_short in ah, 34");
    EXPECT_EQ(told(ip4().ah(5, 6).set8(1, 0).udp(1, 2)), "eth ip: ah_length_too_small in ah, 34");
    EXPECT_EQ(told(ip4().ah(5, 6).set8(1, 7).udp(1, 2)), "eth ip: ah_too_short in ah, 34");
    EXPECT_EQ(told(ip6().ah(5, 6).destination_options().udp(1, 2)),
              "eth ipv6 ah ipv6.dstopts udp: ok, 94");
    EXPECT_EQ(told(ip4().ah(5, 6).set8(0, 60).payload(9)), "eth ip ah: ok, 58");
}

TEST(Reference, ReadsNullEncryptedEsp) {
    const auto null_told = [](std::initializer_list<unsigned> octets, std::size_t missing = 0) {
        ParseOptions options;
        options.esp_null_icv_octets = 2;
        const Frame frame = ip4().esp(7, 8).raw(octets).build();
        return told(first(frame, frame.size() - missing), frame.size(), options);
    };
    // A UDP header, padding, its length, next header, ICV.
    EXPECT_EQ(null_told({0, 3, 0, 4, 0, 8, 0, 0, 1, 2, 2, 17, 9, 9}), "eth ip esp udp: ok, 50");
    EXPECT_EQ(null_told({0, 3, 0, 4, 0, 9, 0, 0, 1, 2, 2, 17, 9, 9}),
              "eth ip esp udp: udp_length_beyond_packet in udp, 42");
    EXPECT_EQ(null_told({0, 3, 0, 4, 0, 8, 0, 0, 1, 1, 2, 17, 9, 9}),
              "eth ip esp: esp_padding_invalid in esp, 34");
    EXPECT_EQ(null_told({1, 2, 3, 17, 9, 9}), "eth ip esp: esp_padding_invalid in esp, 34");
    EXPECT_EQ(null_told({1, 2, 2, 17, 9, 9}), "eth ip esp: ok, 42") << "nothing but padding";
    EXPECT_EQ(null_told({0, 17, 9}), "eth ip esp: esp_padding_invalid in esp, 34");
    EXPECT_EQ(null_told({0, 59, 9, 9}), "eth ip esp: ok, 42");
    EXPECT_EQ(null_told({0, 59, 9, 9}, 1), "eth ip esp: truncated in esp, 34");
}

TEST(Reference, ReadsPorts500And4500) {
    EXPECT_EQ(told(ip4().udp(50000, 500).ike()), "eth ip udp isakmp: ok, 70");
    EXPECT_EQ(told(ip4().udp(50000, 500).payload(27)), "eth ip udp: ok, 42");
    EXPECT_EQ(told(ip4().udp(50000, 500).ike().set16(26, 27)), "eth ip udp: ok, 42");
    const auto natt = [](std::initializer_list<unsigned> octets) {
        return told(on(4500).raw(octets));
    };
    EXPECT_EQ(told(on(4500).ike(true)), "eth ip udp isakmp: ok, 74");
    EXPECT_EQ(told(on(4500).ike(true).set16(26, 29)),
              "eth ip udp isakmp: isakmp_length_beyond_packet in isakmp, 46");
    EXPECT_EQ(natt({0, 0, 0, 0, 1}), "eth ip udp: isakmp_too_short in isakmp, 46");
    EXPECT_EQ(natt({0, 0, 0, 0}), "eth ip udp: ok, 42");
    EXPECT_EQ(natt({0xff}), "eth ip udp natkeepalive: ok, 43");
    EXPECT_EQ(natt({0xfe}), "eth ip udp: esp_too_short in esp, 42");
    EXPECT_EQ(natt({0, 0, 0}), "eth ip udp: esp_too_short in esp, 42");
    EXPECT_EQ(natt({0, 0, 0, 1}), "eth ip udp: esp_too_short in esp, 42");
    EXPECT_EQ(natt({0, 0, 0, 1, 0, 0, 0, 2}), "eth ip udp esp: ok, 50");
    EXPECT_EQ(told(on(4500)), "eth ip udp: ok, 42");
    // A marker, and IKE of an impossible length: the datagram is the other port's, from its start.
    Packet both = ip4().udp(4500, 4789).raw({0, 0, 0, 0}).payload(40);
    EXPECT_EQ(told(both.set16(24, 0).set16(26, 3)), "eth ip udp vxlan eth: ok, 64");
}

TEST(Reference, ReadsGreAndErspan) {
    EXPECT_EQ(told(inner(ip4().gre())), "eth ip gre ip udp: ok, 66");
    EXPECT_EQ(told(inner(ip4().gre(0xb000, 7))), "eth ip gre ip udp: ok, 78");
    EXPECT_EQ(told(ip4().gre(0x4000).payload(30)), "eth ip gre: ok, 42");
    EXPECT_EQ(told(inner(ip4().gre(2))), "eth ip gre: ok, 38");
    EXPECT_EQ(told(inner(ip4().gre(0x3081, 7).ppp())), "eth ip gre ppp ip udp: ok, 80");
    EXPECT_EQ(told(ip4().gre().set16(2, 0x0800)), "eth ip gre: ok, 38");
    EXPECT_EQ(told(ip4().gre().set16(2, 0x8100).payload(30)), "eth ip gre: ok, 38");
    EXPECT_EQ(told(in_ip4(47).payload(3)), "eth ip: gre_too_short in gre, 34");
    EXPECT_EQ(told(ip4().gre().set16(0, 0x2000).payload(3)), "eth ip: gre_too_short in gre, 34");
    EXPECT_EQ(told(inner(ip4().gre().erspan(1).eth())), "eth ip gre erspan eth ip udp: ok, 80");
    EXPECT_EQ(told(inner(ip4().gre(0x1000).erspan(2).eth())),
              "eth ip gre erspan eth ip udp: ok, 92");
    EXPECT_EQ(told(inner(ip4().gre(0x1000).erspan(3).eth())),
              "eth ip gre erspan eth ip udp: ok, 96");
    EXPECT_EQ(told(ip4().gre().set16(2, 0x22eb).raw({32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9})),
              "eth ip gre: erspan_too_short in erspan, 38");
    EXPECT_EQ(told(ip4().gre().set16(2, 0x88be)), "eth ip gre: ok, 38");
}

TEST(Reference, ReadsVxlanAndGeneve) {
    EXPECT_EQ(told(inner(on(4789).vxlan(5).eth())), "eth ip udp vxlan eth ip udp: ok, 92");
    EXPECT_EQ(told(on(4789).vxlan(5)), "eth ip udp vxlan: ok, 50");
    EXPECT_EQ(told(on(4789).payload(7)), "eth ip udp: vxlan_too_short in vxlan, 42");
    EXPECT_EQ(told(inner(on(4790).vxlan_gpe(5))), "eth ip udp vxlangpe ip udp: ok, 78");
    EXPECT_EQ(told(on(4790).vxlan_gpe(5).set8(3, 4).payload(30)), "eth ip udp vxlangpe: ok, 50");
    EXPECT_EQ(told(inner(on(4790).vxlan_gpe(5).set8(0, 8).set8(3, 1).eth())),
              "eth ip udp vxlangpe eth ip udp: ok, 92");
    EXPECT_EQ(told(on(4790).payload(7)), "eth ip udp: vxlangpe_too_short in vxlangpe, 42");
    const auto geneve = [] { return on(6081).geneve(9, {8, 4}); };
    EXPECT_EQ(told(inner(geneve())), "eth ip udp geneve ip udp: ok, 90");
    EXPECT_EQ(told(on(6081).payload(7)), "eth ip udp: geneve_too_short in geneve, 42");
    EXPECT_EQ(told(inner(geneve().set8(0, 0x43))),
              "eth ip udp: geneve_version_invalid in geneve, 42");
    EXPECT_EQ(told(geneve().set8(0, 4)),
              "eth ip udp geneve: geneve_options_beyond_packet in geneve, 42");
    EXPECT_EQ(told(inner(geneve().set8(11, 3))),
              "eth ip udp geneve ip udp: geneve_option_beyond_header in geneve, 42");
}

TEST(Reference, LooksAtEightOptionsOfGeneve) {
    const auto with_long_option = [](std::size_t number) {
        return told(on(6081).geneve(9, {4, 4, 4, 4, 4, 4, 4, 4, 4}).set8(8 + number * 4 + 3, 31));
    };
    EXPECT_EQ(with_long_option(7), "eth ip udp geneve: geneve_option_beyond_header in geneve, 42");
    EXPECT_EQ(with_long_option(8), "eth ip udp geneve: ok, 86");
}

TEST(Reference, ReadsGreAndSctpInUdp) {
    EXPECT_EQ(told(inner(on(4754).gre())), "eth ip udp gre ip udp: ok, 74");
    EXPECT_EQ(told(on(9899).sctp(1, 2)), "eth ip udp sctp: ok, 54");
}

TEST(Reference, ReadsGtp) {
    const auto gtp = [](unsigned flags) { return on(2152).gtpu(7, flags); };
    EXPECT_EQ(told(inner(gtp(0))), "eth ip udp gtp ip udp: ok, 78");
    EXPECT_EQ(told(inner(gtp(2))), "eth ip udp gtp ip udp: ok, 82");
    EXPECT_EQ(told(inner(gtp(4).gtpu_extension(0x85, 2))), "eth ip udp gtp ip udp: ok, 90");
    EXPECT_EQ(told(inner(gtp(0).set8(1, 26))), "eth ip udp gtp: ok, 50");
    EXPECT_EQ(told(gtp(0).payload(9).set8(0, 0x51)), "eth ip udp gtp: ok, 50");
    EXPECT_EQ(told(on(2152).raw({0x30, 255, 0, 0, 0, 0, 0})),
              "eth ip udp: gtp_too_short in gtp, 42");
    EXPECT_EQ(told(on(2152).gtp_prime()), "eth ip udp gtpprime: ok, 48");
    EXPECT_EQ(told(on(2152).raw({0x2e, 1, 0, 0, 0})), "eth ip udp: gtp_too_short in gtpprime, 42");
    EXPECT_EQ(told(on(2152).raw({0x6e})), "eth ip udp: ok, 42");
    EXPECT_EQ(told(on(2152).gtp_prime().set8(0, 0x60)), "eth ip udp: ok, 42");
    EXPECT_EQ(told(inner(gtp(0).set8(0, 0x50))), "eth ip udp: ok, 42");
    EXPECT_EQ(told(inner(gtp(0).set16(2, 29))),
              "eth ip udp gtp ip udp: gtp_length_beyond_packet in gtp, 42");
    EXPECT_EQ(told(gtp(2).set16(2, 3)), "eth ip udp gtp: gtp_too_short in gtp, 42");
    EXPECT_EQ(told(gtp(4).gtpu_extension(0x85).set8(12, 0)),
              "eth ip udp gtp: gtp_extension_length_zero in gtp, 42");
    EXPECT_EQ(told(gtp(4).gtpu_extension(0x85).set8(12, 2)),
              "eth ip udp gtp: gtp_extension_beyond_message in gtp, 42");
    EXPECT_EQ(told(gtp(4).set8(11, 0x85)),
              "eth ip udp gtp: gtp_extension_beyond_message in gtp, 42");
    Packet chain = gtp(4);
    for (int i = 0; i < 8; ++i) chain.gtpu_extension(0x85);
    EXPECT_EQ(told(inner(chain)), "eth ip udp gtp ip udp: ok, 114");
    EXPECT_EQ(told(inner(chain.gtpu_extension(0x85))),
              "eth ip udp gtp: too_many_layers in gtp, 42");
}

TEST(Reference, ReadsL2tp) {
    const auto l2tp = [](unsigned flags) { return on(1701).l2tp(1, 2, flags); };
    EXPECT_EQ(told(inner(l2tp(0).ppp())), "eth ip udp l2tp ppp ip udp: ok, 78");
    EXPECT_EQ(told(inner(l2tp(0x4a00).ppp())), "eth ip udp l2tp ppp ip udp: ok, 86");
    EXPECT_EQ(told(inner(l2tp(0x0200).set16(6, 1).raw({0}).ppp())),
              "eth ip udp l2tp ppp ip udp: ok, 81");
    EXPECT_EQ(told(l2tp(0x0200).set16(6, 9).payload(8)),
              "eth ip udp l2tp: l2tp_too_short in l2tp, 42");
    EXPECT_EQ(told(l2tp(0xc800).payload(20)), "eth ip udp l2tp: ok, 54");
    for (const unsigned length : {7U, 13U}) {
        EXPECT_EQ(told(l2tp(0x4000).set16(2, length).payload(4)),
                  "eth ip udp l2tp: l2tp_length_invalid in l2tp, 42");
    }
    EXPECT_EQ(cut(1701, 1, [](Packet packet) { return packet.l2tp(1, 2); }),
              "eth ip udp: l2tp_too_short in l2tp, 42");
    EXPECT_EQ(cut(1701, 5, [](Packet packet) { return packet.l2tp(1, 2); }),
              "eth ip udp: l2tp_too_short in l2tp, 42");
    EXPECT_EQ(told(on(1701).l2tp_v3(9).payload(9)), "eth ip udp l2tp: ok, 50");
    EXPECT_EQ(told(on(1701).l2tp_v3(9).set16(0, 0x8003).payload(9)), "eth ip udp l2tp: ok, 54");
    EXPECT_EQ(told(on(1701).l2tp_v3(9).set16(0, 0xc803).set16(2, 18).payload(9)),
              "eth ip udp l2tp: l2tp_length_invalid in l2tp, 42");
    EXPECT_EQ(told(on(1701).raw({0, 4, 0, 0})), "eth ip udp: ok, 42");
    EXPECT_EQ(told(ip4().l2tp_v3(9).payload(9)), "eth ip l2tp: ok, 38");
    EXPECT_EQ(told(in_ip4(115).payload(3)), "eth ip: l2tp_too_short in l2tp, 34");
}

TEST(Reference, ReadsTeredoAndWireGuard) {
    const auto teredo = [](std::initializer_list<unsigned> indications) {
        return told(on(3544).teredo(indications).ipv6("2001::1", "2001::2").tcp(3, 4));
    };
    const auto octets = [](std::initializer_list<unsigned> all) { return told(on(3544).raw(all)); };
    EXPECT_EQ(teredo({}), "eth ip udp teredo ipv6 tcp: ok, 102");
    EXPECT_EQ(teredo({0, 0, 1, 1, 1, 1, 1, 1}), "eth ip udp teredo ipv6 tcp: ok, 110");
    EXPECT_EQ(teredo({0, 1, 1, 0, 9, 1, 1, 1, 1, 1, 1, 1, 1, 0}),
              "eth ip udp teredo ipv6 tcp: ok, 116");
    EXPECT_EQ(octets({0x60}), "eth ip udp teredo: ipv6_too_short in ipv6, 42");
    EXPECT_EQ(octets({0, 1, 0}), "eth ip udp: teredo_too_short in teredo, 42");
    EXPECT_EQ(octets({0, 0, 1, 1, 1, 1, 1}), "eth ip udp: teredo_too_short in teredo, 42");
    EXPECT_EQ(octets({0, 0, 1, 1, 1, 1, 1, 1}), "eth ip udp: ok, 42");
    EXPECT_EQ(octets({0x45, 0}), "eth ip udp: ok, 42");
    for (const unsigned type : {1U, 2U, 3U, 4U}) {
        EXPECT_EQ(told(on(51820).wireguard(type)), "eth ip udp wireguard: ok, 50");
        EXPECT_EQ(told(on(51820).wireguard(type).set8(2, 1)), "eth ip udp: ok, 42");
        EXPECT_EQ(told(on(51820).wireguard(type).payload(1)),
                  type == 4 ? "eth ip udp wireguard: ok, 50" : "eth ip udp: ok, 42");
    }
    EXPECT_EQ(cut(51820, 31, [](Packet packet) { return packet.wireguard(4); }),
              "eth ip udp: ok, 42");
}

}  // namespace
}  // namespace weir::parse
