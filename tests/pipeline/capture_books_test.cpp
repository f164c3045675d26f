// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/capture_books.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace weir::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

CaptureState sound() {
    CaptureState state;
    state.selected = 100;
    state.stored = 90;
    state.not_stored = {{"no_segment", 10}};
    state.written = 60;
    state.lost = {{"disk_full", 5}, {"write_error", 4}};
    state.overwritten = 20;
    state.discarded = 1;
    return state;
}

TEST(CaptureBooks, BalanceWhenEachPacketHasOneEnd) {
    CaptureState state = sound();
    std::vector<std::string> missing;
    close_capture(state, missing);
    EXPECT_TRUE(state.balanced);
    EXPECT_TRUE(missing.empty());
}

TEST(CaptureBooks, AnyFigureThatIsOffByOneIsNoticed) {
    const std::vector<std::function<void(CaptureState&)>> changes{
        [](CaptureState& state) { ++state.selected; },
        [](CaptureState& state) { --state.selected; },
        [](CaptureState& state) { ++state.not_stored["no_segment"]; },
        [](CaptureState& state) { ++state.written; },
        [](CaptureState& state) { --state.lost["disk_full"]; },
        [](CaptureState& state) { ++state.lost["write_error"]; },
        [](CaptureState& state) { ++state.overwritten; },
        [](CaptureState& state) { --state.discarded; },
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
        CaptureState state = sound();
        changes[i](state);
        std::vector<std::string> missing;
        close_capture(state, missing);
        EXPECT_FALSE(state.balanced) << i;
        EXPECT_THAT(missing, ElementsAre(HasSubstr("capture: "))) << i;
    }
    CaptureState state = sound();
    ++state.stored;
    std::vector<std::string> missing;
    close_capture(state, missing);
    EXPECT_THAT(missing, ElementsAre(HasSubstr("91 stored"), HasSubstr("91 packets were stored")));
}

TEST(CaptureBooks, EveryFigureIsAMetric) {
    metrics::MetricSet metrics;
    set_capture_metrics(sound(), metrics);
    EXPECT_EQ(metrics.find("capture.selected"), 100U);
    EXPECT_EQ(metrics.find("capture.stored"), 90U);
    EXPECT_EQ(metrics.find("capture.not_stored"), 10U);
    EXPECT_EQ(metrics.find("capture.not_stored.no_segment"), 10U);
    EXPECT_EQ(metrics.find("capture.written"), 60U);
    EXPECT_EQ(metrics.find("capture.lost"), 9U);
    EXPECT_EQ(metrics.find("capture.lost.disk_full"), 5U);
    EXPECT_EQ(metrics.find("capture.lost.write_error"), 4U);
    EXPECT_EQ(metrics.find("capture.overwritten"), 20U);
    EXPECT_EQ(metrics.find("capture.discarded"), 1U);
    EXPECT_EQ(metrics.find("capture.triggers"), 0U);
}

}  // namespace
}  // namespace weir::pipeline
