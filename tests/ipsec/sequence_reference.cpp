// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/sequence_reference.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <unordered_set>

namespace weir::ipsec {
namespace {

constexpr std::uint64_t kSubspace = std::uint64_t{1} << 32;

std::size_t power_bucket(std::uint64_t value, std::size_t buckets) {
    std::size_t bucket = 0;
    while (value >>= 1) ++bucket;
    return std::min(bucket, buckets - 1);
}

/// Of the numbers with these low bits the one nearest to `highest`; of two, the lower.
std::uint64_t nearest(std::uint64_t highest, std::uint32_t sequence) {
    std::uint64_t best = UINT64_MAX;
    std::uint64_t best_distance = UINT64_MAX;
    for (std::uint64_t high = (highest >> 32) - 1; high <= (highest >> 32) + 1; ++high) {
        const std::uint64_t number = high * kSubspace + sequence;
        const std::uint64_t distance = number > highest ? number - highest : highest - number;
        if (distance >= best_distance) continue;
        best = number;
        best_distance = distance;
    }
    return best;
}

/// One epoch: all that arrived in it, each number once.
class Epoch {
   public:
    Epoch(std::uint32_t first, SaView& view) : view_(&view) {
        const std::uint64_t number = kSubspace + first;
        lowest_ = highest_ = number;
        if (first == 0) ++view_->counts.zero;
        arrive(number);
        openers_.push_back(0);
    }

    void take(std::uint32_t sequence) {
        const std::uint64_t number = nearest(highest_, sequence);
        if (sequence == 0 && number <= lowest_) ++view_->counts.zero;
        if (number <= highest_ && highest_ - number >= kTrackedWindow) {
            ++view_->counts.beyond_window;
        } else if (seen_.contains(number)) {
            ++view_->counts.duplicated;
        } else if (number < highest_) {
            take_late(number);
        } else {
            take_ahead(number);
        }
    }

    /// Whether a packet with this number could be the first of a restarted sender.
    [[nodiscard]] bool may_begin_restart(std::uint32_t sequence) const {
        const std::uint64_t number = nearest(highest_, sequence);
        if (sequence > 64) return false;
        if (number > highest_) return number - highest_ >= 4096;
        if (highest_ - number < 64) return false;
        return highest_ - number >= 4096 || number < lowest_ || seen_.contains(number);
    }
    /// Whether it could be one that follows such a packet.
    [[nodiscard]] static bool may_continue_restart(std::uint32_t before, std::uint32_t sequence) {
        return sequence > before && sequence - before <= 8;
    }

    void finish() {
        const std::uint64_t span = highest_ - lowest_ + 1;
        view_->expected += span;
        view_->counts.lost += span - seen_.size();
        view_->counts.wraps += (highest_ >> 32) - (lowest_ >> 32);
        view_->highest = highest_ - kSubspace;
    }

   private:
    void arrive(std::uint64_t number) {
        seen_.insert(number);
        arrivals_.push_back(number);
        highest_ = std::max(highest_, number);
        lowest_ = std::min(lowest_, number);
        highest_then_.push_back(highest_);
    }

    void take_ahead(std::uint64_t number) {
        const std::uint64_t gap = number - highest_ - 1;
        if (gap != 0) {
            ++view_->gap_lengths[power_bucket(gap, kGapBuckets)];
            view_->longest_gap = std::max(view_->longest_gap, static_cast<std::uint32_t>(gap));
            openers_.push_back(arrivals_.size());
        }
        arrive(number);
    }

    void take_late(std::uint64_t number) {
        const std::uint64_t lateness = highest_ - number;
        ++view_->counts.reordered;
        ++view_->lateness[power_bucket(lateness, kLatenessBuckets)];
        view_->latest = std::max(view_->latest, static_cast<std::uint32_t>(lateness));
        arrive(number);
        measure(arrivals_.size() - 1);
        late_.push_back(arrivals_.size() - 1);
    }

    /// RFC 4737, sections 4.2 and 5, word by word, for the packet at position i.
    void measure(std::size_t i) {
        const std::uint64_t number = arrivals_[i];
        // The earliest with a higher number is where the highest so far first passed it.
        const auto first_above = std::ranges::upper_bound(highest_then_, number);
        const auto j = static_cast<std::size_t>(first_above - highest_then_.begin());
        std::size_t preceding = 0;
        while (preceding < i && arrivals_[i - 1 - preceding] > number) ++preceding;

        const auto gaps_since =
            openers_.end() - std::ranges::upper_bound(openers_, static_cast<std::size_t>(j));
        bool known = gaps_since < 7;
        if (late_.size() >= 3) {
            known = known && !std::all_of(late_.end() - 3, late_.end(), [&](std::size_t late) {
                        return late > j && arrivals_[late] > number;
                    });
        }
        if (!known) {
            ++view_->untracked;
            return;
        }
        ++view_->extents[power_bucket(i - j, kGapBuckets)];
        view_->longest_extent = std::max(view_->longest_extent, static_cast<std::uint32_t>(i - j));
        if (preceding != 0) ++view_->n_reordered[std::min<std::size_t>(preceding, 3) - 1];
    }

    SaView* view_;
    std::uint64_t lowest_ = 0;
    std::uint64_t highest_ = 0;
    std::unordered_set<std::uint64_t> seen_;
    std::vector<std::uint64_t> arrivals_;
    std::vector<std::uint64_t> highest_then_;  ///< After each arrival.
    std::vector<std::size_t> openers_;         ///< Positions that opened a gap, and the first.
    std::vector<std::size_t> late_;            ///< Positions of late packets.
};

}  // namespace

SaView reference_view(const std::vector<std::uint32_t>& sequences) {
    SaView view;
    view.counts.packets = sequences.size();
    Epoch epoch(sequences.front(), view);
    for (std::size_t i = 1; i < sequences.size();) {
        std::size_t held = 0;
        if (epoch.may_begin_restart(sequences[i])) {
            held = 1;
            while (held < 4 && i + held < sequences.size() &&
                   Epoch::may_continue_restart(sequences[i + held - 1], sequences[i + held])) {
                ++held;
            }
        }
        if (held == 4) {
            epoch.finish();
            ++view.counts.restarts;
            epoch = Epoch(sequences[i], view);
            ++i;
            held = 3;
        }
        for (const std::size_t end = i + std::max<std::size_t>(held, 1); i < end; ++i) {
            epoch.take(sequences[i]);
        }
    }
    epoch.finish();
    // A window drops what is late by its size or more; how late is known of those it tracks.
    for (std::size_t i = 0; i < kReplayWindows.size(); ++i) {
        view.would_drop[i] = view.counts.beyond_window;
        for (std::size_t k = 0; k < kLatenessBuckets; ++k) {
            if (std::uint64_t{1} << k >= kReplayWindows[i]) view.would_drop[i] += view.lateness[k];
        }
    }
    if (view.counts.beyond_window == 0) view.smallest_window = view.latest + 1;
    return view;
}

bool same_figures(const SaView& found, const SaView& expected) {
    SaCounts counts = found.counts;
    counts.bytes = expected.counts.bytes;
    const auto& e = expected.counts;
    EXPECT_EQ(counts.packets, e.packets);
    EXPECT_EQ(counts.lost, e.lost);
    EXPECT_EQ(counts.duplicated, e.duplicated);
    EXPECT_EQ(counts.reordered, e.reordered);
    EXPECT_EQ(counts.beyond_window, e.beyond_window);
    EXPECT_EQ(counts.zero, e.zero);
    EXPECT_EQ(counts.restarts, e.restarts);
    EXPECT_EQ(counts.wraps, e.wraps);
    EXPECT_EQ(found.expected, expected.expected);
    EXPECT_EQ(found.highest, expected.highest);
    EXPECT_EQ(found.lateness, expected.lateness);
    EXPECT_EQ(found.latest, expected.latest);
    EXPECT_EQ(found.smallest_window, expected.smallest_window);
    EXPECT_EQ(found.would_drop, expected.would_drop);
    EXPECT_EQ(found.gap_lengths, expected.gap_lengths);
    EXPECT_EQ(found.longest_gap, expected.longest_gap);
    EXPECT_EQ(found.extents, expected.extents);
    EXPECT_EQ(found.longest_extent, expected.longest_extent);
    EXPECT_EQ(found.n_reordered, expected.n_reordered);
    EXPECT_EQ(found.untracked, expected.untracked);
    return counts == e && found.expected == expected.expected &&
           found.highest == expected.highest && found.lateness == expected.lateness &&
           found.latest == expected.latest && found.smallest_window == expected.smallest_window &&
           found.would_drop == expected.would_drop && found.gap_lengths == expected.gap_lengths &&
           found.longest_gap == expected.longest_gap && found.extents == expected.extents &&
           found.longest_extent == expected.longest_extent &&
           found.n_reordered == expected.n_reordered && found.untracked == expected.untracked;
}

}  // namespace weir::ipsec
