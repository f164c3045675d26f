// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/point_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <vector>

namespace weir::ipsec {
namespace {

constexpr std::uint64_t kMostDelay = 100'000;

SaKey key(std::uint32_t spi, std::uint16_t port = 0) {
    SaKey result;
    result.spi = spi;
    result.port = port;
    result.network = parse::LayerKind::kIpv4;
    result.protocol = SaProtocol::kEsp;
    return result;
}

class PointTableTest : public testing::Test {
   protected:
    explicit PointTableTest(std::size_t entries = 16)
        : entries_(entries),
          slots_(entries * kPointWindow),
          buckets_(sa_buckets(entries)),
          table_({entries_, slots_, buckets_}, {0, 1}, 7, kMostDelay) {}

    void before(std::uint32_t spi, std::uint32_t number, std::uint64_t now) {
        table_.take({key(spi, 0), number, 100}, now);
    }
    void after(std::uint32_t spi, std::uint32_t number, std::uint64_t now) {
        table_.take({key(spi, 1), number, 100}, now);
    }
    [[nodiscard]] std::optional<PointView> view(std::uint32_t spi) const {
        std::vector<PointView> views(entries_.size());
        std::size_t from = 0;
        views.resize(table_.snapshot(from, views));
        const auto found =
            std::ranges::find_if(views, [spi](const auto& each) { return each.key.spi == spi; });
        return found == views.end() ? std::nullopt : std::optional(*found);
    }
    [[nodiscard]] PointCounts counts(std::uint32_t spi) const {
        const auto found = view(spi);
        return found ? found->counts : PointCounts{};
    }

    std::vector<PointEntry> entries_;
    std::vector<PointSlot> slots_;
    std::vector<SaBucket> buckets_;
    PointTable table_;
};

TEST_F(PointTableTest, WhatPassesArrivesAndTakesItsTime) {
    for (std::uint32_t number = 1; number <= 10'000; ++number) {
        before(1000, number, number * 10);
        after(1000, number, number * 10 + 5);
    }
    EXPECT_EQ(counts(1000), (PointCounts{.before = 10'000, .after = 10'000, .arrived = 10'000}));
    EXPECT_EQ(view(1000)->delay.total(), 10'000U);
    EXPECT_EQ(view(1000)->delay.quantile(0.5), 5U);
    EXPECT_EQ(view(1000)->delay.most(), 5U);
    EXPECT_EQ(view(1000)->key.port, 0U);
    EXPECT_EQ(table_.totals().associations, 1U);
}

TEST_F(PointTableTest, WhatDoesNotComeIsLost) {
    for (std::uint32_t number = 1; number <= 100; ++number) {
        before(1000, number, 1);
        if (number % 10 != 0) after(1000, number, 2);
    }
    EXPECT_EQ(counts(1000), (PointCounts{.before = 100, .after = 90, .arrived = 90, .lost = 10}));
}

TEST_F(PointTableTest, WhatIsRepeatedOrInjectedInBetweenIsOnlyAfter) {
    before(1000, 1, 1);
    after(1000, 1, 2);
    after(1000, 1, 3);
    after(1000, 77, 4);
    EXPECT_EQ(counts(1000), (PointCounts{.before = 1, .after = 3, .arrived = 1, .only_after = 2}));
}

TEST_F(PointTableTest, OrderIsThatOfTheFirstPointWhateverTheNumbers) {
    // The sender sends out of order, and the device swaps the last two.
    for (const std::uint32_t number : {3U, 1U, 2U, 9U, 8U}) before(1000, number, 1);
    for (const std::uint32_t number : {3U, 1U, 2U, 8U, 9U}) after(1000, number, 2);
    EXPECT_EQ(counts(1000), (PointCounts{.before = 5, .after = 5, .arrived = 5, .reordered = 1}));
}

TEST_F(PointTableTest, APortLookedAtTooEarlyMakesNoDifference) {
    for (std::uint32_t number = 1; number <= 4; ++number) {
        before(1000, number, 10);
        after(1000, number, 11);
    }
    after(1000, 5, 20);
    before(1000, 5, 21);
    EXPECT_EQ(counts(1000), (PointCounts{.before = 5, .after = 5, .arrived = 5}));
    EXPECT_FALSE(view(1000)->reversed);
    EXPECT_EQ(view(1000)->delay.most(), 1U);
}

TEST_F(PointTableTest, BothWaysAreCompared) {
    for (std::uint32_t number = 1; number <= 10; ++number) {
        before(1000, number, 10);
        if (number != 3) after(1000, number, 20);
        after(2000, number, 10);
        if (number < 5) before(2000, number, 40);
    }
    EXPECT_EQ(counts(1000), (PointCounts{.before = 10, .after = 9, .arrived = 9, .lost = 1}));
    EXPECT_EQ(counts(2000), (PointCounts{.before = 10, .after = 4, .arrived = 4, .lost = 6}));
    EXPECT_FALSE(view(1000)->reversed);
    EXPECT_TRUE(view(2000)->reversed);
    EXPECT_EQ(view(2000)->delay.most(), 30U);
}

TEST_F(PointTableTest, WhatComesTooLateIsLostAndComesFromNowhere) {
    before(1000, 1, 10);
    after(1000, 1, 11 + kMostDelay);
    EXPECT_EQ(counts(1000), (PointCounts{.before = 1, .after = 1, .lost = 1, .only_after = 1}));
}

TEST_F(PointTableTest, ASenderThatStartsOverIsFollowed) {
    std::uint64_t now = 0;
    for (int epoch = 0; epoch < 3; ++epoch) {
        for (std::uint32_t number = 1; number <= 5000; ++number) {
            before(1000, number, ++now);
            after(1000, number, ++now);
        }
    }
    EXPECT_EQ(counts(1000), (PointCounts{.before = 15'000, .after = 15'000, .arrived = 15'000}));
}

TEST_F(PointTableTest, OfANumberTwiceOnItsWayOneIsFollowed) {
    before(1000, 5, 1);
    before(1000, 5, 2);
    after(1000, 5, 3);
    after(1000, 5, 4);
    EXPECT_EQ(
        counts(1000),
        (PointCounts{.before = 2, .after = 2, .arrived = 1, .untracked = 1, .only_after = 1}));
}

TEST_F(PointTableTest, AFloodPushesOutItselfOnly) {
    std::mt19937 random(3);
    std::uint64_t now = 0;
    for (std::uint32_t number = 1; number <= 20'000; ++number) {
        ++now;
        for (std::uint32_t spi = 1000; spi < 1008; ++spi) {
            before(spi, number, now);
            after(spi, number, now);
        }
        for (int i = 0; number > 2 && i < 10; ++i) {
            before(5000 + random() % 100'000'000, random(), now);
            after(5000 + random() % 100'000'000, random(), now);
        }
    }
    for (std::uint32_t spi = 1000; spi < 1008; ++spi) {
        EXPECT_EQ(counts(spi), (PointCounts{.before = 20'000, .after = 20'000, .arrived = 20'000}));
    }
    const PointTotals totals = table_.totals();
    EXPECT_EQ(totals.associations, 16U);
    EXPECT_EQ(totals.counts.before + totals.counts.after + totals.refused,
              20'000U * 16 + 19'998U * 20);
    EXPECT_GT(totals.recycled, 100'000U);
    EXPECT_EQ(totals.counts.arrived, 160'000U);
}

TEST_F(PointTableTest, TheSilentMakeRoomAndLeaveNothingBehind) {
    for (std::uint32_t spi = 1000; spi < 1016; ++spi) {
        for (std::uint32_t number = 1; number <= 100; ++number) before(spi, number, 1);
    }
    after(2000, 1, kMostDelay);
    EXPECT_EQ(table_.totals().refused, 1U) << "none is silent for long enough";
    for (std::uint32_t number = 1; number <= 100; ++number) {
        before(2000, number, kMostDelay + 2);
        after(2000, number, kMostDelay + 3);
    }
    EXPECT_EQ(counts(2000), (PointCounts{.before = 100, .after = 100, .arrived = 100}));
    EXPECT_EQ(table_.totals().counts.lost, 1600U);
}

/// A device that loses, holds up, repeats and makes up packets, and what it did.
class Device {
   public:
    explicit Device(std::uint32_t seed) : random_(seed) {}

    struct Packet {
        std::uint32_t number;
        std::uint64_t position;  ///< Among those seen before; 0: the device made it up.
        std::uint64_t arrived;
    };

    void take(std::uint32_t number, std::uint64_t now) {
        ++expected.before;
        if (random_() % 20 == 0) {
            ++expected.lost;
            return;
        }
        const std::uint64_t delay = 1 + random_() % (random_() % 10 == 0 ? 300 : 3);
        on_the_way_.insert({now + delay, {number, expected.before, now}});
        if (random_() % 50 == 0) {
            on_the_way_.insert({now + delay + 1 + random_() % 9, {number, 0, now}});
        }
    }
    /// The packets that leave it at this moment.
    std::vector<Packet> give(std::uint64_t now) {
        std::vector<Packet> packets;
        while (!on_the_way_.empty() && on_the_way_.begin()->first <= now) {
            const Packet packet = on_the_way_.begin()->second;
            on_the_way_.erase(on_the_way_.begin());
            packets.push_back(packet);
            ++expected.after;
            if (packet.position == 0) {
                ++expected.only_after;
                continue;
            }
            ++expected.arrived;
            if (packet.position < highest_) ++expected.reordered;
            highest_ = std::max(highest_, packet.position);
            delays.push_back(now - packet.arrived);
        }
        return packets;
    }
    [[nodiscard]] bool empty() const { return on_the_way_.empty(); }

    PointCounts expected;
    std::vector<std::uint64_t> delays;

   private:
    std::mt19937 random_;
    std::multimap<std::uint64_t, Packet> on_the_way_;
    std::uint64_t highest_ = 0;
};

TEST_F(PointTableTest, SaysWhatADeviceDidToEachPacket) {
    for (std::uint32_t seed = 1; seed <= 10; ++seed) {
        Device device(seed);
        const std::uint32_t spi = 1000 + seed;
        std::uint32_t number = 0xffffffffU - 5000;  // Numbers go past the end of their 32 bits.
        for (std::uint64_t now = 1; now <= 20'000 || !device.empty(); ++now) {
            if (now <= 20'000) {
                before(spi, ++number, now);
                device.take(number, now);
            }
            for (const Device::Packet& packet : device.give(now)) after(spi, packet.number, now);
        }
        EXPECT_EQ(counts(spi), device.expected) << "seed " << seed;
        std::ranges::sort(device.delays);
        for (const double share : {0.5, 0.9, 0.99, 1.0}) {
            const auto at =
                static_cast<std::size_t>(share * static_cast<double>(device.delays.size() - 1));
            const auto exact = static_cast<double>(device.delays[at]);
            const auto said = static_cast<double>(view(spi)->delay.quantile(share));
            EXPECT_GE(said, exact) << share;
            EXPECT_LE(said, exact * 9 / 8 + 1) << share;
        }
    }
}

}  // namespace
}  // namespace weir::ipsec
