// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "crypto/esp_verdict.hpp"

namespace weir::stage {

/// What became of an ESP packet: the verdicts of crypto::EspVerdict, then those of the stage.
using EspOutcome = std::uint8_t;
inline constexpr EspOutcome kNoEsp = 0xff;
/// A dummy to hide the traffic's volume (RFC 4303, section 2.6): nothing is inside.
inline constexpr EspOutcome kEspDummy = static_cast<EspOutcome>(crypto::EspVerdict::kCount);
/// Authentic, but around the IP header is what would no longer be right: another tunnel, PPPoE, an
/// 802.3 length.
inline constexpr EspOutcome kEspInTunnel = kEspDummy + 1;
inline constexpr std::size_t kEspOutcomes = kEspInTunnel + 1;

/// The name in counters and ledger; not of kNoEsp.
[[nodiscard]] constexpr std::string_view esp_outcome_name(EspOutcome outcome) noexcept {
    if (outcome == kEspDummy) return "dummy";
    if (outcome == kEspInTunnel) return "in_tunnel";
    return crypto::to_string(static_cast<crypto::EspVerdict>(outcome));
}
/// Whether the packet is now what was inside. If not, it is to be dropped.
[[nodiscard]] constexpr bool is_decapsulated(EspOutcome outcome) noexcept {
    return crypto::is_readable(static_cast<crypto::EspVerdict>(outcome));
}

}  // namespace weir::stage
