// SPDX-License-Identifier: BSD-3-Clause
// IPsec, with and without encryption.
#include <utility>

#include "layer_links.hpp"
#include "packet_template_lists.hpp"
#include "wire/ip.hpp"
#include "wire/transport.hpp"

namespace weir::fuzz {
namespace {

using gen::Packet;

constexpr std::size_t kIcvOctets = 12;

/// `packet`, which has ESP in it, with a trailer behind, so that what ESP carries can be read.
PacketTemplate esp_null(std::string name, const Packet& packet, unsigned next_header) {
    std::vector<std::byte> frame = packet.build();
    for (const unsigned octet : {1U, 2U, 3U, 3U, next_header}) {
        frame.push_back(static_cast<std::byte>(octet));
    }
    frame.resize(frame.size() + kIcvOctets);
    // As if it were encrypted: what stands before ESP.
    const PacketTemplate outer(name, frame, parse::ParseOptions::kEspEncrypted);
    repair_lengths({frame, outer.layers, outer.layer_count});
    return {std::move(name), std::move(frame), kIcvOctets};
}

void add_esp_null_templates(std::vector<PacketTemplate>& list) {
    const auto esp4 = [] { return ip4().esp(1, 2); };
    const auto esp6 = [] { return ip6().esp(1, 2); };
    list.push_back(esp_null("esp-null-tunnel", inner4(esp4()), wire::kProtocolIpv4));
    list.push_back(esp_null("esp-null-transport", esp6().tcp(1, 2).payload(9), wire::kProtocolTcp));
    list.push_back(esp_null("esp-null-extension", esp6().destination_options().udp(1, 2),
                            wire::kProtocolDestinationOptions));
    list.push_back(esp_null("esp-null-dummy", esp4().payload(8), wire::kProtocolNoNext));
    list.push_back(
        esp_null("esp-null-udp", inner6(udp(wire::kNatTPort).esp(1, 2)), wire::kProtocolIpv6));
}

}  // namespace

void add_ipsec_templates(std::vector<PacketTemplate>& list) {
    list.emplace_back("esp", ip4().esp(1, 2).payload(40));
    list.emplace_back("esp-ipv6", ip6().destination_options().esp(1, 2).payload(40));
    list.emplace_back("ah", ip4().ah(1, 2).tcp(1, 2).payload(8));
    list.emplace_back("ah-tunnel", inner6(ip4().ah(1, 2, 16)));
    list.emplace_back("ah-ipv6", ip6().hop_by_hop().ah(1, 2).destination_options().udp(1, 2));
    list.emplace_back("ah-esp", ip4().ah(1, 2).esp(3, 4).payload(20));
    list.emplace_back("isakmp", udp(wire::kIkePort).ike().payload(12));
    list.emplace_back("isakmp-payload", udp(wire::kIkePort).ike().set16(26, 40).payload(12));
    list.emplace_back("natt-esp", udp(wire::kNatTPort).esp(1, 2).payload(24));
    list.emplace_back("natt-isakmp", udp(wire::kNatTPort).ike(true).payload(8));
    list.emplace_back("natt-marker", udp(wire::kNatTPort).raw({0, 0, 0, 0}));
    list.emplace_back("natt-keepalive", udp(wire::kNatTPort).nat_keepalive().pad_to(60));
    add_esp_null_templates(list);
}

}  // namespace weir::fuzz
