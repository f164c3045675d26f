// SPDX-License-Identifier: BSD-3-Clause
#include "gen/packet_builder.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string>

#include "gen/octets.hpp"
#include "wire/ethernet.hpp"
#include "wire/ip.hpp"

namespace weir::gen {
namespace {

using parse::LayerKind;

void put_address(std::vector<std::uint8_t>& bytes, std::size_t at, int family,
                 std::string_view text) {
    if (inet_pton(family, std::string(text).c_str(), bytes.data() + at) != 1) {
        throw std::invalid_argument("no address: " + std::string(text));
    }
}

void put_mac(std::vector<std::uint8_t>& bytes, std::size_t at, std::string_view text) {
    constexpr std::size_t kOctets = 6;
    const std::string error = "no Ethernet address: " + std::string(text);
    if (text.size() != kOctets * 3 - 1) throw std::invalid_argument(error);
    for (std::size_t i = 0; i < kOctets; ++i) {
        const char* digits = text.data() + i * 3;
        const auto [end, code] = std::from_chars(digits, digits + 2, bytes[at + i], 16);
        const bool separated = i + 1 == kOctets || digits[2] == ':';
        if (code != std::errc{} || end != digits + 2 || !separated) {
            throw std::invalid_argument(error);
        }
    }
}

/// A header of `fixed` zeroes with options of the given size behind, all no-operation (number 1 in
/// IPv4 and in TCP).
std::vector<std::uint8_t> header_with_options(std::size_t fixed, unsigned options_octets) {
    if (options_octets % 4 != 0 || options_octets > 40) {
        throw std::invalid_argument("options: a multiple of four octets up to 40");
    }
    std::vector<std::uint8_t> header(fixed);
    header.resize(fixed + options_octets, 1);
    return header;
}

}  // namespace

const Packet::Layer& Packet::last() const {
    if (layers_.empty()) throw std::logic_error("no layer was added yet");
    return layers_.back();
}

std::size_t Packet::last_of(std::initializer_list<LayerKind> kinds, std::string_view what) const {
    const Layer& layer = last();
    if (std::ranges::find(kinds, layer.kind) == kinds.end()) {
        throw std::logic_error(std::string(what) + ": not behind " +
                               std::string(to_string(layer.kind)));
    }
    return layer.offset;
}

Packet& Packet::add(LayerKind kind, Bytes header) {
    layers_.push_back({kind, bytes_.size(), header.size()});
    bytes_.insert(bytes_.end(), header.begin(), header.end());
    return *this;
}

Packet& Packet::eth(std::string_view destination, std::string_view source) {
    Bytes header(14);
    put_mac(header, 0, destination);
    put_mac(header, 6, source);
    return add(LayerKind::kEth, std::move(header));
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
    Bytes header = header_with_options(20, options_octets);
    header[0] = static_cast<std::uint8_t>(0x40 | header.size() / 4);
    header[8] = 64;
    put_address(header, 12, AF_INET, source);
    put_address(header, 16, AF_INET, destination);
    return add(LayerKind::kIpv4, std::move(header));
}

Packet& Packet::fragment(unsigned offset_units, bool more) {
    put16(bytes_, last_of({LayerKind::kIpv4}, "fragment") + 6,
          (more ? wire::kIpv4MoreFragments : 0U) | offset_units);
    layers_.back().fragment = true;
    return *this;
}

Packet& Packet::identification(unsigned id) {
    put16(bytes_, last_of({LayerKind::kIpv4}, "identification") + 4, id);
    return *this;
}

Packet& Packet::ttl(unsigned hops) {
    const std::size_t at = last_of({LayerKind::kIpv4, LayerKind::kIpv6}, "ttl");
    bytes_[at + (last().kind == LayerKind::kIpv4 ? 8 : 7)] = static_cast<std::uint8_t>(hops);
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
    Bytes header((std::size_t{units} + 1) * 8);
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
    Bytes header = header_with_options(20, options_octets);
    put16(header, 0, source);
    put16(header, 2, destination);
    header[12] = static_cast<std::uint8_t>(header.size() / 4 << 4);
    header[13] = 0x10;
    put16(header, 14, 0xffff);
    return add(LayerKind::kTcp, std::move(header));
}

Packet& Packet::tcp_flags(unsigned flags) {
    bytes_[last_of({LayerKind::kTcp}, "tcp_flags") + 13] = static_cast<std::uint8_t>(flags);
    return *this;
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

Packet& Packet::payload(std::span<const std::byte> octets) {
    Bytes bytes;
    for (const std::byte octet : octets) bytes.push_back(std::to_integer<std::uint8_t>(octet));
    return add(LayerKind::kNone, std::move(bytes));
}

Packet& Packet::raw(std::initializer_list<unsigned> octets) {
    Bytes bytes;
    for (const unsigned octet : octets) bytes.push_back(static_cast<std::uint8_t>(octet));
    return add(LayerKind::kNone, std::move(bytes));
}

Packet& Packet::overwrite(std::size_t at, Bytes octets) {
    overwrites_.push_back({last().offset + at, std::move(octets)});
    return *this;
}

Packet& Packet::set8(std::size_t at, unsigned value) {
    return overwrite(at, {static_cast<std::uint8_t>(value)});
}

Packet& Packet::set16(std::size_t at, unsigned value) {
    return overwrite(at, {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)});
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
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        const LayerKind kind = layers_[i].kind;
        if (kind != LayerKind::kNone && !quoted(i)) mask |= parse::layer_bit(kind);
    }
    return mask;
}

}  // namespace weir::gen
