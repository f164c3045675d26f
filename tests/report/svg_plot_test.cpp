// SPDX-License-Identifier: BSD-3-Clause
#include "report/svg_plot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <regex>
#include <vector>

#include "page.hpp"
#include "report/plot_scale.hpp"

namespace weir::report {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using testing::SizeIs;
using Counts = std::vector<std::uint64_t>;

/// Counts that plots have to bear.
const std::vector<Counts>& hard_counts() {
    static const std::vector<Counts> kAll = {Counts(8, 0),
                                             {0, 0, 0, 0, 0, 0, 0, 1},
                                             {1, 1, 1, 1, 1, 1, 1, 1},
                                             Counts(8, UINT64_MAX),
                                             {UINT64_MAX, 0, 1, 0, 0, 2, 0, 0},
                                             {100, 1, 0, 0, 0, 0, 0, 0},
                                             {99, 1, 0, 0, 0, 0, 0, 0},
                                             {5'000'000'000, 7, 6, 5, 4, 3, 2, 1}};
    return kAll;
}

/// The values of `attribute`, in order.
std::vector<double> values_of(const std::string& text, const std::string& attribute) {
    const std::regex pattern(" " + attribute + "=\"([^\"]*)\"");
    std::vector<double> values;
    for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
        values.push_back(std::stod((*at)[1]));
    }
    return values;
}

std::string histogram_of(const Counts& counts) {
    return svg_histogram({.id = "h",
                          .title = "A <title>",
                          .x_title = "numbers",
                          .y_title = "packets",
                          .counts = counts,
                          .last_is_open = true});
}

constexpr std::array<std::uint32_t, 8> kWindows = {32, 64, 128, 256, 512, 1024, 2048, 4096};

std::string windows_of(const Counts& would_drop, std::optional<std::uint32_t> smallest) {
    return svg_windows({.id = "w",
                        .title = "windows",
                        .windows = kWindows,
                        .would_drop = would_drop,
                        .smallest = smallest});
}

TEST(PlotScale, RisesFromNothingToTheGreatestCount) {
    for (const Counts& counts : hard_counts()) {
        const PlotScale scale(counts);
        const auto greatest = static_cast<double>(std::ranges::max(counts));
        EXPECT_EQ(scale.height_of(0), 0);
        EXPECT_DOUBLE_EQ(scale.height_of(std::max(1.0, greatest)), 1);
        EXPECT_LT(scale.height_of(greatest / 2), 1);
    }
}

TEST(PlotScale, IsLogarithmicWhereBarsWouldBeTooLowToSee) {
    EXPECT_FALSE(PlotScale(Counts{99, 1}).logarithmic());
    EXPECT_FALSE(PlotScale(Counts{99, 0}).logarithmic());
    EXPECT_FALSE(PlotScale(Counts{UINT64_MAX, UINT64_MAX / 2}).logarithmic());
    EXPECT_TRUE(PlotScale(Counts{100, 1}).logarithmic());
    EXPECT_GT(PlotScale(Counts{UINT64_MAX, 1}).height_of(1), 0.01);
}

TEST(PlotScale, HasAFewTicksThatRise) {
    for (const Counts& counts : hard_counts()) {
        const PlotScale scale(counts);
        const std::vector<double> ticks = scale.ticks();
        EXPECT_THAT(ticks, SizeIs(AllOf(Ge(2U), Le(6U))));
        EXPECT_EQ(ticks.front(), 0);
        EXPECT_TRUE(std::ranges::is_sorted(ticks));
        EXPECT_LE(scale.height_of(ticks.back()), 1);
    }
    EXPECT_THAT(PlotScale(Counts{7}).ticks(), ElementsAre(0, 2, 4, 6));
    EXPECT_THAT(PlotScale(Counts{1}).ticks(), ElementsAre(0, 1));
    EXPECT_THAT(PlotScale(Counts{100, 1}).ticks(), ElementsAre(0, 1, 10, 100));
}

TEST(SvgHistogram, HasABarForEachClassWithItsCount) {
    for (const Counts& counts : hard_counts()) {
        const std::string svg = histogram_of(counts);
        EXPECT_EQ(read_page(svg).error, "");
        EXPECT_EQ(count_of(svg, "<rect "), counts.size());
        EXPECT_THAT(values_of(svg, "height"), Each(AllOf(Ge(0), Le(134))));
        EXPECT_THAT(svg, Not(HasSubstr("nan")));
    }
    EXPECT_THAT(histogram_of({5, 0, 1234}),
                AllOf(HasSubstr("<title>1: 5</title>"), HasSubstr("<title>2-3: 0</title>"),
                      HasSubstr("<title>4+: 1,234</title>"), HasSubstr(">1.2k</text>")));
}

TEST(SvgHistogram, BarsAreAsHighAsTheirCounts) {
    const auto heights = values_of(histogram_of({40, 20, 0, 10}), "height");
    EXPECT_THAT(heights, ElementsAre(134, 67, 0, 33.5));
}

TEST(SvgHistogram, SaysWhatItShowsToThoseWhoDoNotSeeIt) {
    const std::string svg = histogram_of({5, 0, 1234});
    EXPECT_THAT(svg, AllOf(HasSubstr("role=\"img\" aria-labelledby=\"h-t h-d\""),
                           HasSubstr("<title id=\"h-t\">A &lt;title&gt;</title>"),
                           HasSubstr("<desc id=\"h-d\">numbers, packets. 1: 5; 4+: 1,234.</desc>"),
                           HasSubstr("packets, log scale")));
    EXPECT_THAT(histogram_of({0, 0}), HasSubstr("All classes are empty."));
}

TEST(SvgWindows, HasADotForEachWindowWithinThePlot) {
    for (const Counts& counts : hard_counts()) {
        const std::string svg = windows_of(counts, std::nullopt);
        EXPECT_EQ(read_page(svg).error, "");
        EXPECT_EQ(count_of(svg, "<circle "), kWindows.size());
        EXPECT_THAT(values_of(svg, "cy"), Each(AllOf(Ge(46), Le(180))));
        EXPECT_THAT(values_of(svg, "cx"), Each(AllOf(Ge(38), Le(344))));
        EXPECT_THAT(svg, Not(HasSubstr("smallest: ")));
    }
}

TEST(SvgWindows, MarksTheSmallestThatDropsNothing) {
    for (const std::uint32_t smallest : {32U, 33U, 65U, 500U, 4095U, 4096U}) {
        const std::string svg = windows_of({9, 8, 7, 6, 5, 4, 3, 0}, smallest);
        EXPECT_EQ(read_page(svg).error, "");
        EXPECT_EQ(count_of(svg, "<circle "), kWindows.size() + 1) << smallest;
        EXPECT_THAT(svg, HasSubstr(">smallest: " + std::to_string(smallest) + "</text>"));
        EXPECT_THAT(values_of(svg, "cx"), Each(AllOf(Ge(38), Le(344))));
    }
}

TEST(SvgWindows, ASmallestLeftOfTheAxisIsNamedOnly) {
    const std::string svg = windows_of(Counts(8, 0), 7);
    EXPECT_EQ(count_of(svg, "<circle "), kWindows.size());
    EXPECT_THAT(svg, HasSubstr("\xe2\x86\x90 smallest: 7</text>"));
}

TEST(SvgWindows, TheLineFallsAtTheSmallestNotAtTheNextWindow) {
    const std::string svg = windows_of({5, 2, 0, 0, 0, 0, 0, 0}, 65);
    const std::string line = between(svg, "<path class=\"line\"", "/>");
    EXPECT_THAT(line, HasSubstr("H96.2V180.0H133.6V180.0"));
}

TEST(SvgShare, IsSeenUnlessItIsNothing) {
    EXPECT_THAT(svg_share(37.5), HasSubstr("<rect width=\"37.50\""));
    EXPECT_THAT(svg_share(0), HasSubstr("<rect width=\"0.00\""));
    EXPECT_THAT(svg_share(1e-9), HasSubstr("<rect width=\"0.60\""));
    EXPECT_THAT(svg_share(250), HasSubstr("<rect width=\"100.00\""));
    EXPECT_EQ(read_page(svg_share(1)).error, "");
}

}  // namespace
}  // namespace weir::report
