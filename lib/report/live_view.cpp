// SPDX-License-Identifier: BSD-3-Clause
#include "report/live_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "report/text_report.hpp"

namespace weir::report {
namespace {

using pipeline::Snapshot;

/// Growth of a counter, 0 where it did not exist before.
std::uint64_t growth(std::uint64_t before, std::uint64_t now) {
    return now > before ? now - before : 0;
}

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

/// One second's change of a run.
struct Change {
    const Snapshot& before;
    const Snapshot& now;
    double seconds = now.elapsed_seconds - before.elapsed_seconds;

    [[nodiscard]] double rate(std::uint64_t then, std::uint64_t value) const {
        return ratio(static_cast<double>(growth(then, value)), seconds);
    }
};

void port_lines(const Change& change, std::vector<std::string>& lines) {
    for (std::size_t i = 0; i < change.now.ports.size(); ++i) {
        const pipeline::PortState& now = change.now.ports[i];
        const pipeline::PortState none;
        const pipeline::PortState& then =
            i < change.before.ports.size() ? change.before.ports[i] : none;
        lines.push_back(fmt::format(
            "port {}  rx {:8.3f} Mpps {:8.3f} Gbit/s  tx {:8.3f} Mpps {:8.3f} Gbit/s  {}", i,
            change.rate(then.rx_packets, now.rx_packets) / 1e6,
            change.rate(then.rx_bytes, now.rx_bytes) * 8 / 1e9,
            change.rate(then.tx_packets, now.tx_packets) / 1e6,
            change.rate(then.tx_bytes, now.tx_bytes) * 8 / 1e9, now.name));
    }
}

void lcore_lines(const Change& change, std::vector<std::string>& lines) {
    for (std::size_t i = 0; i < change.now.lcores.size(); ++i) {
        const pipeline::LcoreState& now = change.now.lcores[i];
        const pipeline::LcoreState none;
        const pipeline::LcoreState& then =
            i < change.before.lcores.size() ? change.before.lcores[i] : none;
        const auto busy = static_cast<double>(growth(then.busy_cycles, now.busy_cycles));
        const auto total = static_cast<double>(growth(then.total_cycles, now.total_cycles));
        const auto packets = static_cast<double>(growth(then.packets, now.packets));
        lines.push_back(fmt::format("lcore {} CPU {}  busy {:5.1f} %  {:6.0f} cycles/packet  {}",
                                    now.id, now.cpu, 100 * ratio(busy, total), ratio(busy, packets),
                                    now.roles));
    }
}

void ring_lines(const Snapshot& now, std::vector<std::string>& lines) {
    constexpr std::size_t kWidth = 20;
    for (const pipeline::RingState& ring : now.rings) {
        const std::size_t filled =
            ring.capacity == 0 ? 0 : std::min(kWidth, ring.used * kWidth / ring.capacity);
        lines.push_back(fmt::format("ring {}  [{:<{}}] {} of {}", ring.name,
                                    std::string(filled, '#'), kWidth, ring.used, ring.capacity));
    }
}

void drop_lines(const Change& change, std::vector<std::string>& lines) {
    for (const auto& [stage, reasons] : change.now.ledger.dropped) {
        for (const auto& [reason, count] : reasons) {
            const auto name = fmt::format("dropped.{}.{}", stage, reason);
            const std::uint64_t then = change.before.metrics.find(name).value_or(0);
            lines.push_back(fmt::format("dropped {} {}  {}  ({:.0f}/s)", stage, reason,
                                        grouped(count), change.rate(then, count)));
        }
    }
}

std::string protocol_line(const Snapshot& now) {
    std::string line = "protocols";
    for (const auto& [name, packets] : now.layers) {
        line += fmt::format(
            "  {} {:.1f}%", name,
            100 * ratio(static_cast<double>(packets), static_cast<double>(now.ledger.received)));
    }
    return line;
}

}  // namespace

std::string LiveView::render(const Snapshot& before, const Snapshot& now) {
    const Change change{before, now};
    std::vector<std::string> lines;
    lines.push_back(
        fmt::format("weir  {:.0f} s  received {}  delivered {}  forwarded {}  dropped {}  "
                    "in flight {}",
                    now.elapsed_seconds, grouped(now.ledger.received),
                    grouped(now.ledger.delivered), grouped(now.ledger.forwarded),
                    grouped(now.ledger.dropped_total()), grouped(now.ledger.in_flight)));
    port_lines(change, lines);
    lcore_lines(change, lines);
    ring_lines(now, lines);
    drop_lines(change, lines);
    lines.push_back(protocol_line(now));

    std::string text;
    if (drawn_lines_ != 0) text += fmt::format("\x1b[{}A", drawn_lines_);
    for (const std::string& line : lines) {
        text += fmt::format("\r\x1b[2K{}\n", line.substr(0, columns_));
    }
    // Lines of a longer panel before are wiped, and the cursor comes back up.
    if (drawn_lines_ > lines.size()) text += "\x1b[0J";
    drawn_lines_ = lines.size();
    return text;
}

std::string live_line(const Snapshot& before, const Snapshot& now) {
    const Change change{before, now};
    std::uint64_t bytes_before = 0;
    std::uint64_t bytes_now = 0;
    for (const pipeline::PortState& port : before.ports) bytes_before += port.rx_bytes;
    for (const pipeline::PortState& port : now.ports) bytes_now += port.rx_bytes;
    return fmt::format(
        "{:.0f} s: rx {:.3f} Mpps {:.3f} Gbit/s, received {}, delivered {}, forwarded {}, dropped "
        "{}, "
        "in flight {}\n",
        now.elapsed_seconds, change.rate(before.ledger.received, now.ledger.received) / 1e6,
        change.rate(bytes_before, bytes_now) * 8 / 1e9, now.ledger.received, now.ledger.delivered,
        now.ledger.forwarded, now.ledger.dropped_total(), now.ledger.in_flight);
}

}  // namespace weir::report
