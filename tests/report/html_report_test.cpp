// SPDX-License-Identifier: BSD-3-Clause
#include "report/html_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "page.hpp"
#include "sample_report.hpp"

namespace weir::report {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Row = std::pair<std::string, std::uint64_t>;

/// What stands below the heading of a section, up to the next.
std::string section_of(const pipeline::RunReport& report, const std::string& id) {
    return between(html_report(report) + "<h2 ", "<h2 id=\"" + id + "-h\">", "<h2 ");
}

/// Header and first figure of each row.
std::vector<Row> rows(const std::string& markup) {
    const std::regex row("<th scope=\"row\">([^<]*)</th><td class=\"n\">([0-9,]*)</td>");
    std::vector<Row> result;
    for (std::sregex_iterator at(markup.begin(), markup.end(), row), end; at != end; ++at) {
        std::string digits = (*at)[2];
        std::erase(digits, ',');
        result.emplace_back((*at)[1], std::stoull(digits));
    }
    return result;
}

/// The sample with `name` in every place that takes what others wrote.
pipeline::RunReport report_with(const std::string& name) {
    pipeline::RunReport report = sample_report();
    for (std::string* text : {&report.version, &report.started_at, &report.wiring, &report.memory,
                              &report.action, &report.stop_reason}) {
        *text = name;
    }
    pipeline::Snapshot& state = report.final;
    state.ledger.dropped = {{name, {{name, 60}}}};
    pipeline::PortState& port = state.ports[0];
    port.name = port.driver = port.note = name;
    port.driver_counters = {{name, 1}};
    port.xstats = {{name, 1}};
    state.lcores[0].roles = state.rings[0].name = state.pools[0].name = name;
    state.layers = {{name, 1}};
    state.statuses = {{name, 1}};
    state.capture->file = state.capture->note = name;
    state.capture->not_stored = {{name, 10}};
    state.capture->lost = {{name, 25}};
    report.associations.associations[0].port = name;
    report.associations.points.before = report.associations.points.after = name;
    report.allocations = {{2, name, 5, {name}}};
    report.missing = {name};
    report.demo = {{name, 1, 2}};
    report.conditions = {{name, 60, true}};
    return report;
}

/// `count` associations, the first `troubled` of which lost, reordered and delayed packets.
pipeline::RunReport report_of_associations(std::size_t count, std::size_t troubled) {
    pipeline::RunReport report;
    pipeline::AssociationList& list = report.associations;
    list.associations.assign(count, sample_associations().associations[0]);
    for (std::size_t i = 0; i < count; ++i) {
        ipsec::SaView& view = list.associations[i].view;
        view.key.spi = static_cast<std::uint32_t>(i + 1000);
        if (i < troubled) continue;
        view.lateness = {};
        view.gap_lengths = {};
        view.would_drop = {};
        view.counts = {.packets = 400};
        view.smallest_window = 1;
    }
    list.totals.created = count;
    return report;
}

TEST(HtmlReport, IsWellFormedAndItsReferencesLeadSomewhere) {
    for (const auto& report : {sample_report(), pipeline::RunReport{}, report_with("x"),
                               report_of_associations(70, 70)}) {
        const Page page = read_page(html_report(report));
        EXPECT_EQ(page.error, "");
        EXPECT_TRUE(std::ranges::includes(page.ids, page.references));
        EXPECT_EQ(std::ranges::count(page.elements, "h1"), 1);
    }
}

TEST(HtmlReport, NeedsNothingButItself) {
    const std::string page = html_report(sample_report());
    for (const char* outside :
         {"<script", "<link", "<img", "src=", "url(", "@import", "://", "javascript:"}) {
        EXPECT_THAT(page, Not(HasSubstr(outside)));
    }
    EXPECT_FALSE(std::regex_search(page, std::regex(" on[a-z]+=")));
    EXPECT_THAT(page, HasSubstr("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
}

TEST(HtmlReport, NamesStayText) {
    const std::vector<std::string> plain = read_page(html_report(report_with("name"))).elements;
    for (const std::string hostile :
         {"<script>alert(1)</script>", "\"><b onclick=\"x\">", "' onload='x", "&lt;b&gt;", "&",
          "</style></title></svg><p>", "<!--", "]]>", "\x1b[2J\n\xff\xc3", "-->", "{}{0}",
          "\xef\xbf\xbf"}) {
        const std::string page = html_report(report_with(hostile));
        const Page read = read_page(page);
        EXPECT_EQ(read.error, "") << hostile;
        EXPECT_EQ(read.elements, plain) << hostile;
        EXPECT_EQ(page.find('\x1b'), std::string::npos);
        EXPECT_EQ(page.find('\xff'), std::string::npos);
    }
    EXPECT_THAT(html_report(report_with("<i>&\"'")), HasSubstr("&lt;i&gt;&amp;&quot;&#39;"));
}

TEST(HtmlReport, HasPointsAndIkeBesideTheAssociations) {
    const std::string page = html_report(sample_report());
    EXPECT_THAT(page, HasSubstr("<h3>IKE by pair of hosts</h3>"));
    EXPECT_TRUE(std::regex_search(page, std::regex("Before .*net_ring0.* and after .*net_ring1")));
    EXPECT_THAT(html_report({}), Not(HasSubstr("IKE by pair")));
    EXPECT_THAT(html_report({}), Not(HasSubstr("and after")));
}

TEST(HtmlReport, TheSameReportGivesTheSamePage) {
    EXPECT_EQ(html_report(sample_report()), html_report(sample_report()));
}

TEST(HtmlReport, TheLedgerAddsUp) {
    const auto lines = rows(section_of(sample_report(), "ledger"));
    ASSERT_EQ(lines.size(), 8U);
    EXPECT_EQ(lines.front(), Row("received", 1000));
    EXPECT_EQ(lines.back(), Row("= accounted for", 1000));
    std::uint64_t sum = 0;
    for (std::size_t i = 1; i + 1 < lines.size(); ++i) sum += lines[i].second;
    EXPECT_EQ(sum, lines.back().second);
    EXPECT_EQ(lines[3], Row("+ dropped: parse ipv4_ihl_too_small", 7));
}

TEST(HtmlReport, SaysFirstHowTheRunEnded) {
    EXPECT_THAT(html_report(sample_report()),
                AllOf(HasSubstr("<title>Weir: exit 1: a verdict of FAIL</title>"),
                      HasSubstr("<div class=\"banner bad\"><h1>Weir run: exit 1: a verdict of FAIL"
                                "</h1>\n<p>BALANCED: every packet has its outcome")));
    pipeline::RunReport well;
    well.final.ledger.balanced = true;
    EXPECT_THAT(html_report(well), HasSubstr("<div class=\"banner good\"><h1>Weir run: exit 0"));
}

TEST(HtmlReport, SaysWhatIsMissing) {
    pipeline::RunReport report = sample_report();
    report.missing = {"pool weir_0: 2 of 8191 mbufs did not come back"};
    report.final.ledger.delivered = 895;
    report.final.ledger.balanced = false;
    EXPECT_THAT(section_of(report, "ledger"),
                AllOf(HasSubstr("NOT BALANCED: 5 packets without an outcome"),
                      HasSubstr("<li><bdi>pool weir_0: 2 of 8191 mbufs did not come back")));
    report.final.ledger.in_flight = 2;
    EXPECT_THAT(section_of(report, "ledger"),
                HasSubstr("<tr class=\"wrong\"><th scope=\"row\">+ in flight</th>"));
}

TEST(HtmlReport, PortsHaveRatesBothWaysAndTheirCounters) {
    pipeline::RunReport report = sample_report();
    report.final.ports[0].rx_packets = 3'000'000;
    report.final.ports[0].rx_bytes = 192'000'000;
    EXPECT_THAT(
        section_of(report, "ports"),
        AllOf(HasSubstr("<td>received</td><td class=\"n\">3,000,000</td><td class=\"n\">192,000,000"
                        "</td><td class=\"n\">1.500</td><td class=\"n\">0.768</td>"),
              HasSubstr("<td>transmitted</td><td class=\"n\">40</td>"),
              HasSubstr("<dt>imissed</dt><dd>0</dd>"), HasSubstr("worth knowing"),
              HasSubstr("<dt>rx_good_packets</dt><dd>1,011</dd>"), HasSubstr("11 packets came")));
}

TEST(HtmlReport, ExtendedCountersBeyondTwoHundredAreCountedOnly) {
    pipeline::RunReport report = sample_report();
    report.final.ports[0].xstats.assign(300, {"rx_good_packets", 7});
    const std::string ports = section_of(report, "ports");
    EXPECT_EQ(count_of(ports, "<dt>rx_good_packets"), 200U);
    EXPECT_THAT(ports, HasSubstr("100 more in report.json"));
}

TEST(HtmlReport, ProtocolsHaveBarsOfTheirShares) {
    const std::string protocols = section_of(sample_report(), "protocols");
    EXPECT_EQ(count_of(protocols, "<svg class=\"share\""), 2U);
    EXPECT_THAT(protocols, AllOf(HasSubstr("75.000 %"), HasSubstr("<rect width=\"75.00\"")));
    EXPECT_THAT(section_of(sample_report(), "statuses"), HasSubstr("0.300 %"));
}

TEST(HtmlReport, SaysWhereTimeGoes) {
    const std::string costs = section_of(sample_report(), "costs");
    EXPECT_THAT(costs, AllOf(HasSubstr("receive"), HasSubstr("33.3 %"), HasSubstr("100.0 %"),
                             HasSubstr("19 bursts"), HasSubstr("10.0 us"), HasSubstr("2.00 us"),
                             HasSubstr("Bursts to workers")));
    // Half of the bursts waited 1 us, the others 10.
    EXPECT_THAT(costs, HasSubstr("microseconds (1: or less), bursts. 1: 10; 8-15: 9."));
    EXPECT_THAT(costs, HasSubstr("packets in a burst, bursts. 32-63: 20."));
}

TEST(HtmlReport, TheCapturesSumsAddUp) {
    const auto lines = rows(section_of(sample_report(), "capture"));
    ASSERT_EQ(lines.size(), 9U);
    EXPECT_EQ(lines[0].second, lines[1].second + lines[2].second);
    std::uint64_t sum = 0;
    for (std::size_t i = 4; i < lines.size(); ++i) sum += lines[i].second;
    EXPECT_EQ(lines[3].second, sum);
    EXPECT_THAT(section_of(sample_report(), "capture"),
                AllOf(HasSubstr("complete: each selected"), HasSubstr("No space left on device")));
}

TEST(HtmlReport, LcoresPoolsAndMemoryAreShown) {
    EXPECT_THAT(section_of(sample_report(), "machine"),
                AllOf(HasSubstr("<td>generator + rx 0</td>"), HasSubstr("50.0 %"),
                      HasSubstr("rx 0 -&gt; worker 0"), HasSubstr("weir_0")));
    EXPECT_THAT(section_of(sample_report(), "memory"),
                AllOf(HasSubstr("69,632"), HasSubstr("5 times <code>malloc</code> on lcore 2"),
                      HasSubstr("guilty()+0x1a")));
}

TEST(HtmlReport, TheDemoIsUnfoldedWhereItFails) {
    pipeline::RunReport report = sample_report();
    EXPECT_THAT(section_of(report, "demo"),
                AllOf(HasSubstr(">PASS<"), HasSubstr("<details><summary>2 comparisons")));
    report.demo[1].found = 2;
    EXPECT_THAT(section_of(report, "demo"), AllOf(HasSubstr(">FAIL<"), HasSubstr("DIFFERS"),
                                                  HasSubstr("<details open=\"open\">")));
}

TEST(HtmlReport, ConditionsSayWhetherTheyHold) {
    EXPECT_THAT(section_of(sample_report(), "conditions"),
                AllOf(HasSubstr("<code>dropped &gt; 0</code>"), HasSubstr("FAIL: it holds"),
                      HasSubstr("ok: it does not hold")));
}

TEST(HtmlReport, PlotsHaveABarForEachClassAndADotForEachWindow) {
    const std::string page = html_report(sample_report());
    for (const char* prefix : {"sa-all", "sa-1"}) {
        const auto plot = [&page, prefix](const std::string& what) {
            return between(page, std::string("aria-labelledby=\"") + prefix + "-" + what, "</svg>");
        };
        EXPECT_EQ(count_of(plot("lateness"), "<rect "), ipsec::kLatenessBuckets);
        EXPECT_EQ(count_of(plot("gaps"), "<rect "), ipsec::kGapBuckets);
        const bool marked = std::string(prefix) == "sa-1";
        EXPECT_EQ(count_of(plot("windows"), "<circle "),
                  ipsec::kReplayWindows.size() + (marked ? 1 : 0));
    }
    EXPECT_THAT(between(page, "<title id=\"sa-1-lateness-t\"", "</desc>"),
                HasSubstr("1: 1; 32-63: 3; 64-127: 2."));
    EXPECT_THAT(page, AllOf(HasSubstr(">smallest: 65</text>"),
                            HasSubstr("packets came 4,096 numbers late or more")));
}

TEST(HtmlReport, AllTogetherIsTheSumOfThoseListed) {
    const std::string page = html_report(report_of_associations(3, 3));
    EXPECT_THAT(between(page, "<title id=\"sa-all-lateness-t\"", "</desc>"),
                HasSubstr("1: 3; 32-63: 9; 64-127: 6."));
    EXPECT_THAT(between(page, "<title id=\"sa-all-gaps-t\"", "</desc>"),
                HasSubstr("1: 12; 2-3: 3."));
    EXPECT_THAT(between(page, "<title id=\"sa-all-windows-t\"", "</desc>"),
                AllOf(HasSubstr("32: 15; 64: 6; 128: 0;"), HasSubstr("nothing: 65.")));
}

TEST(HtmlReport, FiftyAssociationsAreListedAndTenPlotted) {
    const std::string page = html_report(report_of_associations(1000, 1000));
    EXPECT_EQ(count_of(page, "<tr><th scope=\"row\">0x"), 50U);
    EXPECT_EQ(count_of(page, "<section class=\"association\">"), 10U);
    EXPECT_THAT(page, HasSubstr("The 50 worst of 1,000; more in report.json"));
    EXPECT_LT(page.size(), 200'000U);
}

TEST(HtmlReport, AssociationsWithoutTroubleAreNotPlotted) {
    const std::string some = html_report(report_of_associations(5, 2));
    EXPECT_EQ(count_of(some, "<section class=\"association\">"), 2U);
    const std::string none = html_report(report_of_associations(5, 0));
    EXPECT_EQ(count_of(none, "<svg class=\"plot\""), 0U);
    EXPECT_THAT(none, HasSubstr("Nothing to plot"));
    EXPECT_EQ(read_page(none).error, "");
}

TEST(HtmlReport, OneAssociationIsNotSummedUp) {
    const std::string page = html_report(report_of_associations(1, 1));
    EXPECT_EQ(count_of(page, "<svg class=\"plot\""), 3U);
    EXPECT_THAT(page, Not(HasSubstr("listed together")));
}

TEST(HtmlReport, AnEmptyRunSaysWhatThereIsAndNoMore) {
    const std::string page = html_report({});
    for (const char* id :
         {"conditions", "demo", "ports", "protocols", "statuses", "capture", "machine"}) {
        EXPECT_THAT(page, AllOf(Not(HasSubstr(std::string("<section id=\"") + id)),
                                Not(HasSubstr(std::string("href=\"#") + id))));
    }
    EXPECT_THAT(page, AllOf(HasSubstr("No IPsec association was seen."),
                            HasSubstr("<section id=\"ledger\""), HasSubstr("NOT BALANCED")));
    EXPECT_FALSE(std::regex_search(page, std::regex(">-?(nan|inf)")));
}

TEST(HtmlReport, ARunThatEndedAtOnceDividesNothingByZero) {
    pipeline::RunReport report = sample_report();
    report.final.elapsed_seconds = 0;
    report.final.ledger = {};
    report.final.lcores = {{1, 0, "worker 0", 0, 0, 0, 0, 0}};
    const std::string page = html_report(report);
    EXPECT_EQ(read_page(page).error, "");
    EXPECT_FALSE(std::regex_search(page, std::regex("[>\"]-?(nan|inf)")));
}

}  // namespace
}  // namespace weir::report
