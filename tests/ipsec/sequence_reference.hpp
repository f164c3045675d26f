// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "ipsec/sa_view.hpp"

/// What the sequence tracker is held against: the definitions of docs/ipsec.md, worked out from all
/// sequence numbers of an association at once, with every number ever seen kept in a set.
namespace weir::ipsec {

/// The figures of an association whose packets had these sequence numbers, in this order. Key,
/// bytes and times are left alone.
[[nodiscard]] SaView reference_view(const std::vector<std::uint32_t>& sequences);

/// Whether every figure that follows from sequence numbers is the same; what differs is reported
/// as a failure of the test.
bool same_figures(const SaView& found, const SaView& expected);

/// How a sender and the way from it may misbehave.
enum class Trouble : std::uint8_t { kNone, kSome, kMuch, kHeavyReordering, kRestarts, kCount };

/// About `packets` sequence numbers of one association as an observer might see them: from any
/// start, the ends of subspaces among them, with loss, duplication, reordering up to and beyond the
/// window, jumps, replays and restarts.
[[nodiscard]] std::vector<std::uint32_t> troubled_sequences(std::mt19937_64& random,
                                                            std::size_t packets, Trouble trouble);

}  // namespace weir::ipsec
