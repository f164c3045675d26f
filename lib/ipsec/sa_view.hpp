// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "ipsec/sa_entry.hpp"

/// What an association's entry says, with everything worked out that the packet path leaves to its
/// readers. docs/ipsec.md defines the figures.
namespace weir::ipsec {

/// Anti-replay windows of which SaView tells what they would have dropped.
inline constexpr std::array<std::uint32_t, 8> kReplayWindows = {32,  64,   128,  256,
                                                                512, 1024, 2048, 4096};

/// Figures that can be summed over associations.
struct SaCounts {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint64_t lost = 0;           ///< Numbers not seen so far, between lowest and highest.
    std::uint64_t duplicated = 0;     ///< Packets whose number had been seen.
    std::uint64_t reordered = 0;      ///< Packets, no duplicates, below the highest at arrival.
    std::uint64_t beyond_window = 0;  ///< Packets too old to tell.
    std::uint64_t zero = 0;           ///< Packets with a sequence number 0 that no wrap explains.
    std::uint64_t restarts = 0;
    std::uint64_t wraps = 0;  ///< Times the lower half started over, as only ESN allows.

    SaCounts& operator+=(const SaCounts& other) noexcept;
    friend bool operator==(const SaCounts&, const SaCounts&) = default;
};

/// One association at one moment. Histograms are by powers of two, see kLatenessBuckets.
struct SaView {
    SaKey key;
    bool probation = false;     ///< No second packet has confirmed it yet.
    bool reserved_spi = false;  ///< 0 to 255.
    std::uint64_t first_seen = 0;
    std::uint64_t last_seen = 0;
    SaCounts counts;
    std::uint64_t expected = 0;  ///< Numbers from lowest to highest, over all epochs.
    std::uint64_t highest = 0;   ///< Of this epoch; the upper half is inferred, and 0 at its start.

    std::array<std::uint64_t, kLatenessBuckets> lateness{};  ///< Of reordered packets, in numbers.
    std::uint32_t latest = 0;                                ///< Greatest lateness.
    /// The smallest anti-replay window that would have dropped nothing but duplicates; none when
    /// there are packets beyond the window tracked.
    std::optional<std::uint32_t> smallest_window;
    /// For each of kReplayWindows: packets left of it; those beyond_window, which are among them,
    /// may have been duplicates.
    std::array<std::uint64_t, kReplayWindows.size()> would_drop{};

    std::array<std::uint32_t, kGapBuckets> gap_lengths{};  ///< When they were opened, in numbers.
    std::uint32_t longest_gap = 0;
    std::array<std::uint32_t, kGapBuckets> extents{};  ///< Reordering extents, in packets.
    std::uint32_t longest_extent = 0;
    std::array<std::uint32_t, 3> n_reordered{};  ///< Packets n-reordered for n = 1, 2, 3 or more.
    std::uint32_t untracked = 0;  ///< Reordered packets whose extent or n is not known.
};

/// Reads an entry. By the lcore that owns it, or after that has stopped.
[[nodiscard]] SaView view_of(const SaLine& line, const SaRest& rest) noexcept;
/// Only the sums; packets that are held, because they could be a restart, in none but packets and
/// bytes.
[[nodiscard]] SaCounts counts_of(const SaLine& line, const SaBook& book) noexcept;

}  // namespace weir::ipsec
