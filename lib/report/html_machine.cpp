// SPDX-License-Identifier: BSD-3-Clause
#include "report/html_machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "report/format.hpp"
#include "report/html_text.hpp"
#include "report/svg_plot.hpp"

namespace weir::report {
namespace {

using pipeline::RunReport;
using pipeline::Snapshot;
using Kind = HtmlTable::Kind;
using Counts = std::vector<std::pair<std::string, std::uint64_t>>;

/// Names of extended counters are many on some NICs; report.json has all.
constexpr std::size_t kMostCounters = 200;

/// In `unit`s.
std::string per_second(std::uint64_t count, double seconds, double unit) {
    return fmt::format("{:.3f}", ratio(static_cast<double>(count), seconds) / unit);
}

/// Counters with their names as a list in columns, to be unfolded.
std::string counter_list(const std::string& heading, const Counts& counters, bool unfolded) {
    if (counters.empty()) return "";
    std::string text = fmt::format("<details{}><summary>{}</summary>\n",
                                   unfolded ? " open=\"open\"" : "", heading);
    HtmlFacts facts;
    const std::size_t shown = std::min(kMostCounters, counters.size());
    for (std::size_t i = 0; i < shown; ++i) {
        facts.add(escaped(counters[i].first), grouped(counters[i].second));
    }
    text += facts.markup();
    if (shown < counters.size()) {
        text += paragraph(fmt::format("{} more in report.json", grouped(counters.size() - shown)));
    }
    return text + "</details>\n";
}

/// What a row of the table has no room for.
std::string port_details(std::size_t number, const pipeline::PortState& port) {
    std::string text;
    const auto say = [&text, number](const std::string& markup) {
        text += paragraph(fmt::format("Port {}: {}", number, markup), "note");
    };
    if (port.trimmed != 0) {
        say(grouped(port.trimmed) + " packets came beyond <code>--packets</code>, not received");
    }
    if (!port.note.empty()) say(isolated(port.note));
    text += counter_list(fmt::format("Port {}: counters of the driver", number),
                         port.driver_counters, true);
    Counts extended = port.xstats;
    std::erase_if(extended, [](const auto& counter) { return counter.second == 0; });
    return text + counter_list(fmt::format("Port {}: extended counters that are not 0, {}", number,
                                           extended.size()),
                               extended, false);
}

std::string html_lcores(const Snapshot& state) {
    HtmlTable table("Lcores", {{"lcore"},
                               {"CPU", true},
                               {"roles"},
                               {"packets", true},
                               {"cycles a packet", true},
                               {"turns that moved nothing", true},
                               {"busy", true},
                               {""}});
    for (const pipeline::LcoreState& lcore : state.lcores) {
        const double busy = std::min(100.0, percent(lcore.busy_cycles, lcore.total_cycles));
        const double cycles =
            ratio(static_cast<double>(lcore.busy_cycles), static_cast<double>(lcore.packets));
        table.row({std::to_string(lcore.id), std::to_string(lcore.cpu), escaped(lcore.roles),
                   grouped(lcore.packets), fmt::format("{:.0f}", cycles),
                   fmt::format("{:.1f} %", percent(lcore.empty_polls, lcore.polls)),
                   fmt::format("{:.1f} %", busy), svg_share(busy)});
    }
    return table.markup();
}

std::string html_rings(const Snapshot& state) {
    HtmlTable table("Rings", {{"ring"}, {"packets it can hold", true}, {"left inside", true}});
    for (const pipeline::RingState& ring : state.rings) {
        table.row({escaped(ring.name), grouped(ring.capacity), grouped(ring.used)},
                  ring.used == 0 ? Kind::kPlain : Kind::kWrong);
    }
    return table.markup();
}

std::string html_pools(const Snapshot& state) {
    HtmlTable table("Mbuf pools", {{"pool"},
                                   {"NUMA socket", true},
                                   {"octets an mbuf", true},
                                   {"mbufs", true},
                                   {"back", true},
                                   {"of these in caches", true},
                                   {"fewest free", true},
                                   {"found too few", true}});
    for (const pipeline::PoolState& pool : state.pools) {
        table.row({escaped(pool.name), pool.socket < 0 ? "any" : std::to_string(pool.socket),
                   grouped(pool.mbuf_bytes), grouped(pool.mbufs), grouped(pool.available),
                   grouped(pool.cached), grouped(pool.watermarks.lowest_free),
                   grouped(pool.watermarks.exhausted)},
                  pool.available == pool.mbufs ? Kind::kPlain : Kind::kWrong);
    }
    return table.markup();
}

std::string html_allocations(const RunReport& report) {
    std::string text;
    for (const pipeline::AllocationSite& site : report.allocations) {
        text += paragraph(fmt::format("{} times <code>{}</code> on lcore {}, from",
                                      grouped(site.count), escaped(site.call), site.lcore),
                          "bad");
        text += "<ol class=\"stack\">\n";
        for (const std::string& frame : site.stack) {
            text += "<li><code>" + escaped(frame) + "</code></li>\n";
        }
        // A list has to have an entry.
        if (site.stack.empty()) text += "<li>unknown</li>\n";
        text += "</ol>\n";
    }
    return text;
}

}  // namespace

std::string html_ports(const RunReport& report) {
    const Snapshot& state = report.final;
    const double seconds = state.elapsed_seconds;
    HtmlTable table("Mpps and Gbit/s are means of the run; octets without FCS, preamble and gap",
                    {{"port"},
                     {"name"},
                     {"driver"},
                     {"direction"},
                     {"packets", true},
                     {"octets", true},
                     {"Mpps", true},
                     {"Gbit/s", true}});
    std::string details;
    for (std::size_t i = 0; i < state.ports.size(); ++i) {
        const pipeline::PortState& port = state.ports[i];
        const auto line = [&](const char* direction, std::uint64_t packets, std::uint64_t bytes) {
            table.row({std::to_string(i), escaped(port.name), escaped(port.driver), direction,
                       grouped(packets), grouped(bytes), per_second(packets, seconds, 1e6),
                       per_second(bytes, seconds, 1e9 / 8)});
        };
        line("received", port.rx_packets, port.rx_bytes);
        line("transmitted", port.tx_packets, port.tx_bytes);
        details += port_details(i, port);
    }
    return table.markup() + details;
}

std::string html_machine(const RunReport& report) {
    return html_lcores(report.final) + html_rings(report.final) + html_pools(report.final);
}

std::string html_memory(const RunReport& report) {
    const pipeline::MemoryState& warm = report.memory_warm;
    const pipeline::MemoryState& end = report.final.memory;
    HtmlTable table("", {{"what"}, {"warm", true}, {"at the end", true}});
    const auto line = [&table](const char* what, std::uint64_t before, std::uint64_t after,
                               Kind kind = Kind::kPlain) {
        table.row({what, grouped(before), grouped(after)}, kind);
    };
    line("octets of DPDK's heap", warm.heap_bytes, end.heap_bytes);
    line("blocks of DPDK's heap", warm.heap_allocations, end.heap_allocations);
    if (end.capture_segments != 0) {
        line("of these, the capture's segments", warm.capture_segments, end.capture_segments);
    }
    line("octets of its pages", warm.heap_reserved_bytes, end.heap_reserved_bytes);
    line("octets resident", warm.resident_bytes, end.resident_bytes);
    line("page faults on packet lcores", warm.packet_path_page_faults, end.packet_path_page_faults);
    line("allocations on packet lcores", warm.packet_path_allocations, end.packet_path_allocations,
         end.packet_path_allocations == 0 ? Kind::kPlain : Kind::kWrong);
    return table.markup() + html_allocations(report);
}

std::string html_protocols(const RunReport& report) {
    HtmlTable table("", {{"protocol"}, {"packets", true}, {"of received", true}, {""}});
    for (const auto& [name, packets] : report.final.layers) {
        const double share = percent(packets, report.final.ledger.received);
        table.row(
            {escaped(name), grouped(packets), fmt::format("{:.3f} %", share), svg_share(share)});
    }
    return table.markup();
}

std::string html_statuses(const RunReport& report) {
    HtmlTable table("", {{"status"}, {"packets", true}, {"of received", true}});
    for (const auto& [name, packets] : report.final.statuses) {
        table.row({escaped(name), grouped(packets),
                   fmt::format("{:.3f} %", percent(packets, report.final.ledger.received))});
    }
    return table.markup();
}

}  // namespace weir::report
