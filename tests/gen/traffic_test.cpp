// SPDX-License-Identifier: BSD-3-Clause
#include "gen/traffic.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

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
    EXPECT_EQ(truth.lost + truth.duplicated + truth.reordered, 0U);
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
        std::set<std::uint32_t> seen, late, repeated;
        std::uint64_t duplicated = 0, reordered = 0;
        std::uint32_t latest_by = 0;  ///< How far a late number was behind the highest.

        [[nodiscard]] std::uint64_t lost() const { return *seen.rbegin() - seen.size(); }
    };
    /// Both addresses, protocol and SPI as on the wire.
    using Key = std::vector<std::byte>;

    void add(const Frame& frame) {
        const auto type =
            std::to_integer<unsigned>(frame[12]) << 8 | std::to_integer<unsigned>(frame[13]);
        const bool ipv4 = type == 0x0800;
        if (!ipv4 && type != 0x86dd) return;
        const auto protocol = std::to_integer<unsigned>(frame[ipv4 ? 23 : 20]);
        if (protocol != 50 && protocol != 51) return;
        const auto payload = frame.begin() + (ipv4 ? 34 : 54);
        const auto header = payload + (protocol == 50 ? 0 : 4);
        Key key(frame.begin() + (ipv4 ? 26 : 22), payload);
        key.push_back(std::byte(protocol));
        key.insert(key.end(), header, header + 4);
        std::uint32_t number = 0;
        for (int i = 4; i < 8; ++i)
            number = number << 8 | std::to_integer<std::uint32_t>(header[i]);
        note(senders[key], number);
    }

    std::map<Key, Sender> senders;

   private:
    static void note(Sender& sender, std::uint32_t number) {
        sender.numbers.push_back(number);
        if (!sender.seen.empty() && number < *sender.seen.rbegin() &&
            !sender.seen.contains(number)) {
            ++sender.reordered;
            sender.late.insert(number);
            sender.latest_by = std::max(sender.latest_by, *sender.seen.rbegin() - number);
        }
        if (!sender.seen.insert(number).second) {
            ++sender.duplicated;
            sender.repeated.insert(number);
        }
    }
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
void add_well_formed(Observer& observer, const Frame& frame) {
    if (parsed(frame).status == parse::ParseStatus::kOk) observer.add(frame);
}

void expect_same(const Truth& truth, const Observer& observer) {
    ASSERT_EQ(truth.per_association.size(), observer.senders.size());
    ASSERT_EQ(truth.associations, observer.senders.size());
    Truth sums;
    for (const AssociationTruth& association : truth.per_association) {
        const auto found = observer.senders.find(key_of(association));
        ASSERT_NE(found, observer.senders.end()) << "SPI " << association.spi;
        const Observer::Sender& sender = found->second;
        EXPECT_EQ(association.packets, sender.numbers.size()) << "SPI " << association.spi;
        EXPECT_EQ(association.lost, sender.lost()) << "SPI " << association.spi;
        EXPECT_EQ(association.duplicated, sender.duplicated) << "SPI " << association.spi;
        EXPECT_EQ(association.reordered, sender.reordered) << "SPI " << association.spi;
        sums.ipsec_packets += sender.numbers.size();
        sums.lost += sender.lost();
        sums.duplicated += sender.duplicated;
        sums.reordered += sender.reordered;
    }
    EXPECT_EQ(truth.ipsec_packets, sums.ipsec_packets);
    EXPECT_EQ(truth.lost, sums.lost);
    EXPECT_EQ(truth.duplicated, sums.duplicated);
    EXPECT_EQ(truth.reordered, sums.reordered);
}

TEST(Traffic, KnowsItsSequenceNumbersAtEveryStop) {
    Traffic traffic({3, true});
    Observer observer;
    expect_same(traffic.truth(), observer);
    // Close together at first, so that stops meet numbers that are held back; then over a long run.
    for (int i = 1; i <= 1'200'000; ++i) {
        add_well_formed(observer, next_frame(traffic));
        const bool stop = i < 1000 || (i < 100'000 && i % 97 == 0) || i % 99'991 == 0;
        if (!stop) continue;
        ASSERT_NO_FATAL_FAILURE(expect_same(traffic.truth(), observer));
        ASSERT_FALSE(HasFailure()) << "after " << i;
    }
    expect_same(traffic.truth(), observer);
}

TEST(Traffic, PlantsFaultsApartAndAtTheirRate) {
    Traffic traffic({8, true});
    Observer observer;
    for (int i = 0; i < 3'000'000; ++i) add_well_formed(observer, next_frame(traffic));
    const Truth truth = traffic.truth();
    const double each = static_cast<double>(truth.ipsec_packets) / 1024;
    EXPECT_NEAR(static_cast<double>(truth.lost), each, each * 0.2);
    EXPECT_NEAR(static_cast<double>(truth.duplicated), each, each * 0.2);
    EXPECT_NEAR(static_cast<double>(truth.reordered), each, each * 0.2);
    std::set<std::uint32_t> spis;
    for (const AssociationTruth& association : truth.per_association) {
        EXPECT_GE(association.spi, 256U) << "reserved (RFC 4303, section 2.1)";
        spis.insert(association.spi);
    }
    EXPECT_EQ(spis.size(), truth.associations);
    EXPECT_GE(spis.size(), 24U);
    std::uint32_t latest_by = 0;
    for (const auto& [key, sender] : observer.senders) {
        EXPECT_EQ(sender.numbers.front(), 1U);
        EXPECT_EQ(sender.repeated.size(), sender.duplicated) << "one number was repeated twice";
        for (const std::uint32_t number : sender.late) {
            EXPECT_FALSE(sender.repeated.contains(number)) << number;
        }
        latest_by = std::max(latest_by, sender.latest_by);
    }
    EXPECT_LE(latest_by, kLatestBy);
    EXPECT_GT(latest_by, kLatestBy / 2);
}

TEST(Traffic, StartsEachAssociationInOrder) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        Traffic traffic({seed, true});
        Observer observer;
        for (int i = 0; i < 2 * kScheduled; ++i) add_well_formed(observer, next_frame(traffic));
        for (const auto& [key, sender] : observer.senders) {
            ASSERT_GE(sender.numbers.size(), 16U);
            for (std::uint32_t i = 0; i < 16; ++i) ASSERT_EQ(sender.numbers[i], i + 1);
        }
    }
}

}  // namespace
}  // namespace weir::gen
