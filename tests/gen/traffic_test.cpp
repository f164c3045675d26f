// SPDX-License-Identifier: BSD-3-Clause
#include "gen/traffic.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "gen/truth_check.hpp"
#include "parse/parse.hpp"

namespace weir::gen {
namespace {

using Frame = std::vector<std::byte>;
using parse::LayerKind;

/// The schedule repeats after so many frames: then every template that is used has been.
constexpr int kScheduled = 8192;

Frame next_frame(Traffic& traffic) {
    Frame frame(kMaxGeneratedBytes);
    frame.resize(traffic.next(frame.data()));
    return frame;
}

parse::PacketRecord parsed(const Frame& frame) {
    parse::PacketRecord record;
    parse::parse({frame, static_cast<std::uint32_t>(frame.size())}, record);
    return record;
}

std::uint64_t sum(const Truth& truth, std::uint64_t AssociationTruth::*figure) {
    std::uint64_t total = 0;
    for (const AssociationTruth& each : truth.associations) total += each.*figure;
    return total;
}

TEST(Traffic, IsTheSameForTheSameSeedOnly) {
    Traffic one({5, true});
    Traffic same({5, true});
    Traffic other({6, true});
    int different = 0;
    for (int i = 0; i < 20000; ++i) {
        const Frame frame = next_frame(one);
        ASSERT_EQ(frame, next_frame(same));
        different += frame != next_frame(other) ? 1 : 0;
    }
    EXPECT_GT(different, 10000);
}

TEST(Traffic, IsMixedWhateverTheSeed) {
    // The last one is the seed from which the random numbers would all be zero.
    const std::array<std::uint64_t, 4> seeds = {0, 1, UINT64_MAX, 0 - 0x9e3779b97f4a7c15ULL};
    for (const std::uint64_t seed : seeds) {
        Traffic traffic({seed, true});
        std::set<Frame> frames;
        for (int i = 0; i < kScheduled; ++i) frames.insert(next_frame(traffic));
        EXPECT_GT(frames.size(), 1000U) << seed;
    }
}

TEST(Traffic, KeepsTheImixShares) {
    for (const bool faults : {false, true}) {
        Traffic traffic({1, faults});
        std::map<std::size_t, double> sizes;
        for (int i = 0; i < kScheduled; ++i) {
            const std::size_t size = next_frame(traffic).size();
            sizes[size < 570 ? 64 : size] += 1.0 / kScheduled;
        }
        EXPECT_NEAR(sizes[64], 28 / 48.0, 0.01);
        EXPECT_NEAR(sizes[570], 16 / 48.0, 0.01);
        EXPECT_NEAR(sizes[1518], 4 / 48.0, 0.01);
        EXPECT_EQ(sizes.size(), 3U);
    }
}

TEST(Traffic, HoldsHundredsOfFlows) {
    Traffic traffic({1, false});
    std::set<std::vector<std::byte>> addresses;
    for (int i = 0; i < kScheduled; ++i) {
        const Frame frame = next_frame(traffic);
        const parse::PacketRecord record = parsed(frame);
        if (record.outer_network == LayerKind::kNone) continue;
        const bool ipv4 = record.outer_network == LayerKind::kIpv4;
        const auto from = frame.begin() + record.outer_network_offset + (ipv4 ? 12 : 8);
        addresses.insert({from, from + (ipv4 ? 8 : 32)});
    }
    EXPECT_GT(addresses.size(), 250U);
}

TEST(Traffic, PlantsNothingWithoutFaults) {
    Traffic traffic({1, false});
    for (int i = 0; i < 50000; ++i)
        ASSERT_EQ(parsed(next_frame(traffic)).status, parse::ParseStatus::kOk);
    const Truth truth = traffic.truth();
    EXPECT_EQ(sum(truth, &AssociationTruth::lost), 0U);
    EXPECT_EQ(sum(truth, &AssociationTruth::duplicated), 0U);
    EXPECT_EQ(sum(truth, &AssociationTruth::reordered), 0U);
    EXPECT_EQ(sum(truth, &AssociationTruth::restarts), 0U);
    EXPECT_EQ(sum(truth, &AssociationTruth::wraps), 0U);
    for (const AssociationTruth& each : truth.associations) {
        EXPECT_EQ(each.highest, each.packets) << "SPI " << each.spi;
        EXPECT_FALSE(each.follows_spi) << "SPI " << each.spi;
    }
    EXPECT_EQ(truth.statuses[0], 50000U);
}

TEST(Traffic, PlantsEveryDefect) {
    Traffic traffic({1, true});
    for (int i = 0; i < kScheduled; ++i) next_frame(traffic);
    const Truth truth = traffic.truth();
    for (std::size_t i = 0; i < parse::kParseStatuses; ++i) {
        const auto status = static_cast<parse::ParseStatus>(i);
        const bool possible = status != parse::ParseStatus::kTruncated &&
                              status != parse::ParseStatus::kEspPaddingInvalid;
        EXPECT_EQ(truth.statuses[i] != 0, possible) << to_string(status);
    }
    EXPECT_NEAR(static_cast<double>(truth.statuses[0]) / kScheduled, 0.99, 0.001);
}

TEST(Traffic, HoldsEveryLayer) {
    Traffic traffic({1, true});
    for (int i = 0; i < kScheduled; ++i) next_frame(traffic);
    const Truth truth = traffic.truth();
    for (std::size_t kind = 1; kind < parse::kLayerKinds; ++kind) {
        EXPECT_GT(truth.layers[kind], 0U) << parse::kLayerNames[kind];
    }
}

/// Frame by frame, so that two mistakes cannot make up for each other.
TEST(Traffic, ParsesEachFrameAsIntended) {
    Traffic traffic({4, true});
    Truth before = traffic.truth();
    for (int i = 0; i < kScheduled; ++i) {
        const Frame frame = next_frame(traffic);
        const parse::PacketRecord record = parsed(frame);
        const Truth after = traffic.truth();
        ++before.statuses[static_cast<std::size_t>(record.status)];
        for (std::size_t kind = 0; kind < parse::kLayerKinds; ++kind) {
            before.layers[kind] += record.layer_mask >> kind & 1;
        }
        ASSERT_EQ(after.statuses, before.statuses) << "found " << to_string(record.status);
        ASSERT_EQ(after.layers, before.layers) << "with status " << to_string(record.status);
        ASSERT_EQ(after.bytes, before.bytes + frame.size());
        before = after;
    }
}

/// What an observer who remembers everything says of the sequence numbers, from the octets alone:
/// only well-formed ESP and AH stand directly behind an IP header without options.
class Observer {
   public:
    struct Sender {
        std::vector<std::uint32_t> numbers;  ///< In the order of their arrival.
        std::uint64_t bytes = 0;
        std::uint64_t first = 0;  ///< Which of all packets was its first, and its last.
        std::uint64_t last = 0;
        bool new_since_check = true;
    };
    /// Both addresses, protocol and SPI as on the wire.
    using Key = std::vector<std::byte>;
    static constexpr std::size_t kSpiOctets = 4;

    /// The number, or nothing when the frame is no ESP or AH.
    std::optional<std::uint32_t> add(const Frame& frame) {
        ++frames_;
        const auto type =
            std::to_integer<unsigned>(frame[12]) << 8 | std::to_integer<unsigned>(frame[13]);
        const bool ipv4 = type == 0x0800;
        if (!ipv4 && type != 0x86dd) return std::nullopt;
        const auto protocol = std::to_integer<unsigned>(frame[ipv4 ? 23 : 20]);
        if (protocol != 50 && protocol != 51) return std::nullopt;
        const auto payload = frame.begin() + (ipv4 ? 34 : 54);
        const auto header = payload + (protocol == 50 ? 0 : 4);
        Key key(frame.begin() + (ipv4 ? 26 : 22), payload);
        key.push_back(std::byte(protocol));
        key.insert(key.end(), header, header + kSpiOctets);
        std::uint32_t number = 0;
        for (int i = 4; i < 8; ++i)
            number = number << 8 | std::to_integer<std::uint32_t>(header[i]);
        Sender& sender = senders[key];
        if (sender.numbers.empty()) sender.first = frames_;
        sender.last = frames_;
        sender.numbers.push_back(number);
        sender.bytes += frame.size();
        sender.new_since_check = true;
        return number;
    }

    std::map<Key, Sender> senders;

   private:
    std::uint64_t frames_ = 0;
};

Observer::Key key_of(const AssociationTruth& association) {
    const std::size_t octets = association.network == LayerKind::kIpv4 ? 4 : 16;
    Observer::Key key;
    for (std::size_t i = 0; i < octets; ++i) key.push_back(std::byte{association.source[i]});
    for (std::size_t i = 0; i < octets; ++i) key.push_back(std::byte{association.destination[i]});
    key.push_back(
        std::byte{association.protocol == LayerKind::kEsp ? std::uint8_t{50} : std::uint8_t{51}});
    for (int shift = 24; shift >= 0; shift -= 8) {
        key.push_back(static_cast<std::byte>(association.spi >> shift));
    }
    return key;
}

/// The malformed packets' few ESP and AH headers say nothing of an association: they are left out
/// by asking for well-formed frames only.
std::optional<std::uint32_t> add_well_formed(Observer& observer, const Frame& frame) {
    if (parsed(frame).status != parse::ParseStatus::kOk) return std::nullopt;
    return observer.add(frame);
}

/// The SPI between the same hosts whose packets ended last before this one's began; nothing when
/// there is none, and the test fails when one went on after that.
std::optional<std::uint32_t> followed_by(const Observer& observer, const Observer::Key& key) {
    const Observer::Sender& later = observer.senders.at(key);
    const std::size_t hosts = key.size() - Observer::kSpiOctets;
    std::uint64_t latest = 0;
    std::optional<std::uint32_t> spi;
    for (const auto& [other, sender] : observer.senders) {
        const bool same_hosts = other.size() == key.size() &&
                                std::equal(key.begin(), key.begin() + hosts, other.begin());
        if (!same_hosts || other == key || sender.first > later.first) continue;
        EXPECT_LT(sender.last, later.first);
        if (sender.last < latest) continue;
        latest = sender.last;
        spi = 0;
        for (std::size_t i = hosts; i < key.size(); ++i) {
            spi = *spi << 8 | std::to_integer<std::uint32_t>(other[i]);
        }
    }
    return spi;
}

/// Looks again only at those of which there is something new.
void expect_same(const Truth& truth, Observer& observer) {
    ASSERT_EQ(truth.associations.size(), observer.senders.size());
    std::uint64_t packets = 0;
    for (const AssociationTruth& association : truth.associations) {
        const auto found = observer.senders.find(key_of(association));
        ASSERT_NE(found, observer.senders.end()) << "SPI " << association.spi;
        Observer::Sender& sender = found->second;
        packets += sender.numbers.size();
        if (!std::exchange(sender.new_since_check, false)) continue;
        EXPECT_EQ(association.bytes, sender.bytes) << "SPI " << association.spi;
        EXPECT_EQ(association.follows_spi, followed_by(observer, found->first));
        expect_figures(association, sender.numbers);
    }
    EXPECT_EQ(truth.ipsec_packets, packets);
    EXPECT_EQ(sum(truth, &AssociationTruth::packets), packets);
}

TEST(Traffic, KnowsItsSequenceNumbersAtEveryStop) {
    Traffic traffic({3, true});
    Observer observer;
    expect_same(traffic.truth(), observer);
    // Close together at first; then over a long run, and wherever a sender begins or starts over.
    for (int i = 1; i <= 700'000; ++i) {
        const std::optional<std::uint32_t> number = add_well_formed(observer, next_frame(traffic));
        const bool stop = i < 1000 || (i < 100'000 && i % 997 == 0) || i % 99'991 == 0 ||
                          (number && *number <= 5);
        if (!stop) continue;
        ASSERT_NO_FATAL_FAILURE(expect_same(traffic.truth(), observer));
        ASSERT_FALSE(HasFailure()) << "after " << i;
    }
    expect_same(traffic.truth(), observer);
}

TEST(Traffic, PlantsEveryFaultAtItsRate) {
    Traffic traffic({8, true});
    std::vector<std::byte> frame(kMaxGeneratedBytes);
    for (int i = 0; i < 3'000'000; ++i) traffic.next(frame.data());
    const Truth truth = traffic.truth();
    const double each = static_cast<double>(truth.ipsec_packets) / 1024;
    const auto rate = [&](std::uint64_t AssociationTruth::*figure) {
        return static_cast<double>(sum(truth, figure)) / each;
    };
    EXPECT_NEAR(rate(&AssociationTruth::lost), 5, 1) << "one to 15 at once";
    EXPECT_NEAR(rate(&AssociationTruth::duplicated), 1, 0.2);
    EXPECT_NEAR(rate(&AssociationTruth::reordered), 1.75, 0.5) << "one to three at once";
    EXPECT_NEAR(rate(&AssociationTruth::restarts), 0.4, 0.15);
    EXPECT_GE(sum(truth, &AssociationTruth::wraps), 2U);
    std::set<std::uint32_t> spis;
    std::set<std::uint32_t> windows;
    std::size_t rekeys = 0;
    for (const AssociationTruth& association : truth.associations) {
        EXPECT_GE(association.spi, 256U) << "reserved (RFC 4303, section 2.1)";
        spis.insert(association.spi);
        if (association.follows_spi) ++rekeys;
        EXPECT_LE(association.latest, Sender::kLatestBy);
        windows.insert(std::bit_ceil(association.smallest_window()));
    }
    EXPECT_EQ(spis.size(), truth.associations.size());
    EXPECT_GE(spis.size() - rekeys, 24U);
    EXPECT_GE(rekeys, 32U);
    EXPECT_GE(windows.size(), 10U) << "how much is reordered should differ";
}

TEST(Traffic, StartsEachAssociationInOrder) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        Traffic traffic({seed, true});
        Observer observer;
        for (int i = 0; i < 2 * kScheduled; ++i) add_well_formed(observer, next_frame(traffic));
        for (const auto& [key, sender] : observer.senders) {
            const std::vector<std::uint32_t>& numbers = sender.numbers;
            for (std::uint32_t i = 0; i < std::min<std::size_t>(16, numbers.size()); ++i) {
                ASSERT_EQ(numbers[i], numbers.front() + i);
            }
        }
    }
}

}  // namespace
}  // namespace weir::gen
