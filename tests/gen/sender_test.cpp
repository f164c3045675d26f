// SPDX-License-Identifier: BSD-3-Clause
#include "gen/sender.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "gen/truth_check.hpp"

namespace weir::gen {
namespace {

constexpr std::uint32_t kSpi = 0x1000;
constexpr std::uint32_t kStep = 32;
constexpr std::uint64_t kBeforeWrap = (std::uint64_t{1} << 32) - 256;

/// A sender and all that it has sent.
class Observed {
   public:
    Observed(const SenderProfile& profile, std::uint64_t seed)
        : random_(seed), sender_(profile, identity(), kStep) {}

    /// The SPI and number of one packet more.
    std::uint32_t step() {
        const Sender::Numbers numbers = sender_.next(64, random_);
        if (spis_.empty() || spis_.back() != numbers.spi.host()) {
            spis_.push_back(numbers.spi.host());
            sent_.emplace_back();
        }
        sent_.back().push_back(numbers.sequence.host());
        return sent_.back().back();
    }

    [[nodiscard]] std::vector<AssociationTruth> truth() const {
        std::vector<AssociationTruth> list;
        sender_.add_truth(list);
        return list;
    }

    void expect_true() const {
        const std::vector<AssociationTruth> list = truth();
        ASSERT_EQ(list.size(), sent_.size());
        for (std::size_t i = 0; i < list.size(); ++i) {
            EXPECT_EQ(list[i].spi, spis_[i]);
            EXPECT_EQ(list[i].bytes, 64 * sent_[i].size());
            EXPECT_EQ(list[i].replaced, i + 1 < list.size());
            ASSERT_EQ(list[i].follows_spi.has_value(), i != 0);
            if (i != 0) {
                EXPECT_EQ(*list[i].follows_spi, spis_[i - 1]);
            }
            expect_figures(list[i], sent_[i]);
        }
    }

    [[nodiscard]] const std::vector<std::vector<std::uint32_t>>& sent() const { return sent_; }

   private:
    static AssociationTruth identity() {
        AssociationTruth identity;
        identity.spi = kSpi;
        return identity;
    }

    Random random_;
    Sender sender_;
    std::vector<std::uint32_t> spis_;
    std::vector<std::vector<std::uint32_t>> sent_;  ///< By association.
};

TEST(Sender, CountsFromOneWithoutFaults) {
    Observed observed({.faults = false}, 1);
    for (std::uint32_t i = 1; i <= 100'000; ++i) ASSERT_EQ(observed.step(), i);
    ASSERT_EQ(observed.sent().size(), 1U);
    observed.expect_true();
}

TEST(Sender, KnowsEveryFigureWhateverTheSeed) {
    for (std::uint64_t seed = 1; seed <= 120; ++seed) {
        const auto classes = 1 + static_cast<unsigned>(seed % kLatenessClasses);
        const bool wraps = seed % 5 == 0;
        Observed observed({.first = wraps ? kBeforeWrap : 1, .late_classes = classes}, seed);
        const std::uint64_t packets = 500 * seed + seed % 7;
        for (std::uint64_t i = 0; i < packets; ++i) observed.step();
        ASSERT_NO_FATAL_FAILURE(observed.expect_true());
        ASSERT_FALSE(HasFailure()) << "seed " << seed;
    }
}

/// Long enough that much is lost while numbers are withheld.
TEST(Sender, KnowsEveryFigureOfALongRun) {
    Observed observed({.late_classes = kLatenessClasses}, 1);
    for (int i = 0; i < 2'000'000; ++i) observed.step();
    observed.expect_true();
}

/// A restart is one from its fourth packet on; before that it looks like repeated or old packets.
TEST(Sender, KnowsEveryFigureWhileItRestarts) {
    int within_window = 0;
    int beyond_window = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        Observed observed({.late_classes = 2}, seed);
        for (int i = 0; i < 12'000; ++i) {
            if (observed.step() > 5) continue;
            ASSERT_NO_FATAL_FAILURE(observed.expect_true());
            ASSERT_FALSE(HasFailure()) << "seed " << seed << ", packet " << i;
            const AssociationTruth truth = observed.truth().back();
            if (truth.beyond_window != 0) ++beyond_window;
            if (truth.restarts != 0) ++within_window;
        }
    }
    EXPECT_GT(within_window, 20);
    EXPECT_GT(beyond_window, 2);
}

TEST(Sender, RestartsAsAnObserverCanTell) {
    std::uint64_t restarts = 0;
    Observed observed({.late_classes = 4}, 3);
    for (int i = 0; i < 500'000; ++i) observed.step();
    const std::vector<AssociationTruth> truth = observed.truth();
    for (std::size_t i = 0; i < truth.size(); ++i) {
        const std::vector<std::uint32_t>& numbers = observed.sent()[i];
        std::uint32_t highest = 0;
        std::uint64_t found = 0;
        for (std::size_t at = 0; at < numbers.size(); ++at) {
            if (at != 0 && numbers[at] == 1) {
                ++found;
                EXPECT_GE(highest, 65U);
                for (std::uint32_t k = 1; k < 16; ++k) ASSERT_EQ(numbers[at + k], 1 + k);
                highest = 0;
            }
            highest = std::max(highest, numbers[at]);
        }
        EXPECT_EQ(truth[i].restarts, found);
        restarts += found;
    }
    EXPECT_GT(restarts, 100U);
}

TEST(Sender, WithholdsNoLongerThanItsClassesSay) {
    for (unsigned classes = 1; classes <= kLatenessClasses; ++classes) {
        Observed observed({.late_classes = classes}, classes);
        for (int i = 0; i < 400'000; ++i) observed.step();
        std::uint32_t latest = 0;
        for (const AssociationTruth& each : observed.truth())
            latest = std::max(latest, each.latest);
        // Numbers that are withheld together, or lost meanwhile, make it more than the delay.
        EXPECT_LE(latest, std::min(Sender::kLatestBy, (1U << classes) + 64));
        EXPECT_GE(latest, 1U << (classes - 1));
    }
}

TEST(Sender, HasAFixedNumberOfAssociations) {
    Random random(1);
    AssociationTruth identity;
    identity.spi = kSpi;
    Sender sender({.late_classes = 12}, identity, kStep);
    constexpr std::uint64_t kPackets = 60'000'000;
    for (std::uint64_t i = 0; i < kPackets; ++i) static_cast<void>(sender.next(100, random));
    std::vector<AssociationTruth> list;
    sender.add_truth(list);
    ASSERT_EQ(list.size(), Sender::kMostAssociations);
    std::uint64_t packets = 0;
    for (const AssociationTruth& each : list) {
        packets += each.packets;
        EXPECT_GE(each.packets, 64U);
        EXPECT_EQ(each.bytes, 100 * each.packets);
        EXPECT_EQ(each.packets, each.expected - each.lost + each.duplicated + each.beyond_window);
    }
    EXPECT_EQ(packets, kPackets);
    EXPECT_FALSE(list.back().replaced);
}

TEST(Sender, RekeysNoMoreThanItMay) {
    for (std::size_t associations = 1; associations <= 3; ++associations) {
        Observed observed({.late_classes = 2, .associations = associations}, 7);
        for (int i = 0; i < 200'000; ++i) observed.step();
        EXPECT_EQ(observed.sent().size(), associations);
    }
}

TEST(Sender, CountsTheEndsOfSubspaces) {
    Observed observed({.first = kBeforeWrap, .late_classes = 6}, 2);
    for (int i = 0; i < 10'000; ++i) observed.step();
    for (const AssociationTruth& each : observed.truth()) {
        EXPECT_EQ(each.restarts, 0U);
        EXPECT_EQ(each.wraps, each.expected > 256 ? 1U : 0U);
    }
    EXPECT_EQ(observed.sent().front().front(), 0xffffff00U);
    observed.expect_true();
}

}  // namespace
}  // namespace weir::gen
