// SPDX-License-Identifier: BSD-3-Clause
#include "report/html_associations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <span>

#include "report/association_text.hpp"
#include "report/format.hpp"
#include "report/html_ipsec.hpp"
#include "report/html_text.hpp"
#include "report/svg_plot.hpp"

namespace weir::report {
namespace {

using ipsec::SaView;
using pipeline::Association;
using pipeline::AssociationList;

/// More stand in report.json.
constexpr std::size_t kMostRows = 50;
constexpr std::size_t kMostPlotted = 10;

/// What is plotted, of one association or of many.
struct Distributions {
    std::array<std::uint64_t, ipsec::kLatenessBuckets> lateness{};
    std::array<std::uint64_t, ipsec::kGapBuckets> gap_lengths{};
    std::array<std::uint64_t, ipsec::kReplayWindows.size()> would_drop{};
    std::uint64_t reordered = 0;
    std::uint64_t gaps = 0;
    std::optional<std::uint32_t> smallest_window = 1;

    void add(const SaView& view) {
        const auto plus = [](auto& sums, const auto& counts) {
            for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += counts[i];
        };
        plus(lateness, view.lateness);
        plus(gap_lengths, view.gap_lengths);
        plus(would_drop, view.would_drop);
        reordered = std::accumulate(lateness.begin(), lateness.end(), std::uint64_t{0});
        gaps = std::accumulate(gap_lengths.begin(), gap_lengths.end(), std::uint64_t{0});
        smallest_window = smallest_window && view.smallest_window
                              ? std::optional(std::max(*smallest_window, *view.smallest_window))
                              : std::nullopt;
    }
    /// Whether there is anything to plot.
    [[nodiscard]] bool any() const { return reordered != 0 || gaps != 0 || !smallest_window; }
};

std::string figure(const std::string& plot, const std::string& caption) {
    return fmt::format("<figure>\n{}<figcaption>{}</figcaption></figure>\n", plot, caption);
}

std::string lateness_figure(const std::string& id, const Distributions& of) {
    if (of.reordered == 0) return figure("", "Lateness: no packet was reordered.");
    return figure(svg_histogram({.id = id + "-lateness",
                                 .title = "Lateness of reordered packets",
                                 .x_title = "numbers late",
                                 .y_title = "packets",
                                 .counts = of.lateness}),
                  "Lateness: how far below the highest number reordered packets came.");
}

std::string gap_figure(const std::string& id, const Distributions& of) {
    if (of.gaps == 0) return figure("", "Gaps: none was opened.");
    return figure(svg_histogram({.id = id + "-gaps",
                                 .title = "Lengths of gaps",
                                 .x_title = "numbers left out",
                                 .y_title = "gaps",
                                 .counts = of.gap_lengths,
                                 .last_is_open = true}),
                  "Gaps: numbers left out when each was opened, whatever filled it later.");
}

std::string window_figure(const std::string& id, const Distributions& of) {
    const std::string plot = svg_windows({.id = id + "-windows",
                                          .title = "What anti-replay windows would have dropped",
                                          .windows = ipsec::kReplayWindows,
                                          .would_drop = of.would_drop,
                                          .smallest = of.smallest_window});
    const std::string smallest =
        of.smallest_window
            ? fmt::format("{} is the smallest that would have dropped nothing but duplicates.",
                          grouped(*of.smallest_window))
            : fmt::format("packets came {} numbers late or more, which each of these may drop.",
                          grouped(ipsec::kTrackedWindow));
    return figure(plot, "Windows: " + smallest);
}

std::string figures(const std::string& id, const Distributions& of) {
    return "<div class=\"plots\">\n" + lateness_figure(id, of) + gap_figure(id, of) +
           window_figure(id, of) + "</div>\n";
}

std::string window_of(const SaView& view) {
    return view.smallest_window ? grouped(*view.smallest_window) : "&gt;4,096";
}

std::string spi_of(const SaView& view) { return fmt::format("0x{:08x}", view.key.spi); }

std::string sums(const ipsec::SaTotals& totals) {
    HtmlFacts facts;
    facts.add("packets", grouped(totals.counts.packets));
    facts.add("octets", grouped(totals.counts.bytes));
    facts.add("lost", grouped(totals.counts.lost));
    facts.add("duplicated", grouped(totals.counts.duplicated));
    facts.add("reordered", grouped(totals.counts.reordered));
    facts.add("beyond the window", grouped(totals.counts.beyond_window));
    facts.add("sequence number 0", grouped(totals.counts.zero));
    facts.add("restarts", grouped(totals.counts.restarts));
    facts.add("wraps", grouped(totals.counts.wraps));
    facts.add("associations", grouped(totals.associations));
    facts.add("on probation", grouped(totals.on_probation));
    facts.add("created", grouped(totals.created));
    facts.add("confirmed", grouped(totals.confirmed));
    facts.add("recycled", grouped(totals.recycled));
    facts.add("aged", grouped(totals.aged));
    facts.add("packets refused", grouped(totals.refused));
    return facts.markup();
}

std::string worst_table(const AssociationList& list) {
    const std::size_t shown = std::min(kMostRows, list.associations.size());
    const std::string caption = shown < list.associations.size()
                                    ? fmt::format("The {} worst of {}; more in report.json", shown,
                                                  grouped(list.associations.size()))
                                    : "The worst first";
    HtmlTable table(caption, {{"SPI"},
                              {"protocol"},
                              {"port", true},
                              {"source \xe2\x86\x92 destination"},
                              {"packets", true},
                              {"lost", true},
                              {"duplicated", true},
                              {"reordered", true},
                              {"beyond", true},
                              {"longest gap", true},
                              {"smallest window", true},
                              {"remarks"}});
    for (const Association& each : std::span(list.associations).first(shown)) {
        const SaView& view = each.view;
        table.row({spi_of(view), std::string(protocol_of(view.key)), std::to_string(view.key.port),
                   arrow_ends(view.key), grouped(view.counts.packets), grouped(view.counts.lost),
                   grouped(view.counts.duplicated), grouped(view.counts.reordered),
                   grouped(view.counts.beyond_window), grouped(view.longest_gap), window_of(view),
                   escaped(remarks_of(each))});
    }
    return table.markup();
}

std::string facts_of(const Association& association) {
    const SaView& view = association.view;
    HtmlFacts facts;
    facts.add("port", fmt::format("{}: {}", view.key.port, isolated(association.port)));
    facts.add("seen", fmt::format("{:.3f} s to {:.3f} s", association.first_seen_seconds,
                                  association.last_seen_seconds));
    facts.add("packets", grouped(view.counts.packets));
    facts.add("packets a second", fmt::format("{:.1f}", association.packets_per_second()));
    facts.add("lost", fmt::format("{} ({:.3f} %)", grouped(view.counts.lost),
                                  percent(view.counts.lost, view.expected)));
    facts.add("longest gap", grouped(view.longest_gap));
    facts.add("duplicated", grouped(view.counts.duplicated));
    facts.add("reordered", grouped(view.counts.reordered));
    facts.add("latest", grouped(view.latest));
    facts.add("longest extent", grouped(view.longest_extent));
    facts.add("n-reordered, n = 1, 2, 3+",
              fmt::format("{}, {}, {}", grouped(view.n_reordered[0]), grouped(view.n_reordered[1]),
                          grouped(view.n_reordered[2])));
    facts.add("beyond the window", grouped(view.counts.beyond_window));
    const std::string remarks = remarks_of(association);
    if (!remarks.empty()) facts.add("remarks", escaped(remarks));
    return facts.markup();
}

std::string all_together(const AssociationList& list) {
    Distributions all;
    for (const Association& each : list.associations) all.add(each.view);
    if (!all.any()) {
        return paragraph("Nothing to plot: no packet was reordered, no gap was opened.", "note");
    }
    return fmt::format("<h3>All {} associations listed together</h3>\n",
                       grouped(list.associations.size())) +
           figures("sa-all", all);
}

std::string one_by_one(const AssociationList& list) {
    std::string text;
    const std::size_t plotted = std::min(kMostPlotted, list.associations.size());
    for (std::size_t i = 0; i < plotted; ++i) {
        const Association& each = list.associations[i];
        Distributions its;
        its.add(each.view);
        if (!its.any()) continue;
        text +=
            fmt::format("<section class=\"association\"><h3>{} {}, {}</h3>\n", spi_of(each.view),
                        protocol_of(each.view.key), arrow_ends(each.view.key));
        text += facts_of(each) + figures(fmt::format("sa-{}", i + 1), its) + "</section>\n";
    }
    return text;
}

}  // namespace

std::string html_associations(const AssociationList& list) {
    const std::string beside = html_points(list.points) + html_ike(list);
    if (list.totals.created == 0 && list.associations.empty()) {
        return paragraph("No IPsec association was seen.", "note") + beside;
    }
    std::string text = sums(list.totals) + worst_table(list) + beside;
    // What one association suffered is all there is.
    if (list.associations.size() > 1) text += all_together(list);
    return text + one_by_one(list);
}

}  // namespace weir::report
