// SPDX-License-Identifier: BSD-3-Clause
#include "growth_frames.hpp"

#include "gen/packet_builder.hpp"

namespace weir::bench {
namespace {

constexpr std::size_t kOctets = 90;  // Of frames that differ in their headers only.

gen::Packet ipv4() { return gen::Packet().eth().ipv4("10.1.0.1", "10.2.0.2"); }
gen::Packet ipv6() { return gen::Packet().eth().ipv6("2001:db8::1", "2001:db8::2"); }

Frame sound(gen::Packet packet) { return {packet.fill_to(kOctets).build()}; }
Frame malformed(gen::Packet packet) { return {packet.fill_to(kOctets).build()}; }

}  // namespace

Frame frame_of_octets(std::size_t octets) {
    return {ipv4().udp(40000, 40001).fill_to(octets).build()};
}

Frame esp_frame() { return {ipv4().esp(0x1000, 1).fill_to(110).build()}; }

std::vector<Frame> sound_frames() {
    return {
        sound(ipv4().udp(40000, 40001)),
        sound(ipv4().tcp(40000, 40001)),
        sound(ipv6().udp(40000, 40001)),
        sound(gen::Packet().eth().vlan(7).ipv4("10.1.0.1", "10.2.0.2").tcp(40000, 40001)),
    };
}

std::vector<Frame> malformed_frames() {
    return {
        malformed(ipv4().set8(0, 0x44).udp(40000, 40001)),   // IHL below five.
        malformed(ipv4().tcp(40000, 40001).set8(12, 0x40)),  // Data offset below five.
        malformed(ipv6().udp(40000, 40001).set16(4, 7)),     // UDP length below eight.
        malformed(gen::Packet().eth().vlan(7).ipv4("10.1.0.1", "10.2.0.2").set16(2, 19)),
    };
}

Frame ip_in_ip(unsigned depth) {
    gen::Packet packet = ipv4();
    for (unsigned i = 0; i < depth; ++i) packet.ipv4("10.3.0.1", "10.4.0.2");
    return {packet.udp(40000, 40001).payload(18).build()};
}

Frame vxlan_in_vxlan(unsigned depth) {
    gen::Packet packet = ipv4();
    for (unsigned i = 0; i < depth; ++i) {
        packet.udp(40000, 4789).vxlan(i + 1).eth().ipv4("10.3.0.1", "10.4.0.2");
    }
    return {packet.udp(40000, 40001).payload(18).build()};
}

}  // namespace weir::bench
