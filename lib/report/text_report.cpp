// SPDX-License-Identifier: BSD-3-Clause
#include "report/text_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace weir::report {
namespace {

using pipeline::RunReport;
using pipeline::Snapshot;
using Text = std::back_insert_iterator<std::string>;

double per_second(std::uint64_t count, double seconds) {
    return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

double share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

void line(Text out, const std::string& label, std::uint64_t value) {
    fmt::format_to(out, "  {:<50}{:>20}\n", label, grouped(value));
}

void ledger(Text out, const RunReport& report) {
    const pipeline::Ledger& ledger = report.final.ledger;
    fmt::format_to(out, "ledger\n");
    line(out, "received", ledger.received);
    line(out, "= delivered", ledger.delivered);
    line(out, "+ forwarded", ledger.forwarded);
    for (const auto& [stage, reasons] : ledger.dropped) {
        for (const auto& [reason, count] : reasons) {
            line(out, fmt::format("+ dropped: {} {}", stage, reason), count);
        }
    }
    line(out, "+ in flight", ledger.in_flight);
    if (ledger.balanced) {
        fmt::format_to(out,
                       "  BALANCED: every packet accounted for, every mbuf back in its pool\n");
        return;
    }
    fmt::format_to(out, "  NOT BALANCED\n");
    for (const std::string& what : report.missing) fmt::format_to(out, "    {}\n", what);
}

void ports(Text out, const Snapshot& state) {
    for (std::size_t i = 0; i < state.ports.size(); ++i) {
        const pipeline::PortState& port = state.ports[i];
        const double seconds = state.elapsed_seconds;
        fmt::format_to(out, "port {}: {} ({})\n", i, port.name, port.driver);
        fmt::format_to(out, "  received    {:>16}  {:8.3f} Mpps {:8.3f} Gbit/s (without FCS)\n",
                       grouped(port.rx_packets), per_second(port.rx_packets, seconds) / 1e6,
                       per_second(port.rx_bytes, seconds) * 8 / 1e9);
        if (port.tx_packets != 0) {
            fmt::format_to(out, "  transmitted {:>16}  {:8.3f} Mpps {:8.3f} Gbit/s\n",
                           grouped(port.tx_packets), per_second(port.tx_packets, seconds) / 1e6,
                           per_second(port.tx_bytes, seconds) * 8 / 1e9);
        }
        if (port.trimmed != 0) {
            fmt::format_to(out, "  {} more came with the last burst, beyond --packets\n",
                           port.trimmed);
        }
        if (!port.driver_counters.empty()) {
            fmt::format_to(out, "  driver:");
            for (const auto& [name, value] : port.driver_counters) {
                fmt::format_to(out, " {} {}", name, value);
            }
            fmt::format_to(out, "\n");
        }
        for (const auto& [name, value] : port.xstats) {
            fmt::format_to(out, "  xstat: {} {}\n", name, value);
        }
        if (!port.note.empty()) fmt::format_to(out, "  {}\n", port.note);
    }
}

void machinery(Text out, const Snapshot& state) {
    for (const pipeline::LcoreState& lcore : state.lcores) {
        const double cycles = lcore.packets == 0 ? 0
                                                 : static_cast<double>(lcore.busy_cycles) /
                                                       static_cast<double>(lcore.packets);
        fmt::format_to(out, "lcore {} (CPU {}): {}: busy {:.1f} %, {:.0f} cycles a packet\n",
                       lcore.id, lcore.cpu, lcore.roles,
                       share(lcore.busy_cycles, lcore.total_cycles), cycles);
    }
    for (const pipeline::RingState& ring : state.rings) {
        fmt::format_to(out, "ring {}: {} of {} left inside\n", ring.name, ring.used, ring.capacity);
    }
    for (const pipeline::PoolState& pool : state.pools) {
        fmt::format_to(out, "pool {} (NUMA socket {}): {} of {} mbufs back\n", pool.name,
                       pool.socket, grouped(pool.available), grouped(pool.mbufs));
    }
}

void protocols(Text out, const Snapshot& state) {
    if (state.layers.empty()) return;
    fmt::format_to(out, "protocols (share of received packets that hold it)\n");
    for (const auto& [name, packets] : state.layers) {
        fmt::format_to(out, "  {:<14}{:>18}{:>9.3f} %\n", name, grouped(packets),
                       share(packets, state.ledger.received));
    }
    const auto metric = [&state](const char* name) {
        return grouped(state.metrics.find(name).value_or(0));
    };
    if (state.metrics.find("ipsec.packets").value_or(0) == 0) return;
    fmt::format_to(out,
                   "IPsec: {} associations, {} packets: {} lost, {} duplicated, {} reordered, "
                   "{} beyond the window\n",
                   metric("ipsec.associations"), metric("ipsec.packets"), metric("ipsec.lost"),
                   metric("ipsec.duplicated"), metric("ipsec.reordered"),
                   metric("ipsec.beyond_window"));
}

void demo(Text out, const RunReport& report) {
    if (report.demo.empty()) return;
    fmt::format_to(out, "demo: what was planted, and what was found\n");
    bool pass = true;
    for (const pipeline::DemoCheck& check : report.demo) {
        const bool same = check.planted == check.found;
        pass &= same;
        fmt::format_to(out, "  {:<44}{:>16}{:>16}{}\n", check.what, grouped(check.planted),
                       grouped(check.found), same ? "" : "  DIFFERS");
    }
    fmt::format_to(out, "demo: {}\n", pass && report.final.ledger.balanced ? "PASS" : "FAIL");
}

}  // namespace

std::string grouped(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i != 0 && (digits.size() - i) % 3 == 0) text += ',';
        text += digits[i];
    }
    return text;
}

std::string text_report(const RunReport& report) {
    std::string text;
    const Text out(text);
    fmt::format_to(out, "weir {}: {}, action {}, {}; {:.3f} s, ended by: {}\n", report.version,
                   report.wiring, report.action, report.memory, report.final.elapsed_seconds,
                   report.stop_reason);
    ports(out, report.final);
    machinery(out, report.final);
    protocols(out, report.final);
    ledger(out, report);
    demo(out, report);
    for (const pipeline::ConditionResult& result : report.conditions) {
        fmt::format_to(out, "condition '{}': value {}: {}\n", result.expression, result.value,
                       result.failed ? "FAIL (it holds)" : "ok");
    }
    return text;
}

}  // namespace weir::report
