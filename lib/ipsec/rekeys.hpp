// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ipsec/sa_view.hpp"

/// Which association took over from which: IKE makes a new pair before it deletes the old one (RFC
/// 7296, section 2.8), with other SPIs and nothing on the wire that would tell. Cold: for readers
/// of a table's views.
namespace weir::ipsec {

/// In the table's ticks.
struct RekeyLimits {
    std::uint64_t most_silence = 0;  ///< From the old one's last packet to the new one's first.
    std::uint64_t most_overlap = 0;  ///< How long the old one may go on after that; and half as
                                     ///< long as either of them at most.
};

inline constexpr std::uint32_t kFollowsNone = UINT32_MAX;

/// For each view the index of the one it follows, or kFollowsNone, in `follows`; as many as views,
/// fewer than 2^32. `scratch` is as long and is overwritten. An association follows another when
/// both are confirmed, have the same hosts, port and protocol and another SPI, the other began
/// earlier, and fell silent within the limits and before this one did. Each has one follower at
/// most: in the order in which they began, each takes the one whose silence began nearest to its
/// own beginning, of the kRekeyCandidates between these hosts that began last before it.
void link_rekeys(std::span<const SaView> views, const RekeyLimits& limits,
                 std::span<std::uint32_t> follows, std::span<std::uint32_t> scratch) noexcept;

inline constexpr std::size_t kRekeyCandidates = 64;

}  // namespace weir::ipsec
