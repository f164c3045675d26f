// SPDX-License-Identifier: BSD-3-Clause
// The table and its trackers under millions of packets, held against the reference and against what
// was sent. WEIR_IPSEC_EFFORT=10 makes it ten million each.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <vector>

#include "ipsec/sa_table.hpp"
#include "ipsec/sequence_reference.hpp"
#include "support/sa_memory.hpp"

namespace weir::ipsec {
namespace {

std::size_t effort() {
    const char* text = std::getenv("WEIR_IPSEC_EFFORT");
    return text == nullptr ? 1 : static_cast<std::size_t>(std::max(1, std::atoi(text)));
}

SaKey key(std::size_t number) {
    SaKey result;
    result.spi = static_cast<std::uint32_t>(1000 + number);
    result.source[3] = static_cast<std::uint8_t>(number % 7);
    result.destination[2] = static_cast<std::uint8_t>(number % 250);
    result.network = parse::LayerKind::kIpv4;
    result.protocol = number % 3 == 0 ? SaProtocol::kAh : SaProtocol::kEsp;
    return result;
}

/// What is still to be sent of some associations.
class Traffic {
   public:
    explicit Traffic(std::vector<std::vector<std::uint32_t>> sequences)
        : sequences_(std::move(sequences)), sent_(sequences_.size()) {
        for (std::size_t i = 0; i < sequences_.size(); ++i) {
            left_.push_back(i);
            packets_ += sequences_[i].size();
        }
    }

    /// The next packet of any of them; several in succession as a rule.
    SaPacket next(std::mt19937_64& random) {
        if (random() % 4 == 0 || at_ >= left_.size()) at_ = random() % left_.size();
        const std::size_t sender = left_[at_];
        const SaPacket packet{key(sender), sequences_[sender][sent_[sender]++], 100};
        if (sent_[sender] == sequences_[sender].size()) {
            left_[at_] = left_.back();
            left_.pop_back();
        }
        return packet;
    }
    [[nodiscard]] bool done() const { return left_.empty(); }
    [[nodiscard]] std::size_t packets() const { return packets_; }
    [[nodiscard]] const auto& sequences() const { return sequences_; }

   private:
    std::vector<std::vector<std::uint32_t>> sequences_;
    std::vector<std::size_t> sent_;
    std::vector<std::size_t> left_;
    std::size_t at_ = 0;
    std::size_t packets_ = 0;
};

/// Thousands of associations: most short, some long enough for windows and wraps.
Traffic troubled_traffic(std::mt19937_64& random) {
    std::vector<std::vector<std::uint32_t>> sequences;
    for (std::size_t i = 0; i < 2000; ++i) {
        const auto trouble =
            static_cast<Trouble>(random() % static_cast<std::uint64_t>(Trouble::kCount));
        const std::size_t packets = i % 100 == 0 ? 30000 : 1 + random() % 400;
        sequences.push_back(troubled_sequences(random, packets, trouble));
    }
    return Traffic(std::move(sequences));
}

TEST(SaTableOracle, AgreesOnEveryFigureOfThousandsOfAssociations) {
    std::mt19937_64 random(1);
    std::size_t packets = 0;
    for (std::size_t round = 0; packets < effort() * 1'000'000; ++round) {
        Traffic traffic = troubled_traffic(random);
        test::SaMemory memory(2000);
        SaTable table(memory.storage(), round);
        std::vector<SaPacket> burst;
        while (!traffic.done()) {
            burst.clear();
            const std::size_t size = 1 + random() % 100;
            while (burst.size() < size && !traffic.done()) burst.push_back(traffic.next(random));
            table.update(burst, packets);
        }
        SaCounts sum;
        for (std::size_t i = 0; i < traffic.sequences().size(); ++i) {
            const auto view = table.find(key(i));
            ASSERT_TRUE(view);
            const SaView expected = reference_view(traffic.sequences()[i]);
            ASSERT_TRUE(same_figures(*view, expected)) << "association " << i;
            sum += view->counts;
        }
        EXPECT_EQ(table.totals().counts, sum);
        EXPECT_EQ(table.running().counts.packets, sum.packets);
        EXPECT_EQ(sum.packets, traffic.packets());
        packets += traffic.packets();
    }
}

/// Senders that lose a packet now and then, and know how many.
class SteadySenders {
   public:
    explicit SteadySenders(std::size_t senders) : next_(senders, 1), sent_(senders) {}

    SaPacket next(std::size_t sender, std::mt19937_64& random) {
        if (sent_[sender] > 2 && random() % 50 == 0) ++next_[sender];
        ++sent_[sender];
        return {key(sender), next_[sender]++, 100};
    }
    [[nodiscard]] SaCounts counts(std::size_t sender) const {
        return {.packets = sent_[sender],
                .bytes = sent_[sender] * 100,
                .lost = next_[sender] - 1 - sent_[sender]};
    }

   private:
    std::vector<std::uint32_t> next_;
    std::vector<std::uint64_t> sent_;
};

TEST(SaTableOracle, KeepsSteadyAssociationsExactUnderAFloodOfRandomSpis) {
    constexpr std::size_t kSteady = 1000;
    std::mt19937_64 random(2);
    test::SaMemory memory(4096);
    SaTable table(memory.storage(), 3);
    SteadySenders steady(kSteady);
    const std::size_t flood = effort() * 1'000'000;
    std::vector<SaPacket> burst;
    for (std::size_t flooded = 0; flooded < flood;) {
        burst.clear();
        while (burst.size() < 48) {
            if (random() % 3 != 0) {
                SaKey forged = key(random() % 5);
                forged.spi = 256 + static_cast<std::uint32_t>(random() % 0xffffff00U);
                forged.source[0] = 1;  // Else it would meet a steady one's SPI by chance.
                burst.push_back({forged, static_cast<std::uint32_t>(random()), 100});
                ++flooded;
                continue;
            }
            // The steady begin while the flood is on, one after the other; the youngest, still on
            // probation, sends more than others.
            const std::size_t begun = std::min(kSteady, 1 + flooded / 64);
            burst.push_back(steady.next(random() % 3 == 0 ? begun - 1 : random() % begun, random));
        }
        table.update(burst, flooded);
    }
    for (std::size_t i = 0; i < kSteady; ++i) {
        const auto view = table.find(key(i));
        ASSERT_TRUE(view);
        EXPECT_FALSE(view->probation);
        EXPECT_EQ(view->counts, steady.counts(i));
    }
    const SaTotals totals = table.totals();
    EXPECT_EQ(totals.confirmed, kSteady);
    EXPECT_GT(totals.recycled, flood - 4096);
    EXPECT_EQ(totals.refused, 0U);
}

}  // namespace
}  // namespace weir::ipsec
