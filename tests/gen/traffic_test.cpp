// SPDX-License-Identifier: BSD-3-Clause
#include "gen/traffic.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "parse/parse.hpp"

namespace weir::gen {
namespace {

using Frame = std::vector<std::byte>;

Frame next_frame(Traffic& traffic) {
    Frame frame(kMaxGeneratedBytes);
    frame.resize(traffic.next(frame.data()));
    return frame;
}

parse::PacketRecord parsed(const Frame& frame) {
    parse::PacketRecord record;
    parse::parse({frame, static_cast<std::uint32_t>(frame.size())}, record);
    return record;
}

TEST(Traffic, IsTheSameForTheSameSeedOnly) {
    Traffic one({5, true});
    Traffic same({5, true});
    Traffic other({6, true});
    bool differs = false;
    for (int i = 0; i < 20000; ++i) {
        const Frame frame = next_frame(one);
        ASSERT_EQ(frame, next_frame(same));
        differs |= frame != next_frame(other);
    }
    EXPECT_TRUE(differs);
}

TEST(Traffic, KeepsTheImixShares) {
    Traffic traffic({1, false});
    std::map<std::size_t, unsigned> sizes;
    for (int i = 0; i < 8192; ++i) {
        const std::size_t size = next_frame(traffic).size();
        ++sizes[size < 570 ? 64 : size];
    }
    EXPECT_NEAR(sizes[64] / 8192.0, 28 / 48.0, 0.01);
    EXPECT_NEAR(sizes[570] / 8192.0, 16 / 48.0, 0.01);
    EXPECT_NEAR(sizes[1518] / 8192.0, 4 / 48.0, 0.01);
    EXPECT_EQ(sizes.size(), 3U);
}

TEST(Traffic, PlantsNothingWithoutFaults) {
    Traffic traffic({1, false});
    for (int i = 0; i < 50000; ++i)
        ASSERT_EQ(parsed(next_frame(traffic)).status, parse::ParseStatus::kOk);
    const Truth truth = traffic.truth();
    EXPECT_EQ(truth.lost + truth.duplicated + truth.reordered, 0U);
    EXPECT_EQ(truth.statuses[0], 50000U);
}

/// Everything a Truth says, recomputed from the frames: by the parser, and from a set of all
/// sequence numbers of each association.
class Recount {
   public:
    void add(const Frame& frame) {
        const parse::PacketRecord record = parsed(frame);
        ++truth.packets;
        truth.bytes += frame.size();
        ++truth.statuses[static_cast<std::size_t>(record.status)];
        for (std::size_t kind = 0; kind < parse::kLayerKinds; ++kind) {
            if ((record.layer_mask >> kind & 1) != 0) ++truth.layers[kind];
        }
        if (record.ipsec == parse::LayerKind::kNone) return;
        ++truth.ipsec_packets;
        std::set<std::uint32_t>& seen = seen_[record.spi];
        if (!seen.empty() && record.sequence < *seen.rbegin() && !seen.contains(record.sequence)) {
            ++truth.reordered;
        }
        if (!seen.insert(record.sequence).second) ++truth.duplicated;
    }
    [[nodiscard]] std::uint64_t lost() const {
        std::uint64_t lost = 0;
        for (const auto& [spi, seen] : seen_) lost += *seen.rbegin() - seen.size();
        return lost;
    }

    Truth truth;

   private:
    std::map<std::uint32_t, std::set<std::uint32_t>> seen_;
};

TEST(Traffic, KnowsItsTruthAtEveryStop) {
    Traffic traffic({3, true});
    Recount recount;
    for (int i = 1; i <= 400000; ++i) {
        recount.add(next_frame(traffic));
        if (i % 39119 != 0 && i != 400000) continue;
        const Truth truth = traffic.truth();
        EXPECT_EQ(truth.packets, recount.truth.packets);
        EXPECT_EQ(truth.bytes, recount.truth.bytes);
        EXPECT_EQ(truth.statuses, recount.truth.statuses);
        EXPECT_EQ(truth.layers, recount.truth.layers);
        EXPECT_EQ(truth.ipsec_packets, recount.truth.ipsec_packets);
        EXPECT_EQ(truth.reordered, recount.truth.reordered);
        EXPECT_EQ(truth.duplicated, recount.truth.duplicated);
        EXPECT_EQ(truth.lost, recount.lost());
    }
    EXPECT_GT(recount.lost(), 0U);
    EXPECT_GT(recount.truth.duplicated, 0U);
    EXPECT_GT(recount.truth.reordered, 0U);
    std::size_t kinds_of_defect = 0;
    for (std::size_t i = 2; i < parse::kParseStatuses; ++i)
        kinds_of_defect += recount.truth.statuses[i] != 0;
    EXPECT_GE(kinds_of_defect, 10U);
}

}  // namespace
}  // namespace weir::gen
