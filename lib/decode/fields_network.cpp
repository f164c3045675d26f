// SPDX-License-Identifier: BSD-3-Clause
#include "decode/describe.hpp"

namespace weir::decode {
namespace {

using parse::LayerKind;
using Bytes = std::span<const std::byte>;

void ipv4(Bytes bytes, Fields& fields) {
    Describe<wire::Ipv4> of(bytes, fields);
    const auto& h = of.header;
    const unsigned flags = h.flags_offset.host();
    of.number("ver", "version", h.version_ihl, h.version());
    of.number("hl", "header length", h.version_ihl, h.ihl() * 4);
    of.hex("tos", "DSCP, ECN", h.tos);
    of.number("len", "total length", h.total_length);
    of.number("id", "identification", h.id);
    of.number("rb", "reserved bit", h.flags_offset, flags >> 15);
    of.number("df", "don't fragment", h.flags_offset, flags >> 14 & 1);
    of.number("mf", "more fragments", h.flags_offset, flags >> 13 & 1);
    of.number("off", "fragment offset", h.flags_offset, (flags & wire::kIpv4OffsetMask) * 8);
    of.number("ttl", "TTL", h.ttl);
    of.number("proto", "protocol", h.protocol);
    of.hex("", "checksum", h.checksum);
    of.text("src", "source", h.source, ipv4_text(h.source));
    of.text("dst", "destination", h.destination, ipv4_text(h.destination));
}

void ipv6(Bytes bytes, Fields& fields) {
    Describe<wire::Ipv6> of(bytes, fields);
    const auto& h = of.header;
    const std::uint32_t first = h.version_class_flow.host();
    of.number("ver", "version", h.version_class_flow, h.version());
    of.number("tc", "traffic class", h.version_class_flow, first >> 20 & 0xff);
    of.number("flow", "flow label", h.version_class_flow, first & 0xfffff);
    of.number("plen", "payload length", h.payload_length);
    of.number("nxt", "next header", h.next_header);
    of.number("hlim", "hop limit", h.hop_limit);
    of.text("src", "source", h.source, ipv6_text(h.source));
    of.text("dst", "destination", h.destination, ipv6_text(h.destination));
}

void extension(Bytes bytes, Fields& fields) {
    Describe<wire::Ipv6Extension> of(bytes, fields);
    const auto& h = of.header;
    of.number("nxt", "next header", h.next_header);
    of.number("hl", "header length", h.length, h.octets());
}

void routing(Bytes bytes, Fields& fields) {
    Describe<wire::Ipv6Routing> of(bytes, fields);
    const auto& h = of.header;
    extension(bytes, fields);
    of.number("type", "routing type", h.type);
    of.number("segleft", "segments left", h.segments_left);
}

void mobility(Bytes bytes, Fields& fields) {
    Describe<wire::Ipv6Mobility> of(bytes, fields);
    const auto& h = of.header;
    of.number("nxt", "payload protocol", h.extension.next_header);
    of.number("len8", "header length, 8 octets less", h.extension.length);
    of.number("mh", "mobility header type", h.type);
}

void fragment(Bytes bytes, Fields& fields) {
    Describe<wire::Ipv6Fragment> of(bytes, fields);
    const auto& h = of.header;
    const unsigned offset_more = h.offset_more.host();
    of.number("nxt", "next header", h.next_header);
    of.number("off", "fragment offset", h.offset_more, offset_more & wire::kIpv6OffsetMask);
    of.number("more", "more fragments", h.offset_more, offset_more & wire::kIpv6MoreFragments);
    of.number("id", "identification", h.id);
}

}  // namespace

void describe_network(LayerKind kind, Bytes bytes, Fields& fields) {
    switch (kind) {
        case LayerKind::kIpv4:
            return ipv4(bytes, fields);
        case LayerKind::kIpv6:
            return ipv6(bytes, fields);
        case LayerKind::kIpv6HopByHop:
        case LayerKind::kIpv6DestOpts:
            return extension(bytes, fields);
        case LayerKind::kIpv6Routing:
            return routing(bytes, fields);
        case LayerKind::kIpv6Fragment:
            return fragment(bytes, fields);
        case LayerKind::kIpv6Mobility:
            return mobility(bytes, fields);
        default:
            return;
    }
}

}  // namespace weir::decode
