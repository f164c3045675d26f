// SPDX-License-Identifier: BSD-3-Clause
#include "decode/describe.hpp"

namespace weir::decode {
namespace {

using parse::LayerKind;
using Bytes = std::span<const std::byte>;

/// An EtherType, or the length of an 802.3 frame in its place.
template <typename Header>
void type_or_length(Describe<Header>& of, const base::be16& field, bool is_type) {
    if (is_type) {
        of.hex("type", "EtherType", field);
    } else {
        of.number("len", "length", field);
    }
}

void ethernet(Bytes bytes, Fields& fields) {
    Describe<wire::Ethernet> of(bytes, fields);
    const auto& h = of.header;
    of.text("dst", "destination", h.destination, hex_octets(h.destination, 6));
    of.text("src", "source", h.source, hex_octets(h.source, 6));
    // A length of 0, behind which nothing stands, is a type for the reference dissector.
    const unsigned type = h.ether_type.host();
    type_or_length(of, h.ether_type, type > wire::kEthernetLengthMax || type == 0);
}

void vlan(Bytes bytes, Fields& fields) {
    Describe<wire::VlanTag> of(bytes, fields);
    const auto& h = of.header;
    const unsigned tci = h.tci.host();
    of.number("pri", "priority (PCP)", h.tci, tci >> 13);
    of.number("dei", "drop eligible", h.tci, tci >> 12 & 1);
    of.number("id", "VLAN identifier", h.tci, tci & 0xfff);
    type_or_length(of, h.ether_type, h.ether_type.host() > wire::kEthernetLengthMax);
}

void llc(Bytes bytes, Fields& fields) {
    Describe<wire::Llc> of(bytes, fields);
    const auto& h = of.header;
    of.hex("dsap", "DSAP", h.dsap);
    of.hex("ssap", "SSAP", h.ssap);
    if (h.octets() == 3) {
        of.hex("control", "control", h.control);
    } else if (bytes.size() >= 4) {
        // Two octets, the lower one first.
        const std::uint64_t control = h.control | std::to_integer<std::uint64_t>(bytes[3]) << 8;
        fields.push_back({"control", "control", 2, 2, control, Style::kHexadecimal});
    }
}

void snap(Bytes bytes, Fields& fields) {
    Describe<wire::Snap> of(bytes, fields);
    const auto& h = of.header;
    of.text("oui", "OUI", h.oui, hex_octets(h.oui, sizeof h.oui));
    of.hex("type", "protocol", h.protocol);
}

void arp(Bytes bytes, Fields& fields) {
    constexpr unsigned kEthernet = 1;
    Describe<wire::Arp> of(bytes, fields);
    const auto& h = of.header;
    of.number("htype", "hardware type", h.hardware_type);
    of.hex("ptype", "protocol type", h.protocol_type);
    of.number("hlen", "hardware length", h.hardware_length);
    of.number("plen", "protocol length", h.protocol_length);
    of.number("op", "operation", h.operation);
    const auto* octets = reinterpret_cast<const std::uint8_t*>(bytes.data());
    std::size_t at = sizeof(wire::Arp);
    const auto hardware = [&](std::string_view key, std::string_view title) {
        if (at + 6 <= bytes.size() && h.hardware_length == 6 &&
            h.hardware_type.host() == kEthernet) {
            fields.push_back({key, title, at, 6, hex_octets(octets + at, 6)});
        }
        at += h.hardware_length;
    };
    const auto protocol = [&](std::string_view key, std::string_view title) {
        if (at + 4 <= bytes.size() && h.protocol_length == 4 &&
            h.protocol_type.host() == wire::kEtherTypeIpv4) {
            fields.push_back({key, title, at, 4, ipv4_text(octets + at)});
        }
        at += h.protocol_length;
    };
    hardware("sha", "sender hardware address");
    protocol("spa", "sender protocol address");
    hardware("tha", "target hardware address");
    protocol("tpa", "target protocol address");
}

void mpls(Bytes bytes, Fields& fields) {
    Describe<wire::MplsEntry> of(bytes, fields);
    const auto& h = of.header;
    of.number("label", "label", h.entry, h.label());
    of.number("tc", "traffic class", h.entry, h.traffic_class());
    of.number("bos", "bottom of stack", h.entry, h.bottom() ? 1 : 0);
    of.number("ttl", "TTL", h.entry, h.ttl());
}

void pseudowire(Bytes bytes, Fields& fields) {
    Describe<wire::PseudowireControlWord> of(bytes, fields);
    const auto& h = of.header;
    of.hex("flags", "flags, length", h.flags_length);
    of.number("seq", "sequence number", h.sequence);
}

void pppoe(Bytes bytes, Fields& fields) {
    Describe<wire::Pppoe> of(bytes, fields);
    const auto& h = of.header;
    of.hex("", "version, type", h.version_type);
    of.number("code", "code", h.code);
    of.number("sid", "session", h.session_id);
    of.number("plen", "length", h.length);
}

void ppp(Bytes bytes, Fields& fields) {
    const auto octet = [bytes](std::size_t at) {
        return at < bytes.size() ? std::to_integer<unsigned>(bytes[at]) : 0;
    };
    const bool framed = octet(0) == wire::kPppAddress && octet(1) == wire::kPppControl;
    const std::size_t at = framed ? 2 : 0;
    number_at(bytes, fields, "proto", "protocol", at, (octet(at) & 1) != 0 ? 1 : 2,
              Style::kHexadecimal);
}

}  // namespace

void describe_link(LayerKind kind, Bytes bytes, Fields& fields) {
    switch (kind) {
        case LayerKind::kEth:
            return ethernet(bytes, fields);
        case LayerKind::kVlan:
            return vlan(bytes, fields);
        case LayerKind::kLlc:
            return llc(bytes, fields);
        case LayerKind::kSnap:
            return snap(bytes, fields);
        case LayerKind::kArp:
            return arp(bytes, fields);
        case LayerKind::kMpls:
            return mpls(bytes, fields);
        case LayerKind::kPseudowire:
            return pseudowire(bytes, fields);
        case LayerKind::kPppoeDiscovery:
        case LayerKind::kPppoeSession:
            return pppoe(bytes, fields);
        case LayerKind::kPpp:
            return ppp(bytes, fields);
        default:
            return;
    }
}

}  // namespace weir::decode
