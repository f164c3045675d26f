// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/sa_key.hpp"

#include <algorithm>

#include "ipsec/ip_addresses.hpp"

namespace weir::ipsec {

using parse::LayerKind;

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
    SaKey result;
    result.network =
        read_addresses(packet, record.ipsec_network_offset, result.source, result.destination);
    if (result.network == LayerKind::kNone) return false;
    result.spi = record.spi;
    result.port = port.value;
    result.protocol = protocol_of(record);
    key = result;
    return true;
}

}  // namespace weir::ipsec
