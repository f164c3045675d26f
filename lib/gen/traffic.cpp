// SPDX-License-Identifier: BSD-3-Clause
#include "gen/traffic.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "base/byte_order.hpp"
#include "parse/packet_record.hpp"
#include "wire/ip.hpp"
#include "wire/transport.hpp"

namespace weir::gen {
namespace {

using parse::LayerKind;
using parse::ParseStatus;

/// IMIX: frame lengths in octets, without FCS, and how many of each in 48.
constexpr std::size_t kLengths[] = {64, 570, kMaxGeneratedBytes};
constexpr unsigned kShares[] = {28, 16, 4};

constexpr std::size_t kScheduled = 8192;
/// Of the scheduled frames, one in so many is malformed.
constexpr std::size_t kMalformedShare = 100;
/// Each valid stack exists so many times, with other addresses and ports.
constexpr unsigned kFlows = 8;
constexpr unsigned kAssociations = 32;
constexpr std::uint32_t kFirstSpi = 0x1000;  ///< Above the reserved 0 to 255 (RFC 4303, 2.1).

/// One sequence number in so many suffers each kind of fault.
constexpr std::uint64_t kFaultShare = 1024;
constexpr std::uint32_t kLatestBy = 60;
constexpr std::uint32_t kRepeatWithin = 8;
/// An association is let run so long before its first fault, so that its start is plain.
constexpr std::uint32_t kQuietStart = 16;

template <typename... Kinds>
constexpr std::uint64_t layers(Kinds... kinds) {
    return (parse::layer_bit(kinds) | ...);
}

/// Addresses and ports of a flow.
struct Flow {
    std::string source4, destination4, source6, destination6;
    std::uint16_t source_port, destination_port;

    explicit Flow(unsigned number)
        : source4("10.1." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1)),
          destination4("10.2.0." + std::to_string(number % 250 + 1)),
          source6("2001:db8:1::" + std::to_string(number + 1)),
          destination6("2001:db8:2::" + std::to_string(number % 250 + 1)),
          source_port(static_cast<std::uint16_t>(10000 + number * 7)),
          destination_port(static_cast<std::uint16_t>(20000 + number % 100)) {}
};

/// A valid stack of headers, and how often it occurs.
struct Stack {
    unsigned weight;
    Packet (*build)(const Flow&);
};

const Stack kStacks[] = {
    {20,
     [](const Flow& f) {
         return Packet()
             .eth()
             .ipv4(f.source4, f.destination4)
             .udp(f.source_port, f.destination_port);
     }},
    {20,
     [](const Flow& f) {
         return Packet()
             .eth()
             .ipv4(f.source4, f.destination4)
             .tcp(f.source_port, f.destination_port);
     }},
    {8,
     [](const Flow& f) {
         return Packet()
             .eth()
             .ipv6(f.source6, f.destination6)
             .udp(f.source_port, f.destination_port);
     }},
    {8,
     [](const Flow& f) {
         return Packet()
             .eth()
             .ipv6(f.source6, f.destination6)
             .tcp(f.source_port, f.destination_port, 12);
     }},
    {6,
     [](const Flow& f) {
         return Packet().eth().vlan(100).ipv4(f.source4, f.destination4).udp(f.source_port, 53);
     }},
    {4,
     [](const Flow& f) {
         return Packet()
             .eth()
             .vlan(200, 0x88a8, 3)
             .vlan(100)
             .ipv4(f.source4, f.destination4)
             .tcp(f.source_port, 443);
     }},
    {6,
     [](const Flow& f) {
         return Packet()
             .eth()
             .ipv4(f.source4, f.destination4)
             .udp(f.source_port, wire::kVxlanPort)
             .vxlan(5000)
             .eth()
             .ipv4("192.168.0.1", "192.168.0.2")
             .tcp(f.source_port, 80);
     }},
    {3,
     [](const Flow& f) {
         return Packet()
             .eth()
             .ipv6(f.source6, f.destination6)
             .udp(f.source_port, wire::kVxlanPort)
             .vxlan(5001)
             .eth()
             .vlan(7)
             .ipv6("fd00::1", "fd00::2")
             .udp(f.source_port, 443);
     }},
    {2, [](const Flow& f) { return Packet().eth().ipv4(f.source4, f.destination4).icmp(); }},
    {2, [](const Flow& f) { return Packet().eth().ipv6(f.source6, f.destination6).icmpv6(); }},
    {1,
     [](const Flow& f) {
         return Packet().eth().ipv4(f.source4, f.destination4, 24).udp(f.source_port, 5060);
     }},
    {1,
     [](const Flow& f) {
         return Packet()
             .eth()
             .ipv4(f.source4, f.destination4)
             .fragment(0, true)
             .udp(f.source_port, 2000);
     }},
    {1,
     [](const Flow& f) {
         return Packet().eth().ipv4(f.source4, f.destination4).fragment(185, false).payload(8);
     }},
    {1,
     [](const Flow& f) {
         return Packet()
             .eth()
             .ipv6(f.source6, f.destination6)
             .ipv6_fragment(0, true)
             .udp(f.source_port, 2000);
     }},
    {1,
     [](const Flow& f) {
         return Packet().eth().ipv6(f.source6, f.destination6).ipv6_fragment(181, false).payload(8);
     }},
    {1,
     [](const Flow& f) {
         return Packet()
             .eth()
             .ipv6(f.source6, f.destination6)
             .hop_by_hop()
             .routing(2)
             .destination_options()
             .tcp(f.source_port, 22);
     }},
};

}  // namespace

Traffic::Traffic(const TrafficProfile& profile)
    // Any seed but zero is a state of the generator below; the constant only mixes small ones.
    : random_state_(profile.seed * 0x9e3779b97f4a7c15ULL + 1), faults_(profile.faults) {
    make_valid_templates();
    make_association_templates();
    if (faults_) make_malformed_templates();
    make_schedule();
}

/// xorshift64* (Vigna, 2016): enough for a schedule, and the same on every machine.
std::uint64_t Traffic::random() noexcept {
    random_state_ ^= random_state_ >> 12;
    random_state_ ^= random_state_ << 25;
    random_state_ ^= random_state_ >> 27;
    return random_state_ * 0x2545f4914f6cdd1dULL >> 16;
}

std::uint32_t Traffic::add(const Packet& packet) {
    const std::vector<std::byte> frame = packet.build();
    Template made;
    made.offset = static_cast<std::uint32_t>(frames_.size());
    made.bytes = static_cast<std::uint16_t>(frame.size());
    frames_.insert(frames_.end(), frame.begin(), frame.end());
    templates_.push_back(made);
    expectations_.push_back({ParseStatus::kOk, packet.layer_mask(), 0});
    return static_cast<std::uint32_t>(templates_.size() - 1);
}

void Traffic::weigh(std::vector<std::uint32_t>& pot, std::uint32_t number, unsigned weight) {
    pot.insert(pot.end(), weight, number);
}

void Traffic::make_valid_templates() {
    unsigned flow = 0;
    for (const Stack& stack : kStacks) {
        for (unsigned i = 0; i < kFlows; ++i) {
            const Flow addresses(flow++);
            for (std::size_t length = 0; length < std::size(kLengths); ++length) {
                const std::uint32_t number = add(stack.build(addresses).fill_to(kLengths[length]));
                weigh(pots_[length], number, stack.weight);
            }
        }
    }
    const std::uint32_t arp = add(Packet().eth().arp("10.1.0.1", "10.2.0.1").pad_to(kLengths[0]));
    weigh(pots_[0], arp, kFlows);
}

/// Two thirds ESP, one third AH; half of each over IPv6. The lengths of one association share its
/// sequence numbers.
void Traffic::make_association_templates() {
    for (std::uint32_t i = 0; i < kAssociations; ++i) {
        associations_.emplace_back();
        const Flow addresses(1000 + i);
        const std::uint32_t spi = kFirstSpi + i;
        for (std::size_t length = 0; length < std::size(kLengths); ++length) {
            Packet packet;
            packet.eth();
            if (i % 2 == 0) {
                packet.ipv4(addresses.source4, addresses.destination4);
            } else {
                packet.ipv6(addresses.source6, addresses.destination6);
            }
            std::size_t sequence_offset = 0;
            if (i % 6 < 4) {
                packet.esp(spi, 0);
                sequence_offset = packet.last_offset() + 4;
            } else {
                packet.ah(spi, 0);
                sequence_offset = packet.last_offset() + 8;
                packet.udp(addresses.source_port, addresses.destination_port);
            }
            const std::uint32_t number = add(packet.fill_to(kLengths[length]));
            templates_[number].association = i;
            templates_[number].sequence_offset = static_cast<std::uint16_t>(sequence_offset);
            weigh(pots_[length], number, 4);
        }
    }
}

void Traffic::add_malformed(const Packet& packet, ParseStatus status, std::uint64_t layer_mask) {
    const std::uint32_t number = add(packet);
    expectations_[number].status = status;
    expectations_[number].layer_mask = layer_mask;
    malformed_.push_back(number);
}

void Traffic::make_malformed_templates() {
    const auto ip4 = [] { return Packet().eth().ipv4("10.3.0.1", "10.3.0.2"); };
    const auto ip6 = [] { return Packet().eth().ipv6("2001:db8:3::1", "2001:db8:3::2"); };
    const std::uint64_t eth = layers(LayerKind::kEth);
    const std::uint64_t eth4 = layers(LayerKind::kEth, LayerKind::kIpv4);
    const std::uint64_t eth6 = layers(LayerKind::kEth, LayerKind::kIpv6);
    const std::uint64_t tcp = layers(LayerKind::kTcp);
    const std::uint64_t udp = layers(LayerKind::kUdp);
    const std::uint64_t arp = layers(LayerKind::kArp);
    const std::uint64_t vlan = layers(LayerKind::kVlan);
    using enum ParseStatus;
    add_malformed(ip4().set8(0, 0x44).udp(1, 2).payload(22), kIpv4IhlTooSmall, eth);
    add_malformed(ip4().set8(0, 0x55).udp(1, 2).payload(22), kIpv4VersionInvalid, eth);
    add_malformed(ip4().set16(2, 19).udp(1, 2).payload(22), kIpv4TotalLengthTooSmall, eth4);
    add_malformed(ip4().set16(2, 1400).tcp(1, 2).payload(10), kIpv4TotalLengthBeyondFrame,
                  eth4 | tcp);
    add_malformed(Packet().eth().ipv4("10.3.0.1", "10.3.0.2").set8(0, 0x4f).payload(4),
                  kIpv4OptionsBeyondFrame, eth);
    add_malformed(ip6().set8(0, 0x40).udp(1, 2).payload(2), kIpv6VersionInvalid, eth);
    add_malformed(ip6().set16(4, 1400).udp(1, 2).payload(2), kIpv6PayloadLengthBeyondFrame,
                  eth6 | udp);
    add_malformed(ip6().hop_by_hop().set8(1, 200).payload(8), kIpv6ExtensionTooShort, eth6);
    add_malformed(ip6().set16(4, 0).hop_by_hop().udp(1, 2).payload(2), kIpv6Jumbogram, eth6);
    add_malformed(ip4().tcp(1, 2).set8(12, 0x40).payload(10), kTcpDataOffsetTooSmall, eth4 | tcp);
    add_malformed(ip4().tcp(1, 2).set8(12, 0xf0).payload(10), kTcpOptionsBeyondPacket, eth4 | tcp);
    add_malformed(ip4().udp(1, 2).set16(4, 7).payload(22), kUdpLengthTooSmall, eth4 | udp);
    add_malformed(ip4().udp(1, 2).set16(4, 500).payload(22), kUdpLengthBeyondPacket, eth4 | udp);
    add_malformed(ip4().set8(9, wire::kProtocolEsp).payload(6).pad_to(60), kEspTooShort, eth4);
    add_malformed(ip4().ah(kFirstSpi, 1).set8(1, 0).udp(1, 2).payload(10), kAhLengthTooSmall, eth4);
    add_malformed(ip4().udp(1, wire::kVxlanPort).payload(5).pad_to(60), kVxlanTooShort, eth4 | udp);
    add_malformed(Packet().eth().arp("10.3.0.1", "10.3.0.2").set8(4, 40), kArpTooShort, eth | arp);
    Packet deep;
    deep.eth();
    for (std::size_t i = 0; i < parse::kMaxLayers; ++i) deep.vlan(1);
    add_malformed(deep.ipv4("10.3.0.1", "10.3.0.2").udp(1, 2), kTooManyLayers, eth | vlan);
}

/// Draws the schedule: exact shares of the lengths, then the malformed ones in place of some, then
/// shuffled. It is repeated for ever; sequence numbers and their faults go on.
void Traffic::make_schedule() {
    for (std::size_t i = 0; i < kScheduled; ++i) {
        unsigned share = static_cast<unsigned>(i % 48);
        std::size_t length = 0;
        while (share >= kShares[length]) share -= kShares[length++];
        const std::vector<std::uint32_t>& pot = pots_[length];
        schedule_.push_back(pot[random() % pot.size()]);
    }
    for (std::size_t i = 0; !malformed_.empty() && i < kScheduled / kMalformedShare; ++i) {
        schedule_[i * kMalformedShare] = malformed_[i % malformed_.size()];
    }
    for (std::size_t i = kScheduled - 1; i > 0; --i) {
        std::swap(schedule_[i], schedule_[random() % (i + 1)]);
    }
}

/// The sender's next number: one that is due late or again, else the next new one. Faults start
/// with new numbers only, so that none meets another.
std::uint32_t Traffic::next_sequence(Association& association) noexcept {
    if (association.late != 0 && --association.late_after == 0) {
        ++association.reordered;
        return std::exchange(association.late, 0);
    }
    if (association.repeat != 0 && --association.repeat_after == 0) {
        ++association.duplicated;
        return std::exchange(association.repeat, 0);
    }
    if (faults_ && association.next > kQuietStart) {
        const std::uint64_t draw = random();
        switch (draw % kFaultShare) {
            case 0:
                ++association.lost;
                ++association.next;
                break;
            case 1:
                if (association.late != 0) break;
                association.late = association.next++;
                association.late_after = 1 + static_cast<std::uint32_t>(draw >> 32) % kLatestBy;
                break;
            case 2:
                if (association.repeat != 0) break;
                association.repeat = association.next;
                association.repeat_after =
                    1 + static_cast<std::uint32_t>(draw >> 32) % kRepeatWithin;
                break;
            default:
                break;
        }
    }
    return association.next++;
}

std::size_t Traffic::next(std::byte* out) noexcept {
    const std::uint32_t number = schedule_[position_];
    position_ = (position_ + 1) % kScheduled;
    const Template& made = templates_[number];
    ++expectations_[number].used;
    std::memcpy(out, frames_.data() + made.offset, made.bytes);
    if (made.association != kNoAssociation) {
        const auto sequence = base::be32::from_host(next_sequence(associations_[made.association]));
        std::memcpy(out + made.sequence_offset, &sequence, sizeof sequence);
    }
    return made.bytes;
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
        if (templates_[i].association != kNoAssociation) truth.ipsec_packets += expected.used;
    }
    for (const Association& association : associations_) {
        if (association.next > 1) ++truth.associations;
        // A number still held back counts as lost until it is sent.
        truth.lost += association.lost + (association.late != 0 ? 1 : 0);
        truth.duplicated += association.duplicated;
        truth.reordered += association.reordered;
    }
    return truth;
}

}  // namespace weir::gen
