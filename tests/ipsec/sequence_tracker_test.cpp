// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/sequence_tracker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

namespace weir::ipsec {
namespace {

SequenceTracker::Counts counts_of(const std::vector<std::uint32_t>& sequences) {
    SequenceTracker tracker;
    for (const std::uint32_t sequence : sequences) tracker.update(sequence);
    return tracker.counts();
}

/// The same figures from a set of every number ever seen, 64 bits wide.
class Reference {
   public:
    void update(std::uint64_t number) {
        ++counts.packets;
        if (!seen_.empty() && number < *seen_.rbegin()) {
            if (*seen_.rbegin() - number >= kTrackedWindow) {
                ++counts.beyond_window;
                return;
            }
            if (!seen_.contains(number)) ++counts.reordered;
        }
        if (!seen_.insert(number).second) ++counts.duplicated;
        counts.lost = *seen_.rbegin() - *seen_.begin() + 1 - seen_.size();
    }

    SequenceTracker::Counts counts;

   private:
    std::set<std::uint64_t> seen_;
};

void expect_equal(const SequenceTracker::Counts& one, const SequenceTracker::Counts& other) {
    EXPECT_EQ(one.packets, other.packets);
    EXPECT_EQ(one.lost, other.lost);
    EXPECT_EQ(one.duplicated, other.duplicated);
    EXPECT_EQ(one.reordered, other.reordered);
    EXPECT_EQ(one.beyond_window, other.beyond_window);
}

TEST(SequenceTracker, FindsNothingInOrder) {
    const auto counts = counts_of({1, 2, 3, 4, 5});
    EXPECT_EQ(counts.packets, 5U);
    EXPECT_EQ(counts.lost + counts.duplicated + counts.reordered + counts.beyond_window, 0U);
}

TEST(SequenceTracker, CountsALatePacketAsReorderedAndNoLongerLost) {
    EXPECT_EQ(counts_of({1, 2, 4}).lost, 1U);
    const auto counts = counts_of({1, 2, 4, 3});
    EXPECT_EQ(counts.lost, 0U);
    EXPECT_EQ(counts.reordered, 1U);
}

TEST(SequenceTracker, CountsARepeatedNumberOnce) {
    const auto counts = counts_of({1, 2, 2, 3, 1});
    EXPECT_EQ(counts.duplicated, 2U);
    EXPECT_EQ(counts.reordered, 0U);
    EXPECT_EQ(counts.lost, 0U);
}

TEST(SequenceTracker, StartsAtAnyNumberAndLetsTheStartMoveBack) {
    const auto counts = counts_of({100, 98});
    EXPECT_EQ(counts.reordered, 1U);
    EXPECT_EQ(counts.lost, 1U);
}

TEST(SequenceTracker, GoesThroughTheWrapUnnoticed) {
    const auto counts = counts_of({0xfffffffe, 0xffffffff, 0, 1, 3, 0xfffffffd});
    EXPECT_EQ(counts.lost, 1U);
    EXPECT_EQ(counts.reordered, 1U);
}

TEST(SequenceTracker, NeverGuessesBeyondTheWindow) {
    const auto last = static_cast<std::uint32_t>(kTrackedWindow);
    EXPECT_EQ(counts_of({1, last, 1}).duplicated, 1U) << "the oldest number of the window";
    const auto counts = counts_of({1, last + 1, 1});
    EXPECT_EQ(counts.duplicated, 0U);
    EXPECT_EQ(counts.beyond_window, 1U);
    EXPECT_EQ(counts.lost, last - 1);
}

TEST(SequenceTracker, AgreesWithASetOfAllNumbers) {
    std::mt19937_64 random(11);
    for (int round = 0; round < 40; ++round) {
        SequenceTracker tracker;
        Reference reference;
        // Near the wrap in every other round.
        std::uint64_t next = kSequenceBase + (round % 2 == 0 ? 1 : 0xffffff00U);
        for (int i = 0; i < 25000; ++i) {
            std::uint64_t number = next++;
            const std::uint64_t draw = random();
            switch (draw % 50) {
                case 0:
                    next += draw >> 8 & 3;
                    break;
                case 1:
                    number -= std::min<std::uint64_t>(draw >> 8 & 127, number - kSequenceBase);
                    break;
                case 2:
                    if (draw % 500 == 2) next += draw >> 8 & 8191;
                    break;
                case 3:
                    if (draw % 500 == 3) {
                        number -= std::min<std::uint64_t>(draw >> 8 & 8191, number - kSequenceBase);
                    }
                    break;
                default:
                    break;
            }
            tracker.update(static_cast<std::uint32_t>(number));
            reference.update(number);
            if (i % 1000 == 0) expect_equal(tracker.counts(), reference.counts);
        }
        expect_equal(tracker.counts(), reference.counts);
    }
}

}  // namespace
}  // namespace weir::ipsec
