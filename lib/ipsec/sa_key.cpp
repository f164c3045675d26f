// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/sa_key.hpp"

#include <algorithm>

#include "wire/ip.hpp"
#include "wire/view.hpp"

namespace weir::ipsec {

using parse::LayerKind;

bool key_of(const base::PacketView& packet, const parse::PacketRecord& record, base::PortId port,
            SaKey& key) noexcept {
    if (record.ipsec == LayerKind::kNone) return false;
    const std::size_t at = record.ipsec_network_offset;
    if (packet.bytes.size() < at + sizeof(wire::Ipv4)) return false;
    const std::byte* header = packet.bytes.data() + at;
    SaKey result;
    if (wire::load<wire::Ipv4>(header).version() == 4) {
        const auto ip = wire::load<wire::Ipv4>(header);
        std::ranges::copy(ip.source, result.source.begin());
        std::ranges::copy(ip.destination, result.destination.begin());
        result.network = LayerKind::kIpv4;
    } else {
        if (packet.bytes.size() < at + sizeof(wire::Ipv6)) return false;
        const auto ip = wire::load<wire::Ipv6>(header);
        std::ranges::copy(ip.source, result.source.begin());
        std::ranges::copy(ip.destination, result.destination.begin());
        result.network = LayerKind::kIpv6;
    }
    result.spi = record.spi;
    result.port = port.value;
    result.protocol = record.ipsec;
    key = result;
    return true;
}

}  // namespace weir::ipsec
