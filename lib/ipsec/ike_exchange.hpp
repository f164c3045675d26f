// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "ipsec/ike_view.hpp"
#include "ipsec/sa_index.hpp"

/// What is kept of two hosts, and what one packet changes in it: plain memory of the table of
/// hosts, which calls this. docs/ipsec.md defines what is counted.
namespace weir::ipsec {

/// What the table keeps of two hosts.
struct alignas(64) IkeEntry {
    IkeView view;
    /// The latest request and response of each; of IKEv1 all are requests.
    std::array<std::array<IkeHeader, 2>, kHostDirections> latest;
    std::array<std::uint64_t, kHostDirections> begun_spi{};  ///< Of the latest IKE SA begun.
    std::uint32_t older = kNoSlot;  ///< In the list that it is in; the next free entry.
    std::uint32_t newer = kNoSlot;
};
static_assert(std::is_trivially_destructible_v<IkeEntry>);

/// Counts the packet in the entry and in `sums`. True when it completes an exchange whose other
/// half the entry knows.
[[nodiscard]] bool count_ike(IkeEntry& entry, const IkePacket& packet, std::uint64_t now,
                             IkeCounts& sums) noexcept;

}  // namespace weir::ipsec
