// SPDX-License-Identifier: BSD-3-Clause
// What build() works out: EtherTypes, next headers, lengths and checksums follow from the layers
// behind.
#include <algorithm>
#include <stdexcept>

#include "gen/octets.hpp"
#include "gen/packet_builder.hpp"
#include "wire/ethernet.hpp"
#include "wire/ip.hpp"

namespace weir::gen {
namespace {

using parse::LayerKind;

/// RFC 3692: for experiments; nothing is parsed behind it.
constexpr std::uint8_t kProtocolExperiment = 253;
/// IEEE 802 local experimental EtherType.
constexpr std::uint16_t kEtherTypeExperiment = 0x88b5;

bool is_ip(LayerKind kind) { return kind == LayerKind::kIpv4 || kind == LayerKind::kIpv6; }

}  // namespace

std::uint16_t internet_checksum(const std::uint8_t* octets, std::size_t size, std::uint32_t sum) {
    for (std::size_t i = 0; i < size; ++i) {
        sum += i % 2 == 0 ? std::uint32_t{octets[i]} << 8 : octets[i];
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(~sum);
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
        case LayerKind::kEth:
            return wire::kEtherTypeEthernet;
        case LayerKind::kMpls:
            return wire::kEtherTypeMpls;
        case LayerKind::kPppoeDiscovery:
            return wire::kEtherTypePppoeDiscovery;
        case LayerKind::kPppoeSession:
            return wire::kEtherTypePppoeSession;
        case LayerKind::kLlc:
            return static_cast<std::uint16_t>(bytes_.size() - layers_[index + 1].offset);
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
        case LayerKind::kIpv6Mobility:
            return wire::kProtocolMobility;
        case LayerKind::kUdpLite:
            return wire::kProtocolUdpLite;
        case LayerKind::kSctp:
            return wire::kProtocolSctp;
        case LayerKind::kDccp:
            return wire::kProtocolDccp;
        case LayerKind::kGre:
            return wire::kProtocolGre;
        case LayerKind::kL2tp:
            return wire::kProtocolL2tp;
        case LayerKind::kMpls:
            return wire::kProtocolMpls;
        case LayerKind::kEth:
            return wire::kProtocolEthernet;
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
        case LayerKind::kIpv6Mobility:
        case LayerKind::kAh:
            frame[at] = protocol_behind(index);
            break;
        case LayerKind::kUdp:
            put16(frame, at + 4, bytes_.size() - at);
            break;
        default:
            complete_tunnel(frame, index);
            break;
    }
}

/// Checksums: of an IPv4 header, of a transport over its pseudo-header (RFC 9293 section 3.1, RFC
/// 8200 section 8.1). That of a first fragment covers what is there, as if nothing followed: what
/// it should be depends on fragments that do not exist, and zero is not allowed over IPv6.
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
    frame.resize(std::max(frame.size(), padded_to_));
    for (const Overwrite& overwrite : overwrites_) {
        if (overwrite.offset + overwrite.octets.size() > frame.size()) {
            throw std::out_of_range("a field to be overwritten is behind the frame");
        }
        std::ranges::copy(overwrite.octets,
                          frame.begin() + static_cast<std::ptrdiff_t>(overwrite.offset));
    }
    std::vector<std::byte> result(frame.size());
    std::ranges::transform(frame, result.begin(),
                           [](std::uint8_t octet) { return std::byte{octet}; });
    return result;
}

}  // namespace weir::gen
