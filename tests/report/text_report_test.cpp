// SPDX-License-Identifier: BSD-3-Clause
#include "report/text_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "sample_report.hpp"

namespace weir::report {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// The number at the end of a line, without its commas.
std::uint64_t last_number(std::string line) {
    std::erase(line, ',');
    return std::stoull(line.substr(line.rfind(' ') + 1));
}

/// The lines of the ledger, heading and verdict left away.
std::vector<std::string> ledger_lines(const std::string& text) {
    std::istringstream lines(text.substr(text.find("\nledger\n") + 8));
    std::vector<std::string> result;
    for (std::string line; std::getline(lines, line) && line.find("BALANCED") == line.npos;) {
        result.push_back(line);
    }
    return result;
}

TEST(TextReport, TheLedgerAddsUpLineByLine) {
    const auto lines = ledger_lines(text_report(sample_report()));
    ASSERT_EQ(lines.size(), 8U);
    EXPECT_THAT(lines.front(), ContainsRegex("received +1,000$"));
    EXPECT_THAT(lines.back(), ContainsRegex("= accounted for +1,000$"));
    std::uint64_t sum = 0;
    for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
        EXPECT_EQ(lines[i].find('+') != std::string::npos, i > 1) << lines[i];
        sum += last_number(lines[i]);
    }
    EXPECT_EQ(sum, last_number(lines.front()));
}

TEST(TextReport, TheLedgerNamesEachOutcome) {
    EXPECT_THAT(text_report(sample_report()),
                AllOf(ContainsRegex("delivered +900\n"), ContainsRegex("forwarded +40\n"),
                      ContainsRegex("dropped: rx ring_full +50\n"),
                      ContainsRegex("dropped: parse ipv4_ihl_too_small +7\n"),
                      ContainsRegex("dropped: parse udp_too_short +3\n"),
                      ContainsRegex("in flight +0\n"), HasSubstr("\n  BALANCED")));
}

TEST(TextReport, ShowsTheWorstAssociations) {
    EXPECT_THAT(
        text_report(sample_report()),
        AllOf(
            ContainsRegex("esp-in-udp 0x00c0ffee +400 +7 +3 +6 +0 +65  0: 10.0.0.1 -> 10.0.0.2\n"),
            ContainsRegex("remarks +follows 0x0000beef, restarts 1\n"),
            ContainsRegex("gaps, by length +1: 4  2-3: 1\n"),
            ContainsRegex("late, by numbers +1: 1  32-63: 3  64-127: 2\n"),
            ContainsRegex("late, by packets +1: 6\n"),
            ContainsRegex("windows would drop +32: 5  64: 2\n"),
            ContainsRegex("ah +0x0000004d +10 +0 +0 +0 +2 +>4096  0: 2001:db8::1 -> "),
            ContainsRegex("remarks +reserved SPI\n"),
            HasSubstr("2 associations (0 on probation; forgotten: 0 aged, 0 recycled), 410 "
                      "packets, 7 lost")));
    EXPECT_THAT(text_report({}), Not(HasSubstr("IPsec")));
}

TEST(TextReport, ShowsWhatBecameOfPacketsBetweenThePoints) {
    EXPECT_THAT(text_report(sample_report()),
                AllOf(HasSubstr("IPsec associations before (net_ring0) and after (net_ring1)"),
                      ContainsRegex("esp-in-udp 0x00c0ffee +400 +395 +8 +4 +5 +1.0 +8.0 +8.0  "
                                    "10.0.0.1 -> 10.0.0.2\n"),
                      ContainsRegex("all +400 +395 +8 +4 +5 .* 2 untracked, 0 recycled")));
}

TEST(TextReport, ShowsIkeByPairOfHosts) {
    EXPECT_THAT(
        text_report(sample_report()),
        AllOf(ContainsRegex("\n +3 +3 +0 +1 +2 +- +0  0: 10.0.0.1 -> 10.0.0.2\n"),
              ContainsRegex("\n +1 +0 +1 +0 +- +0 +6  0: 10.0.0.2 -> 10.0.0.1\n"),
              ContainsRegex("versions +IKEv2 4\n"),
              ContainsRegex("exchanges, packets +IKE_SA_INIT 2  CREATE_CHILD_SA 2\n"),
              ContainsRegex("UDP ports, packets +500 2  4500 2\n"),
              HasSubstr("1 begun; the latest SPIs fedcba9876543210 and 0000000000000123\n"),
              ContainsRegex("IPsec associations +2, of which 1 follow another\n"),
              HasSubstr("1 pairs (0 on probation; forgotten: 0 aged, 2 recycled), 4 packets, 1 "
                        "retransmissions, 6 keepalives, 4 refused, 5 not readable\n")));
    pipeline::RunReport report = sample_report();
    report.associations.hosts[0].view.probation = true;
    EXPECT_THAT(text_report(report), ContainsRegex("remarks +no complete exchange\n"));
    EXPECT_THAT(text_report({}), Not(HasSubstr("IKE")));
}

TEST(TextReport, ShowsIkeWhereThereAreNoAssociations) {
    pipeline::RunReport report;
    report.associations.ike.unread = 1;
    EXPECT_THAT(text_report(report), AllOf(HasSubstr("1 not readable"), HasSubstr("0 pairs")));
}

TEST(TextReport, SaysHowManyAssociationsItLeavesOut) {
    pipeline::RunReport report = sample_report();
    report.associations.associations.resize(1010);
    EXPECT_THAT(text_report(report), HasSubstr("  ... 1,000 more\n"));
}

TEST(TextReport, ShowsWhatPacketLcoresAllocatedAndWhere) {
    EXPECT_THAT(text_report(sample_report()),
                AllOf(ContainsRegex("octets of DPDK's heap +4,096 +4,096\n"),
                      ContainsRegex("page faults on packet lcores +7 +9\n"),
                      ContainsRegex("allocations on packet lcores +0 +5\n"),
                      HasSubstr("5 times malloc on lcore 2, from\n      guilty()+0x1a"
                                " (weir+0x1234)\n      main+0x10\n")));
}

TEST(TextReport, AnUnbalancedLedgerSaysWhatIsMissing) {
    pipeline::RunReport report = sample_report();
    report.final.ledger.delivered -= 5;
    report.final.ledger.balanced = false;
    report.missing = {"pool weir_0: 5 of 8191 mbufs did not come back"};
    report.exit_code = base::ExitCode::kLedgerUnbalanced;
    EXPECT_THAT(
        text_report(report),
        AllOf(HasSubstr("NOT BALANCED: 5 packets without an outcome\n"),
              HasSubstr("    pool weir_0: 5 of 8191 mbufs did not come back\n"),
              HasSubstr("exit 3: the ledger does not balance"), Not(HasSubstr("\n  BALANCED"))));
}

TEST(TextReport, OutcomesWithoutAPacketAreSaidToBeTooMany) {
    pipeline::RunReport report = sample_report();
    report.final.ledger.forwarded += 1234;
    report.final.ledger.balanced = false;
    EXPECT_THAT(text_report(report), HasSubstr("NOT BALANCED: 1,234 outcomes too many\n"));
}

TEST(TextReport, ASumThatHoldsWithMbufsMissingIsStillNotBalanced) {
    pipeline::RunReport report = sample_report();
    report.final.ledger.balanced = false;
    report.missing = {"pool weir_0: 2 of 8191 mbufs did not come back"};
    EXPECT_THAT(text_report(report),
                HasSubstr("  NOT BALANCED\n    pool weir_0: 2 of 8191 mbufs did not come back\n"));
}

TEST(TextReport, PortsShowOurCountsRatesAndTheDriversBeside) {
    EXPECT_THAT(
        text_report(sample_report()),
        AllOf(HasSubstr("port 0: net_ring0 (net_ring)\n"),
              ContainsRegex("received +1,000 +0.001 Mpps +0.000 Gbit/s\n"),
              ContainsRegex("transmitted +40 "), ContainsRegex("driver ipackets +1,011\n"),
              ContainsRegex("driver imissed +0\n"), ContainsRegex("xstat rx_good_packets +1,011\n"),
              ContainsRegex("beyond --packets, not received +11\n"), HasSubstr("  worth knowing\n"),
              HasSubstr("without FCS, preamble and gap")));
}

TEST(TextReport, RatesAreMeansOfTheRun) {
    pipeline::RunReport report = sample_report();
    report.final.ports[0].rx_packets = 3'000'000;
    report.final.ports[0].rx_bytes = 192'000'000;
    EXPECT_THAT(text_report(report), ContainsRegex("1.500 Mpps +0.768 Gbit/s"));
}

TEST(TextReport, LcoresRingsAndPoolsAreShown) {
    EXPECT_THAT(
        text_report(sample_report()),
        AllOf(
            HasSubstr("lcore 1 (CPU 0), generator + rx 0: busy 50.0 %, 30 cycles a packet, "
                      "50.0 % of polls empty\n"),
            HasSubstr(
                "lcore 2 (CPU 1), worker 0: busy 25.0 %, 100 cycles a packet, 75.0 % of polls "
                "empty\n"),
            HasSubstr(
                "ring rx 0 -> worker 0: 0 of 1024 left inside; when bursts were taken it held p50 "
                "71, p99 512, at most 512\n"),
            HasSubstr("pool weir_0 (NUMA socket 0): 8,191 of 8,191 mbufs back; at least "
                      "4,000 were free beside 300 in caches, exhausted 2 times\n")));
}

TEST(TextReport, ProtocolsAndStatusesHaveTheirShareOfReceived) {
    EXPECT_THAT(text_report(sample_report()), AllOf(ContainsRegex("ip +750 +75.000 %\n"),
                                                    ContainsRegex("udp_too_short +3 +0.300 %\n")));
}

TEST(TextReport, TheCaptureStandsBesideTheLedgerWithEachReason) {
    EXPECT_THAT(
        text_report(sample_report()),
        AllOf(ContainsRegex("capture: out.pcapng\n"), ContainsRegex("selected +800\n"),
              ContainsRegex("stored +790\n"), ContainsRegex("not stored: no_segment +10\n"),
              ContainsRegex("written +700  3 files, 96,000 octets\n"),
              ContainsRegex("lost: disk_full +25\n"),
              ContainsRegex("overwritten in the ring +60\n"), ContainsRegex("discarded +5\n"),
              ContainsRegex("triggers +3\n"), HasSubstr("8 of at most 64"),
              HasSubstr("No space left on device"), HasSubstr("complete: each selected packet")));
    pipeline::RunReport report = sample_report();
    report.final.capture->balanced = false;
    EXPECT_THAT(text_report(report), HasSubstr("\n  NOT COMPLETE\n"));
    EXPECT_THAT(text_report(report), ContainsRegex("of these, the capture's segments +2 +3\n"));
    report.final.capture.reset();
    report.final.memory.capture_segments = 0;
    EXPECT_THAT(text_report(report), Not(HasSubstr("capture")));
}

TEST(TextReport, TheDemoPassesWhenAllThatWasPlantedWasFound) {
    EXPECT_THAT(
        text_report(sample_report()),
        AllOf(ContainsRegex("demo +planted +found\n"), ContainsRegex("ESP and AH lost +12 +12\n"),
              HasSubstr("demo: PASS\n"), Not(HasSubstr("DIFFERS"))));
}

TEST(TextReport, TheDemoFailsWhereOneCountDiffers) {
    pipeline::RunReport report = sample_report();
    report.demo[1].found = 2;
    EXPECT_THAT(text_report(report), AllOf(ContainsRegex("udp_too_short +3 +2  DIFFERS\n"),
                                           HasSubstr("demo: FAIL\n"), Not(HasSubstr("PASS"))));
}

TEST(TextReport, TheDemoFailsWhenTheLedgerDoesNotBalance) {
    pipeline::RunReport report = sample_report();
    report.final.ledger.balanced = false;
    EXPECT_THAT(text_report(report), HasSubstr("demo: FAIL\n"));
}

TEST(TextReport, WithoutDemoThereIsNoVerdictOnIt) {
    pipeline::RunReport report = sample_report();
    report.demo.clear();
    EXPECT_THAT(text_report(report), Not(HasSubstr("demo")));
}

TEST(TextReport, ConditionsSayWhetherTheyHold) {
    EXPECT_THAT(text_report(sample_report()),
                AllOf(HasSubstr("condition 'dropped > 0': FAIL, it holds, the value is 60\n"),
                      HasSubstr("condition 'imissed > 0': ok, it does not hold, the value is 0\n"),
                      HasSubstr("exit 1: a verdict of FAIL\n")));
}

TEST(TextReport, SaysWhatRanAndWhyItEnded) {
    EXPECT_THAT(text_report(sample_report()),
                AllOf(HasSubstr("weir 1.2.3: pipeline, action sink, 2 MiB hugepages\n"),
                      HasSubstr("ended by duration after 2.000 s\n")));
}

TEST(TextReport, EndsWithTheExitCodeInWords) {
    pipeline::RunReport report = sample_report();
    report.exit_code = base::ExitCode::kOk;
    EXPECT_TRUE(text_report(report).ends_with("\nexit 0: all well\n"));
    report.exit_code = base::ExitCode::kInputDamaged;
    EXPECT_THAT(text_report(report), HasSubstr("exit 4: the input is damaged"));
}

TEST(TextReport, ARunThatEndedAtOnceDividesNothingByZero) {
    const pipeline::RunReport nothing;
    pipeline::RunReport at_once = sample_report();
    at_once.final.elapsed_seconds = 0;
    at_once.final.ledger = {};
    at_once.final.lcores = {{1, 0, "worker 0", 0, 0, 0, 0, 0}};
    for (const auto& report : {nothing, at_once}) {
        const std::string text = text_report(report);
        EXPECT_THAT(text, Not(HasSubstr("nan")));
        EXPECT_THAT(text, Not(HasSubstr("inf\n")));
        EXPECT_THAT(text, Not(HasSubstr("inf ")));
        EXPECT_THAT(text, ContainsRegex("received +0\n"));
    }
}

TEST(TextReport, TheLargestNumbersKeepALineEach) {
    pipeline::RunReport report = sample_report();
    report.final.ledger.received = UINT64_MAX;
    report.final.ledger.delivered = UINT64_MAX;
    EXPECT_THAT(text_report(report), ContainsRegex("received +18,446,744,073,709,551,615\n"));
}

TEST(TextReport, ANameCannotMoveTheCursorOrAddALine) {
    pipeline::RunReport report = sample_report();
    report.final.ports[0].name = "evil\x1b[2J\nledger";
    report.final.ports[0].note = "a\rb";
    const std::string text = text_report(report);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\r'), std::string::npos);
    EXPECT_EQ(std::ranges::count(text, '\n'),
              std::ranges::count(text_report(sample_report()), '\n'));
}

}  // namespace
}  // namespace weir::report
