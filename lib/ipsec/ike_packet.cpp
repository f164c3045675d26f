// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/ike_packet.hpp"

#include <algorithm>
#include <cstring>
#include <span>

#include "ipsec/ip_addresses.hpp"
#include "parse/packet_layers.hpp"
#include "wire/ipsec.hpp"

namespace weir::ipsec {

using parse::LayerKind;
namespace {

std::uint64_t spi_of(const std::uint8_t (&octets)[8]) noexcept {
    std::uint64_t spi = 0;
    for (const std::uint8_t octet : octets) spi = spi << 8 | octet;
    return spi;
}

/// The number in a fragment payload, of which `payload` is what was captured; 0 where it was not.
std::uint16_t fragment_of(const IkeHeader& header, std::span<const std::byte> payload) noexcept {
    // Behind the generic header of four octets: two octets of number, or identification and one.
    constexpr std::size_t kNumber = 4;
    constexpr std::size_t kIkev1Number = 6;
    if (header.major() == 1) {
        return payload.size() > kIkev1Number ? std::to_integer<std::uint16_t>(payload[kIkev1Number])
                                             : std::uint16_t{0};
    }
    if (payload.size() < kNumber + sizeof(base::be16)) return 0;
    return wire::view<base::be16>(payload.data() + kNumber).host();
}

IkeHeader header_of(std::span<const std::byte> message) noexcept {
    const auto& wire = wire::view<wire::Ike>(message.data());
    IkeHeader header;
    header.initiator_spi = spi_of(wire.initiator_spi);
    header.responder_spi = spi_of(wire.responder_spi);
    header.message_id = wire.message_id.host();
    header.length = wire.length.host();
    header.next_payload = wire.next_payload;
    header.version = wire.version;
    header.exchange_type = wire.exchange_type;
    header.flags = wire.flags;
    if (header.is_fragment()) {
        header.fragment = fragment_of(header, message.subspan(sizeof wire));
    }
    return header;
}

/// The message as far as it was captured; empty when its whole header is not.
std::span<const std::byte> message_of(const base::PacketView& view,
                                      const parse::PacketRecord& record) noexcept {
    const parse::PacketLayers layers(view, record);
    for (std::size_t layer = 0; layer < layers.first_quoted(); ++layer) {
        if (layers.get<wire::Ike>(layer) != nullptr) return layers.bytes(layer);
    }
    return {};
}

}  // namespace

IkeFound find_ike(const base::PacketView& view, const parse::PacketRecord& record,
                  base::PortId port, IkePacket& packet) noexcept {
    if ((record.layer_mask & kIkeLayers) == 0) [[likely]] {
        const bool cut =
            record.fault_layer == LayerKind::kIke && (record.flags & parse::kQuoted) == 0;
        return cut ? IkeFound::kUnread : IkeFound::kNothing;
    }
    packet = IkePacket{};
    // IKE and keepalives end what is parsed: the innermost headers are those before them.
    Address source;
    Address destination;
    packet.hosts.network = read_addresses(view, record.inner_network_offset, source, destination);
    if (packet.hosts.network == LayerKind::kNone) return IkeFound::kUnread;
    const bool from_low = source <= destination;
    packet.hosts.low = from_low ? source : destination;
    packet.hosts.high = from_low ? destination : source;
    packet.hosts.port = port.value;
    packet.direction = from_low ? HostDirection::kFromLow : HostDirection::kFromHigh;
    packet.source_port = record.source_port;
    packet.destination_port = record.destination_port;
    packet.keepalive = (record.layer_mask & parse::layer_bit(LayerKind::kNatKeepalive)) != 0;
    if (packet.keepalive) return IkeFound::kPacket;
    const std::span<const std::byte> message = message_of(view, record);
    if (message.empty()) return IkeFound::kUnread;
    packet.header = header_of(message);
    return IkeFound::kPacket;
}

}  // namespace weir::ipsec
