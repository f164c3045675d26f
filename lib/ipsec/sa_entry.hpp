// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "ipsec/sa_key.hpp"

/// What is remembered of one association: a cache line that every packet needs, and the rest,
/// which only packets out of order touch. Plain memory of the SA table; the sequence tracker
/// writes it, sa_view.hpp reads it. Two arrays, so that the lines lie close together.
namespace weir::ipsec {

/// Sequence numbers, up to the highest, of which it is known whether they have been seen.
inline constexpr std::uint64_t kTrackedWindow = 4096;
/// First numbers of an epoch start here, so that extending never goes below zero.
inline constexpr std::uint64_t kSequenceBase = std::uint64_t{1} << 32;
/// Histograms by powers of two: bucket k counts 2^k to 2^(k+1) - 1. The last of gaps and extents
/// counts all from 4096 on.
inline constexpr std::size_t kLatenessBuckets = 12;
inline constexpr std::size_t kGapBuckets = 13;
/// A restart is believed at its fourth packet; until then they are held (docs/ipsec.md).
inline constexpr std::size_t kRestartRun = 4;
/// Latest gaps whose opener is remembered (the oldest of them as a bound for the others), and
/// latest late packets.
inline constexpr std::size_t kGapsKept = 8;
inline constexpr std::size_t kLateKept = 3;

/// The first cache line. A packet in order is one comparison and three additions or stores here
/// and touches nothing else: packets are counted by `next`, and that they were seen need not be
/// written down while they follow each other (SaBook::run_start).
struct alignas(64) SaLine {
    SaKey key;
    /// Lower half of the highest number, plus 1: what comes in order. 2^32 at the end of a
    /// subspace, and with kAside set, equals no packet's.
    std::uint64_t next = 0;
    std::uint64_t bytes = 0;
    std::uint64_t last_seen = 0;  ///< In the caller's ticks.
};
static_assert(sizeof(SaLine) == 64);
/// In SaLine::next: the next packet needs a closer look even if it is in order.
inline constexpr std::uint64_t kAside = std::uint64_t{1} << 63;

/// A packet that arrived, by the lower halves of its number and of its position among the packets
/// that arrived for the first time.
struct Arrival {
    std::uint32_t number = 0;
    std::uint32_t position = 0;
};

/// What packets out of order are written down in. Numbers have 64 bits; an epoch's first lies in
/// the subspace [2^32, 2^33), so that there are numbers below it.
struct SaBook {
    std::uint64_t first_seen = 0;
    std::uint64_t lowest = 0;     ///< Of this epoch.
    std::uint64_t run_start = 0;  ///< From here to the highest all have been seen; the window has
                                  ///< bits for the numbers before only.
    std::uint64_t settled_span = 0;  ///< Numbers from lowest to highest, of former epochs.
    std::uint64_t lost = 0;          ///< Of all epochs, as are the following.
    std::uint64_t duplicated = 0;
    std::uint64_t beyond_window = 0;
    std::uint32_t high = 0;  ///< Upper half of the highest number, for SaLine::next.
    std::uint8_t pending_count = 0;
    std::uint8_t gap_count = 0;
    std::uint8_t gap_newest = 0;
    std::uint8_t late_count = 0;
    std::uint8_t late_newest = 0;
    bool window_ready =
        false;               ///< False: the window has nothing of this epoch and must be cleared.
    bool probation = false;  ///< The table's: keeps kAside set.
    /// Held, perhaps a restart: numbers that are small then.
    std::array<std::uint8_t, kRestartRun - 1> pending{};

    std::array<Arrival, kGapsKept> gaps{};  ///< The openers of the latest gaps; the epoch's first.
    std::array<Arrival, kLateKept> late{};  ///< The latest late packets.
    std::array<std::uint64_t, kLatenessBuckets> lateness{};
    std::array<std::uint32_t, kGapBuckets> gap_lengths{};
    std::array<std::uint32_t, kGapBuckets> extents{};
    std::array<std::uint32_t, 3> n_reordered{};  ///< n = 1, 2, 3 or more.
    std::uint32_t untracked = 0;
    std::uint32_t latest = 0;
    std::uint32_t longest_gap = 0;
    std::uint32_t longest_extent = 0;
    std::uint32_t zero = 0;
    std::uint32_t restarts = 0;
    std::uint32_t settled_wraps = 0;
    std::uint32_t older = 0;  ///< The table's: neighbours on probation, or the next free entry.
    std::uint32_t newer = 0;
};

using SaWindow = std::array<std::uint64_t, kTrackedWindow / 64>;

/// All but the first line. Zeroed memory is a good start; a later tenant sets the book only.
struct alignas(32) SaRest {
    SaBook book;
    /// Bit n of the ring says whether the number congruent to n has been seen.
    SaWindow window{};
};
static_assert(sizeof(SaLine) + sizeof(SaRest) - sizeof(SaWindow) <= 496,
              "512 octets each, with 16 of the index");

}  // namespace weir::ipsec
