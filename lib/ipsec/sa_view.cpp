// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/sa_view.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "ipsec/sequence_tracker.hpp"

namespace weir::ipsec {
namespace {

std::uint64_t span_of(const SaLine& line, const SaBook& book) noexcept {
    return book.settled_span + (highest_of(line, book) - book.lowest + 1);
}

/// A late packet is left of a window of 2^k numbers when it is late by 2^k or more (RFC 4303,
/// section 3.4.3): the lateness buckets from k on.
void set_windows(SaView& view) noexcept {
    std::uint64_t dropped = view.counts.beyond_window;
    std::size_t bucket = kLatenessBuckets;
    for (std::size_t i = kReplayWindows.size(); i-- > 0;) {
        const auto exponent = static_cast<std::size_t>(std::countr_zero(kReplayWindows[i]));
        while (bucket > exponent) dropped += view.lateness[--bucket];
        view.would_drop[i] = dropped;
    }
    if (view.counts.beyond_window == 0) view.smallest_window = view.latest + 1;
}

}  // namespace

SaCounts& SaCounts::operator+=(const SaCounts& other) noexcept {
    packets += other.packets;
    bytes += other.bytes;
    lost += other.lost;
    duplicated += other.duplicated;
    reordered += other.reordered;
    beyond_window += other.beyond_window;
    zero += other.zero;
    restarts += other.restarts;
    wraps += other.wraps;
    return *this;
}

SaView view_of(const SaLine& line, const SaRest& rest) noexcept {
    SaLine settled_line = line;
    SaRest settled = rest;
    static_cast<void>(settle(settled_line, settled));
    const SaBook& book = settled.book;
    SaView view;
    view.key = line.key;
    view.probation = book.probation;
    view.reserved_spi = line.key.spi <= kLastReservedSpi;
    view.first_seen = book.first_seen;
    view.last_seen = line.last_seen;
    view.counts = counts_of(settled_line, book);
    view.expected = span_of(settled_line, book);
    view.highest = highest_of(settled_line, book) - kSequenceBase;
    view.lateness = book.lateness;
    view.latest = book.latest;
    view.gap_lengths = book.gap_lengths;
    view.longest_gap = book.longest_gap;
    view.extents = book.extents;
    view.longest_extent = book.longest_extent;
    view.n_reordered = book.n_reordered;
    view.untracked = book.untracked;
    set_windows(view);
    return view;
}

SaCounts counts_of(const SaLine& line, const SaBook& book) noexcept {
    SaCounts counts;
    counts.packets =
        span_of(line, book) - book.lost + book.duplicated + book.beyond_window + book.pending_count;
    counts.bytes = line.bytes;
    counts.lost = book.lost;
    counts.duplicated = book.duplicated;
    counts.reordered =
        std::accumulate(book.lateness.begin(), book.lateness.end(), std::uint64_t{0});
    counts.beyond_window = book.beyond_window;
    counts.zero = book.zero;
    counts.restarts = book.restarts;
    counts.wraps = book.settled_wraps + ((highest_of(line, book) >> 32) - (book.lowest >> 32));
    return counts;
}

}  // namespace weir::ipsec
