// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/sequence_tracker.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "ipsec/sa_view.hpp"
#include "ipsec/sequence_reference.hpp"

namespace weir::ipsec {
namespace {

using Sequences = std::vector<std::uint32_t>;

SaView view_after(const Sequences& sequences) {
    SaLine line;
    const auto rest = std::make_unique<SaRest>();
    rest->window.fill(0x5555555555555555);  // A former tenant's.
    begin_tracking(line, *rest, sequences.front(), 100, 1000);
    for (std::size_t i = 1; i < sequences.size(); ++i) {
        track(line, *rest, sequences[i], 100, 1000 + i);
    }
    return view_of(line, *rest);
}
SaCounts counts_after(const Sequences& sequences) { return view_after(sequences).counts; }

Sequences range(std::uint32_t first, std::uint32_t last) {
    Sequences result(last - first + 1);
    std::iota(result.begin(), result.end(), first);
    return result;
}
Sequences operator+(Sequences one, const Sequences& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}

TEST(SequenceTracker, FindsNothingInOrder) {
    const SaView view = view_after(range(1, 5000));
    EXPECT_EQ(view.counts, (SaCounts{.packets = 5000, .bytes = 500000}));
    EXPECT_EQ(view.first_seen, 1000U);
    EXPECT_EQ(view.last_seen, 5999U);
    EXPECT_EQ(view.highest, 5000U);
    EXPECT_EQ(view.smallest_window, 1U);
}

TEST(SequenceTracker, CountsALatePacketAsReorderedAndNoLongerLost) {
    EXPECT_EQ(counts_after({1, 2, 4}).lost, 1U);
    const auto counts = counts_after({1, 2, 4, 3});
    EXPECT_EQ(counts.lost, 0U);
    EXPECT_EQ(counts.reordered, 1U);
}

TEST(SequenceTracker, CountsARepeatedNumberOnce) {
    const auto counts = counts_after({1, 2, 2, 3, 1});
    EXPECT_EQ(counts.duplicated, 2U);
    EXPECT_EQ(counts.reordered, 0U);
    EXPECT_EQ(counts.lost, 0U);
}

TEST(SequenceTracker, FindsADuplicateInARunThatWasNeverWrittenDown) {
    EXPECT_EQ(counts_after(range(1, 10000) + Sequences{10000, 9000, 5905}).duplicated, 3U);
    EXPECT_EQ(counts_after(range(1, 10000) + Sequences{5904}).beyond_window, 1U);
    EXPECT_EQ(counts_after(range(1, 10000) + Sequences{10003, 9000, 10001}).duplicated, 1U);
}

TEST(SequenceTracker, StartsAtAnyNumberAndLetsTheStartMoveBack) {
    const auto counts = counts_after({100, 98});
    EXPECT_EQ(counts.reordered, 1U);
    EXPECT_EQ(counts.lost, 1U);
}

TEST(SequenceTracker, GoesThroughTheWrapAndInfersTheUpperHalf) {
    const SaView view = view_after({0xfffffffe, 0xffffffff, 0, 1, 3, 0xfffffffd});
    EXPECT_EQ(view.counts.lost, 1U);
    EXPECT_EQ(view.counts.reordered, 1U);
    EXPECT_EQ(view.counts.wraps, 1U);
    EXPECT_EQ(view.counts.zero, 0U) << "ESN sends it";
    EXPECT_EQ(view.highest, 0x100000003U);
}

TEST(SequenceTracker, FlagsAZeroThatNoWrapExplains) {
    EXPECT_EQ(counts_after({0, 1, 2}).zero, 1U);
    EXPECT_EQ(counts_after({5, 6, 0, 7}).zero, 1U);
}

TEST(SequenceTracker, NeverGuessesBeyondTheWindow) {
    const auto last = static_cast<std::uint32_t>(kTrackedWindow);
    EXPECT_EQ(counts_after({1, last, 1}).duplicated, 1U) << "the oldest number of the window";
    const SaView view = view_after({1, last + 1, 1});
    EXPECT_EQ(view.counts.duplicated, 0U);
    EXPECT_EQ(view.counts.beyond_window, 1U);
    EXPECT_EQ(view.counts.lost, last - 1);
    EXPECT_EQ(view.smallest_window, std::nullopt);
    EXPECT_EQ(view.would_drop.back(), 1U);
}

TEST(SequenceTracker, NamesTheSmallestWindowThatDropsNothing) {
    EXPECT_EQ(view_after({1, 2, 4, 3}).smallest_window, 2U);
    const SaView view = view_after(range(1, 9) + range(11, 110) + Sequences{10});
    EXPECT_EQ(view.smallest_window, 101U);
    EXPECT_EQ(view.would_drop[0], 1U) << "a window of 32";
    EXPECT_EQ(view.would_drop[1], 1U) << "a window of 64";
    EXPECT_EQ(view.would_drop[2], 0U) << "a window of 128";
}

TEST(SequenceTracker, MeasuresGapsWhenTheyAreOpened) {
    const SaView view = view_after({1, 3, 2, 8, 100});
    EXPECT_EQ(view.gap_lengths[0], 1U);
    EXPECT_EQ(view.gap_lengths[2], 1U) << "4 to 7";
    EXPECT_EQ(view.gap_lengths[6], 1U) << "64 to 127";
    EXPECT_EQ(view.longest_gap, 91U);
}

TEST(SequenceTracker, MeasuresReorderingAsRfc4737Does) {
    // One packet that four others overtook: extent 4, and all four came directly before it.
    const SaView one = view_after({1, 2, 4, 5, 6, 7, 3, 8});
    EXPECT_EQ(one.longest_extent, 4U);
    EXPECT_EQ(one.n_reordered, (std::array<std::uint32_t, 3>{0, 0, 1}));
    // Two of them: before the second comes the first, with a lower number, so that it is not even
    // 1-reordered.
    const SaView two = view_after({1, 4, 5, 2, 3, 6});
    EXPECT_EQ(two.longest_extent, 3U);
    EXPECT_EQ(two.n_reordered, (std::array<std::uint32_t, 3>{0, 1, 0}));
    EXPECT_EQ(two.counts.reordered, 2U);
}

TEST(SequenceTracker, RemembersNoGapOfASubspaceBefore) {
    SaLine line;
    const auto rest = std::make_unique<SaRest>();
    begin_tracking(line, *rest, 1, 100, 0);
    track(line, *rest, 5, 100, 0);
    // As if 2^32 - 2 more had followed in order; the next gap has the same lower halves.
    ++rest->book.high;
    line.next = 4;
    track(line, *rest, 6, 100, 0);
    track(line, *rest, 4, 100, 0);
    EXPECT_EQ(view_of(line, *rest).longest_extent, 1U);
    EXPECT_EQ(view_of(line, *rest).counts.wraps, 1U);
}

TEST(SequenceTracker, BelievesARestartAtItsFourthPacket) {
    const Sequences before = range(1, 1000);
    EXPECT_EQ(counts_after(before + range(1, 3)).restarts, 0U);
    EXPECT_EQ(counts_after(before + range(1, 3)).duplicated, 3U);
    const SaView view = view_after(before + range(1, 10));
    EXPECT_EQ(view.counts, (SaCounts{.packets = 1010, .bytes = 101000, .restarts = 1}));
    EXPECT_EQ(view.expected, 1010U);
    EXPECT_EQ(view.highest, 10U);
}

TEST(SequenceTracker, BelievesARestartWithLossesOfUpToSevenInARow) {
    const Sequences before = range(1, 1000);
    EXPECT_EQ(counts_after(before + Sequences{64, 72, 80, 88}).restarts, 1U);
    EXPECT_EQ(counts_after(before + Sequences{64, 72, 80, 88}).lost, 21U);
    EXPECT_EQ(counts_after(before + Sequences{64, 72, 80, 89}).restarts, 0U);
    EXPECT_EQ(counts_after(before + Sequences{65, 66, 67, 68}).restarts, 0U);
    EXPECT_EQ(counts_after(before + Sequences{1, 1, 2, 3}).restarts, 0U);
}

TEST(SequenceTracker, KeepsTheCountsOfFormerEpochs) {
    const SaView view =
        view_after(range(1, 500) + range(502, 900) + Sequences{2, 4, 5, 6, 3} + range(7, 100));
    EXPECT_EQ(view.counts.restarts, 1U);
    EXPECT_EQ(view.counts.lost, 1U);
    EXPECT_EQ(view.counts.reordered, 1U);
    EXPECT_EQ(view.counts.packets, 998U);
}

TEST(SequenceTracker, TellsARestartInTheUpperHalfOfTheSubspaceFromAWrap) {
    const SaView view = view_after({0xf0000000, 0xf0000001, 1, 2, 3, 4, 5});
    EXPECT_EQ(view.counts.restarts, 1U);
    EXPECT_EQ(view.counts.lost, 0U);
    EXPECT_EQ(view.counts.wraps, 0U);
}

TEST(SequenceTracker, TakesReplayedPacketsForDuplicates) {
    // Old ones that do not begin near 1; early ones among live traffic; early ones out of order.
    EXPECT_EQ(counts_after(range(1, 1000) + range(200, 300)).duplicated, 101U);
    const auto live = counts_after(range(1, 1000) + Sequences{1, 2, 3, 1001, 4, 5, 6, 1002});
    EXPECT_EQ(live.duplicated, 6U);
    EXPECT_EQ(live.restarts, 0U);
    EXPECT_EQ(counts_after(range(1, 1000) + Sequences{4, 3, 2, 1}).duplicated, 4U);
}

TEST(SequenceTracker, TakesWhatADefaultWindowStillHoldsForDuplicates) {
    const auto counts = counts_after(range(1, 30) + range(1, 30));
    EXPECT_EQ(counts.duplicated, 30U);
    EXPECT_EQ(counts.restarts, 0U);
}

TEST(SequenceTracker, AgreesWithASetOfAllNumbersAtEveryMoment) {
    std::mt19937_64 random(5);
    for (int round = 0; round < 60; ++round) {
        const auto trouble = static_cast<Trouble>(round % static_cast<int>(Trouble::kCount));
        const Sequences all = troubled_sequences(random, 300, trouble);
        for (std::size_t size = 1; size <= all.size(); size += 1 + random() % 5) {
            const Sequences some(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size));
            ASSERT_TRUE(same_figures(view_after(some), reference_view(some))) << "round " << round;
        }
    }
}

TEST(SequenceTracker, AgreesWithASetOfAllNumbersOverALongTime) {
    std::mt19937_64 random(6);
    for (int round = 0; round < 15; ++round) {
        const auto trouble = static_cast<Trouble>(round % static_cast<int>(Trouble::kCount));
        const Sequences all = troubled_sequences(random, 20000, trouble);
        ASSERT_TRUE(same_figures(view_after(all), reference_view(all))) << "round " << round;
    }
}

}  // namespace
}  // namespace weir::ipsec
