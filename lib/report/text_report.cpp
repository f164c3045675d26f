// SPDX-License-Identifier: BSD-3-Clause
#include "report/text_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/printable.hpp"
#include "report/association_text.hpp"
#include "report/cost_text.hpp"
#include "report/format.hpp"
#include "report/ike_text.hpp"
#include "report/verdict.hpp"

namespace weir::report {
namespace {

using pipeline::RunReport;
using pipeline::Snapshot;
using Text = std::back_insert_iterator<std::string>;
using Counts = std::vector<std::pair<std::string, std::uint64_t>>;

/// A label and its number, one below the other in every section.
void put(Text out, std::string_view sign, const std::string& label, std::uint64_t value,
         const std::string& remark = "") {
    fmt::format_to(out, "  {:<2}{:<44}{:>22}{}{}\n", sign, base::printable(label), grouped(value),
                   remark.empty() ? "" : "  ", remark);
}

void put_heading(Text out, const RunReport& report) {
    fmt::format_to(out, "weir {}: {}, action {}, {}\nended by {} after {:.3f} s\n", report.version,
                   report.wiring, report.action, report.memory, report.stop_reason,
                   report.final.elapsed_seconds);
}

void put_port(Text out, std::size_t number, const pipeline::PortState& port, double seconds) {
    fmt::format_to(out, "port {}: {} ({})\n", number, base::printable(port.name), port.driver);
    put(out, "", "received", port.rx_packets, rates(port.rx_packets, port.rx_bytes, seconds));
    put(out, "", "transmitted", port.tx_packets, rates(port.tx_packets, port.tx_bytes, seconds));
    if (port.trimmed != 0) put(out, "", "came beyond --packets, not received", port.trimmed);
    for (const auto& [name, value] : port.driver_counters) put(out, "", "driver " + name, value);
    for (const auto& [name, value] : port.xstats) {
        if (value != 0) put(out, "", "xstat " + name, value);
    }
    if (!port.note.empty()) fmt::format_to(out, "  {}\n", base::printable(port.note));
}

void put_ports(Text out, const Snapshot& state) {
    fmt::format_to(out,
                   "ports (Mpps and Gbit/s are means of the run; octets without FCS, preamble "
                   "and gap)\n");
    for (std::size_t i = 0; i < state.ports.size(); ++i) {
        put_port(out, i, state.ports[i], state.elapsed_seconds);
    }
}

void put_machinery(Text out, const Snapshot& state) {
    for (const pipeline::LcoreState& lcore : state.lcores) {
        fmt::format_to(
            out,
            "lcore {} (CPU {}), {}: busy {:.1f} %, {:.0f} cycles a packet, {:.1f} % of polls "
            "empty\n",
            lcore.id, lcore.cpu, lcore.roles,
            std::min(100.0, percent(lcore.busy_cycles, lcore.total_cycles)),
            ratio(static_cast<double>(lcore.busy_cycles), static_cast<double>(lcore.packets)),
            percent(lcore.empty_polls, lcore.polls));
    }
    for (const pipeline::RingState& ring : state.rings) {
        fmt::format_to(out,
                       "ring {}: {} of {} left inside; when bursts were taken it held p50 {}, p99 "
                       "{}, at most {}\n",
                       ring.name, ring.used, ring.capacity, ring.fill.quantile(0.5),
                       ring.fill.quantile(0.99), ring.fill.most());
    }
    for (const pipeline::PoolState& pool : state.pools) {
        fmt::format_to(out,
                       "pool {} (NUMA socket {}): {} of {} mbufs back; at least {} were free "
                       "beside {} in caches, exhausted {} times\n",
                       pool.name, pool.socket, grouped(pool.available), grouped(pool.mbufs),
                       grouped(pool.watermarks.lowest_free), grouped(pool.cached),
                       grouped(pool.watermarks.exhausted));
    }
}

void put_memory(Text out, const RunReport& report) {
    const pipeline::MemoryState& warm = report.memory_warm;
    const pipeline::MemoryState& end = report.final.memory;
    fmt::format_to(out, "{:<46}{:>22}{:>20}\n", "memory", "warm", "at the end");
    const auto line = [out](const char* what, std::uint64_t before, std::uint64_t after) {
        fmt::format_to(out, "    {:<42}{:>22}{:>20}\n", what, grouped(before), grouped(after));
    };
    line("octets of DPDK's heap", warm.heap_bytes, end.heap_bytes);
    line("blocks of DPDK's heap", warm.heap_allocations, end.heap_allocations);
    if (end.capture_segments != 0) {
        line("of these, the capture's segments", warm.capture_segments, end.capture_segments);
    }
    line("octets of its pages", warm.heap_reserved_bytes, end.heap_reserved_bytes);
    line("octets resident", warm.resident_bytes, end.resident_bytes);
    line("page faults on packet lcores", warm.packet_path_page_faults, end.packet_path_page_faults);
    line("allocations on packet lcores", warm.packet_path_allocations, end.packet_path_allocations);
    for (const pipeline::AllocationSite& site : report.allocations) {
        fmt::format_to(out, "    {} times {} on lcore {}, from\n", grouped(site.count), site.call,
                       site.lcore);
        for (const std::string& frame : site.stack) {
            fmt::format_to(out, "      {}\n", base::printable(frame));
        }
    }
}

void put_shares(Text out, const char* heading, const Counts& counts, std::uint64_t received) {
    if (counts.empty()) return;
    fmt::format_to(out, "{}\n", heading);
    for (const auto& [name, packets] : counts) {
        put(out, "", name, packets, fmt::format("{:7.3f} %", percent(packets, received)));
    }
}

void put_ipsec(Text out, const pipeline::AssociationList& list) {
    /// More stand in report.json, and all in what `weir sa` prints.
    constexpr std::size_t kShown = 10;
    if (list.totals.created != 0) fmt::format_to(out, "{}", association_table(list, kShown));
    fmt::format_to(out, "{}{}", comparison_table(list.points, kShown), ike_table(list, kShown));
}

/// The capture's two sums. A copy is not part of the ledger, so that they stand beside it.
void put_capture(Text out, const Snapshot& state) {
    if (!state.capture) return;
    const pipeline::CaptureState& capture = *state.capture;
    fmt::format_to(out, "capture: {}\n", base::printable(capture.file));
    put(out, "", "selected", capture.selected);
    put(out, "", "stored", capture.stored);
    for (const auto& [reason, packets] : capture.not_stored) {
        put(out, "+", "not stored: " + reason, packets);
    }
    put(out, "", "written", capture.written,
        fmt::format("{} file{}, {} octets", grouped(capture.files), capture.files == 1 ? "" : "s",
                    grouped(capture.file_bytes)));
    for (const auto& [reason, packets] : capture.lost) put(out, "+", "lost: " + reason, packets);
    if (capture.ring) {
        put(out, "+", "overwritten in the ring", capture.overwritten);
        put(out, "+", "in the ring at the end, discarded", capture.discarded);
        put(out, "", "triggers", capture.triggers);
        put(out, "", "triggers while one was served", capture.triggers_ignored);
    }
    if (capture.files_deleted != 0) {
        put(out, "", "of the written, in files since deleted", capture.packets_deleted,
            fmt::format("{} files", grouped(capture.files_deleted)));
    }
    fmt::format_to(out, "  segments of 1 MiB: {} of at most {}\n", capture.segments,
                   capture.most_segments);
    if (!capture.note.empty()) fmt::format_to(out, "  {}\n", base::printable(capture.note));
    fmt::format_to(out, "  {}\n", verdict(capture));
}

/// A sum that a reader can check line by line. On a run that ended well nothing is in flight.
void put_ledger(Text out, const RunReport& report) {
    const pipeline::Ledger& ledger = report.final.ledger;
    fmt::format_to(out, "ledger\n");
    put(out, "", "received", ledger.received);
    put(out, "", "delivered", ledger.delivered);
    put(out, "+", "forwarded", ledger.forwarded);
    for (const auto& [stage, reasons] : ledger.dropped) {
        for (const auto& [reason, count] : reasons) {
            put(out, "+", fmt::format("dropped: {} {}", stage, reason), count);
        }
    }
    put(out, "+", "in flight", ledger.in_flight);
    put(out, "=", "accounted for", accounted(ledger));
    fmt::format_to(out, "  {}\n", verdict(ledger));
    if (ledger.balanced) return;
    for (const std::string& what : report.missing) {
        fmt::format_to(out, "    {}\n", base::printable(what));
    }
}

void put_demo(Text out, const RunReport& report) {
    if (report.demo.empty()) return;
    fmt::format_to(out, "demo {:>64}{:>20}\n", "planted", "found");
    for (const pipeline::DemoCheck& check : report.demo) {
        fmt::format_to(out, "  {:<45}{:>22}{:>20}{}\n", check.what, grouped(check.planted),
                       grouped(check.found), check.planted == check.found ? "" : "  DIFFERS");
    }
    fmt::format_to(out, "demo: {}\n", demo_passed(report) ? "PASS" : "FAIL");
}

void put_conditions(Text out, const RunReport& report) {
    for (const pipeline::ConditionResult& result : report.conditions) {
        fmt::format_to(
            out, "condition '{}': {}, the value is {}\n", base::printable(result.expression),
            result.failed ? "FAIL, it holds" : "ok, it does not hold", grouped(result.value));
    }
}

}  // namespace

std::string text_report(const RunReport& report) {
    std::string text;
    const Text out(text);
    const Snapshot& state = report.final;
    put_heading(out, report);
    put_ports(out, state);
    put_machinery(out, state);
    text += cost_tables(state);
    put_memory(out, report);
    put_shares(out, "protocols (share of received packets that hold it)", state.layers,
               state.ledger.received);
    put_shares(out, "parse status (share of received packets)", state.statuses,
               state.ledger.received);
    put_ipsec(out, report.associations);
    put_capture(out, state);
    put_ledger(out, report);
    put_demo(out, report);
    put_conditions(out, report);
    fmt::format_to(out, "exit {}: {}\n", static_cast<int>(report.exit_code),
                   meaning(report.exit_code));
    return text;
}

}  // namespace weir::report
