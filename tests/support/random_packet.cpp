// SPDX-License-Identifier: BSD-3-Clause
// Link and network layers; what is random about a packet.

#include "support/random_packet.hpp"

#include <algorithm>

#include "support/random_packet_octets.hpp"

namespace weir::test {

using Bytes = RandomPacket::Bytes;

std::vector<std::byte> RandomPacket::next() {
    Bytes frame = ethernet(1 + static_cast<int>(below(12)));
    if (one_in(4)) frame = join(std::move(frame), noise(30));
    if (one_in(10)) frame.resize(below(static_cast<unsigned>(frame.size()) + 1));
    for (unsigned flips = one_in(5) ? below(4) : 0; flips > 0 && !frame.empty(); --flips) {
        put8(frame, below(static_cast<unsigned>(frame.size())), below(256));
    }
    std::vector<std::byte> bytes(frame.size());
    std::transform(frame.begin(), frame.end(), bytes.begin(),
                   [](std::uint8_t octet) { return std::byte{octet}; });
    return bytes;
}

Bytes RandomPacket::octets(std::size_t count) {
    Bytes bytes(count);
    for (std::uint8_t& octet : bytes) octet = static_cast<std::uint8_t>(random_());
    return bytes;
}

unsigned RandomPacket::mostly(unsigned value, unsigned bits) {
    const unsigned mask = (1U << bits) - 1;
    if (one_in(40)) return (value + below(7) - 3) & mask;
    if (one_in(100)) return static_cast<unsigned>(random_()) & mask;
    return value & mask;
}

RandomPacket::Carried RandomPacket::behind_ether_type(int depth) {
    if (depth <= 0) return {any_of({0x88cc, 0x0800, 0x86dd, 1501, 1535, 0x8847, 0x6558}), noise()};
    switch (below(14)) {
        case 0:
            return {0x0806, arp()};
        case 1:
        case 2:
            return {any_of({0x8100, 0x88a8, 0x9100}), tag(depth - 1, octets(4))};
        case 3:
        case 4:
            return {any_of({0x8847, 0x8848}), mpls(depth - 1)};
        case 5:
        case 6:
            return {mostly(0x8864), pppoe(depth - 1)};
        case 7:
            return {0x8863, pppoe(depth - 1)};
        case 8:
            return {0x6558, ethernet(depth - 1)};
        case 9:
        case 10:
            return {0x86dd, ipv6(depth - 1)};
        default:
            return {0x0800, ipv4(depth - 1)};
    }
}

Bytes RandomPacket::ethernet(int depth) { return tag(depth, octets(14)); }

Bytes RandomPacket::tag(int depth, Bytes header) {
    const std::size_t type_at = header.size() - 2;
    if (one_in(8)) {
        const Bytes carried = one_in(8) ? join({0xff, 0xff}, noise()) : llc(depth - 1);
        put16(header, type_at, mostly(static_cast<unsigned>(carried.size())));
        return join(std::move(header), carried);
    }
    const Carried carried = behind_ether_type(depth);
    put16(header, type_at, mostly(carried.number));
    return join(std::move(header), carried.octets);
}

Bytes RandomPacket::llc(int depth) {
    if (one_in(4)) return noise();
    const unsigned oui = any_of({0, 0, 0xf8, 0x0c});
    const Carried carried = behind_ether_type(depth);
    Bytes header{0xaa, 0xaa, 0x03, 0, 0, static_cast<std::uint8_t>(oui), 0, 0};
    put16(header, 6, carried.number);
    if (one_in(20)) put8(header, 2, below(256));
    return join(std::move(header), carried.octets);
}

Bytes RandomPacket::arp() {
    Bytes header = octets(8);
    put8(header, 4, any_of({0, 6, 6, 6, 8, 255}));
    put8(header, 5, any_of({0, 4, 4, 4, 16, 255}));
    const std::size_t addresses = 2U * (header[4] + header[5]);
    return join(std::move(header), octets(mostly(static_cast<unsigned>(addresses), 10)));
}

Bytes RandomPacket::mpls(int depth) {
    Bytes entry = octets(4);
    if (one_in(20)) {  // The label of the generic associated channel.
        put16(entry, 0, 0);
        put8(entry, 2, 13 << 4);
    }
    const bool bottom = depth <= 0 || one_in(2);
    put8(entry, 2, (entry[2] & 0xfeU) | (bottom ? 1U : 0U));
    if (one_in(40)) put8(entry, 2, entry[2] ^ 1U);
    if (!bottom) return join(std::move(entry), mpls(depth - 1));
    if (depth <= 0) return join(std::move(entry), noise());
    if (one_in(2)) return join(std::move(entry), ip(depth - 1));
    Bytes control_word{0, 0, 0, 0};
    put16(control_word, 2, below(65536));
    if (one_in(20)) put8(control_word, 1, 1);
    return join(std::move(entry), join(std::move(control_word), ethernet(depth - 1)));
}

Bytes RandomPacket::pppoe(int depth) {
    const Bytes carried = ppp(depth - 1);
    Bytes header{0x11, 0, 0, 1, 0, 0};
    put16(header, 4, mostly(static_cast<unsigned>(carried.size())));
    return join(std::move(header), carried);
}

Bytes RandomPacket::ppp(int depth) {
    Carried carried{0xc021, {}};
    switch (depth <= 0 ? 3 : below(4)) {
        case 0:
            carried = {0x0021, ipv4(depth - 1)};
            break;
        case 1:
            carried = {0x0057, ipv6(depth - 1)};
            break;
        case 2:
            carried = {any_of({0x0281, 0x0283}), mpls(depth - 1)};
            break;
        default:
            carried = {any_of({0xc021, 0x0021, 0x0057, 0x00fd}), noise()};
    }
    Bytes header;
    if (one_in(3)) header = {0xff, 0x03};
    if (carried.number > 255 || one_in(2)) {
        header.push_back(static_cast<std::uint8_t>(carried.number >> 8));
    }
    header.push_back(static_cast<std::uint8_t>(carried.number));
    return join(std::move(header), carried.octets);
}

Bytes RandomPacket::ipv4(int depth) {
    const Carried carried = behind_protocol(depth, false);
    const unsigned words = one_in(4) ? 5 + below(11) : 5;
    Bytes header = octets(words * std::size_t{4});
    put8(header, 0, mostly(4, 4) << 4 | mostly(words, 4));
    put16(header, 2, mostly(static_cast<unsigned>(header.size() + carried.octets.size())));
    put16(header, 6, one_in(12) ? any_of({0x2000, 0x2000, 0x2000, 1, 0x2005}) : 0x4000);
    put8(header, 9, carried.number);
    return join(std::move(header), carried.octets);
}

Bytes RandomPacket::ipv6(int depth) {
    Bytes header = octets(40);
    put8(header, 0, mostly(6, 4) << 4 | below(16));
    if (one_in(40)) {
        put16(header, 4, 0);
        put8(header, 6, 0);
        return join(std::move(header), hop_by_hop_of_jumbogram());
    }
    const Carried carried = one_in(3) ? behind_ipv6_extension(depth) : behind_protocol(depth, true);
    put16(header, 4, mostly(static_cast<unsigned>(carried.octets.size())));
    put8(header, 6, carried.number);
    return join(std::move(header), carried.octets);
}

RandomPacket::Carried RandomPacket::behind_ipv6_extension(int depth) {
    if (one_in(6)) return {44, ipv6_fragment(depth - 1)};
    return {any_of({0, 43, 60, 60, 135}), extension(depth - 1)};
}

Bytes RandomPacket::extension(int depth) {
    const Carried carried =
        one_in(2) && depth > 0 ? behind_ipv6_extension(depth) : behind_protocol(depth, true);
    const unsigned units = one_in(3) ? below(4) : 0;
    Bytes header = octets((units + 1) * std::size_t{8});
    put8(header, 0, carried.number);
    put8(header, 1, mostly(units, 8));
    return join(std::move(header), carried.octets);
}

Bytes RandomPacket::hop_by_hop_of_jumbogram() {
    Bytes options;
    for (unsigned count = below(10); count > 0; --count) {
        const unsigned type = any_of({0, 0, 1, 5, 0xc2});
        options.push_back(static_cast<std::uint8_t>(type));
        if (type == 0) continue;
        const unsigned length = mostly(below(5), 8);
        options.push_back(static_cast<std::uint8_t>(length));
        options = join(std::move(options), octets(std::min(length, 8U)));
    }
    const auto units = static_cast<unsigned>((options.size() + 2) / 8);
    return join({17, static_cast<std::uint8_t>(mostly(units, 8))},
                join(std::move(options), noise(12)));
}

Bytes RandomPacket::ipv6_fragment(int depth) {
    const Carried carried = behind_protocol(depth, true);
    Bytes header = octets(8);
    put8(header, 0, carried.number);
    put16(header, 2, any_of({0, 0, 1, 1, 6, 7, 8, 0x101}));
    return join(std::move(header), carried.octets);
}

}  // namespace weir::test
