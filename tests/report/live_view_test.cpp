// SPDX-License-Identifier: BSD-3-Clause
#include "report/live_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sample_report.hpp"

namespace weir::report {
namespace {

using pipeline::Snapshot;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kLineStart = "\r\x1b[2K";
constexpr const char* kWipeBelow = "\x1b[0J";

/// A run after so many seconds in which everything grows evenly.
Snapshot after(unsigned seconds) {
    Snapshot state;
    state.elapsed_seconds = seconds;
    state.ledger.received = 2'000'000ULL * seconds;
    state.ledger.delivered = 1'900'000ULL * seconds;
    state.ledger.in_flight = 25;
    if (seconds > 0) state.ledger.dropped["rx"]["ring_full"] = 100'000ULL * seconds;
    pipeline::PortState port;
    port.name = "net_ring0";
    port.rx_packets = 2'000'000ULL * seconds;
    port.rx_bytes = 250'000'000ULL * seconds;
    port.tx_packets = 500'000ULL * seconds;
    port.tx_bytes = 62'500'000ULL * seconds;
    state.ports = {port};
    state.lcores = {{1, 3, "worker 0", 2'000'000ULL * seconds, 1'500'000'000ULL * seconds,
                     2'000'000'000ULL * seconds, 0, 0}};
    state.rings = {{"rx 0 -> worker 0", 512, 1024}};
    state.layers = {{"eth", 2'000'000ULL * seconds}, {"ip", 1'500'000ULL * seconds}};
    return state;
}

/// The lines that a panel writes, without the sequences that place them.
std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    const std::string start = kLineStart;
    for (std::size_t at = text.find(start); at != std::string::npos; at = text.find(start, at)) {
        at += start.size();
        lines.push_back(text.substr(at, text.find('\n', at) - at));
    }
    return lines;
}

TEST(LiveView, ShowsTheRatesOfTheLastSecond) {
    LiveView view(120);
    EXPECT_THAT(
        view.render(after(3), after(4)),
        AllOf(ContainsRegex("port 0 rx +2.000 Mpps +2.000 Gbit/s tx +0.500 Mpps +0.500 "
                            "Gbit/s net_ring0"),
              ContainsRegex(
                  "lcore 1 CPU 3 busy +75.0 % +750 cycles/packet +0.0 % empty polls  worker 0"),
              HasSubstr("ring [#####     ] 512 of 1024  rx 0 -> worker 0"),
              HasSubstr("dropped rx ring_full 400,000 (100000/s)"),
              HasSubstr("protocols eth 100.0% ip 75.0%"),
              HasSubstr("weir 4 s  received 8,000,000  in flight 25"),
              HasSubstr("delivered 7,600,000  forwarded 0  dropped 400,000")));
}

TEST(LiveView, ShowsTheCaptureWhereThereIsOne) {
    LiveView view(120);
    Snapshot now = after(4);
    EXPECT_THAT(view.render(after(3), now), Not(HasSubstr("capture")));
    now.capture.emplace();
    now.capture->stored = 1000;
    now.capture->not_stored = {{"no_segment", 20}};
    now.capture->written = 900;
    now.capture->lost = {{"disk_full", 3}, {"write_error", 4}};
    EXPECT_THAT(view.render(after(3), now),
                HasSubstr("capture: stored 1,000  not stored 20  written 900  lost 7"));
}

TEST(LiveView, IsRedrawnInPlace) {
    LiveView view(120);
    const std::string first = view.render(after(0), after(1));
    EXPECT_THAT(first, StartsWith(kLineStart)) << "nothing above it to go up to";
    const std::string second = view.render(after(1), after(2));
    const std::size_t drawn = lines_of(first).size();
    EXPECT_EQ(drawn, 7U);
    EXPECT_THAT(second, StartsWith("\x1b[" + std::to_string(drawn) + "A" + kLineStart));
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(second, '\n')), drawn);
}

TEST(LiveView, AShorterPanelWipesWhatIsLeftOfTheLongerOne) {
    LiveView view(120);
    const std::string longer = view.render(after(0), after(1));
    Snapshot now = after(2);
    now.rings.clear();
    const std::string shorter = view.render(after(1), now);
    EXPECT_TRUE(shorter.ends_with(kWipeBelow));
    EXPECT_EQ(lines_of(shorter).size() + 1, lines_of(longer).size());
    EXPECT_THAT(view.render(now, after(3)), Not(HasSubstr(kWipeBelow)));
}

TEST(LiveView, NoLineIsWiderThanTheTerminal) {
    for (const std::size_t columns : {0UL, 1UL, 10UL, 40UL, 80UL}) {
        LiveView view(columns);
        for (const std::string& line : lines_of(view.render(after(3), after(4)))) {
            EXPECT_LE(line.size(), columns) << line;
        }
    }
}

TEST(LiveView, FortyColumnsStillShowWhatMatters) {
    LiveView view(40);
    const auto lines = lines_of(view.render(after(3), after(4)));
    EXPECT_EQ(lines[0], "weir 4 s  received 8,000,000  in flight ");
    EXPECT_EQ(lines[2], "port 0 rx   2.000 Mpps   2.000 Gbit/s tx");
}

TEST(LiveView, ManyProtocolsTakeSeveralLinesRatherThanBeingCut) {
    Snapshot now = after(1);
    for (int i = 0; i < 12; ++i) now.layers.emplace_back("proto" + std::to_string(i), 1'000'000);
    LiveView view(40);
    const auto lines = lines_of(view.render(after(0), now));
    for (int i = 0; i < 12; ++i) {
        const std::string word = "proto" + std::to_string(i) + " 50.0%";
        EXPECT_TRUE(std::ranges::any_of(lines, [&](const auto& line) {
            return line.find(word) != std::string::npos;
        })) << word;
    }
}

TEST(LiveView, NeverHasMoreLinesThanTheTerminalBelowWhichTheCursorStands) {
    Snapshot now = after(1);
    for (int i = 0; i < 40; ++i) now.ledger.dropped["parse"]["defect" + std::to_string(i)] = 1;
    LiveView view(80, 10);
    const auto lines = lines_of(view.render(after(0), now));
    ASSERT_EQ(lines.size(), 9U);
    EXPECT_EQ(lines.back(), "... 39 more lines");
    EXPECT_THAT(view.render(now, now), StartsWith("\x1b[9A"));
    EXPECT_EQ(lines_of(LiveView(80, 0).render(after(0), now)).size(), 1U);
}

TEST(LiveView, KeepsToTheTerminalsNewSize) {
    LiveView view(80, 24);
    const std::string before = view.render(after(0), after(1));
    view.resize(20, 4);
    const auto lines = lines_of(view.render(after(1), after(2)));
    EXPECT_EQ(lines.size(), 3U);
    for (const std::string& line : lines) EXPECT_LE(line.size(), 20U);
}

TEST(LiveView, AtTheVeryStartDividesNothingByZero) {
    LiveView view(120);
    for (const Snapshot& state : {Snapshot{}, after(0)}) {
        const std::string text = view.render(state, state);
        EXPECT_THAT(text, Not(HasSubstr("nan")));
        EXPECT_THAT(text, Not(HasSubstr("inf")));
    }
    EXPECT_THAT(view.render(after(0), after(0)),
                AllOf(ContainsRegex("rx +0.000 Mpps"), ContainsRegex("busy +0.0 % +0 cycles")));
}

TEST(LiveView, CountersThatStandStillOrGoBackShowZero) {
    LiveView view(120);
    Snapshot still = after(4);
    still.elapsed_seconds = 5;
    EXPECT_THAT(view.render(after(4), still),
                AllOf(ContainsRegex("rx +0.000 Mpps +0.000 Gbit/s"),
                      HasSubstr("ring_full 400,000 (0/s)"), ContainsRegex("busy +0.0 %")));
    Snapshot less = after(3);
    less.elapsed_seconds = 6;
    EXPECT_THAT(view.render(still, less),
                AllOf(ContainsRegex("rx +0.000 Mpps"), HasSubstr("(0/s)")));
}

TEST(LiveView, APortThatIsNewCountsFromZero) {
    LiveView view(120);
    Snapshot none = after(0);
    none.ports.clear();
    none.lcores.clear();
    EXPECT_THAT(view.render(none, after(1)), ContainsRegex("port 0 rx +2.000 Mpps"));
}

TEST(LiveView, BusyAndFillNeverExceedTheWhole) {
    Snapshot now = after(1);
    now.lcores[0].busy_cycles = now.lcores[0].total_cycles * 2;
    now.rings[0] = {"r", 2000, 1024};
    now.rings.push_back({"empty", 0, 0});
    LiveView view(120);
    EXPECT_THAT(view.render(after(0), now),
                AllOf(ContainsRegex("busy +100.0 %"), HasSubstr("[##########] 2000 of 1024"),
                      HasSubstr("[          ] 0 of 0")));
}

TEST(LiveView, TheLargestCountersFitTheirLines) {
    Snapshot now = after(1);
    now.ledger.received = UINT64_MAX;
    now.ports[0].rx_packets = UINT64_MAX;
    now.ports[0].rx_bytes = UINT64_MAX;
    LiveView view(80);
    const std::string text = view.render(after(0), now);
    EXPECT_THAT(text, HasSubstr("received 18,446,744,073,709,551,615"));
    for (const std::string& line : lines_of(text)) EXPECT_LE(line.size(), 80U);
}

TEST(LiveView, ANameCannotMoveTheCursor) {
    Snapshot now = after(1);
    now.ports[0].name = "\x1b[2J\n\xc3\xa4\xff";
    LiveView view(200);
    const auto lines = lines_of(view.render(after(0), now));
    ASSERT_EQ(lines.size(), 7U);
    EXPECT_TRUE(lines[2].ends_with(" ?[2J???")) << lines[2];
}

TEST(LiveLine, IsOneLineWithTheEssentials) {
    EXPECT_EQ(live_line(after(3), after(4)),
              "4 s: rx 2.000 Mpps 2.000 Gbit/s, received 8000000, delivered 7600000, forwarded 0, "
              "dropped 400000, in flight 25\n");
}

TEST(LiveLine, IsOneLineInEveryCase) {
    Snapshot named = after(2);
    named.ports[0].name = "a\nb";
    Snapshot huge = after(2);
    huge.ledger.received = UINT64_MAX;
    for (const Snapshot& now : {Snapshot{}, after(0), named, huge}) {
        const std::string line = live_line(after(0), now);
        EXPECT_EQ(std::ranges::count(line, '\n'), 1);
        EXPECT_TRUE(line.ends_with('\n'));
        EXPECT_EQ(line.find('\x1b'), std::string::npos);
        EXPECT_THAT(line, Not(HasSubstr("nan")));
    }
}

TEST(LiveLine, CountersThatGoBackShowZero) {
    Snapshot less = after(1);
    less.elapsed_seconds = 5;
    EXPECT_THAT(live_line(after(4), less), StartsWith("5 s: rx 0.000 Mpps 0.000 Gbit/s"));
}

TEST(LiveView, ShowsTheWorstAssociationsLast) {
    Snapshot now = after(4);
    now.metrics.set("ipsec.created", 2);
    now.metrics.set("ipsec.associations", 2);
    now.metrics.set("ipsec.lost", 1234);
    for (const pipeline::Association& each : sample_associations().associations) {
        now.worst_associations.push_back(each.view);
    }
    LiveView view(160);
    const std::vector<std::string> lines = lines_of(view.render(after(3), now));
    ASSERT_GE(lines.size(), 4U);
    const auto last = lines.end() - 4;
    EXPECT_THAT(last[0], HasSubstr("IPsec: 2 associations  lost 1,234"));
    EXPECT_THAT(last[1], HasSubstr("protocol"));
    EXPECT_THAT(last[2], ContainsRegex("esp-in-udp 0x00c0ffee .*10.0.0.1 -> 10.0.0.2"));
    EXPECT_THAT(last[3], ContainsRegex("ah .*2001:db8::1 -> 2001:db8::2"));
}

TEST(LiveView, ShowsSumsOfIke) {
    Snapshot now = after(4);
    now.metrics.set("ipsec.ike.created", 3);
    now.metrics.set("ipsec.ike.pairs", 2);
    now.metrics.set("ipsec.ike.packets", 1234);
    now.metrics.set("ipsec.ike.retransmissions", 5);
    LiveView view(160);
    EXPECT_THAT(view.render(after(3), now),
                ContainsRegex("IKE: 2 pairs of hosts  packets 1,234 .*retransmissions 5"));
}

TEST(LiveView, SaysNothingOfIpsecWhereThereIsNone) {
    LiveView view(120);
    EXPECT_THAT(view.render(after(3), after(4)),
                AllOf(Not(HasSubstr("IPsec")), Not(HasSubstr("IKE"))));
}

}  // namespace
}  // namespace weir::report
