// SPDX-License-Identifier: BSD-3-Clause
#include "flow/spread_hash.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "gen/packet_builder.hpp"

namespace weir::flow {
namespace {

using gen::Packet;

std::uint32_t hash(const Packet& packet) { return spread_hash(packet.build()); }

std::string address(unsigned last) {
    return "10.0." + std::to_string(last / 250) + "." + std::to_string(last % 250 + 1);
}

Packet udp4(unsigned from, unsigned to, unsigned source, unsigned destination) {
    return Packet()
        .eth()
        .ipv4(address(from), address(to))
        .udp(static_cast<std::uint16_t>(source), static_cast<std::uint16_t>(destination))
        .payload(8);
}

TEST(SpreadHash, IsTheSameForBothDirections) {
    EXPECT_EQ(hash(udp4(1, 2, 1000, 53)), hash(udp4(2, 1, 53, 1000)));
    const auto tcp6 = [](const char* from, const char* to, unsigned source, unsigned destination) {
        return hash(Packet().eth().ipv6(from, to).hop_by_hop().tcp(
            static_cast<std::uint16_t>(source), static_cast<std::uint16_t>(destination)));
    };
    EXPECT_EQ(tcp6("fd00::1", "fd00::2", 7, 8), tcp6("fd00::2", "fd00::1", 8, 7));
    EXPECT_NE(tcp6("fd00::1", "fd00::2", 7, 8), tcp6("fd00::1", "fd00::2", 7, 9));
}

TEST(SpreadHash, LooksThroughVlanTags) {
    const Packet plain = udp4(1, 2, 3, 4);
    const Packet tagged =
        Packet().eth().vlan(1, 0x88a8).vlan(2).ipv4(address(1), address(2)).udp(3, 4).payload(8);
    EXPECT_EQ(hash(plain), hash(tagged));
}

TEST(SpreadHash, TellsAssociationsApartAndIgnoresTheirSequence) {
    const auto esp = [](std::uint32_t spi, std::uint32_t sequence) {
        return hash(Packet().eth().ipv4("10.0.0.1", "10.0.0.2").esp(spi, sequence).payload(16));
    };
    EXPECT_EQ(esp(1000, 1), esp(1000, 2));
    EXPECT_NE(esp(1000, 1), esp(1001, 1));
    const auto natt = [](unsigned spi) {
        return hash(Packet()
                        .eth()
                        .ipv4("10.0.0.1", "10.0.0.2")
                        .udp(4500, 4500)
                        .raw({0, 0, 0, spi, 0, 0, 0, 1, 0, 0, 0, 0}));
    };
    EXPECT_NE(natt(1), natt(2));
    const auto ah = [](std::uint32_t spi) {
        return hash(Packet().eth().ipv6("fd00::1", "fd00::2").ah(spi, 5).udp(1, 2));
    };
    EXPECT_NE(ah(1), ah(2));
}

TEST(SpreadHash, GivesAllFragmentsOfAPacketTheSameWorker) {
    const auto base = [] { return Packet().eth().ipv4("10.0.0.1", "10.0.0.2"); };
    const auto first = hash(base().fragment(0, true).udp(1000, 53).payload(64));
    const auto later = hash(base().set8(9, 17).fragment(10, false).payload(64));
    EXPECT_EQ(first, later);
}

TEST(SpreadHash, ReadsNothingPastThePrefix) {
    const auto frame =
        Packet().eth().vlan(1).ipv6("fd00::1", "fd00::2").hop_by_hop().udp(1, 2).build();
    for (std::size_t size = 0; size <= frame.size(); ++size) {
        // A vector of its own size, so that a sanitizer sees every octet past its end.
        const std::vector<std::byte> prefix(frame.begin(),
                                            frame.begin() + static_cast<std::ptrdiff_t>(size));
        static_cast<void>(spread_hash(prefix));
    }
}

TEST(SpreadHash, SpreadsNeighbouringFlowsEvenly) {
    constexpr unsigned kFlows = 16384;
    for (const unsigned workers : {2U, 3U, 4U, 8U}) {
        std::vector<unsigned> by_address(workers);
        std::vector<unsigned> by_port(workers);
        for (unsigned i = 0; i < kFlows; ++i) {
            const auto choose = [workers](std::uint64_t value) { return value * workers >> 32; };
            ++by_address[choose(hash(udp4(i, 60000, 1000, 53)))];
            ++by_port[choose(hash(udp4(1, 2, 1024 + i, 53)))];
        }
        const double expected = static_cast<double>(kFlows) / workers;
        for (unsigned worker = 0; worker < workers; ++worker) {
            // Four standard deviations of an even spread.
            EXPECT_NEAR(by_address[worker], expected, 4 * std::sqrt(expected));
            EXPECT_NEAR(by_port[worker], expected, 4 * std::sqrt(expected));
        }
    }
}

}  // namespace
}  // namespace weir::flow
