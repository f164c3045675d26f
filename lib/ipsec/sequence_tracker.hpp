// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "ipsec/sa_entry.hpp"

/// The health of one association from its sequence numbers alone, without keys; docs/ipsec.md
/// defines every figure. Constant time for each packet, no allocation; of the lcore that owns the
/// entry.
///
/// Numbers are 32 bits on the wire. They are extended to 64 by taking, of the numbers with these
/// low bits, the one nearest to the highest seen. That is RFC 4303, appendix A2, for an observer: a
/// receiver can take whatever is left of its window for a number of the next subspace, because the
/// ICV will tell; here a late packet must not become a jump of 2^32.
namespace weir::ipsec {

/// A restart (RFC 4303, section 3.3.3: a sender's first number is 1) is believed when so many
/// packets in succession could be one: the first has a number up to kRestartFirst and is no
/// ordinary late packet, each other is a little above the one before.
inline constexpr std::uint32_t kRestartFirst = 64;
inline constexpr std::uint32_t kRestartStep = 8;
/// What a window of 64, which RFC 4303 prefers, would still hold is a duplicate and no restart.
inline constexpr std::uint64_t kRestartDistance = 64;
static_assert((kRestartRun - 1) * kRestartStep < kRestartDistance,
              "what continues a restart cannot be the next in order");

/// Starts an entry over with the first packet of an association. The line's key, and the links in
/// the book, are left to the caller.
void begin_tracking(SaLine& line, SaRest& rest, std::uint32_t sequence, std::uint32_t bytes,
                    std::uint64_t now) noexcept;

/// Takes in a packet's length in octets and its time, and its number if that is the one in order;
/// otherwise false, and track_aside() is to take the number.
[[nodiscard]] inline bool track_in_order(SaLine& line, std::uint32_t sequence, std::uint32_t bytes,
                                         std::uint64_t now) noexcept {
    line.bytes += bytes;
    line.last_seen = now;
    if (line.next != sequence) [[unlikely]] {
        return false;
    }
    ++line.next;
    return true;
}

/// track() for a packet that is not in order, or on probation. Returns how many packets turned out
/// to be reordered: this one, or some that were held.
std::uint32_t track_aside(SaLine& line, SaRest& rest, std::uint32_t sequence) noexcept;

/// Takes in a packet: its sequence number in host byte order, its length in octets, the time in
/// ticks of the caller's choice that never go back.
inline void track(SaLine& line, SaRest& rest, std::uint32_t sequence, std::uint32_t bytes,
                  std::uint64_t now) noexcept {
    if (track_in_order(line, sequence, bytes, now)) return;
    static_cast<void>(track_aside(line, rest, sequence));
}

/// Whether a packet's number is another than the entry's highest and less than a window away: as of
/// a second packet of the same sender, and not of a flood of random ones.
[[nodiscard]] bool is_near(const SaLine& line, const SaBook& book, std::uint32_t sequence) noexcept;

/// Lets packets in order take the short way again once probation is over.
void end_probation(SaLine& line, SaRest& rest) noexcept;

/// Counts the packets that are held because they could be a restart for what they are if no more
/// follows. For readers, on their copy of an entry, and for one that is to be forgotten. Returns
/// how many of them are reordered.
std::uint32_t settle(SaLine& line, SaRest& rest) noexcept;

/// The highest number of the epoch.
[[nodiscard]] inline std::uint64_t highest_of(const SaLine& line, const SaBook& book) noexcept {
    return (std::uint64_t{book.high} << 32) + (line.next & ~kAside) - 1;
}

}  // namespace weir::ipsec
