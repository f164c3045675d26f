// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::flow {

/// The hash by which rx gives a packet to one of several workers where the NIC gave none. It reads
/// the outermost addresses and ports (TCP, UDP, SCTP), addresses and SPI of ESP, AH and ESP in UDP
/// 4500, and addresses alone of fragments, so that a flow that mixes whole and fragmented packets
/// may be split. Both directions of a flow have the same hash; of an IPsec tunnel each has its own,
/// since each is another association. Anything else is hashed by its MAC addresses and EtherType.
///
/// `prefix` is the start of an Ethernet frame, of any length; nothing past it is read. The result
/// is well mixed in its upper bits: use (hash * n) >> 32 to choose among n. Never allocates.
[[nodiscard]] std::uint32_t spread_hash(std::span<const std::byte> prefix) noexcept;

}  // namespace weir::flow
