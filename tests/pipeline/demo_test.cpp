// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/demo.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gen/random.hpp"
#include "gen/traffic.hpp"
#include "ipsec/sa_key.hpp"
#include "ipsec/sa_table.hpp"
#include "parse/parse.hpp"
#include "support/sa_memory.hpp"

namespace weir::pipeline {
namespace {

constexpr std::size_t kBurst = 64;

/// The IPsec packets of the next `frames` frames.
std::vector<ipsec::SaPacket> next_packets(gen::Traffic& traffic, std::size_t frames) {
    std::vector<ipsec::SaPacket> list;
    std::vector<std::byte> frame(gen::kMaxGeneratedBytes);
    for (std::size_t i = 0; i < frames; ++i) {
        const auto bytes = static_cast<std::uint32_t>(traffic.next(frame.data()));
        const base::PacketView view{std::span(frame).first(bytes), bytes};
        parse::PacketRecord record;
        parse::parse(view, record);
        ipsec::SaPacket packet;
        if (!ipsec::key_of(view, record, base::PortId{0}, packet.key)) continue;
        packet.sequence = record.sequence;
        packet.bytes = bytes;
        list.push_back(packet);
    }
    return list;
}

/// What is said of IPsec. Ticks are microseconds.
std::vector<DemoCheck> check_tables(const gen::Truth& truth,
                                    const std::vector<const ipsec::SaTable*>& tables,
                                    std::uint64_t most_apart) {
    const AssociationClock clock{0, 1e6};
    AssociationList list;
    for (const ipsec::SaTable* table : tables) add_associations(*table, clock, {"demo"}, list);
    finish_associations(clock, list);
    Snapshot snapshot;
    const ipsec::SaCounts& counts = list.totals.counts;
    snapshot.metrics.set("ipsec.packets", counts.packets);
    snapshot.metrics.set("ipsec.lost", counts.lost);
    snapshot.metrics.set("ipsec.duplicated", counts.duplicated);
    snapshot.metrics.set("ipsec.reordered", counts.reordered);
    snapshot.metrics.set("ipsec.beyond_window", counts.beyond_window);
    snapshot.metrics.set("ipsec.restarts", counts.restarts);
    snapshot.metrics.set("ipsec.wraps", counts.wraps);
    std::vector<DemoCheck> checks = check_demo(truth, list, snapshot, most_apart);
    std::erase_if(checks, [](const DemoCheck& each) { return !each.what.starts_with("IPsec"); });
    return checks;
}

/// The demo without its pipeline: packets go from the generator into a table, a burst at a time.
class Demo {
   public:
    explicit Demo(std::uint64_t seed, std::uint64_t idle = 0)
        : traffic_({.seed = seed}), table_(memory_.storage(), 1, idle) {}

    /// One burst, in which a packet takes a microsecond.
    void burst(std::size_t packets = kBurst) {
        now_ += packets;
        table_.update(next_packets(traffic_, packets), now_);
    }

    [[nodiscard]] gen::Truth truth() const { return traffic_.truth(); }
    /// What is found when it stops now, against that or something else.
    [[nodiscard]] std::vector<DemoCheck> check(const gen::Truth& truth) const {
        return check_tables(truth, {&table_}, kBurst);
    }
    [[nodiscard]] std::vector<DemoCheck> check() const { return check(truth()); }
    [[nodiscard]] ipsec::SaTotals totals() const { return table_.totals(); }

   private:
    gen::Traffic traffic_;
    test::SaMemory memory_{512};
    ipsec::SaTable table_;
    std::uint64_t now_ = 0;
};

void expect_same(const std::vector<DemoCheck>& checks) {
    for (const DemoCheck& each : checks) EXPECT_EQ(each.planted, each.found) << each.what;
}

DemoCheck line(const std::vector<DemoCheck>& checks, const std::string& what) {
    const auto at = std::ranges::find(checks, what, &DemoCheck::what);
    return at == checks.end() ? DemoCheck{} : *at;
}

std::uint64_t planted(const std::vector<DemoCheck>& checks, const std::string& what) {
    return line(checks, what).planted;
}

TEST(Demo, FindsWhatWasPlantedWheneverItStops) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        Demo demo(seed);
        for (std::size_t i = 0; i < 6000; ++i) {
            demo.burst(1 + (i * seed) % kBurst);
            if (i % 11 != 0) continue;
            ASSERT_NO_FATAL_FAILURE(expect_same(demo.check()));
            ASSERT_FALSE(HasFailure()) << "seed " << seed << ", after burst " << i;
        }
        const std::vector<DemoCheck> checks = demo.check();
        for (const char* what : {"IPsec lost", "IPsec duplicated", "IPsec reordered",
                                 "IPsec restarts", "IPsec wraps", "IPsec rekeys"}) {
            EXPECT_GT(planted(checks, what), 0U) << what;
        }
    }
}

/// Any figure of any association.
TEST(Demo, NamesAFigureThatIsOffByOne) {
    Demo demo(4);
    for (int i = 0; i < 6000; ++i) demo.burst();
    using Truth = gen::AssociationTruth;
    const std::vector<std::pair<std::string, std::function<void(Truth&)>>> changes{
        {"packets", [](Truth& truth) { ++truth.packets; }},
        {"octets", [](Truth& truth) { ++truth.bytes; }},
        {"lost", [](Truth& truth) { --truth.lost; }},
        {"duplicated", [](Truth& truth) { ++truth.duplicated; }},
        {"reordered", [](Truth& truth) { ++truth.reordered; }},
        {"restarts", [](Truth& truth) { ++truth.restarts; }},
        {"wraps", [](Truth& truth) { ++truth.wraps; }},
        {"expected", [](Truth& truth) { ++truth.expected; }},
        {"highest", [](Truth& truth) { --truth.highest; }},
        {"lateness, class 2", [](Truth& truth) { ++truth.lateness[2]; }},
        {"latest", [](Truth& truth) { ++truth.latest; }},
        {"smallest window", [](Truth& truth) { ++truth.latest; }},
        {"would drop, class 0", [](Truth& truth) { ++truth.would_drop[0]; }},
        {"gaps, class 0", [](Truth& truth) { --truth.gap_lengths[0]; }},
        {"longest gap", [](Truth& truth) { ++truth.longest_gap; }},
        {"extents, class 1", [](Truth& truth) { ++truth.extents[1]; }},
        {"longest extent", [](Truth& truth) { ++truth.longest_extent; }},
        {"n-reordered, class 2", [](Truth& truth) { ++truth.n_reordered[2]; }},
    };
    for (const auto& [figure, change] : changes) {
        gen::Truth truth = demo.truth();
        Truth& victim = truth.associations[truth.associations.size() / 2];
        change(victim);
        const std::vector<DemoCheck> checks = demo.check(truth);
        const DemoCheck exact = line(checks, "IPsec associations, each figure exact");
        EXPECT_EQ(exact.planted, exact.found + 1) << figure;
        EXPECT_TRUE(std::ranges::any_of(checks, [&](const DemoCheck& each) {
            return each.what.starts_with("IPsec SPI") && each.what.ends_with(figure) &&
                   each.planted != each.found;
        })) << figure;
    }
}

TEST(Demo, NamesAnAssociationThatWasNotSeenOrFollowsAnother) {
    Demo demo(5);
    for (int i = 0; i < 6000; ++i) demo.burst();
    const auto differ = [&demo](const gen::Truth& truth) {
        std::vector<DemoCheck> checks = demo.check(truth);
        return std::ranges::any_of(checks, [](const DemoCheck& each) {
            return each.what.starts_with("IPsec SPI") && each.planted != each.found;
        });
    };
    gen::Truth truth = demo.truth();
    EXPECT_FALSE(differ(truth));
    truth.associations.back().spi += 1;
    EXPECT_TRUE(differ(truth));
    truth = demo.truth();
    const auto later = std::ranges::find_if(
        truth.associations, [](const auto& each) { return each.follows_spi && each.replaced; });
    ASSERT_NE(later, truth.associations.end());
    later->follows_spi.reset();
    EXPECT_TRUE(differ(truth));
}

/// What has been replaced may be forgotten in a long run.
TEST(Demo, LooksForWhatIsForgottenInTheSumsOnly) {
    Demo demo(6, 200'000);
    for (int i = 0; i < 20'000; ++i) demo.burst();
    EXPECT_GT(demo.totals().aged, 10U);
    const std::vector<DemoCheck> checks = demo.check();
    expect_same(checks);
    EXPECT_GT(planted(checks, "IPsec associations"),
              planted(checks, "IPsec associations, each figure exact"));
}

/// Two workers whose rings fill differently: of two associations that follow each other, the one's
/// packets may be given times before or after the other's. SPIs of one tunnel meet either.
TEST(Demo, FindsRekeysAcrossWorkers) {
    constexpr std::size_t kRing = 256;
    constexpr std::uint64_t kApart = kBurst + 2 * (kRing + 3 * kBurst);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        gen::Random random(seed);
        gen::Traffic traffic({.seed = seed});
        std::array<test::SaMemory, 2> memories{test::SaMemory(512), test::SaMemory(512)};
        std::array<ipsec::SaTable, 2> tables{ipsec::SaTable(memories[0].storage(), 1),
                                             ipsec::SaTable(memories[1].storage(), 2)};
        std::array<std::vector<ipsec::SaPacket>, 2> rings;
        std::uint64_t now = 0;
        const auto work = [&](std::size_t worker) {
            std::vector<ipsec::SaPacket>& ring = rings[worker];
            const auto count = static_cast<std::ptrdiff_t>(std::min(ring.size(), kBurst));
            tables[worker].update(std::span(ring).first(static_cast<std::size_t>(count)), ++now);
            ring.erase(ring.begin(), ring.begin() + count);
        };
        for (int burst = 0; burst < 30'000; ++burst) {
            for (const ipsec::SaPacket& packet : next_packets(traffic, kBurst)) {
                rings[(packet.key.spi / 32 + packet.key.spi) % 2].push_back(packet);
            }
            // One is behind for a while, then the other.
            const std::size_t fast = burst / 500 % 2;
            work(fast);
            if (random.next() % 64 == 0) work(1 - fast);
            while (rings[1 - fast].size() > kRing) work(1 - fast);
        }
        while (!rings[0].empty()) work(0);
        while (!rings[1].empty()) work(1);
        const std::vector<DemoCheck> checks =
            check_tables(traffic.truth(), {&tables[0], &tables[1]}, kApart);
        expect_same(checks);
        EXPECT_GT(planted(checks, "IPsec rekeys"), 5U);
    }
}

}  // namespace
}  // namespace weir::pipeline
