// SPDX-License-Identifier: BSD-3-Clause
#include "report/json_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "report/association_json.hpp"
#include "sample_report.hpp"

namespace weir::report {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json parsed(const pipeline::RunReport& report) { return json::parse(json_report(report)); }

TEST(JsonReport, TheLedgerHasIntegersDropsByStageAndReasonAndAVerdict) {
    const json ledger = parsed(sample_report())["ledger"];
    EXPECT_EQ(ledger, json::parse(R"({
        "received": 1000, "delivered": 900, "forwarded": 40, "in_flight": 0,
        "dropped": {"rx": {"ring_full": 50},
                    "parse": {"ipv4_ihl_too_small": 7, "udp_too_short": 3}},
        "balanced": true})"));
    for (const char* key : {"received", "delivered", "forwarded", "in_flight"}) {
        EXPECT_TRUE(ledger[key].is_number_unsigned()) << key;
    }
    EXPECT_TRUE(ledger["balanced"].is_boolean());
}

TEST(JsonReport, SaysHowTheRunWent) {
    const json report = parsed(sample_report());
    EXPECT_EQ(report["schema"], "weir-report/1");
    EXPECT_EQ(report["version"], "1.2.3");
    EXPECT_EQ(report["started_at"], "2026-01-02T03:04:05Z");
    EXPECT_EQ(report["elapsed_seconds"], 2.0);
    EXPECT_EQ(report["ticks_per_second"], 2e9);
    EXPECT_EQ(report["wiring"], "pipeline");
    EXPECT_EQ(report["memory"], "2 MiB hugepages");
    EXPECT_EQ(report["action"], "sink");
    EXPECT_EQ(report["stop_reason"], "duration");
    EXPECT_EQ(report["exit_code"], 1);
    EXPECT_EQ(report["missing"], json::array());
}

TEST(JsonReport, HoldsPortsLcoresRingsAndPools) {
    const json report = parsed(sample_report());
    EXPECT_EQ(report["ports"], json::parse(R"([{
        "name": "net_ring0", "driver": "net_ring", "rx_packets": 1000, "rx_bytes": 64000,
        "tx_packets": 40, "tx_bytes": 2560, "trimmed": 11,
        "bursts": {"50": 20}, "driver_counters": {"ipackets": 1011, "imissed": 0},
        "xstats": {"rx_good_packets": 1011}, "note": "worth knowing"}])"));
    ASSERT_EQ(report["lcores"].size(), 2U);
    EXPECT_EQ(report["lcores"][1], json::parse(R"({
        "id": 2, "cpu": 1, "roles": "worker 0", "packets": 950, "busy_cycles": 95000,
        "total_cycles": 380000, "polls": 400, "empty_polls": 300, "sampled_turns": 10,
        "stages": [{"name": "parse", "cycles": 95000, "share": 1.0, "cycles_per_packet": 100.0,
                    "sampled_packets": 475}]})"));
    EXPECT_EQ(report["rings"], json::parse(R"([{
        "name": "rx 0 -> worker 0", "used": 0, "capacity": 1024,
        "fill": {"samples": 11, "p50": 71, "p90": 71, "p99": 512, "max": 512}}])"));
    EXPECT_EQ(report["pools"], json::parse(R"([{
        "name": "weir_0", "socket": 0, "mbufs": 8191, "available": 8191, "mbuf_bytes": 2176,
        "lowest_free": 4000, "cached": 300, "exhausted": 2}])"));
}

TEST(JsonReport, SaysWhereTimeGoes) {
    const json report = parsed(sample_report());
    EXPECT_EQ(report["stages"], json::parse(R"([
        {"name": "receive", "cycles": 10000, "share": 0.08, "cycles_per_packet": 10.0,
         "sampled_packets": 500},
        {"name": "spread", "cycles": 20000, "share": 0.16, "cycles_per_packet": 20.0,
         "sampled_packets": 500},
        {"name": "parse", "cycles": 95000, "share": 0.76, "cycles_per_packet": 100.0,
         "sampled_packets": 475}])"));
    const json latency = json::parse(R"({
        "rx_to_worker": {"bursts": 19, "p50_ns": 1024, "p90_ns": 10000, "p99_ns": 10000,
                         "p99_9_ns": 10000, "max_ns": 10000},
        "rx_to_verdict": {"packets": 50, "p50_ns": 2000, "p90_ns": 2000, "p99_ns": 2000,
                          "p99_9_ns": 2000, "max_ns": 2000}})");
    EXPECT_EQ(report["latency"], latency);
    ASSERT_EQ(report["workers"].size(), 1U);
    EXPECT_EQ(report["workers"][0]["number"], 0);
    EXPECT_EQ(report["workers"][0]["bursts"], json::parse(R"({"50": 19})"));
    EXPECT_EQ(report["workers"][0]["latency"], latency);
}

TEST(JsonReport, HoldsWhatBecameOfMemory) {
    const json report = parsed(sample_report());
    EXPECT_EQ(report["memory_use"], json::parse(R"([
        {"when": "warm", "heap_bytes": 4096, "heap_allocations": 3, "heap_reserved_bytes": 8192,
         "capture_segments": 2, "resident_bytes": 65536, "packet_path_page_faults": 7, "packet_path_allocations": 0},
        {"when": "end", "heap_bytes": 4096, "heap_allocations": 3, "heap_reserved_bytes": 8192,
         "capture_segments": 3, "resident_bytes": 69632, "packet_path_page_faults": 9, "packet_path_allocations": 5}])"));
    EXPECT_EQ(report["packet_path_allocations"], json::parse(R"json([{
        "lcore": 2, "call": "malloc", "count": 5,
        "stack": ["guilty()+0x1a (weir+0x1234)", "main+0x10"]}])json"));
}

TEST(JsonReport, HoldsEveryCountAndVerdict) {
    const json report = parsed(sample_report());
    EXPECT_EQ(report["layers"], json::parse(R"({"eth": 1000, "ip": 750})"));
    EXPECT_EQ(report["statuses"],
              json::parse(R"({"ok": 990, "ipv4_ihl_too_small": 7, "udp_too_short": 3})"));
    EXPECT_EQ(report["metrics"],
              json::parse(R"({"received": 1000, "dropped.rx.ring_full": 50, "imissed": 0})"));
    EXPECT_EQ(report["demo"], json::parse(R"([
        {"what": "ESP and AH lost", "planted": 12, "found": 12},
        {"what": "parse udp_too_short", "planted": 3, "found": 3}])"));
    EXPECT_EQ(report["conditions"], json::parse(R"([
        {"expression": "dropped > 0", "value": 60, "failed": true},
        {"expression": "imissed > 0", "value": 0, "failed": false}])"));
}

TEST(JsonReport, HoldsTheCapturesBooks) {
    const json capture = parsed(sample_report())["capture"];
    EXPECT_EQ(capture, json::parse(R"({
        "file": "out.pcapng", "ring": true, "selected": 800, "stored": 790, "stored_bytes": 79000,
        "not_stored": {"no_segment": 10}, "written": 700, "written_bytes": 95000,
        "lost": {"disk_full": 25, "write_error": 0}, "overwritten": 60, "discarded": 5,
        "files": 3, "file_bytes": 96000, "files_deleted": 1, "packets_deleted": 100,
        "triggers": 3, "triggers_ignored": 2, "segments": 8, "most_segments": 64,
        "balanced": true, "note": "write out.pcapng: No space left on device"})"));
    EXPECT_EQ(parsed({})["capture"], json::object());
}

TEST(JsonReport, HoldsTheWorstAssociations) {
    const json ipsec = parsed(sample_report())["ipsec"];
    EXPECT_EQ(ipsec["totals"]["lost"], 7);
    EXPECT_EQ(ipsec["associations_left_out"], 0);
    ASSERT_EQ(ipsec["associations"].size(), 2U);
    const json& worst = ipsec["associations"][0];
    EXPECT_EQ(worst["protocol"], "esp-in-udp");
    EXPECT_EQ(worst["source"], "10.0.0.1");
    EXPECT_EQ(worst["destination"], "10.0.0.2");
    EXPECT_EQ(worst["spi"], 0xc0ffee);
    EXPECT_EQ(worst["packets_per_second"], 200);
    EXPECT_EQ(worst["smallest_window"], 65);
    EXPECT_EQ(worst["would_drop"], json::parse(R"({
        "32": 5, "64": 2, "128": 0, "256": 0, "512": 0, "1024": 0, "2048": 0, "4096": 0})"));
    EXPECT_EQ(worst["lateness"], json::parse("[1, 0, 0, 0, 0, 3, 2, 0, 0, 0, 0, 0]"));
    EXPECT_EQ(worst["follows_spi"], 0xbeef);
    const json& other = ipsec["associations"][1];
    EXPECT_EQ(other["source"], "2001:db8::1");
    EXPECT_EQ(other["protocol"], "ah");
    EXPECT_TRUE(other["smallest_window"].is_null());
    EXPECT_TRUE(other["follows_spi"].is_null());
}

TEST(JsonReport, HoldsWhatBecameOfPacketsBetweenThePoints) {
    const json points = parsed(sample_report())["ipsec"]["points"];
    EXPECT_EQ(points["before"], "net_ring0");
    EXPECT_EQ(points["after"], "net_ring1");
    ASSERT_EQ(points["associations"].size(), 1U);
    EXPECT_EQ(points["associations"][0], json::parse(R"({
        "protocol": "esp-in-udp", "source": "10.0.0.1", "destination": "10.0.0.2",
        "spi": 12648430, "reversed": true, "before": 400, "after": 395, "arrived": 390, "lost": 8,
        "reordered": 4, "untracked": 2, "only_after": 5, "delay_ns": {"p50": 1023.5,
        "p90": 8000.0, "p99": 8000.0, "p99_9": 8000.0, "max": 8000.0}})"));
    EXPECT_EQ(points["totals"]["lost"], 8);
    EXPECT_EQ(parsed({})["ipsec"]["points"], json::object());
}

TEST(JsonReport, HoldsIkeByPairOfHosts) {
    const json ipsec = parsed(sample_report())["ipsec"];
    EXPECT_EQ(ipsec["ike"]["refused"], 4);
    EXPECT_EQ(ipsec["ike"]["unread"], 5);
    EXPECT_EQ(ipsec["ike"]["packets"], 4);
    EXPECT_EQ(ipsec["hosts_left_out"], 0);
    ASSERT_EQ(ipsec["hosts"].size(), 1U);
    const json& hosts = ipsec["hosts"][0];
    EXPECT_EQ(hosts["addresses"], json::parse(R"(["10.0.0.1", "10.0.0.2"])"));
    EXPECT_EQ(hosts["port_name"], "net_ring0");
    EXPECT_EQ(hosts["initiator_spi"], "fedcba9876543210");
    EXPECT_EQ(hosts["responder_spi"], "0000000000000123");
    EXPECT_EQ(hosts["packets"], 4);
    EXPECT_EQ(hosts["ike_sa_init"], 2);
    EXPECT_EQ(hosts["create_child_sa"], 2);
    EXPECT_EQ(hosts["keepalives"], 6);
    EXPECT_EQ(hosts["associations"], 2);
    EXPECT_EQ(hosts["associations_that_follow"], 1);
    EXPECT_EQ(hosts["directions"], json::parse(R"([
        {"source": "10.0.0.1", "destination": "10.0.0.2", "packets": 3, "requests": 3,
         "responses": 0, "retransmissions": 1, "keepalives": 0, "highest_request": 2,
         "highest_response": null},
        {"source": "10.0.0.2", "destination": "10.0.0.1", "packets": 1, "requests": 0,
         "responses": 1, "retransmissions": 0, "keepalives": 6, "highest_request": null,
         "highest_response": 0}])"));
    const json sa = json::parse(association_report(sample_associations()));
    EXPECT_EQ(sa["hosts"], ipsec["hosts"]);
    EXPECT_EQ(sa["ike"], ipsec["ike"]);
}

TEST(JsonReport, LeavesOutAssociationsAndHostsBeyondAThousand) {
    pipeline::RunReport report;
    report.associations.associations.resize(1001);
    report.associations.hosts.resize(1002);
    const json ipsec = parsed(report)["ipsec"];
    EXPECT_EQ(ipsec["hosts"].size(), 1000U);
    EXPECT_EQ(ipsec["hosts_left_out"], 2);
    EXPECT_EQ(ipsec["associations"].size(), 1000U);
    EXPECT_EQ(ipsec["associations_left_out"], 1);
    EXPECT_EQ(json::parse(association_report(report.associations))["associations"].size(), 1001U);
}

TEST(JsonReport, AnEmptyRunHasTheSameKeysWithObjectsAndListsEmpty) {
    const json full = parsed(sample_report());
    const json empty = parsed({});
    std::set<std::string> keys;
    for (const auto& [key, value] : full.items()) {
        ASSERT_TRUE(empty.contains(key)) << key;
        EXPECT_EQ(empty[key].type(), value.type()) << key;
    }
    EXPECT_EQ(empty.size(), full.size());
    EXPECT_EQ(empty["ledger"]["dropped"], json::object());
    EXPECT_EQ(empty["ledger"]["balanced"], false);
}

TEST(JsonReport, SaysWhatIsMissing) {
    pipeline::RunReport report = sample_report();
    report.missing = {"pool weir_0: 2 of 8191 mbufs did not come back", "5 packets are missing"};
    report.final.ledger.in_flight = 2;
    report.final.ledger.balanced = false;
    report.exit_code = base::ExitCode::kLedgerUnbalanced;
    EXPECT_EQ(parsed(report)["missing"], json(report.missing));
    EXPECT_EQ(parsed(report)["ledger"]["in_flight"], 2);
    EXPECT_EQ(parsed(report)["exit_code"], 3);
}

TEST(JsonReport, KeepsTheLargestCounterExactly) {
    pipeline::RunReport report;
    report.final.ledger.received = UINT64_MAX;
    report.final.metrics.set("received", UINT64_MAX);
    EXPECT_THAT(json_report(report), HasSubstr("\"received\": 18446744073709551615"));
    EXPECT_EQ(parsed(report)["ledger"]["received"].get<std::uint64_t>(), UINT64_MAX);
    EXPECT_EQ(parsed(report)["metrics"]["received"].get<std::uint64_t>(), UINT64_MAX);
}

TEST(JsonReport, ReplacesOctetsThatAreNotUtf8InValuesAndKeys) {
    pipeline::RunReport report = sample_report();
    report.final.ports[0].name = "caf\xe9.pcap";
    report.final.ports[0].xstats = {{"rx\xff", 1}};
    report.missing = {"\xc3"};
    report.final.metrics.set("port.0.xstat.rx\xff", 1);
    report.conditions[0].expression = "\xfe > 0";
    const json read = parsed(report);
    EXPECT_EQ(read["ports"][0]["name"], "caf\xef\xbf\xbd.pcap");
    EXPECT_EQ(read["ports"][0]["xstats"]["rx\xef\xbf\xbd"], 1);
}

TEST(JsonReport, WhatIsNoNumberBecomesNull) {
    pipeline::RunReport report;
    report.final.elapsed_seconds = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(parsed(report)["elapsed_seconds"].is_null());
}

/// The keys of `value` as docs/report.md writes them: "ports[].name". The members of an object
/// whose names are counted things are no keys of the schema.
void collect_keys(const json& value, const std::string& path, std::set<std::string>& keys) {
    static const std::set<std::string> open_objects{"ledger.dropped",
                                                    "ports[].driver_counters",
                                                    "ports[].xstats",
                                                    "ports[].bursts",
                                                    "workers[].bursts",
                                                    "layers",
                                                    "statuses",
                                                    "metrics",
                                                    "capture.not_stored",
                                                    "capture.lost",
                                                    "ipsec.associations[].would_drop"};
    if (value.is_array()) {
        for (const json& element : value) collect_keys(element, path + "[]", keys);
    } else if (value.is_object() && !open_objects.contains(path)) {
        for (const auto& [key, member] : value.items()) {
            const std::string inner = path.empty() ? key : path + "." + key;
            keys.insert(inner);
            collect_keys(member, inner, keys);
        }
    }
}

/// docs/report.md beside these sources; `meson test` runs where the compiler ran, so that a
/// relative __FILE__ leads there.
TEST(ReportManual, DocumentsEveryKeyAndNoOther) {
    const auto path = std::filesystem::path(__FILE__).parent_path() / "../../docs/report.md";
    std::ifstream manual(path);
    ASSERT_TRUE(manual) << path << " cannot be opened: run from the build directory";
    std::set<std::string> documented;
    for (std::string line; std::getline(manual, line);) {
        if (line.starts_with("| `")) documented.insert(line.substr(3, line.find('`', 3) - 3));
    }
    std::set<std::string> written;
    collect_keys(parsed(sample_report()), "", written);
    EXPECT_EQ(documented, written);
}

}  // namespace
}  // namespace weir::report
