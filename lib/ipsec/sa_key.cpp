// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/sa_key.hpp"

#include <algorithm>
#include <cstring>

#include "wire/ip.hpp"
#include "wire/view.hpp"

namespace weir::ipsec {

using parse::LayerKind;
namespace {

/// Writes an address by words, as the table reads it: a read of eight octets waits for stores of
/// fewer.
template <std::size_t Octets>
void set_address(std::array<std::uint8_t, 16>& to, const std::uint8_t (&address)[Octets]) noexcept {
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), address, Octets);
    std::memcpy(to.data(), words.data(), sizeof words);
}

}  // namespace

/// ESP is in UDP when the layer before it is (RFC 3948, section 2.1). Of layers behind those that
/// the record lists nothing is known: plain ESP.
SaProtocol protocol_of(const parse::PacketRecord& record) noexcept {
    if (record.ipsec == LayerKind::kNone) return SaProtocol::kNone;
    if (record.ipsec == LayerKind::kAh) return SaProtocol::kAh;
    const std::size_t listed = std::min<std::size_t>(record.layer_count, parse::kMaxListedLayers);
    for (std::size_t i = 1; i < listed; ++i) {
        if (record.layer_offsets[i] != record.ipsec_offset) continue;
        if (record.layer_kinds[i] != LayerKind::kEsp) continue;
        return record.layer_kinds[i - 1] == LayerKind::kUdp ? SaProtocol::kEspInUdp
                                                            : SaProtocol::kEsp;
    }
    return SaProtocol::kEsp;
}

bool key_of(const base::PacketView& packet, const parse::PacketRecord& record, base::PortId port,
            SaKey& key) noexcept {
    if (record.ipsec == LayerKind::kNone) return false;
    const std::size_t at = record.ipsec_network_offset;
    if (packet.bytes.size() < at + sizeof(wire::Ipv4)) return false;
    const std::byte* header = packet.bytes.data() + at;
    SaKey result;
    if (wire::load<wire::Ipv4>(header).version() == 4) {
        const auto ip = wire::load<wire::Ipv4>(header);
        set_address(result.source, ip.source);
        set_address(result.destination, ip.destination);
        result.network = LayerKind::kIpv4;
    } else {
        if (packet.bytes.size() < at + sizeof(wire::Ipv6)) return false;
        const auto ip = wire::load<wire::Ipv6>(header);
        set_address(result.source, ip.source);
        set_address(result.destination, ip.destination);
        result.network = LayerKind::kIpv6;
    }
    result.spi = record.spi;
    result.port = port.value;
    result.protocol = protocol_of(record);
    key = result;
    return true;
}

}  // namespace weir::ipsec
