// SPDX-License-Identifier: BSD-3-Clause
#include "decode/describe.hpp"
#include "parse/tcp_options.hpp"

namespace weir::decode {
namespace {

using parse::LayerKind;
using Bytes = std::span<const std::byte>;

template <typename Header>
void ports(Describe<Header>& of) {
    of.number("sport", "source port", of.header.source_port);
    of.number("dport", "destination port", of.header.destination_port);
}

void tcp_options(Bytes bytes, Fields& fields) {
    const parse::TcpOptions options = parse::locate_tcp_options(bytes);
    if (options.mss != 0) {
        number_at(bytes, fields, "mss", "option: maximum segment size", options.mss + 2U, 2);
    }
    if (options.window_scale != 0) {
        number_at(bytes, fields, "wscale", "option: window scale", options.window_scale + 2U, 1);
    }
    if (options.sack_permitted != 0) {
        fields.push_back(
            {"sackok", "option: SACK permitted", options.sack_permitted, 2, std::uint64_t{1}});
    }
    if (options.sack != 0) {
        number_at(bytes, fields, "sle", "option: SACK left edge", options.sack + 2U, 4);
        number_at(bytes, fields, "sre", "option: SACK right edge", options.sack + 6U, 4);
    }
    if (options.timestamps != 0) {
        number_at(bytes, fields, "tsval", "option: timestamp", options.timestamps + 2U, 4);
        number_at(bytes, fields, "tsecr", "option: timestamp echoed", options.timestamps + 6U, 4);
    }
}

void tcp(Bytes bytes, Fields& fields) {
    Describe<wire::Tcp> of(bytes, fields);
    const auto& h = of.header;
    ports(of);
    of.number("seq", "sequence number", h.sequence);
    of.number("ack", "acknowledgment", h.acknowledgment);
    of.number("hl", "header length", h.offset_reserved, h.data_offset() * 4);
    of.number("ae", "accurate ECN (AE)", h.offset_reserved, h.offset_reserved & 1U);
    of.hex("flags", "flags", h.flags);
    of.number("win", "window", h.window);
    of.hex("", "checksum", h.checksum);
    of.number("", "urgent pointer", h.urgent_pointer);
    tcp_options(bytes, fields);
}

void udp(Bytes bytes, Fields& fields) {
    Describe<wire::Udp> of(bytes, fields);
    ports(of);
    of.number("len", "length", of.header.length);
    of.hex("", "checksum", of.header.checksum);
}

void udp_lite(Bytes bytes, Fields& fields) {
    Describe<wire::UdpLite> of(bytes, fields);
    ports(of);
    of.number("cov", "checksum coverage", of.header.coverage);
    of.hex("", "checksum", of.header.checksum);
}

void sctp(Bytes bytes, Fields& fields) {
    Describe<wire::Sctp> of(bytes, fields);
    ports(of);
    of.number("vtag", "verification tag", of.header.verification_tag);
    of.hex("", "checksum", of.header.checksum);
    number_at(bytes, fields, "chunk", "first chunk's type", sizeof(wire::Sctp), 1);
}

void dccp(Bytes bytes, Fields& fields) {
    Describe<wire::Dccp> of(bytes, fields);
    const auto& h = of.header;
    ports(of);
    of.number("hl", "header length", h.data_offset, h.data_offset * 4U);
    of.number("type", "type", h.reserved_type_x, h.reserved_type_x >> 1 & 0x0fU);
}

/// Messages with identifier and sequence number: echo, timestamp, information and address mask
/// (RFC 792, RFC 950); echo (RFC 4443, section 4).
bool is_query(LayerKind kind, unsigned type) {
    if (kind == LayerKind::kIcmpv6) return type == 128 || type == 129;
    return type == 0 || type == 8 || (type >= 13 && type <= 18);
}

/// Extended echo request and reply, whose sequence number is one octet (RFC 8335, section 2).
bool is_extended_echo(LayerKind kind, unsigned type) {
    if (kind == LayerKind::kIcmpv6) return type == 160 || type == 161;
    return type == 42 || type == 43;
}

void icmp(LayerKind kind, Bytes bytes, Fields& fields) {
    Describe<wire::IcmpEcho> of(bytes, fields);
    const auto& h = of.header;
    of.number("type", "type", h.icmp.type);
    of.number("code", "code", h.icmp.code);
    of.hex("", "checksum", h.icmp.checksum);
    const bool extended = is_extended_echo(kind, h.icmp.type);
    if (!extended && !is_query(kind, h.icmp.type)) return;
    of.number("id", "identifier", h.id);
    if (extended) {
        of.number("seq", "sequence number", h.sequence.octets[0]);
    } else {
        of.number("seq", "sequence number", h.sequence);
    }
}

}  // namespace

void describe_transport(LayerKind kind, Bytes bytes, Fields& fields) {
    switch (kind) {
        case LayerKind::kTcp:
            return tcp(bytes, fields);
        case LayerKind::kUdp:
            return udp(bytes, fields);
        case LayerKind::kUdpLite:
            return udp_lite(bytes, fields);
        case LayerKind::kSctp:
            return sctp(bytes, fields);
        case LayerKind::kDccp:
            return dccp(bytes, fields);
        case LayerKind::kIcmp:
        case LayerKind::kIcmpv6:
            return icmp(kind, bytes, fields);
        default:
            return;
    }
}

}  // namespace weir::decode
