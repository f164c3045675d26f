// SPDX-License-Identifier: BSD-3-Clause
// Headers that carry packets or frames of others, and what follows in them from the layers behind.
#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "gen/octets.hpp"
#include "gen/packet_builder.hpp"
#include "wire/ethernet.hpp"
#include "wire/tunnel.hpp"

namespace weir::gen {
namespace {

using parse::LayerKind;

/// A PPP protocol that is not parsed: the Link Control Protocol's.
constexpr std::uint16_t kPppLcp = 0xc021;
constexpr std::uint8_t kVxlanGpeNsh = 4;

}  // namespace

Packet& Packet::mpls(std::uint32_t label, unsigned traffic_class, unsigned ttl) {
    Bytes header(4);
    put32(header, 0, label << 12 | traffic_class << 9 | ttl);
    return add(LayerKind::kMpls, std::move(header));
}

Packet& Packet::pseudowire() {
    static_cast<void>(last_of({LayerKind::kMpls}, "pseudowire"));
    return add(LayerKind::kPseudowire, Bytes(4));
}

Packet& Packet::pppoe_discovery(unsigned code) {
    return add(LayerKind::kPppoeDiscovery, {0x11, static_cast<std::uint8_t>(code), 0, 0, 0, 0});
}

Packet& Packet::pppoe_session(unsigned session_id) {
    Bytes header{0x11, 0, 0, 0, 0, 0};
    put16(header, 2, session_id);
    return add(LayerKind::kPppoeSession, std::move(header));
}

Packet& Packet::ppp(bool compressed, bool framed) {
    Bytes header;
    if (framed) header = {wire::kPppAddress, wire::kPppControl};
    header.resize(header.size() + (compressed ? 1 : 2));
    return add(LayerKind::kPpp, std::move(header));
}

Packet& Packet::gre(unsigned flags, std::uint32_t key, std::uint32_t sequence) {
    Bytes header(4);
    put16(header, 0, flags);
    if ((flags & (wire::kGreChecksum | wire::kGreRouting)) != 0) header.resize(header.size() + 4);
    const auto append = [&header](std::uint32_t value) {
        header.resize(header.size() + 4);
        put32(header, header.size() - 4, value);
    };
    if ((flags & wire::kGreKey) != 0) append(key);
    if ((flags & wire::kGreSequence) != 0) append(sequence);
    if ((flags & 7) == 1 && (flags & wire::kGreAcknowledgment) != 0) append(0);
    return add(LayerKind::kGre, std::move(header));
}

Packet& Packet::erspan(unsigned type, unsigned session) {
    const std::size_t gre = last_of({LayerKind::kGre}, "erspan");
    if (type < 1 || type > 3) throw std::invalid_argument("ERSPAN has types 1 to 3");
    if ((bytes_[gre] & 0xf0) != (type == 1 ? 0 : 0x10)) {
        throw std::logic_error("erspan: GRE has a sequence number for types 2 and 3 only");
    }
    put16(bytes_, gre + 2, type == 3 ? wire::kGreErspan3 : wire::kGreErspan);
    Bytes header(type == 1 ? 0 : type == 2 ? 8 : 12);
    if (type != 1) {
        header[0] = static_cast<std::uint8_t>((type - 1) << 4);
        put16(header, 2, session & 0x3ff);
    }
    return add(LayerKind::kErspan, std::move(header));
}

Packet& Packet::vxlan_gpe(std::uint32_t vni) {
    Bytes header(8);
    header[0] = 0x08 | wire::kVxlanGpeHasProtocol;
    put32(header, 4, vni << 8);
    return add(LayerKind::kVxlanGpe, std::move(header));
}

Packet& Packet::geneve(std::uint32_t vni, std::initializer_list<unsigned> option_octets) {
    const unsigned total = std::accumulate(option_octets.begin(), option_octets.end(), 0U);
    Bytes header(8);
    header[0] = static_cast<std::uint8_t>(total / 4);
    put32(header, 4, vni << 8);
    for (const unsigned octets : option_octets) {
        const std::size_t at = header.size();
        header.resize(at + octets);
        put16(header, at, 0xffff);  // An option class for experiments.
        header[at + 3] = static_cast<std::uint8_t>(octets / 4 - 1);
    }
    return add(LayerKind::kGeneve, std::move(header));
}

Packet& Packet::gtpu(std::uint32_t teid, unsigned flags) {
    constexpr unsigned kOptional = wire::kGtpExtension | wire::kGtpSequence | wire::kGtpNpdu;
    Bytes header((flags & kOptional) != 0 ? 12 : 8);
    header[0] = static_cast<std::uint8_t>(0x20 | wire::kGtpProtocolType | flags);
    header[1] = wire::kGtpGpdu;
    put32(header, 4, teid);
    return add(LayerKind::kGtpU, std::move(header));
}

Packet& Packet::gtpu_extension(unsigned type, unsigned words) {
    static_cast<void>(last_of({LayerKind::kGtpU}, "gtpu_extension"));
    Layer& layer = layers_.back();
    bytes_.back() = static_cast<std::uint8_t>(type);  // "Next" of the header before.
    Bytes extension(std::size_t{words} * 4);
    extension[0] = static_cast<std::uint8_t>(words);
    bytes_.insert(bytes_.end(), extension.begin(), extension.end());
    layer.size += extension.size();
    return *this;
}

Packet& Packet::gtp_prime() {
    Bytes header(wire::kGtpPrimeOctets);
    header[0] = 0x2e;
    header[1] = 1;
    return add(LayerKind::kGtpPrime, std::move(header));
}

Packet& Packet::l2tp(std::uint16_t tunnel, std::uint16_t session, unsigned flags) {
    Bytes header((flags & wire::kL2tpLength) != 0 ? 4 : 2);
    put16(header, 0, flags | 2);
    header.resize(header.size() + 4);
    put16(header, header.size() - 4, tunnel);
    put16(header, header.size() - 2, session);
    if ((flags & wire::kL2tpSequence) != 0) header.resize(header.size() + 4);
    if ((flags & wire::kL2tpOffset) != 0) header.resize(header.size() + 2);
    return add(LayerKind::kL2tp, std::move(header));
}

Packet& Packet::l2tp_v3(std::uint32_t session) {
    const bool in_udp = last().kind == LayerKind::kUdp;
    Bytes header(in_udp ? 8 : 4);
    if (in_udp) header[1] = 3;
    put32(header, in_udp ? 4 : 0, session);
    return add(LayerKind::kL2tp, std::move(header));
}

Packet& Packet::teredo(std::initializer_list<unsigned> indications) {
    Bytes header;
    for (const unsigned octet : indications) header.push_back(static_cast<std::uint8_t>(octet));
    return add(LayerKind::kTeredo, std::move(header));
}

Packet& Packet::wireguard(unsigned type) {
    constexpr std::size_t kOctets[] = {0, 148, 92, 64, 32};
    Bytes header(kOctets[type]);
    header[0] = static_cast<std::uint8_t>(type);
    header[4] = 7;  // An index, little-endian.
    return add(LayerKind::kWireGuard, std::move(header));
}

std::uint16_t Packet::gre_protocol_behind(std::size_t index) const {
    if (index + 1 < layers_.size() && layers_[index + 1].kind == LayerKind::kPpp) {
        return wire::kGrePpp;
    }
    return ether_type_behind(index);
}

std::uint16_t Packet::ppp_protocol_behind(std::size_t index) const {
    if (index + 1 == layers_.size()) return kPppLcp;
    switch (layers_[index + 1].kind) {
        case LayerKind::kIpv4:
            return wire::kPppIpv4;
        case LayerKind::kIpv6:
            return wire::kPppIpv6;
        case LayerKind::kMpls:
            return wire::kPppMpls;
        default:
            return kPppLcp;
    }
}

/// Fills in what follows from the layers behind a header of this file.
void Packet::complete_tunnel(Bytes& frame, std::size_t index) const {
    const Layer& layer = layers_[index];
    const std::size_t at = layer.offset;
    const std::size_t behind = bytes_.size() - at - layer.size;
    const LayerKind next = index + 1 < layers_.size() ? layers_[index + 1].kind : LayerKind::kNone;
    switch (layer.kind) {
        case LayerKind::kSnap:
            put16(frame, at + 3, ether_type_behind(index));
            break;
        case LayerKind::kMpls:
            if (next != LayerKind::kMpls) frame[at + 2] |= 1;
            break;
        case LayerKind::kPppoeDiscovery:
        case LayerKind::kPppoeSession:
            put16(frame, at + 4, behind);
            break;
        case LayerKind::kPpp: {
            const std::uint16_t protocol = ppp_protocol_behind(index);
            const std::size_t end = at + layer.size;
            frame[end - 1] = static_cast<std::uint8_t>(protocol);
            if (layer.size % 2 == 0) frame[end - 2] = static_cast<std::uint8_t>(protocol >> 8);
            break;
        }
        case LayerKind::kGre:
            if (next != LayerKind::kErspan) put16(frame, at + 2, gre_protocol_behind(index));
            if ((frame[at + 1] & 7) == 1) put16(frame, at + 4, behind);
            break;
        case LayerKind::kVxlanGpe:
            frame[at + 3] = next == LayerKind::kIpv4   ? wire::kVxlanGpeIpv4
                            : next == LayerKind::kIpv6 ? wire::kVxlanGpeIpv6
                            : next == LayerKind::kEth  ? wire::kVxlanGpeEthernet
                            : next == LayerKind::kMpls ? wire::kVxlanGpeMpls
                                                       : kVxlanGpeNsh;
            break;
        case LayerKind::kGeneve:
            put16(frame, at + 2, ether_type_behind(index));
            break;
        case LayerKind::kGtpU:
            put16(frame, at + 2, bytes_.size() - at - sizeof(wire::GtpU));
            break;
        case LayerKind::kL2tp:
            if ((frame[at] & 0x40) != 0 && (frame[at + 1] & 0x0f) == 2) {
                put16(frame, at + 2, bytes_.size() - at);
            }
            break;
        default:
            break;
    }
}

}  // namespace weir::gen
