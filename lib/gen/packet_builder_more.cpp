// SPDX-License-Identifier: BSD-3-Clause
// The rarer headers that carry no packets of others.
#include <algorithm>
#include <stdexcept>

#include "gen/octets.hpp"
#include "gen/packet_builder.hpp"
#include "wire/ipsec.hpp"

namespace weir::gen {

using parse::LayerKind;

Packet& Packet::llc(unsigned dsap, unsigned ssap, unsigned control) {
    Bytes header{static_cast<std::uint8_t>(dsap), static_cast<std::uint8_t>(ssap),
                 static_cast<std::uint8_t>(control)};
    if ((control & 3) != 3) header.push_back(0);
    return add(LayerKind::kLlc, std::move(header));
}

Packet& Packet::snap(std::uint32_t oui) {
    llc(0xaa, 0xaa);
    Bytes header(5);
    header[0] = static_cast<std::uint8_t>(oui >> 16);
    put16(header, 1, oui & 0xffff);
    return add(LayerKind::kSnap, std::move(header));
}

Packet& Packet::mobility(unsigned units) {
    extension(LayerKind::kIpv6Mobility, units);
    bytes_[layers_.back().offset + 2] = 0;  // Binding refresh request.
    return *this;
}

Packet& Packet::udp_lite(std::uint16_t source, std::uint16_t destination, unsigned coverage) {
    Bytes header(8);
    put16(header, 0, source);
    put16(header, 2, destination);
    put16(header, 4, coverage);
    return add(LayerKind::kUdpLite, std::move(header));
}

Packet& Packet::sctp(std::uint16_t source, std::uint16_t destination, std::uint32_t tag) {
    Bytes header(12);
    put16(header, 0, source);
    put16(header, 2, destination);
    put32(header, 4, tag);
    return add(LayerKind::kSctp, std::move(header));
}

Packet& Packet::sctp_chunk(std::size_t octets) {
    Bytes chunk(octets);
    put16(chunk, 2, octets);
    return add(LayerKind::kNone, std::move(chunk));
}

Packet& Packet::dccp(std::uint16_t source, std::uint16_t destination, bool extended) {
    Bytes header(extended ? 16 : 12);
    put16(header, 0, source);
    put16(header, 2, destination);
    header[4] = static_cast<std::uint8_t>(header.size() / 4);
    header[8] = extended ? 0x05 : 0x04;  // DCCP-Data.
    return add(LayerKind::kDccp, std::move(header));
}

Packet& Packet::ike(bool marker) {
    if (marker) payload(std::vector<std::byte>(wire::kNonEspMarkerOctets));
    Bytes header(sizeof(wire::Ike));
    header[7] = 1;
    header[17] = 0x20;
    header[18] = 34;  // IKE_SA_INIT.
    put32(header, 24, static_cast<std::uint32_t>(header.size()));
    return add(LayerKind::kIke, std::move(header));
}

Packet& Packet::nat_keepalive() { return add(LayerKind::kNatKeepalive, {wire::kNatKeepalive}); }

/// Whether the layer stands behind an ICMP header: then it is of a packet that an error quotes.
bool Packet::quoted(std::size_t index) const {
    return std::any_of(layers_.begin(), layers_.begin() + static_cast<std::ptrdiff_t>(index),
                       [](const Layer& layer) {
                           return layer.kind == LayerKind::kIcmp ||
                                  layer.kind == LayerKind::kIcmpv6;
                       });
}

}  // namespace weir::gen
