// SPDX-License-Identifier: BSD-3-Clause
#include "report/html_ipsec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "report/association_text.hpp"
#include "report/format.hpp"
#include "report/html_text.hpp"
#include "report/ike_text.hpp"

namespace weir::report {
namespace {

using ipsec::IkeCounter;

/// More stand in report.json.
constexpr std::size_t kMostRows = 50;

/// Addresses hold nothing that markup needs escaped.
std::string arrow(const std::string& from, const std::string& to) {
    return from + "\xc2\xa0\xe2\x86\x92 " + to;
}

}  // namespace

std::string arrow_ends(const ipsec::SaKey& key) {
    return arrow(address_text(key.network, key.source), address_text(key.network, key.destination));
}

std::string html_points(const pipeline::ComparisonList& list) {
    if (list.before.empty()) return {};
    const auto microseconds = [&list](const base::LogHistogram& delay, double share) {
        return fmt::format(
            "{:.1f}", static_cast<double>(delay.quantile(share)) * 1e6 / list.ticks_per_second);
    };
    HtmlTable table("Those that lost most first; delays in microseconds",
                    {{"SPI"},
                     {"protocol"},
                     {"source \xe2\x86\x92 destination"},
                     {"before", true},
                     {"after", true},
                     {"lost", true},
                     {"reordered", true},
                     {"only after", true},
                     {"delay p50", true},
                     {"p99", true},
                     {"max", true}});
    const auto row = [&](const std::string& spi, const std::string& protocol,
                         const std::string& ends, const ipsec::PointCounts& counts,
                         const base::LogHistogram& delay, HtmlTable::Kind kind) {
        table.row({spi, protocol, ends, grouped(counts.before), grouped(counts.after),
                   grouped(counts.lost), grouped(counts.reordered), grouped(counts.only_after),
                   microseconds(delay, 0.5), microseconds(delay, 0.99), microseconds(delay, 1)},
                  kind);
    };
    const std::size_t shown = std::min(kMostRows, list.comparisons.size());
    for (const ipsec::PointView& view : std::span(list.comparisons).first(shown)) {
        row(fmt::format("0x{:08x}", view.key.spi), std::string(protocol_of(view.key)),
            arrow_ends(view.key), view.counts, view.delay, HtmlTable::Kind::kPlain);
    }
    row("all", "", "", list.totals.counts, list.delay, HtmlTable::Kind::kSum);
    return fmt::format("<h3>Before {} and after {}</h3>\n", isolated(list.before),
                       isolated(list.after)) +
           table.markup();
}

std::string html_ike(const pipeline::AssociationList& list) {
    if (list.ike.created == 0 && list.ike.unread == 0) return {};
    HtmlTable table("Most retransmissions first", {{"source \xe2\x86\x92 destination"},
                                                   {"port", true},
                                                   {"IKE packets", true},
                                                   {"requests", true},
                                                   {"responses", true},
                                                   {"retransmissions", true},
                                                   {"NAT keepalives", true}});
    const std::size_t shown = std::min(kMostRows, list.hosts.size());
    for (const pipeline::IkeHosts& each : std::span(list.hosts).first(shown)) {
        const auto [low, high] = addresses_of(each.view.hosts);
        for (std::size_t i = 0; i < each.view.directions.size(); ++i) {
            const ipsec::IkeCounts& counts = each.view.directions[i].counts;
            const std::string& from = i == 0 ? low : high;
            table.row({arrow(from, i == 0 ? high : low), std::to_string(each.view.hosts.port),
                       grouped(counts[IkeCounter::kPackets]),
                       grouped(counts[IkeCounter::kRequests]),
                       grouped(counts[IkeCounter::kResponses]),
                       grouped(counts[IkeCounter::kRetransmissions]),
                       grouped(counts[IkeCounter::kKeepalives])});
        }
    }
    HtmlFacts facts;
    facts.add("IKE packets", grouped(list.ike.counts[IkeCounter::kPackets]));
    facts.add("retransmissions", grouped(list.ike.counts[IkeCounter::kRetransmissions]));
    facts.add("NAT keepalives", grouped(list.ike.counts[IkeCounter::kKeepalives]));
    facts.add("refused", grouped(list.ike.refused));
    facts.add("not readable", grouped(list.ike.unread));
    return "<h3>IKE by pair of hosts</h3>\n" + facts.markup() + table.markup();
}

}  // namespace weir::report
