// SPDX-License-Identifier: BSD-3-Clause
// IPv4, IPv6 and what stands straight behind them, quotes included.
#include "reference_descent.hpp"

namespace weir::test {

void Descent::ipv4(std::size_t at) {
    constexpr LayerKind kLayer = LayerKind::kIpv4;
    need(kLayer, at, 20, ParseStatus::kIpv4TooShort);
    if (octet(at) / 16 != 4) stop(ParseStatus::kIpv4VersionInvalid, kLayer, at);
    const std::size_t header = octet(at) % 16 * 4;
    if (header < 20) stop(ParseStatus::kIpv4IhlTooSmall, kLayer, at);
    need(kLayer, at, header, ParseStatus::kIpv4OptionsBeyondFrame);
    network(kLayer, at);
    const std::size_t total = two(at + 2);
    if (total < header) {
        end_ = at + header;
        network_end();
        stop(ParseStatus::kIpv4TotalLengthTooSmall, kLayer, at);
    }
    if (total <= left(at)) {
        end_ = at + total;
    } else if (!in_fragment()) {
        note(ParseStatus::kIpv4TotalLengthBeyondFrame, kLayer, at);
    }
    network_end();
    done(at + header);
    const unsigned offset = two(at + 6) % 0x2000;
    const bool more = (octet(at + 6) & 0x20) != 0;
    if (offset != 0 || more) record.flags |= parse::kFragment;
    if (offset != 0) {
        record.flags |= parse::kLaterFragment;
        return;
    }
    by_protocol(octet(at + 9), at + header);
}

void Descent::ipv6(std::size_t at) {
    constexpr LayerKind kLayer = LayerKind::kIpv6;
    need(kLayer, at, 40, ParseStatus::kIpv6TooShort);
    if (octet(at) / 16 != 6) stop(ParseStatus::kIpv6VersionInvalid, kLayer, at);
    network(kLayer, at);
    const std::size_t payload = two(at + 4);
    const unsigned next = octet(at + 6);
    // What looks for the option sees the frame: the packet's own end is where it begins.
    const std::size_t enclosing = end_;
    if (payload <= left(at + 40)) {
        end_ = at + 40 + payload;
    } else if (!in_fragment()) {
        note(ParseStatus::kIpv6PayloadLengthBeyondFrame, kLayer, at);
    }
    network_end();
    if (payload == 0 && next == 0) {
        const std::size_t own = end_;
        end_ = enclosing;
        const bool jumbogram = is_jumbogram(at + 40);
        end_ = own;
        if (jumbogram) stop(ParseStatus::kIpv6Jumbogram, kLayer, at);
    }
    done(at + 40);
    by_protocol(next, at + 40);
}

/// Looks at the first eight options of a hop-by-hop header at `at`.
bool Descent::is_jumbogram(std::size_t at) {
    const auto seen = [&](std::size_t octet_at) {
        if (octet_at < bytes_.size()) return;
        // Stops as for a header that is cut off, at the IPv6 header before.
        note(ParseStatus::kTruncated, LayerKind::kIpv6HopByHop, at - 40);
        record.status = ParseStatus::kTruncated;
        record.fault_layer = LayerKind::kIpv6HopByHop;
        throw Stop{};
    };
    if (left(at) < 2) return false;
    seen(at + 1);
    const std::size_t octets = (octet(at + 1) + 1) * 8;
    const std::size_t last = octets < left(at) ? at + octets : end_;
    std::size_t option = at + 2;
    for (int i = 0; i < 8 && option < last; ++i) {
        seen(option);
        if (octet(option) == 0xc2) return true;
        if (octet(option) == 0) {
            option += 1;
            continue;
        }
        if (option + 1 >= last) return false;
        seen(option + 1);
        option += 2 + octet(option + 1);
    }
    return false;
}

LayerKind Descent::kind_of_protocol(unsigned protocol, bool ipv6) {
    switch (protocol) {
        case 1:
            return LayerKind::kIcmp;
        case 4:
            return LayerKind::kIpv4;
        case 6:
            return LayerKind::kTcp;
        case 17:
            return LayerKind::kUdp;
        case 33:
            return LayerKind::kDccp;
        case 41:
            return LayerKind::kIpv6;
        case 47:
            return LayerKind::kGre;
        case 50:
            return LayerKind::kEsp;
        case 51:
            return LayerKind::kAh;
        case 58:
            return LayerKind::kIcmpv6;
        case 115:
            return LayerKind::kL2tp;
        case 132:
            return LayerKind::kSctp;
        case 136:
            return LayerKind::kUdpLite;
        case 137:
            return LayerKind::kMpls;
        case 143:
            return LayerKind::kEth;
        default:
            break;
    }
    if (!ipv6) return LayerKind::kNone;
    switch (protocol) {
        case 0:
            return LayerKind::kIpv6HopByHop;
        case 43:
            return LayerKind::kIpv6Routing;
        case 44:
            return LayerKind::kIpv6Fragment;
        case 60:
            return LayerKind::kIpv6DestOpts;
        case 135:
            return LayerKind::kIpv6Mobility;
        default:
            return LayerKind::kNone;
    }
}

void Descent::by_protocol(unsigned protocol, std::size_t at) {
    if (left(at) == 0) return;
    const LayerKind kind = kind_of_protocol(protocol, record.inner_network == LayerKind::kIpv6);
    switch (kind) {
        case LayerKind::kIcmp:
        case LayerKind::kIcmpv6:
            return icmp(kind, at);
        case LayerKind::kIpv4:
            return ipv4(at);
        case LayerKind::kIpv6:
            return ipv6(at);
        case LayerKind::kTcp:
            return tcp(at);
        case LayerKind::kUdp:
            return udp(at);
        case LayerKind::kDccp:
            return dccp(at);
        case LayerKind::kGre:
            return gre(at);
        case LayerKind::kEsp:
            return esp(at);
        case LayerKind::kAh:
            return ah(at);
        case LayerKind::kL2tp:
            return l2tp_in_ip(at);
        case LayerKind::kSctp:
            return sctp(at);
        case LayerKind::kUdpLite:
            return udp_lite(at);
        case LayerKind::kMpls:
            return mpls(at);
        case LayerKind::kEth:
            return ethernet(at);
        case LayerKind::kIpv6Fragment:
            return fragment(at);
        case LayerKind::kNone:
            return;
        default:
            return extension(kind, at);
    }
}

void Descent::extension(LayerKind layer, std::size_t at) {
    need(layer, at, 8, ParseStatus::kIpv6ExtensionTooShort);
    const std::size_t octets = (octet(at + 1) + 1) * 8;
    need(layer, at, octets, ParseStatus::kIpv6ExtensionTooShort);
    list(layer, at);
    done(at + octets);
    by_protocol(octet(at), at + octets);
}

void Descent::fragment(std::size_t at) {
    need(LayerKind::kIpv6Fragment, at, 8, ParseStatus::kIpv6ExtensionTooShort);
    list(LayerKind::kIpv6Fragment, at);
    done(at + 8);
    const unsigned offset = two(at + 2) / 8;
    const bool more = two(at + 2) % 2 == 1;
    if (offset != 0 || more) record.flags |= parse::kFragment;
    if (offset != 0) {
        record.flags |= parse::kLaterFragment;
        return;
    }
    by_protocol(octet(at), at + 8);
}

void Descent::gre(std::size_t at) {
    need(LayerKind::kGre, at, 4, ParseStatus::kGreTooShort);
    const unsigned flags = two(at);
    const unsigned version = flags % 8;
    const bool checksum_or_routing = (flags & 0xc000) != 0;
    const bool key = (flags & 0x2000) != 0;
    const bool sequence = (flags & 0x1000) != 0;
    const bool acknowledgment = version == 1 && (flags & 0x0080) != 0;
    std::size_t octets = 4;
    for (const bool present : {checksum_or_routing, key, sequence, acknowledgment}) {
        if (present) octets += 4;
    }
    need(LayerKind::kGre, at, octets, ParseStatus::kGreTooShort);
    list(LayerKind::kGre, at);
    tunnel(LayerKind::kGre, key ? four(at + (checksum_or_routing ? 8 : 4)) : 0);
    done(at + octets);
    const std::size_t next = at + octets;
    if ((flags & 0x4000) != 0 || version > 1 || left(next) == 0) return;
    switch (two(at + 2)) {
        case 0x0800:
        case 0x86dd:
        case 0x0806:
        case 0x6558:
        case 0x8847:
        case 0x8848:
            return by_ether_type(two(at + 2), next);
        case 0x880b:
            return ppp(next);
        case 0x88be:
            return erspan(sequence ? 2 : 1, next);
        case 0x22eb:
            return erspan(3, next);
        default:
            return;
    }
}

void Descent::erspan(unsigned type, std::size_t at) {
    constexpr LayerKind kLayer = LayerKind::kErspan;
    std::size_t octets = type == 1 ? 0 : type == 2 ? 8 : 12;
    need(kLayer, at, octets, ParseStatus::kErspanTooShort);
    if (type == 3 && octet(at + 11) % 2 == 1) octets = 20;
    need(kLayer, at, octets, ParseStatus::kErspanTooShort);
    list(kLayer, at);
    done(at + octets);
    if (left(at + octets) > 0) ethernet(at + octets);
}

void Descent::ah(std::size_t at) {
    need(LayerKind::kAh, at, 12, ParseStatus::kAhTooShort);
    const std::size_t octets = (octet(at + 1) + 2) * 4;
    if (octets < 12) stop(ParseStatus::kAhLengthTooSmall, LayerKind::kAh, at);
    need(LayerKind::kAh, at, octets, ParseStatus::kAhTooShort);
    list(LayerKind::kAh, at);
    ipsec(LayerKind::kAh, at, four(at + 4), four(at + 8));
    done(at + octets);
    by_protocol(octet(at), at + octets);
}

void Descent::esp(std::size_t at) {
    need(LayerKind::kEsp, at, 8, ParseStatus::kEspTooShort);
    transport(LayerKind::kEsp, at);
    ipsec(LayerKind::kEsp, at, four(at), four(at + 4));
    if (options_.esp_null_icv_octets >= 0) return esp_null(at);
    done(at + 8);
}

void Descent::esp_null(std::size_t at) {
    need(LayerKind::kEsp, at, left(at), ParseStatus::kEspTooShort);
    const auto icv = static_cast<std::size_t>(options_.esp_null_icv_octets);
    const auto invalid = [&] { stop(ParseStatus::kEspPaddingInvalid, LayerKind::kEsp, at); };
    if (left(at + 8) < icv + 2) invalid();
    const std::size_t next_header = end_ - icv - 1;
    const std::size_t padding = octet(next_header - 1);
    if (padding > next_header - 1 - (at + 8)) invalid();
    const std::size_t payload_end = next_header - 1 - padding;
    for (std::size_t i = 0; i < padding; ++i) {
        if (octet(payload_end + i) != i + 1) invalid();
    }
    end_ = payload_end;
    done(at + 8);
    by_protocol(octet(next_header), at + 8);
}

}  // namespace weir::test
