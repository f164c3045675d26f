// SPDX-License-Identifier: BSD-3-Clause
#include "decode/describe.hpp"

namespace weir::decode {
namespace {

using parse::LayerKind;
using Bytes = std::span<const std::byte>;

void gre(Bytes bytes, Fields& fields) {
    Describe<wire::Gre> of(bytes, fields);
    const auto& h = of.header;
    const unsigned flags = h.flags_version.host();
    of.hex("flags", "flags, version", h.flags_version);
    of.hex("proto", "protocol", h.protocol);
    std::size_t at = sizeof(wire::Gre);
    if (h.has_checksum_word()) {
        number_at(bytes, fields, "", "checksum", at, 2, Style::kHexadecimal);
        at += 4;
    }
    if ((flags & wire::kGreKey) != 0) {
        if (h.version() == 1 && h.protocol.host() == wire::kGrePpp) {
            number_at(bytes, fields, "plen", "payload length", at, 2);
            number_at(bytes, fields, "call", "call id", at + 2, 2);
        } else {
            number_at(bytes, fields, "key", "key", at, 4, Style::kHexadecimal);
        }
        at += 4;
    }
    if ((flags & wire::kGreSequence) != 0) {
        number_at(bytes, fields, "seq", "sequence number", at, 4);
        at += 4;
    }
    if (h.version() == 1 && (flags & wire::kGreAcknowledgment) != 0) {
        number_at(bytes, fields, "ack", "acknowledgment", at, 4);
    }
}

void vxlan(Bytes bytes, Fields& fields) {
    Describe<wire::Vxlan> of(bytes, fields);
    number_at(bytes, fields, "flags", "flags", 0, 2, Style::kHexadecimal);
    of.number("vni", "VNI", of.header.vni_reserved, of.header.vni());
}

void vxlan_gpe(Bytes bytes, Fields& fields) {
    Describe<wire::VxlanGpe> of(bytes, fields);
    const auto& h = of.header;
    of.hex("flags", "flags", h.flags);
    of.number("next", "next protocol", h.next_protocol);
    of.number("vni", "VNI", h.vni_reserved, h.vni());
}

void geneve(Bytes bytes, Fields& fields) {
    Describe<wire::Geneve> of(bytes, fields);
    const auto& h = of.header;
    of.number("ver", "version", h.version_options, h.version());
    of.number("optlen", "options length", h.version_options, h.options_octets());
    of.hex("", "flags", h.flags);
    of.hex("proto", "protocol type", h.protocol);
    of.number("vni", "VNI", h.vni_reserved, h.vni());
}

void gtp(LayerKind kind, Bytes bytes, Fields& fields) {
    Describe<wire::GtpU> of(bytes, fields);
    const auto& h = of.header;
    of.hex("flags", "version, flags", h.flags);
    of.number("msg", "message type", h.message_type);
    of.number("len", "length", h.length);
    if (kind == LayerKind::kGtpPrime) return;
    of.hex("teid", "TEID", h.teid);
    constexpr std::size_t kOptional = sizeof(wire::GtpU);
    if ((h.flags & wire::kGtpSequence) != 0) {
        number_at(bytes, fields, "seq", "sequence number", kOptional, 2);
    }
    if ((h.flags & wire::kGtpNpdu) != 0) {
        number_at(bytes, fields, "npdu", "N-PDU number", kOptional + 2, 1);
    }
    if ((h.flags & wire::kGtpExtension) != 0) {
        number_at(bytes, fields, "ext", "next extension header", kOptional + 3, 1);
    }
}

/// `in_ip`: version 3 without UDP, whose header is a session id.
void l2tp(bool in_ip, Bytes bytes, Fields& fields) {
    if (in_ip) return number_at(bytes, fields, "session", "session id", 0, 4);
    Describe<wire::L2tp> of(bytes, fields);
    const auto& h = of.header;
    const unsigned flags = h.flags_version.host();
    of.hex("flags", "flags, version", h.flags_version);
    if (h.version() == 3) {
        if ((flags & wire::kL2tpControl) == 0) {
            return number_at(bytes, fields, "session", "session id", 4, 4);
        }
        number_at(bytes, fields, "len", "length", 2, 2);
        return number_at(bytes, fields, "connection", "control connection id", 4, 4);
    }
    std::size_t at = 2;
    if ((flags & wire::kL2tpLength) != 0) {
        number_at(bytes, fields, "len", "length", at, 2);
        at += 2;
    }
    number_at(bytes, fields, "tunnel", "tunnel id", at, 2);
    number_at(bytes, fields, "session", "session id", at + 2, 2);
}

/// `gre`: the header before, which tells the type; type I has no header of its own.
void erspan(const wire::Gre* gre, Bytes bytes, Fields& fields) {
    if (gre == nullptr) return;
    const bool type3 = gre->protocol.host() == wire::kGreErspan3;
    if (!type3 && (gre->flags_version.host() & wire::kGreSequence) == 0) return;
    Describe<wire::Erspan> of(bytes, fields);
    const auto& h = of.header;
    of.number("ver", "version", h.version_vlan, h.version_vlan.host() >> 12);
    of.number("vlan", "VLAN identifier", h.version_vlan, h.version_vlan.host() & 0xfffU);
    of.number("session", "session id", h.cos_session, h.cos_session.host() & 0x3ffU);
}

void wireguard(Bytes bytes, Fields& fields) {
    Describe<wire::WireGuard> of(bytes, fields);
    of.number("type", "message type", of.header.type);
}

}  // namespace

void describe_tunnel(const parse::PacketLayers& layers, std::size_t layer, Fields& fields) {
    const LayerKind kind = layers.kind(layer);
    const Bytes bytes = layers.bytes(layer);
    const std::size_t before = layer == 0 ? 0 : layer - 1;
    switch (kind) {
        case LayerKind::kGre:
            return gre(bytes, fields);
        case LayerKind::kVxlan:
            return vxlan(bytes, fields);
        case LayerKind::kVxlanGpe:
            return vxlan_gpe(bytes, fields);
        case LayerKind::kGeneve:
            return geneve(bytes, fields);
        case LayerKind::kGtpU:
        case LayerKind::kGtpPrime:
            return gtp(kind, bytes, fields);
        case LayerKind::kErspan:
            return erspan(layers.get<wire::Gre>(before), bytes, fields);
        case LayerKind::kL2tp:
            return l2tp(layers.kind(before) != LayerKind::kUdp, bytes, fields);
        case LayerKind::kWireGuard:
            return wireguard(bytes, fields);
        default:
            return;
    }
}

}  // namespace weir::decode
