// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/rekeys.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace weir::ipsec {
namespace {

SaView association(std::uint32_t spi, std::uint64_t first, std::uint64_t last,
                   std::uint8_t host = 1) {
    SaView view;
    view.key.spi = spi;
    view.key.source[3] = host;
    view.key.protocol = SaProtocol::kEsp;
    view.first_seen = first;
    view.last_seen = last;
    return view;
}

std::vector<std::uint32_t> links(const std::vector<SaView>& views) {
    std::vector<std::uint32_t> follows(views.size());
    std::vector<std::uint32_t> scratch(views.size());
    link_rekeys(views, {.most_silence = 50, .most_overlap = 10}, follows, scratch);
    return follows;
}

using Links = std::vector<std::uint32_t>;

TEST(LinkRekeys, LinksAChainWhateverItsOrder) {
    EXPECT_EQ(links({association(3, 205, 300), association(1, 0, 100), association(2, 101, 210)}),
              (Links{2, kFollowsNone, 1}));
}

TEST(LinkRekeys, LinksNoOthersHostsPortsOrProtocols) {
    std::vector<SaView> views(5, association(1, 0, 100));
    for (std::uint32_t i = 1; i < 5; ++i) views[i] = association(1 + i, 101, 200);
    views[1].key.source[0] = 9;
    views[2].key.port = 1;
    views[3].key.protocol = SaProtocol::kAh;
    views[4].key.destination[15] = 1;
    EXPECT_EQ(links(views), Links(5, kFollowsNone));
}

TEST(LinkRekeys, KeepsToTheLimits) {
    EXPECT_EQ(links({association(1, 0, 100), association(2, 150, 400)})[1], 0U);
    EXPECT_EQ(links({association(1, 0, 100), association(2, 151, 400)})[1], kFollowsNone);
    EXPECT_EQ(links({association(1, 0, 100), association(2, 90, 400)})[1], 0U);
    EXPECT_EQ(links({association(1, 0, 100), association(2, 89, 400)})[1], kFollowsNone);
}

TEST(LinkRekeys, LeavesThoseAloneThatGoOnSideBySide) {
    EXPECT_EQ(links({association(1, 0, 1000), association(2, 500, 1000)}), Links(2, kFollowsNone));
}

TEST(LinkRekeys, TellsAShortOverlapFromSendingInTurn) {
    // Within the limit, but for more than half of the life of one.
    EXPECT_EQ(links({association(1, 0, 10), association(2, 1, 11)}), Links(2, kFollowsNone));
    EXPECT_EQ(links({association(1, 0, 100), association(2, 95, 104)}), Links(2, kFollowsNone));
    EXPECT_EQ(links({association(1, 0, 100), association(2, 95, 106)})[1], 0U);
}

TEST(LinkRekeys, GivesEachOneFollower) {
    // Two in parallel, rekeyed one after the other.
    EXPECT_EQ(links({association(1, 0, 100), association(2, 1, 130), association(3, 101, 300),
                     association(4, 128, 300)}),
              (Links{kFollowsNone, kFollowsNone, 0, 1}));
}

TEST(LinkRekeys, TakesNoneOnProbation) {
    std::vector<SaView> views{association(1, 0, 100), association(2, 101, 200)};
    views[1].probation = true;
    EXPECT_EQ(links(views)[1], kFollowsNone);
}

}  // namespace
}  // namespace weir::ipsec
