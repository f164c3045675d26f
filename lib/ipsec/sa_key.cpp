// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/sa_key.hpp"

#include <algorithm>

namespace weir::ipsec {

using parse::LayerKind;

/// ESP is in UDP when the layer before it is (RFC 3948, section 2.1). Of layers behind those that
/// the record lists nothing is known: plain ESP.
SaProtocol protocol_beside_udp(const parse::PacketRecord& record) noexcept {
    const std::size_t listed = std::min<std::size_t>(record.layer_count, parse::kMaxListedLayers);
    for (std::size_t i = 1; i < listed; ++i) {
        if (record.layer_offsets[i] != record.ipsec_offset) continue;
        if (record.layer_kinds[i] != LayerKind::kEsp) continue;
        return record.layer_kinds[i - 1] == LayerKind::kUdp ? SaProtocol::kEspInUdp
                                                            : SaProtocol::kEsp;
    }
    return SaProtocol::kEsp;
}

}  // namespace weir::ipsec
