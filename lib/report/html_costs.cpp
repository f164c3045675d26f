// SPDX-License-Identifier: BSD-3-Clause
#include "report/html_costs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

#include "pipeline/costs.hpp"
#include "report/format.hpp"
#include "report/html_text.hpp"
#include "report/svg_plot.hpp"

namespace weir::report {
namespace {

using pipeline::DelayFigures;
using pipeline::Snapshot;

std::string html_stages(const Snapshot& state) {
    HtmlTable table("Stages, as one turn in 64 was timed", {{"lcore"},
                                                            {"stage"},
                                                            {"packets timed", true},
                                                            {"cycles a packet", true},
                                                            {"of its busy cycles", true},
                                                            {""}});
    for (const pipeline::LcoreState& lcore : state.lcores) {
        for (const pipeline::StageShare& stage : pipeline::stage_shares({&lcore, 1})) {
            const std::string cost =
                stage.packets > 0 ? fmt::format("{:.1f}", stage.cycles_a_packet()) : "";
            table.row({std::to_string(lcore.id), escaped(stage.name),
                       grouped(stage.sampled_packets), cost,
                       fmt::format("{:.1f} %", stage.share * 100), svg_share(stage.share * 100)});
        }
    }
    return table.markup();
}

std::string html_delays(const Snapshot& state) {
    HtmlTable table("Latency", {{"from reception to"},
                                {"worker"},
                                {"measured", true},
                                {"50 %", true},
                                {"90 %", true},
                                {"99 %", true},
                                {"99.9 %", true},
                                {"longest", true}});
    const auto line = [&](const char* what, const std::string& worker, const char* counted,
                          const base::LongLogHistogram& ticks, HtmlTable::Kind kind) {
        const DelayFigures delay = pipeline::delay_figures(ticks, state.ticks_per_second);
        if (delay.count == 0) return;
        table.row({what, worker, grouped(delay.count) + counted, duration(delay.p50_ns),
                   duration(delay.p90_ns), duration(delay.p99_ns), duration(delay.p99_9_ns),
                   duration(delay.max_ns)},
                  kind);
    };
    constexpr const char* kWait = "the worker's turn";
    constexpr const char* kVerdict = "verdict";
    if (state.workers.size() > 1) {
        for (std::size_t i = 0; i < state.workers.size(); ++i) {
            const pipeline::WorkerState& worker = state.workers[i];
            const std::string number = std::to_string(i);
            line(kWait, number, " bursts", worker.rx_to_worker, HtmlTable::Kind::kPlain);
            line(kVerdict, number, " packets", worker.rx_to_verdict, HtmlTable::Kind::kPlain);
        }
    }
    line(kWait, "all", " bursts", pipeline::all_waits(state), HtmlTable::Kind::kSum);
    line(kVerdict, "all", " packets", pipeline::all_verdicts(state), HtmlTable::Kind::kSum);
    return table.markup();
}

/// 1 us or less, 2 to 3 us, … 4096 us and more.
using Microseconds = std::array<std::uint64_t, 13>;

Microseconds by_microseconds(const base::LongLogHistogram& ticks, double ticks_per_second) {
    Microseconds classes{};
    for (std::size_t i = 0; i < ticks.counts().size(); ++i) {
        if (ticks.counts()[i] == 0) continue;
        const double value = static_cast<double>(base::LogClasses::last_of(i));
        const auto whole = static_cast<std::uint64_t>(value * 1e6 / ticks_per_second);
        const auto at = static_cast<std::size_t>(std::bit_width(std::max<std::uint64_t>(whole, 1)));
        classes[std::min(at, classes.size()) - 1] += ticks.counts()[i];
    }
    return classes;
}

std::string delay_plot(const std::string& id, const std::string& title, const char* counted,
                       const base::LongLogHistogram& ticks, double ticks_per_second) {
    if (ticks.total() == 0 || ticks_per_second <= 0) return "";
    const Microseconds classes = by_microseconds(ticks, ticks_per_second);
    return svg_histogram({id, title, "microseconds (1: or less)", counted, classes, true});
}

std::string burst_plot(const std::string& id, const std::string& title,
                       const pipeline::BurstCounts& counts) {
    std::array<std::uint64_t, std::bit_width(mem::kMaxBurst)> classes{};
    for (std::size_t size = 1; size < counts.size(); ++size) {
        classes[static_cast<std::size_t>(std::bit_width(size)) - 1] += counts[size];
    }
    if (std::ranges::all_of(classes, [](std::uint64_t count) { return count == 0; })) return "";
    return svg_histogram({id, title, "packets in a burst", "bursts", classes, false});
}

std::string html_fill(const Snapshot& state) {
    HtmlTable table("Packets in a ring when a burst was taken", {{"ring"},
                                                                 {"looked at", true},
                                                                 {"50 %", true},
                                                                 {"99 %", true},
                                                                 {"most", true},
                                                                 {"of", true}});
    for (const pipeline::RingState& ring : state.rings) {
        if (ring.fill.total() == 0) continue;
        table.row({escaped(ring.name), grouped(ring.fill.total()), grouped(ring.fill.quantile(0.5)),
                   grouped(ring.fill.quantile(0.99)), grouped(ring.fill.most()),
                   grouped(ring.capacity)});
    }
    return table.markup();
}

}  // namespace

std::string html_costs(const pipeline::RunReport& report) {
    const Snapshot& state = report.final;
    const double hz = state.ticks_per_second;
    const std::string plots =
        delay_plot("to-worker", "Reception to worker", "bursts", pipeline::all_waits(state), hz) +
        delay_plot("to-verdict", "Reception to verdict", "packets", pipeline::all_verdicts(state),
                   hz) +
        burst_plot("rx-bursts", "Bursts received", pipeline::all_rx_bursts(state)) +
        burst_plot("worker-bursts", "Bursts to workers", pipeline::all_worker_bursts(state));
    return html_stages(state) + html_delays(state) + html_fill(state) +
           (plots.empty() ? "" : "<div class=\"plots\">\n" + plots + "</div>\n");
}

}  // namespace weir::report
