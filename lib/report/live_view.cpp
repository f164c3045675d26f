// SPDX-License-Identifier: BSD-3-Clause
#include "report/live_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/counters.hpp"
#include "report/association_text.hpp"
#include "report/cost_text.hpp"
#include "report/format.hpp"

namespace weir::report {
namespace {

using base::growth;
using pipeline::Snapshot;
using Lines = std::vector<std::string>;

/// A run's change between two looks at it.
struct Change {
    const Snapshot& before;
    const Snapshot& now;
    double seconds = now.elapsed_seconds - before.elapsed_seconds;

    [[nodiscard]] double per_second(std::uint64_t then, std::uint64_t value) const {
        return ratio(static_cast<double>(growth(then, value)), seconds);
    }
};

/// The state of item `i` before; all zero where it did not exist.
template <typename State>
State earlier(const std::vector<State>& states, std::size_t i) {
    return i < states.size() ? states[i] : State{};
}

void add_ledger(const Snapshot& now, Lines& lines) {
    const pipeline::Ledger& ledger = now.ledger;
    lines.push_back(fmt::format("weir {:.0f} s  received {}  in flight {}", now.elapsed_seconds,
                                grouped(ledger.received), grouped(ledger.in_flight)));
    lines.push_back(fmt::format("  delivered {}  forwarded {}  dropped {}",
                                grouped(ledger.delivered), grouped(ledger.forwarded),
                                grouped(ledger.dropped_total())));
}

void add_capture(const Snapshot& now, Lines& lines) {
    if (!now.capture) return;
    const pipeline::CaptureState& capture = *now.capture;
    const auto lost = pipeline::CaptureState::sum(capture.lost);
    lines.push_back(fmt::format("  capture: stored {}  not stored {}  written {}  lost {}",
                                grouped(capture.stored),
                                grouped(pipeline::CaptureState::sum(capture.not_stored)),
                                grouped(capture.written), grouped(lost)));
}

void add_ports(const Change& change, Lines& lines) {
    for (std::size_t i = 0; i < change.now.ports.size(); ++i) {
        const pipeline::PortState& now = change.now.ports[i];
        const pipeline::PortState then = earlier(change.before.ports, i);
        lines.push_back(fmt::format("port {} rx {} tx {} {}", i,
                                    rates(growth(then.rx_packets, now.rx_packets),
                                          growth(then.rx_bytes, now.rx_bytes), change.seconds),
                                    rates(growth(then.tx_packets, now.tx_packets),
                                          growth(then.tx_bytes, now.tx_bytes), change.seconds),
                                    now.name));
    }
}

void add_lcores(const Change& change, Lines& lines) {
    for (std::size_t i = 0; i < change.now.lcores.size(); ++i) {
        const pipeline::LcoreState& now = change.now.lcores[i];
        const pipeline::LcoreState then = earlier(change.before.lcores, i);
        const std::uint64_t busy = growth(then.busy_cycles, now.busy_cycles);
        const std::uint64_t total = growth(then.total_cycles, now.total_cycles);
        const std::uint64_t packets = growth(then.packets, now.packets);
        // Busy and total are not read at the same moment: busy may be ahead by a burst.
        const double empty =
            percent(growth(then.empty_polls, now.empty_polls), growth(then.polls, now.polls));
        lines.push_back(fmt::format(
            "lcore {} CPU {} busy {:5.1f} % {:7.0f} cycles/packet {:5.1f} % empty polls  {}",
            now.id, now.cpu, std::min(100.0, percent(busy, total)),
            ratio(static_cast<double>(busy), static_cast<double>(packets)), empty, now.roles));
    }
}

void add_rings(const Snapshot& now, Lines& lines) {
    constexpr std::size_t kWidth = 10;
    for (const pipeline::RingState& ring : now.rings) {
        const double fill = std::min(
            1.0, ratio(static_cast<double>(ring.used), static_cast<double>(ring.capacity)));
        const auto filled = static_cast<std::size_t>(fill * kWidth);
        lines.push_back(fmt::format("ring [{:<{}}] {} of {}  {}", std::string(filled, '#'), kWidth,
                                    ring.used, ring.capacity, ring.name));
    }
}

/// Shares of all packets so far, in as many lines as they need.
void add_protocols(const Snapshot& now, std::size_t columns, Lines& lines) {
    std::string line = "protocols";
    for (const auto& [name, packets] : now.layers) {
        const std::string word =
            fmt::format(" {} {:.1f}%", name, percent(packets, now.ledger.received));
        if (line.size() + word.size() > columns) {
            lines.push_back(line);
            line = " ";
        }
        line += word;
    }
    lines.push_back(line);
}

void add_drops(const Change& change, Lines& lines) {
    for (const auto& [stage, reasons] : change.now.ledger.dropped) {
        for (const auto& [reason, count] : reasons) {
            std::uint64_t then = 0;
            if (const auto old_stage = change.before.ledger.dropped.find(stage);
                old_stage != change.before.ledger.dropped.end()) {
                const auto old = old_stage->second.find(reason);
                if (old != old_stage->second.end()) then = old->second;
            }
            lines.push_back(fmt::format("dropped {} {} {} ({:.0f}/s)", stage, reason,
                                        grouped(count), change.per_second(then, count)));
        }
    }
}

/// Sums, and the worst associations, which come last: a low terminal leaves some out.
void add_ipsec(const Snapshot& now, Lines& lines) {
    const auto metric = [&now](const char* name) { return now.metrics.find(name).value_or(0); };
    if (metric("ipsec.created") == 0) return;
    lines.push_back(fmt::format(
        "IPsec: {} associations  lost {}  duplicated {}  reordered {}  beyond {}  refused {}",
        grouped(metric("ipsec.associations")), grouped(metric("ipsec.lost")),
        grouped(metric("ipsec.duplicated")), grouped(metric("ipsec.reordered")),
        grouped(metric("ipsec.beyond_window")), grouped(metric("ipsec.refused"))));
    if (now.worst_associations.empty()) return;
    lines.push_back("  " + association_heading());
    for (const ipsec::SaView& view : now.worst_associations) {
        lines.push_back("  " + association_line(view));
    }
}

/// Sums of IKE, when there is any.
void add_ike(const Snapshot& now, Lines& lines) {
    const auto metric = [&now](const char* name) { return now.metrics.find(name).value_or(0); };
    if (metric("ipsec.ike.created") == 0) return;
    lines.push_back(fmt::format(
        "IKE: {} pairs of hosts  packets {}  IKE SAs begun {}  retransmissions {}  keepalives {}",
        grouped(metric("ipsec.ike.pairs")), grouped(metric("ipsec.ike.packets")),
        grouped(metric("ipsec.ike.sas_begun")), grouped(metric("ipsec.ike.retransmissions")),
        grouped(metric("ipsec.ike.keepalives"))));
}

/// Keeps so many lines that the cursor below them is still on the screen; the last one says how
/// many were left out.
void fit(std::size_t rows, Lines& lines) {
    const std::size_t room = std::max<std::size_t>(rows, 2) - 1;
    if (lines.size() <= room) return;
    const std::size_t left_out = lines.size() - room + 1;
    lines.resize(room);
    lines.back() = fmt::format("... {} more lines", left_out);
}

}  // namespace

std::string LiveView::render(const Snapshot& before, const Snapshot& now) {
    const Change change{before, now};
    Lines lines;
    add_ledger(now, lines);
    add_capture(now, lines);
    add_ports(change, lines);
    add_lcores(change, lines);
    add_rings(now, lines);
    for (std::string& line : cost_lines(before, now)) lines.push_back(std::move(line));
    add_protocols(now, columns_, lines);
    add_drops(change, lines);
    add_ike(now, lines);
    add_ipsec(now, lines);
    fit(rows_, lines);

    std::string text;
    if (drawn_lines_ != 0) text += fmt::format("\x1b[{}A", drawn_lines_);
    for (const std::string& line : lines) {
        text += fmt::format("\r\x1b[2K{}\n", cut(line, columns_));
    }
    // What is left of a longer panel before.
    if (drawn_lines_ > lines.size()) text += "\x1b[0J";
    drawn_lines_ = lines.size();
    return text;
}

std::string live_line(const Snapshot& before, const Snapshot& now) {
    const auto rx_bytes = [](const Snapshot& state) {
        std::uint64_t sum = 0;
        for (const pipeline::PortState& port : state.ports) sum += port.rx_bytes;
        return sum;
    };
    const Change change{before, now};
    const pipeline::Ledger& ledger = now.ledger;
    return fmt::format(
        "{:.0f} s: rx {:.3f} Mpps {:.3f} Gbit/s, received {}, delivered {}, forwarded {}, "
        "dropped {}, in flight {}\n",
        now.elapsed_seconds, change.per_second(before.ledger.received, ledger.received) / 1e6,
        change.per_second(rx_bytes(before), rx_bytes(now)) * 8 / 1e9, ledger.received,
        ledger.delivered, ledger.forwarded, ledger.dropped_total(), ledger.in_flight);
}

}  // namespace weir::report
