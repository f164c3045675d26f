// SPDX-License-Identifier: BSD-3-Clause
// Tunnels.

#include "support/random_packet.hpp"
#include "support/random_packet_octets.hpp"

namespace weir::test {

using Bytes = RandomPacket::Bytes;

RandomPacket::Carried RandomPacket::behind_port(int depth) {
    if (depth <= 0 || one_in(8)) return {any_of({53, 4789, 2152, 6081, 3544, 4500}), noise(60)};
    switch (below(12)) {
        case 0:
            return {500, ike()};
        case 1:
            return {1701, l2tp(depth - 1)};
        case 2:
            return {2152, gtp(depth - 1)};
        case 3:
            return {3544, teredo(depth - 1)};
        case 4:
            return {4500, nat_traversal(depth - 1)};
        case 5:
            return {4789, vxlan(depth - 1, false)};
        case 6:
            return {4790, vxlan(depth - 1, true)};
        case 7:
            return {6081, geneve(depth - 1)};
        case 8:
            return {6635, mpls(depth - 1)};
        case 9:
            return {4754, gre(depth - 1)};
        case 10:
            return {9899, sctp()};
        default:
            return {51820, wireguard()};
    }
}

RandomPacket::Carried RandomPacket::behind_gre(int depth) {
    if (depth <= 0) return {any_of({0x0800, 0x880b, 0x88be, 0x22eb, 0x8100}), noise()};
    switch (below(9)) {
        case 0:
            return {0x0800, ipv4(depth - 1)};
        case 1:
            return {0x86dd, ipv6(depth - 1)};
        case 2:
            return {0x0806, arp()};
        case 3:
            return {0x6558, ethernet(depth - 1)};
        case 4:
            return {any_of({0x8847, 0x8848}), mpls(depth - 1)};
        case 5:
            return {0x880b, ppp(depth - 1)};
        case 6:
            return {0x8100, tag(depth - 1, octets(4))};
        case 7:
            return {0x88be, ethernet(depth - 1)};
        default:
            return {0x22eb, ethernet(depth - 1)};
    }
}

Bytes RandomPacket::gre(int depth) {
    Carried carried = behind_gre(depth);
    unsigned flags = any_of({0, 0, 0x1000, 0x2000, 0x3000, 0x8000, 0xb000, 0x4000, 0x3081, 0x2001});
    flags = mostly(flags);
    if (carried.number == 0x88be && (flags & 0x1000) != 0) {
        Bytes erspan = octets(8);
        put8(erspan, 0, one_in(6) ? 0x20 : 0x10);
        carried.octets = join(std::move(erspan), carried.octets);
    }
    if (carried.number == 0x22eb) {
        Bytes erspan = octets(12);
        put8(erspan, 0, one_in(9) ? 0x10 : 0x20);
        put8(erspan, 10, any_of({0, 0, 0, 0x08, 0x04}));
        if (erspan[11] % 2 == 1) erspan = join(std::move(erspan), octets(8));
        carried.octets = join(std::move(erspan), carried.octets);
    }
    std::size_t words = 1;
    for (const unsigned bits : {0xc000U, 0x2000U, 0x1000U}) words += (flags & bits) != 0 ? 1 : 0;
    if ((flags & 7) == 1 && (flags & 0x80) != 0) ++words;
    Bytes header = octets(words * 4);
    put16(header, 0, flags);
    put16(header, 2, mostly(carried.number));
    return join(std::move(header), carried.octets);
}

Bytes RandomPacket::vxlan(int depth, bool gpe) {
    Bytes header = octets(8);
    if (!gpe) return join(std::move(header), ethernet(depth));
    const unsigned protocol = any_of({0, 1, 2, 3, 3, 4, 5});
    put8(header, 0, one_in(3) ? 0x08 : 0x0c);
    put8(header, 3, protocol);
    if (protocol == 1) return join(std::move(header), ipv4(depth));
    if (protocol == 2) return join(std::move(header), ipv6(depth));
    if (protocol == 5) return join(std::move(header), mpls(depth));
    return join(std::move(header), ethernet(depth));
}

Bytes RandomPacket::geneve(int depth) {
    Bytes options;
    for (unsigned count = one_in(2) ? below(one_in(6) ? 12 : 4) : 0; count > 0; --count) {
        const unsigned words = below(4);
        Bytes option = octets(4 + words * std::size_t{4});
        put8(option, 3, below(8) << 5 | mostly(words, 5));
        options = join(std::move(options), option);
    }
    const Carried carried = behind_ether_type(depth);
    Bytes header = octets(8);
    const auto words = static_cast<unsigned>(options.size() / 4);
    put8(header, 0, mostly(words, 6) | (one_in(30) ? below(4) << 6 : 0));
    put16(header, 2, carried.number);
    return join(join(std::move(header), options), carried.octets);
}

Bytes RandomPacket::gtp(int depth) {
    const unsigned optional = one_in(2) ? below(8) : 0;
    Bytes behind;
    if (optional != 0) behind = octets(4);
    if ((optional & 4) != 0) {
        const unsigned count = one_in(12) ? 7 + below(3) : below(4);
        std::size_t type_at = 3;
        put8(behind, type_at, count == 0 ? 0 : 0x85);
        for (unsigned i = 0; i < count; ++i) {
            const unsigned words = 1 + below(3);
            Bytes extension = octets(words * std::size_t{4});
            put8(extension, 0, mostly(words, 8));
            put8(extension, extension.size() - 1, i + 1 == count ? 0 : 0xc0);
            behind = join(std::move(behind), extension);
        }
    }
    behind = join(std::move(behind), one_in(6) ? noise() : ip(depth));
    Bytes header = octets(8);
    put8(header, 0, one_in(12) ? below(256) : 0x30 | optional);
    put8(header, 1, one_in(8) ? below(256) : 255);
    put16(header, 2, mostly(static_cast<unsigned>(behind.size())));
    return join(std::move(header), behind);
}

Bytes RandomPacket::l2tp(int depth) {
    if (one_in(5)) {
        Bytes third = join(octets(8), noise());
        put16(third, 0, (one_in(2) ? 0x8000 : 0) | mostly(3, 4));
        return third;
    }
    unsigned flags = 2;
    std::size_t size = 6;
    const bool has_length = one_in(2);
    const bool has_offset = one_in(3);
    if (has_length) flags |= 0x4000, size += 2;
    if (one_in(3)) flags |= 0x0800, size += 4;
    if (has_offset) flags |= 0x0200, size += 2;
    if (one_in(8)) flags |= 0x8000;
    Bytes header = octets(size);
    put16(header, 0, flags);
    if (has_offset) {
        const unsigned skipped = below(5);
        put16(header, size - 2, mostly(skipped));
        header = join(std::move(header), octets(skipped));
    }
    Bytes packet = join(std::move(header), ppp(depth));
    if (has_length) put16(packet, 2, mostly(static_cast<unsigned>(packet.size())));
    return packet;
}

Bytes RandomPacket::teredo(int depth) {
    Bytes indications;
    if (one_in(3)) {
        const unsigned id = below(4);
        const unsigned value = below(4);
        indications = octets(13 + id + value);
        put16(indications, 0, 1);
        put8(indications, 2, mostly(id, 8));
        put8(indications, 3, mostly(value, 8));
    }
    if (one_in(3)) {
        Bytes origin = octets(8);
        put16(origin, 0, 0);
        indications = join(std::move(indications), origin);
    }
    return join(std::move(indications), one_in(10) ? noise() : ipv6(depth));
}

Bytes RandomPacket::wireguard() {
    const unsigned type = 1 + below(4);
    const std::size_t sizes[] = {148, 92, 64, 32U + below(40)};
    Bytes message = octets(mostly(static_cast<unsigned>(sizes[type - 1])) % 256);
    for (std::size_t at = 0; at < 4 && at < message.size(); ++at) message[at] = 0;
    if (!message.empty()) put8(message, 0, mostly(type, 8));
    return message;
}

}  // namespace weir::test
