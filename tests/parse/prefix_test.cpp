// SPDX-License-Identifier: BSD-3-Clause
// Properties of the parser over many packets: it never reads past what it is given, and what it
// says of a prefix is what it says of the whole, or "truncated".

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "gen/traffic.hpp"
#include "parsed.hpp"
#include "support/guarded_bytes.hpp"

namespace weir::parse {
namespace {

using test::GuardedBytes;

constexpr std::size_t kRoom = 4096;

/// Everything that is written of a record.
bool same(const PacketRecord& one, const PacketRecord& other) {
    const std::size_t listed = std::min<std::size_t>(one.layer_count, kMaxListedLayers);
    return std::memcmp(&one, &other, offsetof(PacketRecord, layer_offsets)) == 0 &&
           std::equal(one.layer_offsets.begin(), one.layer_offsets.begin() + listed,
                      other.layer_offsets.begin()) &&
           std::equal(one.layer_kinds.begin(), one.layer_kinds.begin() + listed,
                      other.layer_kinds.begin());
}

/// Parses every prefix of `frame` and compares with the whole.
void check_prefixes(std::span<const std::byte> frame, GuardedBytes& guarded) {
    const auto wire = static_cast<std::uint32_t>(frame.size());
    PacketRecord whole;
    parse({guarded.flush_against_guard(frame), wire}, whole);
    ASSERT_NE(whole.status, ParseStatus::kTruncated);
    for (std::size_t size = 0; size <= frame.size(); ++size) {
        PacketRecord record;
        parse({guarded.flush_against_guard(frame.first(size)), wire}, record);
        if (record.status == ParseStatus::kTruncated) continue;
        ASSERT_TRUE(same(record, whole)) << "prefix of " << size << " of " << frame.size();
    }
}

/// Packets whose prefixes are worth a look of their own: a decision may hang on octets far behind.
std::vector<Packet> delicate_packets() {
    return {
        ip4().set16(2, 1500).tcp(1, 2, 40).payload(30),
        ip4().set16(2, 0).udp(1, 2).payload(30),
        ip4().udp(1, 2).set16(4, 9000).payload(30),
        ip4().ah(1, 2, 60).set8(1, 200).payload(300),
        ip4().fragment(0, true).ipv4("10.0.0.3", "10.0.0.4").set16(2, 1400).udp(1, 4789).vxlan(5),
        ip4().ipv4("10.0.0.3", "10.0.0.4").set16(2, 1400).udp(1, 4789).vxlan(5).eth().payload(9),
        ip6().set16(4, 0).hop_by_hop().set8(2, 0xc2).udp(1, 2).payload(9),
        ip6().set16(4, 0).hop_by_hop(2).set8(2, 0).set8(4, 7).set8(5, 9).udp(1, 2).payload(9),
        ip6().set16(4, 0).hop_by_hop().set8(1, 255).set8(2, 0xc3).set8(3, 255).payload(300),
        ip6().set16(4, 900).hop_by_hop().routing(3).ipv6_fragment(0, true).tcp(1, 2, 8),
        Packet().eth().arp("10.0.0.1", "10.0.0.2").set8(4, 99).pad_to(60),
    };
}

TEST(ParsePrefix, AgreesForEveryDelicatePacket) {
    GuardedBytes guarded(kRoom);
    for (const Packet& packet : delicate_packets()) {
        ASSERT_NO_FATAL_FAILURE(check_prefixes(packet.build(), guarded));
    }
}

TEST(ParsePrefix, AgreesWithTheWholeOrIsTruncated) {
    GuardedBytes guarded(kRoom);
    gen::Traffic traffic(gen::TrafficProfile{});
    std::vector<std::byte> frame(gen::kMaxGeneratedBytes);
    for (int i = 0; i < 3000; ++i) {
        const std::size_t size = traffic.next(frame.data());
        ASSERT_NO_FATAL_FAILURE(check_prefixes(std::span(frame).first(size), guarded));
    }
}

TEST(ParsePrefix, HoldsForMutatedPacketsToo) {
    GuardedBytes guarded(kRoom);
    gen::Traffic traffic(gen::TrafficProfile{});
    std::mt19937 random(7);
    std::vector<std::byte> frame(gen::kMaxGeneratedBytes);
    for (int i = 0; i < 20000; ++i) {
        std::size_t size = traffic.next(frame.data());
        const unsigned flips = 1 + random() % 4;
        for (unsigned flip = 0; flip < flips; ++flip) {
            const std::size_t at = random() % std::min<std::size_t>(size, 120);
            frame[at] = static_cast<std::byte>(random());
        }
        size = random() % 3 == 0 ? random() % size + 1 : size;
        PacketRecord whole;
        const auto bytes = guarded.flush_against_guard(std::span(frame).first(size));
        parse({bytes, static_cast<std::uint32_t>(size)}, whole);
        ASSERT_LE(whole.valid_bytes, size);
        ASSERT_LE(whole.layer_count, kMaxLayers);
        if (i % 20 == 0) {
            ASSERT_NO_FATAL_FAILURE(check_prefixes(std::span(frame).first(size), guarded));
        }
    }
}

TEST(ParsePrefix, SurvivesRandomOctets) {
    GuardedBytes guarded(kRoom);
    std::mt19937_64 random(99);
    std::vector<std::byte> frame(256);
    for (int i = 0; i < 100000; ++i) {
        const std::size_t size = random() % frame.size();
        for (std::size_t at = 0; at < size; ++at) frame[at] = static_cast<std::byte>(random());
        if (size > 14 && i % 2 == 0) {
            const bool ipv4 = i % 4 == 0;
            frame[12] = ipv4 ? std::byte{0x08} : std::byte{0x86};
            frame[13] = ipv4 ? std::byte{0x00} : std::byte{0xdd};
            frame[14] = ipv4 ? std::byte{0x45} : std::byte{0x60};
        }
        PacketRecord record;
        parse({guarded.flush_against_guard(std::span(frame).first(size)),
               static_cast<std::uint32_t>(random() % 2000)},
              record);
        ASSERT_LE(record.valid_bytes, size);
    }
}

}  // namespace
}  // namespace weir::parse
