// SPDX-License-Identifier: BSD-3-Clause
// Transports and IPsec.

#include <algorithm>

#include "support/random_packet.hpp"
#include "support/random_packet_octets.hpp"

namespace weir::test {

using Bytes = RandomPacket::Bytes;

RandomPacket::Carried RandomPacket::behind_protocol(int depth, bool in_ipv6) {
    if (depth <= 0) return {below(256), noise()};
    switch (below(28)) {
        case 0:
            return {6, tcp()};
        case 1:
            return {136, udp_lite()};
        case 2:
            return {132, sctp()};
        case 3:
            return {33, dccp()};
        case 4:
        case 5:
            return {1, icmp(false)};
        case 6:
        case 7:
            return {58, icmp(true)};
        case 8:
        case 9:
            return {50, esp(depth - 1, in_ipv6)};
        case 10:
        case 11:
            return {51, ah(depth - 1, in_ipv6)};
        case 12:
            return {115, noise()};
        case 13:
            return {137, mpls(depth - 1)};
        case 14:
            return {143, ethernet(depth - 1)};
        case 15:
            return {4, ipv4(depth - 1)};
        case 16:
            return {41, ipv6(depth - 1)};
        case 17:
            return {any_of({0, 43, 44, 59, 60, 135, 253}), noise()};
        case 18:
        case 19:
        case 20:
        case 21:
            return {47, gre(depth - 1)};
        default:
            return {17, udp(depth - 1)};
    }
}

Bytes RandomPacket::tcp() {
    const unsigned words = one_in(2) ? 5 + below(11) : 5;
    Bytes header = octets(words * std::size_t{4});
    put8(header, 12, mostly(words, 4) << 4);
    return join(std::move(header), noise());
}

Bytes RandomPacket::udp(int depth) {
    const Carried carried = behind_port(depth);
    Bytes header = octets(8);
    const unsigned client =
        one_in(8) ? any_of({500, 1701, 2152, 3544, 4500, 4789, 4790, 6081, 4754, 6635, 9899, 51820})
                  : below(65536);
    const bool from_server = one_in(2);
    put16(header, from_server ? 0 : 2, carried.number);
    put16(header, from_server ? 2 : 0, client);
    put16(header, 4, mostly(static_cast<unsigned>(carried.octets.size()) + 8));
    return join(std::move(header), carried.octets);
}

Bytes RandomPacket::udp_lite() {
    Bytes packet = join(octets(8), noise());
    put16(packet, 4, mostly(any_of({0, 8, static_cast<unsigned>(packet.size())})));
    return packet;
}

Bytes RandomPacket::sctp() {
    Bytes header = octets(12);
    if (one_in(5)) return header;
    const unsigned length = 4 + below(30);
    Bytes chunk = octets(length);
    put16(chunk, 2, mostly(length));
    return join(join(std::move(header), chunk), one_in(2) ? Bytes{} : noise());
}

Bytes RandomPacket::dccp() {
    const bool extended = one_in(2);
    const unsigned words = (extended ? 4 : 3) + below(5);
    Bytes header = octets(words * std::size_t{4});
    put8(header, 4, mostly(words, 8));
    put8(header, 8, (header[8] & 0xfeU) | (extended ? 1U : 0U));
    return join(std::move(header), noise());
}

Bytes RandomPacket::icmp(bool six) {
    Bytes header = octets(8);
    put8(header, 0, six ? any_of({1, 2, 3, 4, 128, 135}) : any_of({0, 3, 4, 5, 8, 11, 12, 13}));
    if (one_in(10)) return one_in(2) ? octets(4 + below(4)) : join(std::move(header), noise());
    const int depth = static_cast<int>(below(4));
    Bytes quote = six ? ipv6(depth) : ipv4(depth);
    if (one_in(2)) quote.resize(std::min<std::size_t>(quote.size(), below(120)));
    return join(std::move(header), quote);
}

Bytes RandomPacket::esp(int depth, bool in_ipv6) {
    Bytes header = octets(8);
    if (one_in(2)) return join(std::move(header), noise());
    const Carried carried = behind_protocol(depth, in_ipv6);
    Bytes packet = join(std::move(header), carried.octets);
    const unsigned padding = below(20);
    for (unsigned i = 1; i <= padding; ++i) packet.push_back(static_cast<std::uint8_t>(i));
    packet.push_back(static_cast<std::uint8_t>(mostly(padding, 8)));
    packet.push_back(static_cast<std::uint8_t>(carried.number));
    return join(std::move(packet), octets(any_of({0, 12, 12, 16})));
}

Bytes RandomPacket::ah(int depth, bool in_ipv6) {
    const Carried carried =
        in_ipv6 && one_in(4) ? behind_ipv6_extension(depth) : behind_protocol(depth, in_ipv6);
    const unsigned words = 3 + below(6);
    Bytes header = octets(words * std::size_t{4});
    put8(header, 0, carried.number);
    put8(header, 1, mostly(words - 2, 8));
    return join(std::move(header), carried.octets);
}

Bytes RandomPacket::ike() {
    Bytes message = join(octets(28), noise());
    put16(message, 24, 0);
    put16(message, 26, mostly(static_cast<unsigned>(message.size())));
    if (one_in(20)) message.resize(below(28));
    return message;
}

Bytes RandomPacket::nat_traversal(int depth) {
    switch (below(6)) {
        case 0:
            return {static_cast<std::uint8_t>(mostly(0xff, 8))};
        case 1:
        case 2:
            return join(Bytes(4), ike());
        case 3:
            return one_in(2) ? Bytes(below(9)) : noise(8);
        default:
            return esp(depth, one_in(2));
    }
}

}  // namespace weir::test
