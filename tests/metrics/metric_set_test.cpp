// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/metric_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::metrics {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(MetricSet, TellsZeroFromUnknown) {
    MetricSet metrics;
    metrics.set("dropped", 0);
    EXPECT_EQ(metrics.find("dropped"), 0U);
    EXPECT_EQ(metrics.find("drop"), std::nullopt);
}

TEST(MetricSet, SetReplacesAndAddAdds) {
    MetricSet metrics;
    metrics.set("imissed", 5);
    metrics.set("imissed", 2);
    metrics.add("imissed", 3);
    metrics.add("ierrors", 1);
    EXPECT_THAT(metrics.values(), ElementsAre(Pair("ierrors", 1), Pair("imissed", 5)));
}

}  // namespace
}  // namespace weir::metrics
