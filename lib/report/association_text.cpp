// SPDX-License-Identifier: BSD-3-Clause
#include "report/association_text.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <span>

#include "base/printable.hpp"
#include "report/format.hpp"

namespace weir::report {
namespace {

using ipsec::SaView;
using pipeline::Association;
using pipeline::AssociationList;
using Text = std::back_insert_iterator<std::string>;

/// "1: 5  2-3: 7  4096+: 1": the buckets by powers of two that are not empty.
template <typename Count, std::size_t kBuckets>
std::string histogram(const std::array<Count, kBuckets>& buckets, bool last_is_open) {
    std::string text;
    for (std::size_t i = 0; i < kBuckets; ++i) {
        if (buckets[i] == 0) continue;
        fmt::format_to(std::back_inserter(text), "{}{}: {}", text.empty() ? "" : "  ",
                       class_range(i, last_is_open && i == kBuckets - 1), grouped(buckets[i]));
    }
    return text;
}

/// "32: 7  64: 2": windows that would have dropped packets.
std::string windows(const SaView& view) {
    std::string text;
    for (std::size_t i = 0; i < view.would_drop.size(); ++i) {
        if (view.would_drop[i] == 0) continue;
        fmt::format_to(std::back_inserter(text), "{}{}: {}", text.empty() ? "" : "  ",
                       ipsec::kReplayWindows[i], grouped(view.would_drop[i]));
    }
    return text;
}

void put_detail(Text out, const char* what, const std::string& text) {
    if (!text.empty()) fmt::format_to(out, "      {:<22}{}\n", what, text);
}

/// Which port is which, where there are several.
void put_ports(Text out, const AssociationList& list) {
    std::map<std::uint16_t, std::string_view> ports;
    for (const Association& each : list.associations) ports[each.view.key.port] = each.port;
    if (ports.size() < 2) return;
    for (const auto& [number, name] : ports) {
        fmt::format_to(out, "  port {}: {}\n", number, base::printable(std::string(name)));
    }
}

void put_association(Text out, const Association& association) {
    const SaView& view = association.view;
    fmt::format_to(out, "  {}\n", association_line(view));
    put_detail(out, "remarks", remarks_of(association));
    if (view.counts.lost != 0 || view.longest_gap != 0) {
        put_detail(out, "gaps, by length", histogram(view.gap_lengths, true));
    }
    if (view.counts.reordered != 0) {
        put_detail(out, "late, by numbers", histogram(view.lateness, false));
        put_detail(out, "late, by packets", histogram(view.extents, true));
    }
    put_detail(out, "windows would drop", windows(view));
}

}  // namespace

std::string address_text(parse::LayerKind network, const std::array<std::uint8_t, 16>& octets) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = network == parse::LayerKind::kIpv6 ? AF_INET6 : AF_INET;
    return ::inet_ntop(family, octets.data(), text.data(), text.size());
}

std::string ends_of(const ipsec::SaKey& key) {
    return address_text(key.network, key.source) + " -> " +
           address_text(key.network, key.destination);
}

std::string_view protocol_of(const ipsec::SaKey& key) noexcept {
    switch (key.protocol) {
        case ipsec::SaProtocol::kEsp:
            return "esp";
        case ipsec::SaProtocol::kAh:
            return "ah";
        case ipsec::SaProtocol::kEspInUdp:
            return "esp-in-udp";
        case ipsec::SaProtocol::kNone:
            break;
    }
    return "none";
}

std::string remarks_of(const Association& association) {
    const SaView& view = association.view;
    std::string text;
    const auto remark = [&text](bool applies, const std::string& words) {
        if (applies) text += (text.empty() ? "" : ", ") + words;
    };
    const std::uint32_t former = association.follows_spi.value_or(0);
    remark(association.follows_spi.has_value(), fmt::format("follows 0x{:08x}", former));
    remark(view.counts.restarts != 0, fmt::format("restarts {}", view.counts.restarts));
    remark(view.counts.wraps != 0, fmt::format("wraps {}", view.counts.wraps));
    remark(view.counts.zero != 0, fmt::format("sequence number 0: {}", view.counts.zero));
    remark(view.reserved_spi, "reserved SPI");
    remark(view.probation, "on probation");
    return text;
}

std::string association_heading() {
    return fmt::format("{:<10} {:<10} {:>14} {:>10} {:>10} {:>10} {:>7} {:>7}  {}", "protocol",
                       "SPI", "packets", "lost", "duplicated", "reordered", "beyond", "window",
                       "port: source -> destination");
}

std::string association_line(const SaView& view) {
    const ipsec::SaCounts& counts = view.counts;
    return fmt::format("{:<10} 0x{:08x} {:>14} {:>10} {:>10} {:>10} {:>7} {:>7}  {}: {}",
                       protocol_of(view.key), view.key.spi, grouped(counts.packets),
                       grouped(counts.lost), grouped(counts.duplicated), grouped(counts.reordered),
                       grouped(counts.beyond_window),
                       view.smallest_window ? std::to_string(*view.smallest_window) : ">4096",
                       view.key.port, ends_of(view.key));
}

std::string association_table(const AssociationList& list, std::size_t most) {
    std::string text;
    const Text out(text);
    const ipsec::SaTotals& totals = list.totals;
    fmt::format_to(out, "IPsec associations, worst first (docs/ipsec.md defines the figures)\n");
    put_ports(out, list);
    fmt::format_to(out, "  {}\n", association_heading());
    const std::size_t shown = std::min(most, list.associations.size());
    for (const Association& each : std::span(list.associations).first(shown)) {
        put_association(out, each);
    }
    if (shown < list.associations.size()) {
        fmt::format_to(out, "  ... {} more\n", grouped(list.associations.size() - shown));
    }
    fmt::format_to(out,
                   "  {} associations ({} on probation; forgotten: {} aged, {} recycled), {} "
                   "packets, {} lost, "
                   "{} duplicated, {} reordered, {} beyond the window, {} restarts, {} refused\n",
                   grouped(totals.associations), grouped(totals.on_probation), grouped(totals.aged),
                   grouped(totals.recycled), grouped(totals.counts.packets),
                   grouped(totals.counts.lost), grouped(totals.counts.duplicated),
                   grouped(totals.counts.reordered), grouped(totals.counts.beyond_window),
                   grouped(totals.counts.restarts), grouped(totals.refused));
    return text;
}

std::string comparison_table(const pipeline::ComparisonList& list, std::size_t most) {
    std::string text;
    if (list.before.empty()) return text;
    const Text out(text);
    const double ticks_per_microsecond = list.ticks_per_second / 1e6;
    const auto delays = [ticks_per_microsecond](const base::LogHistogram& delay) {
        const auto microseconds = [&](double share) {
            return static_cast<double>(delay.quantile(share)) / ticks_per_microsecond;
        };
        return fmt::format("{:>10.1f} {:>10.1f} {:>10.1f}", microseconds(0.5), microseconds(0.99),
                           microseconds(1));
    };
    const auto line = [&](std::string_view protocol, const std::string& spi,
                          const ipsec::PointCounts& counts, const base::LogHistogram& delay,
                          const std::string& what) {
        fmt::format_to(out, "  {:<10} {:<10} {:>14} {:>14} {:>10} {:>10} {:>10} {}  {}\n", protocol,
                       spi, grouped(counts.before), grouped(counts.after), grouped(counts.lost),
                       grouped(counts.reordered), grouped(counts.only_after), delays(delay), what);
    };
    fmt::format_to(out, "IPsec associations before ({}) and after ({}), delays in microseconds\n",
                   base::printable(list.before), base::printable(list.after));
    fmt::format_to(out,
                   "  {:<10} {:<10} {:>14} {:>14} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10}  {}\n",
                   "protocol", "SPI", "before", "after", "lost", "reordered", "only after", "p50",
                   "p99", "max", "source -> destination");
    const std::size_t shown = std::min(most, list.comparisons.size());
    for (const ipsec::PointView& view : std::span(list.comparisons).first(shown)) {
        line(protocol_of(view.key), fmt::format("0x{:08x}", view.key.spi), view.counts, view.delay,
             ends_of(view.key));
    }
    if (shown < list.comparisons.size()) {
        fmt::format_to(out, "  ... {} more\n", grouped(list.comparisons.size() - shown));
    }
    line("all", "", list.totals.counts, list.delay,
         fmt::format("{} untracked, {} recycled, {} refused", grouped(list.totals.counts.untracked),
                     grouped(list.totals.recycled), grouped(list.totals.refused)));
    return text;
}

}  // namespace weir::report
