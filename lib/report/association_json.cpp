// SPDX-License-Identifier: BSD-3-Clause
#include "report/association_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "report/association_text.hpp"
#include "report/ike_json.hpp"

namespace weir::report {
namespace {

using Json = nlohmann::ordered_json;
using ipsec::SaView;
using pipeline::Association;

Json counts_json(const ipsec::SaCounts& counts) {
    return {{"packets", counts.packets},     {"bytes", counts.bytes},
            {"lost", counts.lost},           {"duplicated", counts.duplicated},
            {"reordered", counts.reordered}, {"beyond_window", counts.beyond_window},
            {"zero_sequence", counts.zero},  {"restarts", counts.restarts},
            {"wraps", counts.wraps}};
}

Json windows_json(const SaView& view) {
    Json windows = Json::object();
    for (std::size_t i = 0; i < view.would_drop.size(); ++i) {
        windows[std::to_string(ipsec::kReplayWindows[i])] = view.would_drop[i];
    }
    return windows;
}

Json ends_json(const ipsec::SaKey& key) {
    return {{"protocol", protocol_of(key)},
            {"source", address_text(key.network, key.source)},
            {"destination", address_text(key.network, key.destination)},
            {"spi", key.spi}};
}

Json association_json(const Association& association) {
    const SaView& view = association.view;
    Json json = {{"port", view.key.port}, {"port_name", association.port}};
    json.update(ends_json(view.key));
    json.update({{"first_seen_seconds", association.first_seen_seconds},
                 {"last_seen_seconds", association.last_seen_seconds},
                 {"packets_per_second", association.packets_per_second()}});
    json.update(counts_json(view.counts));
    json.update({{"expected", view.expected},
                 {"highest", view.highest},
                 {"on_probation", view.probation},
                 {"reserved_spi", view.reserved_spi},
                 {"latest", view.latest},
                 {"lateness", view.lateness},
                 {"smallest_window", nullptr},
                 {"would_drop", windows_json(view)},
                 {"longest_gap", view.longest_gap},
                 {"gap_lengths", view.gap_lengths},
                 {"longest_extent", view.longest_extent},
                 {"extents", view.extents},
                 {"n_reordered", view.n_reordered},
                 {"untracked", view.untracked},
                 {"follows_spi", nullptr}});
    if (view.smallest_window) json["smallest_window"] = *view.smallest_window;
    if (association.follows_spi) json["follows_spi"] = *association.follows_spi;
    return json;
}

}  // namespace

Json associations_json(const pipeline::AssociationList& list, std::size_t most) {
    Json all = Json::array();
    const std::size_t count = std::min(most, list.associations.size());
    for (const Association& each : std::span(list.associations).first(count)) {
        all.push_back(association_json(each));
    }
    return all;
}

Json association_totals_json(const ipsec::SaTotals& totals) {
    Json json = {{"associations", totals.associations},
                 {"on_probation", totals.on_probation},
                 {"created", totals.created},
                 {"confirmed", totals.confirmed},
                 {"recycled", totals.recycled},
                 {"aged", totals.aged},
                 {"refused", totals.refused}};
    json.update(counts_json(totals.counts));
    return json;
}

Json points_json(const pipeline::ComparisonList& list, std::size_t most) {
    if (list.before.empty()) return Json::object();
    const auto point_counts = [](const ipsec::PointCounts& counts) -> Json {
        return {{"before", counts.before},        {"after", counts.after},
                {"arrived", counts.arrived},      {"lost", counts.lost},
                {"reordered", counts.reordered},  {"untracked", counts.untracked},
                {"only_after", counts.only_after}};
    };
    const auto delays = [&list](const base::LogHistogram& delay) -> Json {
        const auto ns = [&](double share) {
            return static_cast<double>(delay.quantile(share)) * 1e9 / list.ticks_per_second;
        };
        return {{"p50", ns(0.5)},
                {"p90", ns(0.9)},
                {"p99", ns(0.99)},
                {"p99_9", ns(0.999)},
                {"max", ns(1)}};
    };
    Json all = Json::array();
    const std::size_t count = std::min(most, list.comparisons.size());
    for (const ipsec::PointView& view : std::span(list.comparisons).first(count)) {
        Json json = ends_json(view.key);
        json["reversed"] = view.reversed;
        json.update(point_counts(view.counts));
        json["delay_ns"] = delays(view.delay);
        all.push_back(std::move(json));
    }
    Json totals = {{"associations", list.totals.associations},
                   {"recycled", list.totals.recycled},
                   {"refused", list.totals.refused}};
    totals.update(point_counts(list.totals.counts));
    totals["delay_ns"] = delays(list.delay);
    return {
        {"before", list.before}, {"after", list.after}, {"totals", totals}, {"associations", all}};
}

std::string association_report(const pipeline::AssociationList& list) {
    const auto line = [](const Json& json) {
        return json.dump(-1, ' ', false, Json::error_handler_t::replace);
    };
    // One association at a time: as a tree, hundreds of thousands take gigabytes.
    std::string text = "{\"schema\": \"weir-sa/1\",\n\"totals\": ";
    text += line(association_totals_json(list.totals)) + ",\n\"associations\": [";
    const char* before = "\n";
    for (const Association& each : list.associations) {
        text += before + line(association_json(each));
        before = ",\n";
    }
    text += "],\n\"points\": ";
    text += line(points_json(list.points, list.points.comparisons.size()));
    text += ",\n\"ike\": " + line(ike_totals_json(list));
    text += ",\n\"hosts\": " + line(hosts_json(list, list.hosts.size())) + "}\n";
    return text;
}

}  // namespace weir::report
