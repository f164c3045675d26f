// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/associations.hpp"

#include <gtest/gtest.h>

#include "support/sa_memory.hpp"

namespace weir::pipeline {
namespace {

ipsec::SaKey key(std::uint32_t spi) {
    ipsec::SaKey result;
    result.spi = spi;
    result.network = parse::LayerKind::kIpv4;
    result.protocol = ipsec::SaProtocol::kEsp;
    return result;
}

/// Ten ticks a second, from 1000 on.
class Associations : public testing::Test {
   protected:
    void send(std::uint32_t spi, std::uint32_t sequence, std::uint64_t now) {
        const ipsec::SaPacket packet{key(spi), sequence, 100};
        table_.update({&packet, 1}, now);
    }
    AssociationList list() {
        AssociationList result;
        add_associations(table_, clock_, {"eth1"}, result);
        finish_associations(clock_, result);
        return result;
    }

    AssociationClock clock_{1000, 10};
    test::SaMemory memory_{64};
    ipsec::SaTable table_{memory_.storage(), 1};
};

TEST_F(Associations, HaveTimesInSecondsAndTheNameOfTheirPort) {
    send(300, 1, 1010);
    send(300, 2, 1020);
    send(300, 3, 1030);
    const AssociationList all = list();
    ASSERT_EQ(all.associations.size(), 1U);
    EXPECT_EQ(all.associations[0].port, "eth1");
    EXPECT_EQ(all.associations[0].first_seen_seconds, 1);
    EXPECT_EQ(all.associations[0].last_seen_seconds, 3);
    EXPECT_EQ(all.associations[0].packets_per_second(), 1.5);
    EXPECT_EQ(all.totals.counts.packets, 3U);
}

TEST_F(Associations, AtOneMomentHaveNoRate) {
    send(300, 1, 1010);
    EXPECT_EQ(list().associations[0].packets_per_second(), 0);
}

TEST_F(Associations, TheWorstComeFirstThenTheBusiest) {
    for (std::uint32_t i = 1; i <= 5; ++i) send(300, i, 1000);
    for (std::uint32_t i = 1; i <= 9; ++i) send(301, i, 1000);
    send(302, 1, 1000);
    send(302, 4, 1000);
    const auto all = list().associations;
    EXPECT_EQ(all[0].view.key.spi, 302U);
    EXPECT_EQ(all[1].view.key.spi, 301U);
    EXPECT_EQ(all[2].view.key.spi, 300U);
}

TEST_F(Associations, ARekeyIsLinkedWhereSilenceAndOverlapAreShort) {
    const auto run = [this](std::uint32_t spi, std::uint64_t from, std::uint64_t to) {
        for (std::uint32_t i = 1; from <= to; ++i, from += 5) send(spi, i, from);
    };
    run(300, 1000, 1100);
    run(301, 1200, 1300);  // After 10 seconds.
    run(302, 1405, 1500);  // After more.
    run(303, 1495, 1600);  // Before the last is silent.
    for (const Association& each : list().associations) {
        const std::uint32_t spi = each.view.key.spi;
        EXPECT_EQ(each.follows_spi.has_value(), spi == 301 || spi == 303) << spi;
        EXPECT_EQ(each.follows_spi.value_or(spi - 1), spi - 1);
    }
}

}  // namespace
}  // namespace weir::pipeline
