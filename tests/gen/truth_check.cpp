// SPDX-License-Identifier: BSD-3-Clause
#include "gen/truth_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "ipsec/sequence_reference.hpp"

namespace weir::gen {

void expect_figures(const AssociationTruth& truth, const std::vector<std::uint32_t>& numbers) {
    // The model fills a view; what was planted goes into another.
    ipsec::SaView planted;
    planted.counts = {.packets = truth.packets,
                      .bytes = truth.bytes,
                      .lost = truth.lost,
                      .duplicated = truth.duplicated,
                      .reordered = truth.reordered,
                      .beyond_window = truth.beyond_window,
                      .zero = 0,
                      .restarts = truth.restarts,
                      .wraps = truth.wraps};
    planted.expected = truth.expected;
    planted.highest = truth.highest;
    planted.lateness = truth.lateness;
    planted.latest = truth.latest;
    if (truth.smallest_window() != 0) planted.smallest_window = truth.smallest_window();
    planted.would_drop = truth.would_drop;
    planted.gap_lengths = truth.gap_lengths;
    planted.longest_gap = truth.longest_gap;
    planted.extents = truth.extents;
    planted.longest_extent = truth.longest_extent;
    planted.n_reordered = truth.n_reordered;
    EXPECT_TRUE(ipsec::same_figures(planted, ipsec::reference_view(numbers)))
        << "SPI " << truth.spi << " after " << numbers.size() << " packets";
}

}  // namespace weir::gen
