// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/ike_hosts.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

namespace weir::pipeline {
namespace {

using ipsec::HostPair;
using ipsec::IkeCounter;
using ipsec::IkeView;

auto rank_of(const HostPair& hosts) {
    return std::tie(hosts.port, hosts.network, hosts.low, hosts.high);
}

struct Before {
    bool operator()(const HostPair& one, const HostPair& other) const {
        return rank_of(one) < rank_of(other);
    }
};

HostPair hosts_of(const ipsec::SaKey& key) {
    HostPair hosts;
    std::tie(hosts.low, hosts.high) = std::minmax(key.source, key.destination);
    hosts.port = key.port;
    hosts.network = key.network;
    return hosts;
}

void raise(std::optional<std::uint32_t>& highest, const std::optional<std::uint32_t>& other) {
    highest = std::max(highest, other);
}

/// What two workers saw of the same hosts. SPIs and message IDs are those of the latest message.
void merge(IkeView& into, const IkeView& other) {
    const bool same_sa = into.initiator_spi == other.initiator_spi &&
                         (into.responder_spi == other.responder_spi || into.responder_spi == 0 ||
                          other.responder_spi == 0);
    const bool other_is_later = into.initiator_spi == 0 || (other.initiator_spi != 0 &&
                                                            other.last_message > into.last_message);
    for (std::size_t i = 0; i < into.directions.size(); ++i) {
        ipsec::IkeDirection& own = into.directions[i];
        const ipsec::IkeDirection& more = other.directions[i];
        own.counts += more.counts;
        if (same_sa) {
            raise(own.highest_request, more.highest_request);
            raise(own.highest_response, more.highest_response);
        } else if (other_is_later) {
            own.highest_request = more.highest_request;
            own.highest_response = more.highest_response;
        }
    }
    if (same_sa) {
        into.responder_spi = std::max(into.responder_spi, other.responder_spi);
    } else if (other_is_later) {
        into.initiator_spi = other.initiator_spi;
        into.responder_spi = other.responder_spi;
    }
    into.probation &= other.probation;
    into.first_seen = std::min(into.first_seen, other.first_seen);
    into.last_seen = std::max(into.last_seen, other.last_seen);
    into.last_message = std::max(into.last_message, other.last_message);
}

}  // namespace

void add_hosts(const ipsec::IkeTable& table, const std::vector<std::string>& ports,
               AssociationList& list) {
    std::array<IkeView, 64> views;
    std::size_t from = 0;
    while (const std::size_t count = table.snapshot(from, views)) {
        for (const IkeView& view : std::span(views).first(count)) {
            IkeHosts hosts;
            hosts.view = view;
            if (view.hosts.port < ports.size()) hosts.port = ports[view.hosts.port];
            list.hosts.push_back(std::move(hosts));
        }
    }
    list.ike += table.totals();
}

void finish_hosts(const AssociationClock& clock, AssociationList& list) {
    std::map<HostPair, IkeHosts, Before> all;
    for (IkeHosts& each : list.hosts) {
        const HostPair key = each.view.hosts;
        const auto known = all.find(key);
        if (known == all.end()) {
            all.emplace(key, std::move(each));
        } else {
            merge(known->second.view, each.view);
        }
    }
    for (const Association& association : list.associations) {
        const auto found = all.find(hosts_of(association.view.key));
        if (found == all.end()) continue;
        ++found->second.associations;
        if (association.follows_spi) ++found->second.followers;
    }
    list.hosts.clear();
    for (auto& [key, hosts] : all) {
        hosts.first_seen_seconds = clock.seconds(hosts.view.first_seen);
        hosts.last_seen_seconds = clock.seconds(hosts.view.last_seen);
        list.hosts.push_back(std::move(hosts));
    }
    std::ranges::stable_sort(list.hosts, [](const IkeHosts& one, const IkeHosts& other) {
        const auto rank = [](const IkeHosts& each) {
            const ipsec::IkeCounts counts = each.view.counts();
            return std::tuple(counts[IkeCounter::kRetransmissions], counts[IkeCounter::kPackets],
                              counts[IkeCounter::kKeepalives]);
        };
        return rank(one) > rank(other);
    });
}

}  // namespace weir::pipeline
