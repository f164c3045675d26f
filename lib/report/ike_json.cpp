// SPDX-License-Identifier: BSD-3-Clause
#include "report/ike_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

#include "report/ike_text.hpp"

namespace weir::report {
namespace {

using Json = nlohmann::ordered_json;
using ipsec::IkeCounter;

void add_counts(const ipsec::IkeCounts& counts, Json& json) {
    for (std::size_t i = 0; i < ipsec::kIkeCounters; ++i) {
        json[std::string(ipsec::kIkeCounterNames[i])] = counts.values[i];
    }
}

Json number_or_null(const std::optional<std::uint32_t>& number) {
    return number ? Json(*number) : Json(nullptr);
}

Json direction_json(const ipsec::IkeDirection& direction, const std::string& source,
                    const std::string& destination) {
    const ipsec::IkeCounts& counts = direction.counts;
    return {{"source", source},
            {"destination", destination},
            {"packets", counts[IkeCounter::kPackets]},
            {"requests", counts[IkeCounter::kRequests]},
            {"responses", counts[IkeCounter::kResponses]},
            {"retransmissions", counts[IkeCounter::kRetransmissions]},
            {"keepalives", counts[IkeCounter::kKeepalives]},
            {"highest_request", number_or_null(direction.highest_request)},
            {"highest_response", number_or_null(direction.highest_response)}};
}

Json one_json(const pipeline::IkeHosts& hosts) {
    const ipsec::IkeView& view = hosts.view;
    const auto [low, high] = addresses_of(view.hosts);
    Json json = {{"port", view.hosts.port},
                 {"port_name", hosts.port},
                 {"addresses", {low, high}},
                 {"first_seen_seconds", hosts.first_seen_seconds},
                 {"last_seen_seconds", hosts.last_seen_seconds},
                 {"on_probation", view.probation},
                 {"initiator_spi", ike_spi(view.initiator_spi)},
                 {"responder_spi", ike_spi(view.responder_spi)}};
    add_counts(view.counts(), json);
    json["associations"] = hosts.associations;
    json["associations_that_follow"] = hosts.followers;
    json["directions"] = Json::array({direction_json(view.directions[0], low, high),
                                      direction_json(view.directions[1], high, low)});
    return json;
}

}  // namespace

Json hosts_json(const pipeline::AssociationList& list, std::size_t most) {
    Json all = Json::array();
    const std::size_t count = std::min(most, list.hosts.size());
    for (const auto& each : std::span(list.hosts).first(count)) all.push_back(one_json(each));
    return all;
}

Json ike_totals_json(const pipeline::AssociationList& list) {
    const ipsec::IkeTotals& totals = list.ike;
    Json json = {{"pairs", totals.pairs},       {"on_probation", totals.on_probation},
                 {"created", totals.created},   {"confirmed", totals.confirmed},
                 {"recycled", totals.recycled}, {"aged", totals.aged},
                 {"refused", totals.refused},   {"unread", totals.unread}};
    add_counts(totals.counts, json);
    return json;
}

}  // namespace weir::report
