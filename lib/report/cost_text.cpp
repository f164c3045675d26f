// SPDX-License-Identifier: BSD-3-Clause
#include "report/cost_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "report/format.hpp"

namespace weir::report {
namespace {

using pipeline::BurstCounts;
using pipeline::BurstFigures;
using pipeline::DelayFigures;
using pipeline::Snapshot;
using pipeline::StageShare;
using Text = std::back_insert_iterator<std::string>;

void put_stages(Text out, const Snapshot& state) {
    const std::vector<StageShare> shares = pipeline::stage_shares(state.lcores);
    if (shares.empty()) return;
    fmt::format_to(out, "{:<32}{:>18}{:>18}{:>20}\n", "stages (one turn in 64 is timed)",
                   "cycles a packet", "of busy cycles", "packets timed");
    for (const StageShare& stage : shares) {
        // What is left of a turn has no packets of its own.
        const std::string cost =
            stage.packets > 0 ? fmt::format("{:.1f}", stage.cycles_a_packet()) : "";
        fmt::format_to(out, "    {:<28}{:>18}{:>16.1f} %{:>20}\n", stage.name, cost,
                       stage.share * 100, grouped(stage.sampled_packets));
    }
}

void put_delay(Text out, const char* what, const DelayFigures& delay, const char* counted) {
    if (delay.count == 0) return;
    fmt::format_to(out, "    {:<16}{:>10}{:>10}{:>10}{:>10}{:>10}  of {} {}\n", what,
                   duration(delay.p50_ns), duration(delay.p90_ns), duration(delay.p99_ns),
                   duration(delay.p99_9_ns), duration(delay.max_ns), grouped(delay.count), counted);
}

void put_delays(Text out, const Snapshot& state) {
    const double hz = state.ticks_per_second;
    const DelayFigures waits = pipeline::delay_figures(pipeline::all_waits(state), hz);
    const DelayFigures verdicts = pipeline::delay_figures(pipeline::all_verdicts(state), hz);
    if (waits.count == 0 && verdicts.count == 0) return;
    fmt::format_to(out, "{:<20}{:>10}{:>10}{:>10}{:>10}{:>10}\n", "latency", "p50", "p90", "p99",
                   "p99.9", "max");
    put_delay(out, "rx to worker", waits, "bursts");
    put_delay(out, "rx to verdict", verdicts, "packets sampled");
    if (state.workers.size() < 2) return;
    for (std::size_t i = 0; i < state.workers.size(); ++i) {
        const pipeline::WorkerState& worker = state.workers[i];
        fmt::format_to(out, "  worker {}\n", i);
        put_delay(out, "rx to worker", pipeline::delay_figures(worker.rx_to_worker, hz), "bursts");
        put_delay(out, "rx to verdict", pipeline::delay_figures(worker.rx_to_verdict, hz),
                  "packets sampled");
    }
}

void put_burst(Text out, const char* what, const BurstCounts& counts) {
    const BurstFigures bursts = pipeline::burst_figures(counts);
    if (bursts.bursts == 0) return;
    fmt::format_to(out, "    {:<16}{:>10.1f}{:>10}{:>10}{:>10}{:>10}  of {} bursts\n", what,
                   bursts.mean(), bursts.p10, bursts.p50, bursts.p90, bursts.max,
                   grouped(bursts.bursts));
}

void put_bursts(Text out, const Snapshot& state) {
    const BurstCounts rx = pipeline::all_rx_bursts(state);
    const BurstCounts worker = pipeline::all_worker_bursts(state);
    if (pipeline::burst_figures(rx).bursts == 0) return;
    fmt::format_to(out, "{:<20}{:>10}{:>10}{:>10}{:>10}{:>10}\n", "packets a burst", "mean", "p10",
                   "p50", "p90", "max");
    put_burst(out, "received", rx);
    put_burst(out, "to workers", worker);
}

void add_stages(const Snapshot& before, const Snapshot& now, std::vector<std::string>& lines) {
    const auto lcores = pipeline::lcores_since(before.lcores, now.lcores);
    std::vector<StageShare> shares = pipeline::stage_shares(lcores);
    if (shares.empty()) return;
    // The dearest first: a narrow terminal cuts the others.
    std::ranges::stable_sort(shares, std::greater<>(), &StageShare::cycles);
    std::string line = "cycles/packet";
    for (const StageShare& stage : shares) {
        if (stage.packets > 0) {
            line += fmt::format("  {} {:.1f}", stage.name, stage.cycles_a_packet());
        } else {
            line += fmt::format("  {} {:.1f}%", stage.name, stage.share * 100);
        }
    }
    lines.push_back(std::move(line));
}

void add_delay(const char* what, const DelayFigures& delay, std::vector<std::string>& lines) {
    if (delay.count == 0) return;
    lines.push_back(fmt::format("{}  p50 {}  p90 {}  p99 {}  p99.9 {}  max {}", what,
                                duration(delay.p50_ns), duration(delay.p90_ns),
                                duration(delay.p99_ns), duration(delay.p99_9_ns),
                                duration(delay.max_ns)));
}

}  // namespace

std::string cost_tables(const Snapshot& state) {
    std::string text;
    const Text out(text);
    put_stages(out, state);
    put_delays(out, state);
    put_bursts(out, state);
    return text;
}

std::vector<std::string> cost_lines(const Snapshot& before, const Snapshot& now) {
    std::vector<std::string> lines;
    add_stages(before, now, lines);
    const double hz = now.ticks_per_second;
    add_delay(
        "rx to worker ",
        pipeline::delay_figures(pipeline::all_waits(now).since(pipeline::all_waits(before)), hz),
        lines);
    add_delay("rx to verdict",
              pipeline::delay_figures(
                  pipeline::all_verdicts(now).since(pipeline::all_verdicts(before)), hz),
              lines);
    const BurstFigures rx = pipeline::burst_figures(
        pipeline::bursts_since(pipeline::all_rx_bursts(before), pipeline::all_rx_bursts(now)));
    const BurstFigures worker = pipeline::burst_figures(pipeline::bursts_since(
        pipeline::all_worker_bursts(before), pipeline::all_worker_bursts(now)));
    if (rx.bursts != 0) {
        lines.push_back(fmt::format("packets/burst  received {:.1f}  to workers {:.1f}", rx.mean(),
                                    worker.mean()));
    }
    return lines;
}

}  // namespace weir::report
