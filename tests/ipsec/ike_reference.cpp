// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/ike_reference.hpp"

#include <algorithm>

namespace weir::ipsec {
namespace {

using enum IkeCounter;

struct Side {
    std::vector<IkeHeader> requests;  ///< Messages that were no retransmissions; all of IKEv1.
    std::vector<IkeHeader> responses;
    std::vector<std::uint64_t> begun;
};

const std::map<unsigned, IkeCounter> kSecond = {
    {34, kSaInit}, {35, kAuth}, {36, kCreateChildSa}, {37, kInformational}};
const std::map<unsigned, IkeCounter> kFirst = {
    {2, kV1Main}, {4, kV1Aggressive}, {5, kV1Informational}, {32, kV1Quick}};

IkeCounter exchange_of(const std::map<unsigned, IkeCounter>& known, unsigned type,
                       IkeCounter other) {
    const auto found = known.find(type);
    return found == known.end() ? other : found->second;
}

bool is_again(const IkeHeader& now, const std::vector<IkeHeader>& before) {
    if (before.empty()) return false;
    const IkeHeader& last = before.back();
    const auto words = [](const IkeHeader& header) {
        return std::tuple(header.initiator_spi, header.responder_spi, header.next_payload,
                          header.version, header.exchange_type, header.flags, header.message_id);
    };
    if (words(now) != words(last)) return false;
    const unsigned fragment_payload = now.version >> 4 == 1 ? 132 : 53;
    if (now.next_payload != fragment_payload) return now.length == last.length;
    return now.fragment >= 1 && now.fragment <= last.fragment;
}

/// Everything about a pair but its hosts; `completes` after which packets it was confirmed.
IkeView view_of_all(const std::vector<SeenPacket>& packets) {
    IkeView view;
    view.hosts = packets.front().packet.hosts;
    view.first_seen = packets.front().at;
    view.last_seen = packets.back().at;
    view.probation = true;
    Side sides[2];
    for (const SeenPacket& seen : packets) {
        const IkePacket& packet = seen.packet;
        const IkeHeader& header = packet.header;
        const bool low = packet.direction == HostDirection::kFromLow;
        IkeDirection& own = view.directions[low ? 0 : 1];
        Side& side = sides[low ? 0 : 1];
        const Side& other = sides[low ? 1 : 0];
        if (packet.keepalive) {
            own.counts.add(kKeepalives);
            continue;
        }
        view.last_message = seen.at;
        own.counts.add(kPackets);
        const bool on_500 = packet.source_port == 500 || packet.destination_port == 500;
        const bool on_4500 = packet.source_port == 4500 || packet.destination_port == 4500;
        own.counts.add(on_500 ? kPort500 : on_4500 ? kPort4500 : kOtherPort);
        const unsigned major = header.version / 16;
        if (major < 1 || major > 2) {
            own.counts.add(kOtherVersion);
            continue;
        }
        const bool response = major == 2 && header.flags / 32 % 2 == 1;
        if (major == 1) {
            own.counts.add(kIkev1);
            own.counts.add(exchange_of(kFirst, header.exchange_type, kV1Other));
        } else {
            own.counts.add(kIkev2);
            own.counts.add(exchange_of(kSecond, header.exchange_type, kOtherExchange));
            own.counts.add(response ? kResponses : kRequests);
        }
        auto& before = response ? side.responses : side.requests;
        if (is_again(header, before)) {
            own.counts.add(kRetransmissions);
            continue;
        }
        before.push_back(header);
        const bool initial = major == 2 ? header.exchange_type == 34
                                        : header.exchange_type == 2 || header.exchange_type == 4;
        if (initial && !response && header.responder_spi == 0 && header.initiator_spi != 0 &&
            (side.begun.empty() || side.begun.back() != header.initiator_spi)) {
            side.begun.push_back(header.initiator_spi);
            own.counts.add(kSasBegun);
        }
        const bool same_responder = view.responder_spi == 0 || header.responder_spi == 0 ||
                                    view.responder_spi == header.responder_spi;
        if (view.initiator_spi == header.initiator_spi && same_responder) {
            view.responder_spi = std::max(view.responder_spi, header.responder_spi);
        } else {
            view.initiator_spi = header.initiator_spi;
            view.responder_spi = header.responder_spi;
            for (IkeDirection& each : view.directions) {
                each.highest_request = each.highest_response = std::nullopt;
            }
        }
        if (major == 2) {
            auto& highest = response ? own.highest_response : own.highest_request;
            if (!highest || *highest < header.message_id) highest = header.message_id;
        }
        if (other.requests.empty()) continue;
        const IkeHeader& asked = other.requests.back();
        const bool answers =
            asked.version / 16 == major && asked.initiator_spi == header.initiator_spi &&
            asked.message_id == header.message_id && asked.exchange_type == header.exchange_type &&
            (asked.responder_spi == 0 || asked.responder_spi == header.responder_spi);
        if (answers && (response || (major == 1 && header.responder_spi != 0))) {
            view.probation = false;
        }
    }
    return view;
}

}  // namespace

IkeView reference_view(const std::vector<SeenPacket>& packets) { return view_of_all(packets); }

bool same_figures(const IkeView& one, const IkeView& other) {
    const auto figures = [](const IkeView& view) {
        return std::tie(view.hosts.low, view.hosts.high, view.hosts.port, view.probation,
                        view.first_seen, view.last_seen, view.last_message, view.initiator_spi,
                        view.responder_spi);
    };
    const auto of_direction = [](const IkeDirection& direction) {
        return std::tie(direction.counts.values, direction.highest_request,
                        direction.highest_response);
    };
    return figures(one) == figures(other) &&
           of_direction(one.directions[0]) == of_direction(other.directions[0]) &&
           of_direction(one.directions[1]) == of_direction(other.directions[1]);
}

IkeReference::Name IkeReference::name_of(const HostPair& hosts) {
    Name name(hosts.low.begin(), hosts.low.end());
    name.append(hosts.high.begin(), hosts.high.end());
    return name + '/' + std::to_string(hosts.port) + '/' + std::string(to_string(hosts.network));
}

void IkeReference::take(const IkePacket& packet, std::uint64_t now) {
    const Name name = name_of(packet.hosts);
    if (!pairs_.contains(name)) {
        if (pairs_.size() == capacity_ && !make_room(now)) {
            ++refused;
            return;
        }
        ++created;
        on_probation_.push_back(name);
    }
    std::vector<SeenPacket>& packets = pairs_[name];
    packets.push_back({packet, now});
    const auto place = std::ranges::find(on_probation_, name);
    if (place == on_probation_.end() || view_of_all(packets).probation) return;
    on_probation_.erase(place);
    ++confirmed;
}

bool IkeReference::make_room(std::uint64_t now) {
    if (!on_probation_.empty()) {
        ++recycled;
        forget(Name(on_probation_.front()));
        return true;
    }
    const auto silent = std::ranges::min_element(
        pairs_, {}, [](const auto& pair) { return pair.second.back().at; });
    if (idle_ == 0 || now - silent->second.back().at <= idle_) return false;
    ++aged;
    forget(Name(silent->first));
    return true;
}

void IkeReference::forget(const Name& name) {
    forgotten += view_of_all(pairs_.at(name)).counts();
    std::erase(on_probation_, name);
    pairs_.erase(name);
}

std::vector<IkeView> IkeReference::views() const {
    std::vector<IkeView> all;
    for (const auto& [name, packets] : pairs_) all.push_back(view_of_all(packets));
    return all;
}

}  // namespace weir::ipsec
