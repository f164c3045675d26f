// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>

#include "base/ids.hpp"
#include "base/packet_view.hpp"
#include "ipsec/ip_addresses.hpp"
#include "parse/layer.hpp"
#include "parse/packet_record.hpp"

namespace weir::ipsec {

/// ESP behind a NAT is an association of its own: RFC 3948, section 2.1, allows one between the
/// same hosts with the same SPI beside it.
enum class SaProtocol : std::uint8_t { kNone, kEsp, kAh, kEspInUdp };

/// SPIs up to here are IANA's and stand in no packet of an ordinary association (RFC 4303,
/// section 2.1; RFC 4302, section 2.4).
inline constexpr std::uint32_t kLastReservedSpi = 255;

/// What tells one security association from another as an observer sees it (RFC 4301, section 4.1,
/// with the source address and the port it was seen at). Plain octets without padding.
struct alignas(8) SaKey {
    std::array<std::uint8_t, 16> source{};       ///< IPv4 addresses fill the first four octets.
    std::array<std::uint8_t, 16> destination{};  ///< Likewise.
    std::uint32_t spi = 0;                       ///< Host byte order.
    std::uint16_t port = 0;                      ///< Weir's number of the port.
    SaProtocol protocol = SaProtocol::kNone;
    parse::LayerKind network = parse::LayerKind::kNone;  ///< kIpv4 or kIpv6.

    friend bool operator==(const SaKey&, const SaKey&) = default;
};
static_assert(sizeof(SaKey) == 40);

/// What protocol_of() says of a packet with ESP and UDP.
[[nodiscard]] SaProtocol protocol_beside_udp(const parse::PacketRecord& record) noexcept;

/// Of the packet's outermost ESP or AH; kNone when it has none.
[[nodiscard]] inline SaProtocol protocol_of(const parse::PacketRecord& record) noexcept {
    if (record.ipsec == parse::LayerKind::kNone) return SaProtocol::kNone;
    if (record.ipsec == parse::LayerKind::kAh) return SaProtocol::kAh;
    if ((record.layer_mask & parse::layer_bit(parse::LayerKind::kUdp)) == 0) [[likely]] {
        return SaProtocol::kEsp;
    }
    return protocol_beside_udp(record);
}

/// The key of the packet's outermost ESP or AH. False, and `key` as it was, when the packet has
/// none or its IP header is not within packet.bytes.
[[nodiscard]] inline bool key_of(const base::PacketView& packet, const parse::PacketRecord& record,
                                 base::PortId port, SaKey& key) noexcept {
    if (record.ipsec == parse::LayerKind::kNone) return false;
    const parse::LayerKind network =
        read_addresses(packet, record.ipsec_network_offset, key.source, key.destination);
    if (network == parse::LayerKind::kNone) return false;
    key.spi = record.spi;
    key.port = port.value;
    key.protocol = protocol_of(record);
    key.network = network;
    return true;
}

}  // namespace weir::ipsec
