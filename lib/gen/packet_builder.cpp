// SPDX-License-Identifier: BSD-3-Clause
#include "gen/packet_builder.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "wire/ethernet.hpp"
#include "wire/ip.hpp"
#include "wire/transport.hpp"

namespace weir::gen {
namespace {

using parse::LayerKind;

/// RFC 3692: for experiments; nothing is parsed behind it.
constexpr std::uint8_t kProtocolExperiment = 253;
/// IEEE 802 local experimental EtherType.
constexpr std::uint16_t kEtherTypeExperiment = 0x88b5;

void put16(std::vector<std::uint8_t>& bytes, std::size_t at, std::size_t value) {
    bytes[at] = static_cast<std::uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<std::uint8_t>(value);
}

void put32(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint32_t value) {
    put16(bytes, at, value >> 16);
    put16(bytes, at + 2, value & 0xffff);
}

void put_address(std::vector<std::uint8_t>& bytes, std::size_t at, int family,
                 std::string_view text) {
    if (inet_pton(family, std::string(text).c_str(), bytes.data() + at) != 1) {
        throw std::invalid_argument("no address: " + std::string(text));
    }
}

bool is_ip(LayerKind kind) { return kind == LayerKind::kIpv4 || kind == LayerKind::kIpv6; }

}  // namespace

std::uint16_t internet_checksum(const std::uint8_t* octets, std::size_t size, std::uint32_t sum) {
    for (std::size_t i = 0; i < size; ++i) {
        sum += i % 2 == 0 ? std::uint32_t{octets[i]} << 8 : octets[i];
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(~sum);
}

Packet& Packet::add(LayerKind kind, Bytes header) {
    layers_.push_back({kind, bytes_.size(), header.size()});
    bytes_.insert(bytes_.end(), header.begin(), header.end());
    return *this;
}

Packet& Packet::eth() {
    return add(LayerKind::kEth, {0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1, 0, 0});
}

Packet& Packet::vlan(unsigned vid, std::uint16_t tpid, unsigned pcp) {
    Bytes header(4);
    put16(header, 0, pcp << 13 | (vid & 0xfff));
    tpids_.push_back(tpid);
    return add(LayerKind::kVlan, std::move(header));
}

Packet& Packet::arp(std::string_view sender, std::string_view target) {
    Bytes header(28);
    put16(header, 0, 1);
    put16(header, 2, wire::kEtherTypeIpv4);
    header[4] = 6;
    header[5] = 4;
    put16(header, 6, 1);
    header[8] = 0x02;
    header[13] = 1;
    put_address(header, 14, AF_INET, sender);
    put_address(header, 24, AF_INET, target);
    return add(LayerKind::kArp, std::move(header));
}

Packet& Packet::ipv4(std::string_view source, std::string_view destination,
                     unsigned options_octets) {
    Bytes header(20 + options_octets, 1);
    std::fill_n(header.begin(), 20, std::uint8_t{0});
    header[0] = static_cast<std::uint8_t>(0x40 | header.size() / 4);
    header[8] = 64;
    put_address(header, 12, AF_INET, source);
    put_address(header, 16, AF_INET, destination);
    return add(LayerKind::kIpv4, std::move(header));
}

Packet& Packet::fragment(unsigned offset_units, bool more) {
    Layer& layer = layers_.back();
    layer.fragment = true;
    put16(bytes_, layer.offset + 6, (more ? wire::kIpv4MoreFragments : 0U) | offset_units);
    return *this;
}

Packet& Packet::ipv6(std::string_view source, std::string_view destination) {
    Bytes header(40);
    header[0] = 0x60;
    header[7] = 64;
    put_address(header, 8, AF_INET6, source);
    put_address(header, 24, AF_INET6, destination);
    return add(LayerKind::kIpv6, std::move(header));
}

Packet& Packet::extension(LayerKind kind, unsigned units) {
    Bytes header((units + 1) * 8);
    header[1] = static_cast<std::uint8_t>(units);
    // PadN options of at most 255 octets (RFC 8200, section 4.2) fill it; a routing header's fields
    // read as type 1 with no segments left.
    for (std::size_t at = 2; at < header.size();) {
        const std::size_t octets = std::min<std::size_t>(header.size() - at - 2, 254);
        header[at] = 1;
        header[at + 1] = static_cast<std::uint8_t>(octets);
        at += octets + 2;
    }
    return add(kind, std::move(header));
}

Packet& Packet::hop_by_hop(unsigned units) { return extension(LayerKind::kIpv6HopByHop, units); }
Packet& Packet::destination_options(unsigned units) {
    return extension(LayerKind::kIpv6DestOpts, units);
}
Packet& Packet::routing(unsigned units) {
    extension(LayerKind::kIpv6Routing, units);
    bytes_[layers_.back().offset + 3] = 0;
    return *this;
}

Packet& Packet::ipv6_fragment(unsigned offset_units, bool more, std::uint32_t id) {
    Bytes header(8);
    put16(header, 2, offset_units << 3 | (more ? 1U : 0U));
    put32(header, 4, id);
    add(LayerKind::kIpv6Fragment, std::move(header));
    layers_.back().fragment = true;
    return *this;
}

Packet& Packet::tcp(std::uint16_t source, std::uint16_t destination, unsigned options_octets) {
    Bytes header(20 + options_octets, 1);
    std::fill_n(header.begin(), 20, std::uint8_t{0});
    put16(header, 0, source);
    put16(header, 2, destination);
    header[12] = static_cast<std::uint8_t>(header.size() / 4 << 4);
    header[13] = 0x10;
    put16(header, 14, 0xffff);
    return add(LayerKind::kTcp, std::move(header));
}

Packet& Packet::udp(std::uint16_t source, std::uint16_t destination) {
    Bytes header(8);
    put16(header, 0, source);
    put16(header, 2, destination);
    return add(LayerKind::kUdp, std::move(header));
}

Packet& Packet::icmp(unsigned type, unsigned code) {
    Bytes header(8);
    header[0] = static_cast<std::uint8_t>(type);
    header[1] = static_cast<std::uint8_t>(code);
    return add(LayerKind::kIcmp, std::move(header));
}

Packet& Packet::icmpv6(unsigned type, unsigned code) {
    icmp(type, code);
    layers_.back().kind = LayerKind::kIcmpv6;
    return *this;
}

Packet& Packet::esp(std::uint32_t spi, std::uint32_t sequence) {
    Bytes header(8);
    put32(header, 0, spi);
    put32(header, 4, sequence);
    return add(LayerKind::kEsp, std::move(header));
}

Packet& Packet::ah(std::uint32_t spi, std::uint32_t sequence, unsigned icv_octets) {
    Bytes header(12 + icv_octets);
    header[1] = static_cast<std::uint8_t>(header.size() / 4 - 2);
    put32(header, 4, spi);
    put32(header, 8, sequence);
    return add(LayerKind::kAh, std::move(header));
}

Packet& Packet::vxlan(std::uint32_t vni) {
    Bytes header(8);
    header[0] = 0x08;
    put32(header, 4, vni << 8);
    return add(LayerKind::kVxlan, std::move(header));
}

Packet& Packet::payload(std::size_t octets) {
    Bytes bytes(octets);
    for (std::size_t i = 0; i < octets; ++i) bytes[i] = static_cast<std::uint8_t>(0x20 + i % 95);
    return add(LayerKind::kNone, std::move(bytes));
}

Packet& Packet::raw(std::initializer_list<unsigned> octets) {
    Bytes bytes;
    for (const unsigned octet : octets) bytes.push_back(static_cast<std::uint8_t>(octet));
    return add(LayerKind::kNone, std::move(bytes));
}

Packet& Packet::set8(std::size_t at, unsigned value) {
    overwrites_.push_back({layers_.back().offset + at, {static_cast<std::uint8_t>(value)}});
    return *this;
}

Packet& Packet::set16(std::size_t at, unsigned value) {
    overwrites_.push_back(
        {layers_.back().offset + at,
         {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)}});
    return *this;
}

Packet& Packet::fill_to(std::size_t octets) {
    return octets > bytes_.size() ? payload(octets - bytes_.size()) : *this;
}

Packet& Packet::pad_to(std::size_t octets) {
    padded_to_ = octets;
    return *this;
}

std::size_t Packet::size() const noexcept { return bytes_.size(); }

std::uint64_t Packet::layer_mask() const noexcept {
    std::uint64_t mask = 0;
    for (const Layer& layer : layers_) {
        if (layer.kind != LayerKind::kNone) mask |= parse::layer_bit(layer.kind);
    }
    return mask;
}

std::uint16_t Packet::ether_type_behind(std::size_t index) const {
    if (index + 1 == layers_.size()) return kEtherTypeExperiment;
    switch (layers_[index + 1].kind) {
        case LayerKind::kIpv4:
            return wire::kEtherTypeIpv4;
        case LayerKind::kIpv6:
            return wire::kEtherTypeIpv6;
        case LayerKind::kArp:
            return wire::kEtherTypeArp;
        case LayerKind::kVlan: {
            const auto tags_before = std::count_if(
                layers_.begin(), layers_.begin() + static_cast<std::ptrdiff_t>(index) + 1,
                [](const Layer& layer) { return layer.kind == LayerKind::kVlan; });
            return tpids_[static_cast<std::size_t>(tags_before)];
        }
        default:
            return kEtherTypeExperiment;
    }
}

std::uint8_t Packet::protocol_behind(std::size_t index) const {
    if (index + 1 == layers_.size()) return wire::kProtocolNoNext;
    switch (layers_[index + 1].kind) {
        case LayerKind::kIpv4:
            return wire::kProtocolIpv4;
        case LayerKind::kIpv6:
            return wire::kProtocolIpv6;
        case LayerKind::kIpv6HopByHop:
            return wire::kProtocolHopByHop;
        case LayerKind::kIpv6DestOpts:
            return wire::kProtocolDestinationOptions;
        case LayerKind::kIpv6Routing:
            return wire::kProtocolRouting;
        case LayerKind::kIpv6Fragment:
            return wire::kProtocolFragment;
        case LayerKind::kTcp:
            return wire::kProtocolTcp;
        case LayerKind::kUdp:
            return wire::kProtocolUdp;
        case LayerKind::kIcmp:
            return wire::kProtocolIcmp;
        case LayerKind::kIcmpv6:
            return wire::kProtocolIcmpv6;
        case LayerKind::kEsp:
            return wire::kProtocolEsp;
        case LayerKind::kAh:
            return wire::kProtocolAh;
        default:
            // Behind a later fragment stands a part of what the first one announced.
            return layers_[index].fragment ? wire::kProtocolUdp : kProtocolExperiment;
    }
}

/// Fills in what follows from the layers behind.
void Packet::complete(Bytes& frame, std::size_t index) const {
    const Layer& layer = layers_[index];
    const std::size_t at = layer.offset;
    switch (layer.kind) {
        case LayerKind::kEth:
            put16(frame, at + 12, ether_type_behind(index));
            break;
        case LayerKind::kVlan:
            put16(frame, at + 2, ether_type_behind(index));
            break;
        case LayerKind::kIpv4:
            put16(frame, at + 2, bytes_.size() - at);
            frame[at + 9] = protocol_behind(index);
            break;
        case LayerKind::kIpv6:
            put16(frame, at + 4, bytes_.size() - at - 40);
            frame[at + 6] = protocol_behind(index);
            break;
        case LayerKind::kIpv6HopByHop:
        case LayerKind::kIpv6DestOpts:
        case LayerKind::kIpv6Routing:
        case LayerKind::kIpv6Fragment:
        case LayerKind::kAh:
            frame[at] = protocol_behind(index);
            break;
        case LayerKind::kUdp:
            put16(frame, at + 4, bytes_.size() - at);
            break;
        default:
            break;
    }
}

/// Checksums: of an IPv4 header, of a transport over its pseudo-header (RFC 9293 section 3.1, RFC
/// 8200 section 8.1). The transport of a fragment has none here: its packet is not all there.
void Packet::checksum_layer(Bytes& frame, std::size_t index) const {
    const Layer& layer = layers_[index];
    if (layer.kind == LayerKind::kIpv4) {
        put16(frame, layer.offset + 10, internet_checksum(frame.data() + layer.offset, layer.size));
        return;
    }
    std::size_t field = 0;
    std::uint8_t protocol = 0;
    if (layer.kind == LayerKind::kTcp) {
        field = 16;
        protocol = wire::kProtocolTcp;
    } else if (layer.kind == LayerKind::kUdp) {
        field = 6;
        protocol = wire::kProtocolUdp;
    } else if (layer.kind == LayerKind::kIcmp || layer.kind == LayerKind::kIcmpv6) {
        field = 2;
        protocol = wire::kProtocolIcmpv6;
    } else {
        return;
    }
    const std::size_t size = bytes_.size() - layer.offset;
    std::uint32_t sum = 0;
    for (std::size_t i = index; i-- > 0;) {
        if (layers_[i].fragment) return;
        if (!is_ip(layers_[i].kind)) continue;
        const bool ipv4 = layers_[i].kind == LayerKind::kIpv4;
        if (layer.kind == LayerKind::kIcmp) break;
        const std::uint8_t* addresses = frame.data() + layers_[i].offset + (ipv4 ? 12 : 8);
        sum = static_cast<std::uint16_t>(~internet_checksum(addresses, ipv4 ? 8 : 32));
        sum += protocol + static_cast<std::uint32_t>(size);
        break;
    }
    const std::uint16_t checksum = internet_checksum(frame.data() + layer.offset, size, sum);
    const bool udp_zero = layer.kind == LayerKind::kUdp && checksum == 0;
    put16(frame, layer.offset + field, udp_zero ? 0xffff : checksum);
}

std::vector<std::byte> Packet::build() const {
    Bytes frame = bytes_;
    for (std::size_t i = 0; i < layers_.size(); ++i) complete(frame, i);
    // From the inside out: an outer checksum covers inner ones.
    for (std::size_t i = layers_.size(); i-- > 0;) checksum_layer(frame, i);
    for (const Overwrite& overwrite : overwrites_) {
        std::ranges::copy(overwrite.octets,
                          frame.begin() + static_cast<std::ptrdiff_t>(overwrite.offset));
    }
    frame.resize(std::max(frame.size(), padded_to_));
    std::vector<std::byte> result(frame.size());
    std::ranges::transform(frame, result.begin(),
                           [](std::uint8_t octet) { return std::byte{octet}; });
    return result;
}

}  // namespace weir::gen
