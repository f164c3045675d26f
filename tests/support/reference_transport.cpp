// SPDX-License-Identifier: BSD-3-Clause
// TCP, UDP and their like, ICMP and what it quotes.
#include "reference_descent.hpp"

namespace weir::test {

void Descent::tcp(std::size_t at) {
    need(LayerKind::kTcp, at, 20, ParseStatus::kTcpTooShort);
    transport(LayerKind::kTcp, at);
    ports(at);
    const std::size_t octets = octet(at + 12) / 16 * 4;
    if (octets < 20) stop(ParseStatus::kTcpDataOffsetTooSmall, LayerKind::kTcp, at);
    need(LayerKind::kTcp, at, octets, ParseStatus::kTcpOptionsBeyondPacket);
    done(at + octets);
}

void Descent::udp(std::size_t at) {
    need(LayerKind::kUdp, at, 8, ParseStatus::kUdpTooShort);
    transport(LayerKind::kUdp, at);
    ports(at);
    const std::size_t length = two(at + 4);
    if (length < 8) stop(ParseStatus::kUdpLengthTooSmall, LayerKind::kUdp, at);
    if (length > left(at) && !in_fragment()) {
        note(ParseStatus::kUdpLengthBeyondPacket, LayerKind::kUdp, at);
    }
    done(at + 8);
    const auto [kind, otherwise] =
        options_.udp_ports.carried(record.source_port, record.destination_port);
    if (kind == LayerKind::kNone) return;
    if (length <= left(at)) end_ = at + length;
    if (left(at + 8) == 0) return;
    if (!by_udp_port(kind, at + 8)) static_cast<void>(by_udp_port(otherwise, at + 8));
}

void Descent::udp_lite(std::size_t at) {
    need(LayerKind::kUdpLite, at, 8, ParseStatus::kUdpLiteTooShort);
    transport(LayerKind::kUdpLite, at);
    ports(at);
    const std::size_t coverage = two(at + 4);
    const bool too_small = coverage >= 1 && coverage <= 7;
    const bool too_large = coverage > left(at) && !in_fragment();
    if (too_small || too_large) {
        note(ParseStatus::kUdpLiteCoverageInvalid, LayerKind::kUdpLite, at);
    }
    done(at + 8);
}

void Descent::sctp(std::size_t at) {
    need(LayerKind::kSctp, at, 12, ParseStatus::kSctpTooShort);
    transport(LayerKind::kSctp, at);
    ports(at);
    if (left(at + 12) > 0) {
        need(LayerKind::kSctp, at, 16, ParseStatus::kSctpChunkTooShort);
        const std::size_t chunk = two(at + 14);
        if (chunk < 4) stop(ParseStatus::kSctpChunkLengthTooSmall, LayerKind::kSctp, at);
        if (chunk > left(at + 12) && !in_fragment()) {
            stop(ParseStatus::kSctpChunkBeyondPacket, LayerKind::kSctp, at);
        }
    }
    done(at + 12);
}

void Descent::dccp(std::size_t at) {
    need(LayerKind::kDccp, at, 12, ParseStatus::kDccpTooShort);
    transport(LayerKind::kDccp, at);
    ports(at);
    const std::size_t generic = octet(at + 8) % 2 == 1 ? 16 : 12;
    need(LayerKind::kDccp, at, generic, ParseStatus::kDccpTooShort);
    const std::size_t octets = octet(at + 4) * 4;
    if (octets < generic) stop(ParseStatus::kDccpDataOffsetTooSmall, LayerKind::kDccp, at);
    need(LayerKind::kDccp, at, octets, ParseStatus::kDccpHeaderBeyondPacket);
    done(at + octets);
}

void Descent::icmp(LayerKind layer, std::size_t at) {
    const bool version4 = layer == LayerKind::kIcmp;
    const ParseStatus too_short =
        version4 ? ParseStatus::kIcmpTooShort : ParseStatus::kIcmpv6TooShort;
    need(layer, at, 4, too_short);
    transport(layer, at);
    const unsigned type = octet(at);
    const bool error = version4 ? type == 3 || type == 4 || type == 5 || type == 11 || type == 12
                                : type >= 1 && type <= 4;
    if (!error || left(at) < 8) return done(at + 4);
    need(layer, at, 8, too_short);
    done(at + 8);
    if (version4) {
        quote_ipv4(at + 8);
    } else {
        quote_ipv6(at + 8);
    }
}

void Descent::need_quoted(LayerKind layer, std::size_t at, std::size_t octets) {
    if (at + octets > end_) throw Stop{};
    need(layer, at, octets, ParseStatus::kTruncated);
}

void Descent::quote(LayerKind layer, std::size_t at, std::size_t octets) {
    need_quoted(layer, at, octets);
    const std::uint64_t own = record.layer_mask;
    list(layer, at);
    record.layer_mask = own;
    record.flags |= parse::kQuoted;
    done(at + octets);
}

void Descent::quote_ipv4(std::size_t at) {
    need_quoted(LayerKind::kIpv4, at, 20);
    const std::size_t header = octet(at) % 16 * 4;
    if (octet(at) / 16 != 4 || header < 20) return;
    quote(LayerKind::kIpv4, at, header);
    if (two(at + 6) % 0x2000 != 0) return;
    quote_last(kind_of_protocol(octet(at + 9), false), at + header);
}

void Descent::quote_ipv6(std::size_t at) {
    need_quoted(LayerKind::kIpv6, at, 40);
    if (octet(at) / 16 != 6) return;
    quote(LayerKind::kIpv6, at, 40);
    unsigned next = octet(at + 6);
    at += 40;
    while (next == 0 || next == 43 || next == 44 || next == 60 || next == 135) {
        const LayerKind layer = kind_of_protocol(next, true);
        need_quoted(layer, at, 8);
        const std::size_t octets = next == 44 ? 8 : (octet(at + 1) + 1) * 8;
        quote(layer, at, octets);
        if (next == 44 && two(at + 2) / 8 != 0) return;
        next = octet(at);
        at += octets;
    }
    quote_last(kind_of_protocol(next, true), at);
}

void Descent::quote_last(LayerKind layer, std::size_t at) {
    switch (layer) {
        case LayerKind::kNone:
            return;
        case LayerKind::kIpv4:
            return quote(layer, at, 20);
        case LayerKind::kIpv6:
            return quote(layer, at, 40);
        case LayerKind::kEsp:
            return quote(layer, at, 8);
        case LayerKind::kAh:
            return quote(layer, at, 12);
        default:
            return quote(layer, at, 4);
    }
}

}  // namespace weir::test
