// SPDX-License-Identifier: BSD-3-Clause
#include "report/ike_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>

#include "report/association_text.hpp"
#include "report/format.hpp"

namespace weir::report {
namespace {

using ipsec::IkeCounter;
using ipsec::IkeCounts;
using pipeline::IkeHosts;
using Text = std::back_insert_iterator<std::string>;

constexpr auto kExchanges = {IkeCounter::kSaInit,        IkeCounter::kAuth,
                             IkeCounter::kCreateChildSa, IkeCounter::kInformational,
                             IkeCounter::kOtherExchange, IkeCounter::kV1Main,
                             IkeCounter::kV1Aggressive,  IkeCounter::kV1Informational,
                             IkeCounter::kV1Quick,       IkeCounter::kV1Other};
constexpr auto kVersions = {IkeCounter::kIkev1, IkeCounter::kIkev2, IkeCounter::kOtherVersion};
constexpr auto kPorts = {IkeCounter::kPort500, IkeCounter::kPort4500, IkeCounter::kOtherPort};

/// "IKE_SA_INIT 2  IKE_AUTH 2": those that are not 0.
std::string named(const IkeCounts& counts, std::initializer_list<IkeCounter> which) {
    std::string text;
    for (const IkeCounter counter : which) {
        if (counts[counter] == 0) continue;
        fmt::format_to(std::back_inserter(text), "{}{} {}", text.empty() ? "" : "  ",
                       ipsec::kIkeCounterWords[static_cast<std::size_t>(counter)],
                       grouped(counts[counter]));
    }
    return text;
}

std::string highest(const std::optional<std::uint32_t>& id) { return id ? grouped(*id) : "-"; }

void put_direction(Text out, const ipsec::IkeDirection& direction, const std::string& ends) {
    const IkeCounts& counts = direction.counts;
    fmt::format_to(out, "  {:>10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10}  {}\n",
                   grouped(counts[IkeCounter::kPackets]), grouped(counts[IkeCounter::kRequests]),
                   grouped(counts[IkeCounter::kResponses]),
                   grouped(counts[IkeCounter::kRetransmissions]),
                   highest(direction.highest_request), highest(direction.highest_response),
                   grouped(counts[IkeCounter::kKeepalives]), ends);
}

void put_detail(Text out, const char* what, const std::string& text) {
    if (!text.empty()) fmt::format_to(out, "      {:<22}{}\n", what, text);
}

std::string associations(const IkeHosts& hosts) {
    if (hosts.associations == 0) return {};
    return fmt::format("{}, of which {} follow another", grouped(hosts.associations),
                       grouped(hosts.followers));
}

void put_hosts(Text out, const IkeHosts& hosts) {
    const ipsec::IkeView& view = hosts.view;
    const auto [low, high] = addresses_of(view.hosts);
    const unsigned port = view.hosts.port;
    put_direction(out, view.directions[0], fmt::format("{}: {} -> {}", port, low, high));
    put_direction(out, view.directions[1], fmt::format("{}: {} -> {}", port, high, low));
    const IkeCounts counts = view.counts();
    put_detail(out, "versions", named(counts, kVersions));
    put_detail(out, "exchanges, packets", named(counts, kExchanges));
    put_detail(out, "UDP ports, packets", named(counts, kPorts));
    if (view.initiator_spi != 0) {
        put_detail(out, "IKE SAs",
                   fmt::format("{} begun; the latest SPIs {} and {}",
                               grouped(counts[IkeCounter::kSasBegun]), ike_spi(view.initiator_spi),
                               ike_spi(view.responder_spi)));
    }
    put_detail(out, "IPsec associations", associations(hosts));
    if (view.probation) put_detail(out, "remarks", "no complete exchange");
}

}  // namespace

std::array<std::string, 2> addresses_of(const ipsec::HostPair& hosts) {
    return {address_text(hosts.network, hosts.low), address_text(hosts.network, hosts.high)};
}

std::string ike_spi(std::uint64_t spi) { return fmt::format("{:016x}", spi); }

std::string ike_table(const pipeline::AssociationList& list, std::size_t most) {
    const ipsec::IkeTotals& totals = list.ike;
    if (totals.created == 0 && totals.unread == 0) return {};
    std::string text;
    const Text out(text);
    fmt::format_to(out, "IKE and NAT keepalives by pair of hosts (docs/ipsec.md)\n");
    fmt::format_to(out, "  {:>10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10}  {}\n", "packets",
                   "requests", "responses", "repeated", "request ID", "answer ID", "keepalives",
                   "port: source -> destination");
    const std::size_t shown = std::min(most, list.hosts.size());
    for (const IkeHosts& each : std::span(list.hosts).first(shown)) put_hosts(out, each);
    if (shown < list.hosts.size()) {
        fmt::format_to(out, "  ... {} more\n", grouped(list.hosts.size() - shown));
    }
    fmt::format_to(out,
                   "  {} pairs ({} on probation; forgotten: {} aged, {} recycled), {} packets, {} "
                   "retransmissions, {} keepalives, {} refused, {} not readable\n",
                   grouped(list.hosts.size()), grouped(totals.on_probation), grouped(totals.aged),
                   grouped(totals.recycled), grouped(totals.counts[IkeCounter::kPackets]),
                   grouped(totals.counts[IkeCounter::kRetransmissions]),
                   grouped(totals.counts[IkeCounter::kKeepalives]), grouped(totals.refused),
                   grouped(totals.unread));
    return text;
}

}  // namespace weir::report
