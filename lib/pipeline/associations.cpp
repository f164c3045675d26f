// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/associations.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <tuple>

#include "ipsec/rekeys.hpp"
#include "ipsec/sa_survey.hpp"

namespace weir::pipeline {
namespace {

/// An initiator deletes the old pair at once, a lifetime that ran out leaves a pause, and some let
/// both run for a while (RFC 7296, section 2.8).
constexpr double kMostSilenceSeconds = 10;
constexpr double kMostOverlapSeconds = 60;

}  // namespace

double Association::packets_per_second() const noexcept {
    const double seconds = last_seen_seconds - first_seen_seconds;
    return seconds > 0 ? static_cast<double>(view.counts.packets) / seconds : 0;
}

void add_associations(const ipsec::SaTable& table, const AssociationClock& clock,
                      const std::vector<std::string>& ports, AssociationList& list) {
    std::array<ipsec::SaView, 64> views;
    std::size_t from = 0;
    while (const std::size_t count = table.snapshot(from, views)) {
        for (const ipsec::SaView& view : std::span(views).first(count)) {
            Association association;
            association.view = view;
            if (view.key.port < ports.size()) association.port = ports[view.key.port];
            association.first_seen_seconds = clock.seconds(view.first_seen);
            association.last_seen_seconds = clock.seconds(view.last_seen);
            list.associations.push_back(std::move(association));
        }
    }
    list.totals += table.totals();
}

void add_comparisons(const ipsec::PointTable& table, ComparisonList& list) {
    std::array<ipsec::PointView, 16> views;
    std::size_t from = 0;
    while (const std::size_t count = table.snapshot(from, views)) {
        for (const ipsec::PointView& view : std::span(views).first(count)) {
            list.comparisons.push_back(view);
            list.delay += view.delay;
        }
    }
    list.totals += table.totals();
}

void finish_associations(const AssociationClock& clock, AssociationList& list) {
    std::ranges::stable_sort(list.associations, ipsec::is_worse, &Association::view);
    std::ranges::stable_sort(list.points.comparisons, std::greater<>(),
                             [](const ipsec::PointView& view) {
                                 return std::tuple(view.counts.lost + view.counts.only_after,
                                                   view.counts.reordered, view.counts.before);
                             });
    std::vector<ipsec::SaView> views;
    views.reserve(list.associations.size());
    for (const Association& each : list.associations) views.push_back(each.view);
    std::vector<std::uint32_t> follows(views.size());
    std::vector<std::uint32_t> scratch(views.size());
    const auto ticks = [&clock](double seconds) {
        return static_cast<std::uint64_t>(seconds * clock.ticks_per_second);
    };
    ipsec::link_rekeys(views, {ticks(kMostSilenceSeconds), ticks(kMostOverlapSeconds)}, follows,
                       scratch);
    for (std::size_t i = 0; i < views.size(); ++i) {
        if (follows[i] == ipsec::kFollowsNone) continue;
        list.associations[i].follows_spi = views[follows[i]].key.spi;
    }
}

}  // namespace weir::pipeline
