// SPDX-License-Identifier: BSD-3-Clause
// The cold half of Traffic: templates and schedule before the first packet, the truth afterwards.
#include <algorithm>
#include <cstddef>
#include <utility>

#include "gen/traffic.hpp"
#include "gen/traffic_packets.hpp"
#include "wire/ethernet.hpp"
#include "wire/ip.hpp"
#include "wire/ipsec.hpp"
#include "wire/view.hpp"

namespace weir::gen {
namespace {

using parse::LayerKind;

/// IMIX: frame lengths in octets, without FCS, and how many of each in 48.
constexpr std::size_t kLengths[] = {64, 570, kMaxGeneratedBytes};
constexpr unsigned kShares[] = {28, 16, 4};
constexpr std::size_t kSharesTogether = 48;

/// Of the scheduled frames, one in so many is malformed.
constexpr std::size_t kMalformedShare = 100;
/// Each valid stack exists so many times, with other addresses and ports.
constexpr unsigned kFlows = 16;
constexpr std::uint32_t kSenders = 32;
/// Makes their frames about a sixth of all.
constexpr unsigned kSenderWeight = 8;
constexpr unsigned kFirstSenderFlow = 1000;
constexpr std::uint32_t kFirstSpi = 0x1000;  ///< Above the reserved 0 to 255 (RFC 4303, 2.1).
/// Two senders have extended sequence numbers and are met shortly before the subspace ends.
constexpr std::uint32_t kWrapEvery = 16;
constexpr std::uint32_t kWrapAt = 7;
constexpr std::uint64_t kFirstBeforeWrap = (std::uint64_t{1} << 32) - 256;
/// The least ESP can carry: a word of padding, pad length and next header, and the 96-bit ICV of
/// HMAC-SHA-1 (RFC 4303, section 2.4; RFC 2404). What it carries is in words of four octets.
constexpr std::size_t kLeastEspOctets = 16;
constexpr std::size_t kEspGrain = 4;

/// Of the one flow that each rare stack has.
constexpr unsigned kRareWeight = 2;

void put(std::vector<std::uint32_t>& pot, std::uint32_t number, unsigned weight) {
    pot.insert(pot.end(), weight, number);
}

/// How much is reordered differs from one sender to the next, and so the window that it takes.
SenderProfile sender_profile(std::uint32_t number, bool faults) {
    SenderProfile profile;
    profile.faults = faults;
    profile.late_classes = 1 + number % kLatenessClasses;
    if (faults && number % kWrapEvery == kWrapAt) profile.first = kFirstBeforeWrap;
    return profile;
}

/// Reads the addresses from the frame that an association's templates share but for the length.
void read_addresses(const std::byte* frame, AssociationTruth& identity) {
    const auto copy = [&identity](const auto& header) {
        std::ranges::copy(header.source, identity.source.begin());
        std::ranges::copy(header.destination, identity.destination.begin());
    };
    const std::byte* network = frame + sizeof(wire::Ethernet);
    if (identity.network == LayerKind::kIpv4) {
        copy(wire::load<wire::Ipv4>(network));
    } else {
        copy(wire::load<wire::Ipv6>(network));
    }
}

}  // namespace

Traffic::Traffic(const TrafficProfile& profile) : random_(profile.seed), faults_(profile.faults) {
    static_assert(std::size(kLengths) == kLengthClasses && std::size(kShares) == kLengthClasses);
    Pots pots;
    make_valid_templates(pots);
    make_sender_templates(pots, profile.associations);
    make_schedule(pots, faults_ ? make_malformed_templates() : std::vector<std::uint32_t>());
}

std::uint32_t Traffic::add(const Packet& packet) {
    const std::vector<std::byte> frame = packet.build();
    Template made;
    made.offset = static_cast<std::uint32_t>(frames_.size());
    made.bytes = static_cast<std::uint16_t>(frame.size());
    frames_.insert(frames_.end(), frame.begin(), frame.end());
    templates_.push_back(made);
    expectations_.push_back({parse::ParseStatus::kOk, packet.layer_mask(), 0});
    return static_cast<std::uint32_t>(templates_.size() - 1);
}

void Traffic::make_valid_templates(Pots& pots) {
    unsigned flow = 0;
    const auto make = [&](const Stack& stack, unsigned flows, unsigned weight) {
        for (unsigned i = 0; i < flows; ++i) {
            const Packet headers = stack.build(Flow(flow++));
            for (std::size_t length = 0; length < kLengthClasses; ++length) {
                put(pots[length], add(filled(headers, kLengths[length], stack.grain)), weight);
            }
        }
    };
    for (const Stack& stack : valid_stacks()) make(stack, kFlows, stack.weight);
    for (const Stack& stack : rare_stacks()) make(stack, 1, stack.weight * kRareWeight);
    put(pots[0], add(Packet().eth().arp("10.1.0.1", "10.2.0.1").pad_to(kLengths[0])), kFlows);
}

/// Two thirds ESP, one third AH; half of each over IPv6. The lengths of one sender share its
/// sequence numbers, and its hosts are no other's.
void Traffic::make_sender_templates(Pots& pots, std::size_t associations) {
    const std::size_t each =
        std::clamp<std::size_t>(associations / kSenders, 1, Sender::kMostAssociations);
    for (std::uint32_t i = 0; i < kSenders; ++i) {
        const Flow flow(kFirstSenderFlow + i);
        AssociationTruth identity;
        identity.network = i % 2 == 0 ? LayerKind::kIpv4 : LayerKind::kIpv6;
        identity.protocol = i % 6 < 4 ? LayerKind::kEsp : LayerKind::kAh;
        identity.spi = kFirstSpi + i;

        Packet headers;
        headers.eth();
        if (identity.network == LayerKind::kIpv4) {
            headers.ipv4(flow.source4, flow.destination4);
        } else {
            headers.ipv6(flow.source6, flow.destination6);
        }
        std::size_t numbers_offset = headers.size();
        std::size_t grain = 1;
        if (identity.protocol == LayerKind::kEsp) {
            headers.esp(identity.spi, 0).payload(kLeastEspOctets);
            numbers_offset += offsetof(wire::Esp, spi);
            grain = kEspGrain;
        } else {
            headers.ah(identity.spi, 0).udp(flow.source_port, flow.destination_port);
            numbers_offset += offsetof(wire::Ah, spi);
        }
        for (std::size_t length = 0; length < kLengthClasses; ++length) {
            const std::uint32_t number = add(filled(headers, kLengths[length], grain));
            templates_[number].sender = i;
            templates_[number].numbers_offset = static_cast<std::uint16_t>(numbers_offset);
            put(pots[length], number, kSenderWeight);
        }
        read_addresses(frames_.data() + templates_.back().offset, identity);
        SenderProfile sender = sender_profile(i, faults_);
        sender.associations = each;
        senders_.emplace_back(sender, identity, kSenders);
    }
}

std::vector<std::uint32_t> Traffic::make_malformed_templates() {
    std::vector<std::uint32_t> numbers;
    for (const Malformed& malformed : malformed_packets()) {
        numbers.push_back(add(malformed.packet));
        expectations_.back().status = malformed.status;
        expectations_.back().layer_mask = malformed.layer_mask;
    }
    return numbers;
}

/// Draws the schedule: exact shares of the lengths, then the malformed ones in place of some, then
/// shuffled. It is repeated for ever; sequence numbers and their faults go on.
void Traffic::make_schedule(const Pots& pots, const std::vector<std::uint32_t>& malformed) {
    for (std::size_t i = 0; i < kScheduled; ++i) {
        std::size_t share = i % kSharesTogether;
        std::size_t length = 0;
        while (share >= kShares[length]) share -= kShares[length++];
        const std::vector<std::uint32_t>& pot = pots[length];
        schedule_.push_back(pot[random_.next() % pot.size()]);
    }
    for (std::size_t i = 0; !malformed.empty() && i < kScheduled / kMalformedShare; ++i) {
        schedule_[i * kMalformedShare] = malformed[i % malformed.size()];
    }
    for (std::size_t i = kScheduled - 1; i > 0; --i) {
        std::swap(schedule_[i], schedule_[random_.next() % (i + 1)]);
    }
}

Truth Traffic::truth() const {
    Truth truth;
    for (std::size_t i = 0; i < templates_.size(); ++i) {
        const Expectation& expected = expectations_[i];
        truth.packets += expected.used;
        truth.bytes += expected.used * templates_[i].bytes;
        truth.statuses[static_cast<std::size_t>(expected.status)] += expected.used;
        for (std::size_t kind = 0; kind < parse::kLayerKinds; ++kind) {
            if ((expected.layer_mask >> kind & 1) != 0) truth.layers[kind] += expected.used;
        }
        if (templates_[i].sender != kNoSender) truth.ipsec_packets += expected.used;
    }
    for (const Sender& sender : senders_) sender.add_truth(truth.associations);
    return truth;
}

}  // namespace weir::gen
