// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/sequence_tracker.hpp"

#include <algorithm>
#include <bit>

namespace weir::ipsec {
namespace {

constexpr std::uint32_t kUnknown = UINT32_MAX;

/// A counter of 32 bits stays at its end rather than start over.
void count(std::uint32_t& counter) noexcept {
    if (counter != UINT32_MAX) ++counter;
}

std::size_t bucket(std::uint64_t value, std::size_t buckets) noexcept {
    return std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(value)) - 1, buckets - 1);
}

/// Sets or clears the bits of `numbers` numbers from `first` on: at most 65 words.
void fill(SaWindow& window, std::uint64_t first, std::uint64_t numbers, bool seen) noexcept {
    if (numbers >= kTrackedWindow) {
        window.fill(seen ? ~std::uint64_t{0} : 0);
        return;
    }
    while (numbers != 0) {
        const std::uint64_t offset = first % 64;
        const std::uint64_t here = std::min<std::uint64_t>(64 - offset, numbers);
        const std::uint64_t bits = (~std::uint64_t{0} >> (64 - here)) << offset;
        std::uint64_t& word = window[first / 64 % window.size()];
        word = seen ? word | bits : word & ~bits;
        first += here;
        numbers -= here;
    }
}

/// One packet out of order at work on its entry.
class Tracker {
   public:
    Tracker(SaLine& line, SaRest& rest) noexcept
        : line_(line), book_(rest.book), window_(rest.window), highest_(highest_of(line, book_)) {}

    void begin_epoch(std::uint32_t sequence) noexcept;
    void packet(std::uint32_t sequence) noexcept;
    void settle() noexcept;
    /// Packets that this one's arrival has shown to be reordered.
    [[nodiscard]] std::uint32_t reordered() const noexcept { return reordered_; }
    /// Writes the highest number back. Last.
    void store() noexcept {
        const bool aside = book_.pending_count != 0 || book_.probation;
        book_.high = static_cast<std::uint32_t>(highest_ >> 32);
        line_.next = (highest_ & UINT32_MAX) + 1 + (aside ? kAside : 0);
    }

   private:
    [[nodiscard]] std::uint64_t extend(std::uint32_t sequence) const noexcept;
    [[nodiscard]] bool seen(std::uint64_t number) const noexcept;
    [[nodiscard]] bool may_begin_restart(std::uint32_t sequence) const noexcept;
    [[nodiscard]] bool may_continue_restart(std::uint32_t sequence) const noexcept;
    void restart(std::uint32_t sequence) noexcept;
    void hold(std::uint32_t sequence) noexcept {
        static_assert(kRestartFirst + (kRestartRun - 2) * kRestartStep <= UINT8_MAX);
        book_.pending[book_.pending_count++] = static_cast<std::uint8_t>(sequence);
    }
    void take(std::uint64_t number) noexcept;
    void open_gap(std::uint64_t number) noexcept;
    void take_late(std::uint64_t number) noexcept;
    void measure_reordering(std::uint64_t number) noexcept;
    [[nodiscard]] std::uint32_t extent_of(const Arrival& packet) const noexcept;
    [[nodiscard]] std::uint32_t preceding_of(const Arrival& packet,
                                             std::uint32_t extent) const noexcept;
    /// Packets so far that were the first with their number, and not beyond the window.
    [[nodiscard]] std::uint64_t distinct() const noexcept {
        return book_.settled_span + (highest_ - book_.lowest + 1) - book_.lost;
    }

    SaLine& line_;
    SaBook& book_;
    SaWindow& window_;
    std::uint64_t highest_;
    std::uint32_t reordered_ = 0;
};

void Tracker::begin_epoch(std::uint32_t sequence) noexcept {
    highest_ = kSequenceBase + sequence;
    book_.lowest = highest_;
    book_.run_start = highest_;
    book_.window_ready = false;
    if (sequence == 0) count(book_.zero);
    // Whatever comes below the first number arrives after it: as if it had opened a gap.
    book_.gaps[0] = {sequence, static_cast<std::uint32_t>(distinct())};
    book_.gap_newest = 0;
    book_.gap_count = 1;
    book_.late_count = 0;
}

void Tracker::packet(std::uint32_t sequence) noexcept {
    if (book_.pending_count != 0) {
        if (may_continue_restart(sequence)) {
            if (book_.pending_count == kRestartRun - 1) {
                restart(sequence);
            } else {
                hold(sequence);
            }
            return;
        }
        settle();
    }
    if (may_begin_restart(sequence)) {
        hold(sequence);
    } else {
        take(extend(sequence));
    }
}

void Tracker::settle() noexcept {
    const std::size_t held = book_.pending_count;
    book_.pending_count = 0;
    for (std::size_t i = 0; i < held; ++i) take(extend(book_.pending[i]));
}

std::uint64_t Tracker::extend(std::uint32_t sequence) const noexcept {
    // The difference as a signed number picks the nearest of the candidates.
    const auto difference =
        static_cast<std::int32_t>(sequence - static_cast<std::uint32_t>(highest_));
    return highest_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(difference));
}

/// Of a number in the window.
bool Tracker::seen(std::uint64_t number) const noexcept {
    if (number >= book_.run_start) return true;
    return book_.window_ready && (window_[number / 64 % window_.size()] >> number % 64 & 1) != 0;
}

bool Tracker::may_begin_restart(std::uint32_t sequence) const noexcept {
    if (sequence > kRestartFirst) return false;
    const std::uint64_t number = extend(sequence);
    // Seen from beyond the middle of the subspace, 1 lies ahead.
    if (number > highest_) return number - highest_ >= kTrackedWindow;
    const std::uint64_t behind = highest_ - number;
    return behind >= kRestartDistance &&
           (behind >= kTrackedWindow || number < book_.lowest || seen(number));
}

bool Tracker::may_continue_restart(std::uint32_t sequence) const noexcept {
    const std::uint32_t step = sequence - book_.pending[book_.pending_count - 1U];
    return step != 0 && step <= kRestartStep;
}

/// The packets held and this one are the first of a new epoch.
void Tracker::restart(std::uint32_t sequence) noexcept {
    book_.settled_span += highest_ - book_.lowest + 1;
    book_.settled_wraps +=
        static_cast<std::uint32_t>(highest_ >> 32) - static_cast<std::uint32_t>(book_.lowest >> 32);
    count(book_.restarts);
    begin_epoch(book_.pending[0]);
    book_.pending_count = 0;
    for (std::size_t i = 1; i < kRestartRun - 1; ++i) take(extend(book_.pending[i]));
    take(extend(sequence));
}

void Tracker::take(std::uint64_t number) noexcept {
    if (static_cast<std::uint32_t>(number) == 0 && number <= book_.lowest) count(book_.zero);
    if (number > highest_) {
        if (number != highest_ + 1) open_gap(number);
        highest_ = number;
    } else if (highest_ - number >= kTrackedWindow) {
        ++book_.beyond_window;
    } else if (seen(number)) {
        ++book_.duplicated;
    } else {
        take_late(number);
    }
}

void Tracker::open_gap(std::uint64_t number) noexcept {
    const std::uint64_t gap = number - highest_ - 1;
    const auto position = static_cast<std::uint32_t>(distinct() + 1);
    book_.lost += gap;
    count(book_.gap_lengths[bucket(gap, kGapBuckets)]);
    book_.longest_gap = std::max(book_.longest_gap, static_cast<std::uint32_t>(gap));

    if (!book_.window_ready) window_.fill(0);
    book_.window_ready = true;
    const std::uint64_t run = highest_ - book_.run_start + 1;
    if (gap < kTrackedWindow) fill(window_, book_.run_start, run, true);
    fill(window_, highest_ + 1, gap, false);

    // Nothing that may still be late is below the former run: what opened gaps there is forgotten,
    // so that comparing halves of numbers is safe. Likewise what was late so long ago that nothing
    // older than it can follow.
    if (number - book_.run_start >= kTrackedWindow) {
        book_.gap_count = 0;
        book_.late_count = 0;
    }
    const auto low = static_cast<std::uint32_t>(number);
    if (book_.late_count != 0 && low - book_.late[book_.late_newest].number >= 2 * kTrackedWindow) {
        book_.late_count = 0;
    }
    book_.gap_newest = static_cast<std::uint8_t>((book_.gap_newest + 1U) % kGapsKept);
    book_.gaps[book_.gap_newest] = {low, position};
    if (book_.gap_count != kGapsKept) ++book_.gap_count;
    book_.run_start = number;
}

void Tracker::take_late(std::uint64_t number) noexcept {
    const std::uint64_t behind = highest_ - number;
    ++reordered_;
    ++book_.lateness[bucket(behind, kLatenessBuckets)];
    book_.latest = std::max(book_.latest, static_cast<std::uint32_t>(behind));
    measure_reordering(number);
    if (!book_.window_ready) window_.fill(0);
    book_.window_ready = true;
    window_[number / 64 % window_.size()] |= std::uint64_t{1} << number % 64;
    if (number < book_.lowest) {
        book_.lost += book_.lowest - number - 1;
        book_.lowest = number;
    } else {
        --book_.lost;
    }
}

/// Reordering extent and n-reordering (RFC 4737, sections 4.2 and 5). The earliest packet with a
/// higher number is the one that opened the gap.
void Tracker::measure_reordering(std::uint64_t number) noexcept {
    const Arrival packet{static_cast<std::uint32_t>(number),
                         static_cast<std::uint32_t>(distinct() + 1)};
    const std::uint32_t extent = extent_of(packet);
    const std::uint32_t preceding = extent == 0 ? 0 : preceding_of(packet, extent);
    book_.late_newest = static_cast<std::uint8_t>((book_.late_newest + 1U) % kLateKept);
    book_.late[book_.late_newest] = packet;
    if (book_.late_count != kLateKept) ++book_.late_count;
    if (extent == 0 || preceding == kUnknown) {
        count(book_.untracked);
        return;
    }
    count(book_.extents[bucket(extent, kGapBuckets)]);
    book_.longest_extent = std::max(book_.longest_extent, extent);
    if (preceding != 0) count(book_.n_reordered[std::min<std::uint32_t>(preceding, 3) - 1]);
}

/// Packets since the gap that the packet lay in was opened; 0 when that is no longer known.
std::uint32_t Tracker::extent_of(const Arrival& packet) const noexcept {
    const auto top = static_cast<std::uint32_t>(highest_);
    std::size_t at = book_.gap_newest;
    std::uint32_t opened = packet.position;
    for (std::size_t i = 0; i < book_.gap_count; ++i) {
        const Arrival& opener = book_.gaps[at];
        if (top - opener.number >= top - packet.number) return packet.position - opened;
        opened = opener.position;
        at = (at + kGapsKept - 1) % kGapsKept;
    }
    // All that are kept lie above: of the oldest of many it is not known where its gap began.
    return book_.gap_count == kGapsKept ? 0 : packet.position - opened;
}

/// How many packets with higher numbers came directly before: all since the gap was opened, or
/// since a late one with a lower number. kUnknown when too few late ones are kept to tell.
std::uint32_t Tracker::preceding_of(const Arrival& packet, std::uint32_t extent) const noexcept {
    std::size_t at = book_.late_newest;
    for (std::size_t i = 0; i < book_.late_count; ++i) {
        const Arrival& late = book_.late[at];
        const std::uint32_t ago = packet.position - late.position;
        if (ago > extent) return extent;
        if (static_cast<std::int32_t>(late.number - packet.number) < 0) return ago - 1;
        at = (at + kLateKept - 1) % kLateKept;
    }
    return book_.late_count == kLateKept ? kUnknown : extent;
}

}  // namespace

void begin_tracking(SaLine& line, SaRest& rest, std::uint32_t sequence, std::uint32_t bytes,
                    std::uint64_t now) noexcept {
    rest.book = SaBook{};
    rest.book.first_seen = now;
    line.bytes = bytes;
    line.last_seen = now;
    Tracker tracker(line, rest);
    tracker.begin_epoch(sequence);
    tracker.store();
}

std::uint32_t track_aside(SaLine& line, SaRest& rest, std::uint32_t sequence) noexcept {
    Tracker tracker(line, rest);
    tracker.packet(sequence);
    tracker.store();
    return tracker.reordered();
}

bool is_near(const SaLine& line, const SaBook& book, std::uint32_t sequence) noexcept {
    const std::uint32_t ahead = sequence - static_cast<std::uint32_t>(highest_of(line, book));
    return ahead != 0 && std::min(ahead, 0 - ahead) < kTrackedWindow;
}

void end_probation(SaLine& line, SaRest& rest) noexcept {
    Tracker tracker(line, rest);
    rest.book.probation = false;
    tracker.store();
}

std::uint32_t settle(SaLine& line, SaRest& rest) noexcept {
    Tracker tracker(line, rest);
    tracker.settle();
    tracker.store();
    return tracker.reordered();
}

}  // namespace weir::ipsec
