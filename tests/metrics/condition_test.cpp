// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/condition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/setup_error.hpp"

namespace weir::metrics {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// What a small run might have counted.
MetricSet small_set() {
    MetricSet metrics;
    metrics.set("received", 100);
    metrics.set("dropped", 7);
    metrics.set("dropped.rx.ring_full", 7);
    metrics.set("dropped.filter.filtered", 0);
    metrics.set("imissed", 0);
    metrics.set("ipsec.lost", 3);
    metrics.set("port.0.rx_packets", 100);
    metrics.set("port.0.xstat.rx_good_packets", 100);
    metrics.set("huge", UINT64_MAX);
    return metrics;
}

bool holds(const std::string& text) { return Condition::parse(text).evaluate(small_set()); }

std::string parse_refusal(const std::string& text) {
    return test::setup_error([&] { return Condition::parse(text); });
}
std::string name_refusal(const std::string& text) {
    return test::setup_error([&] { return holds(text); });
}

TEST(Condition, ComparesBelowAtAndAboveTheValue) {
    struct Row {
        const char* sign;
        bool with_6, with_7, with_8;  // dropped is 7
    };
    for (const Row& row : {Row{">", true, false, false}, Row{">=", true, true, false},
                           Row{"<", false, false, true}, Row{"<=", false, true, true},
                           Row{"==", false, true, false}, Row{"!=", true, false, true}}) {
        const std::string start = std::string("dropped ") + row.sign;
        EXPECT_EQ(holds(start + " 6"), row.with_6) << row.sign;
        EXPECT_EQ(holds(start + " 7"), row.with_7) << row.sign;
        EXPECT_EQ(holds(start + " 8"), row.with_8) << row.sign;
    }
}

TEST(Condition, WhiteSpaceAroundItsPartsIsFree) {
    EXPECT_TRUE(holds("dropped>0"));
    EXPECT_TRUE(holds("  dropped\t>=  7 \n"));
    EXPECT_FALSE(holds("dropped!=7"));
}

TEST(Condition, KeepsItsText) { EXPECT_EQ(Condition::parse(" dropped>0").text(), " dropped>0"); }

TEST(Condition, TellsTheValue) {
    EXPECT_EQ(Condition::parse("ipsec.lost > 100").value(small_set()), 3U);
    EXPECT_EQ(Condition::parse("dropped.filter.filtered > 0").value(small_set()), 0U);
}

TEST(Condition, ReadsTheWholeRangeOfACounter) {
    EXPECT_TRUE(holds("huge == 18446744073709551615"));
    EXPECT_FALSE(holds("huge < 18446744073709551615"));
    EXPECT_TRUE(holds("huge >= 0"));
}

TEST(Condition, RefusesWhatIsNoComparisonWithAnExample) {
    for (const char* text :
         {"", "dropped", "> 0", "  >0", "dropped = 0", "dropped => 0", "dropped ! 0",
          "dropped <> 0", "dropped >", "dropped > many", "dropped > -1", "dropped > 1.5",
          "dropped > 1e6", "dropped > 18446744073709551616", "dropped > 1 000", "dropped > 0 > 0",
          "dropped > = 0"}) {
        EXPECT_THAT(parse_refusal(text),
                    AllOf(HasSubstr("'" + std::string(text) + "'"),
                          HasSubstr("NAME OPERATOR NUMBER"), HasSubstr("--fail-on 'dropped > 0'")))
            << text;
    }
}

TEST(Condition, SaysWhichPartIsWrong) {
    EXPECT_THAT(parse_refusal("dropped"), HasSubstr("it has no comparison"));
    EXPECT_THAT(parse_refusal(" > 0"), HasSubstr("it has no name"));
    EXPECT_THAT(parse_refusal("dropped = 0"), HasSubstr("'=' is no comparison"));
    EXPECT_THAT(parse_refusal("dropped > many"), HasSubstr("'many' is no whole number"));
}

TEST(Condition, AnUnknownNameGetsTheNearestKnownOnes) {
    EXPECT_THAT(name_refusal("droped > 0"), AllOf(HasSubstr("there is no counter 'droped'"),
                                                  HasSubstr("nearest are 'dropped'")));
    EXPECT_THAT(name_refusal("ring_full > 0"), HasSubstr("nearest are 'dropped.rx.ring_full'"));
    EXPECT_THAT(name_refusal("lost > 0"), HasSubstr("nearest are 'ipsec.lost'"));
    EXPECT_THAT(name_refusal("Received > 0"), HasSubstr("nearest are 'received'"));
    EXPECT_THAT(name_refusal("drop ped > 0"), HasSubstr("there is no counter 'drop ped'"));
}

TEST(Condition, AnUnknownNameOfAnEmptySetIsRefusedAsWell) {
    EXPECT_THAT(
        test::setup_error([] { return Condition::parse("dropped > 0").evaluate(MetricSet{}); }),
        HasSubstr("there is no counter 'dropped'"));
}

TEST(Condition, AnXstatThatIsZeroIsNotInTheSetAndStillKnown) {
    EXPECT_TRUE(holds("port.0.xstat.rx_good_packets > 0"));
    EXPECT_FALSE(holds("port.0.xstat.rx_errors > 0"));
    EXPECT_TRUE(holds("port.0.xstat.rx_errors == 0"));
    EXPECT_EQ(Condition::parse("port.0.xstat.rx_errors > 0").value(small_set()), 0U);
}

TEST(Condition, AnXstatOfAPortThatDoesNotExistIsRefused) {
    EXPECT_THAT(name_refusal("port.1.xstat.rx_errors > 0"), HasSubstr("port.1.xstat.rx_errors"));
    EXPECT_THAT(name_refusal("wrong.xstat.rx_errors > 0"), HasSubstr("wrong.xstat.rx_errors"));
}

}  // namespace
}  // namespace weir::metrics
