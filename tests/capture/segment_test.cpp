// SPDX-License-Identifier: BSD-3-Clause
#include "capture/segment.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

namespace weir::capture {
namespace {

/// Fills the octets that add() asks for with a number.
void add(Segment& segment, std::uint32_t captured_bytes, unsigned fill) {
    std::memset(segment.add(fill, fill * 1000, captured_bytes + 1, captured_bytes),
                static_cast<int>(fill), captured_bytes);
}

TEST(Segment, HoldsARunOfWholeBlocks) {
    const auto segment = std::make_unique<Segment>();
    EXPECT_TRUE(segment->blocks().empty());
    for (unsigned i = 0; i < 200; ++i) add(*segment, i, i);
    EXPECT_EQ(segment->packets(), 200U);
    PacketBlockWalker walker(segment->blocks());
    for (unsigned i = 0; i < 200; ++i) {
        const std::size_t at = segment->blocks().size() - walker.rest().size();
        const PacketBlock block = walker.next();
        ASSERT_EQ(block.captured.size(), i);
        EXPECT_EQ(block.interface, i);
        EXPECT_EQ(block.timestamp_ns, i * 1000);
        EXPECT_EQ(block.wire_bytes, i + 1);
        for (const std::byte octet : block.captured) ASSERT_EQ(octet, std::byte(i));
        if (i == 199) {
            EXPECT_EQ(segment->last_block(), at);
        }
    }
    EXPECT_TRUE(walker.rest().empty());
}

TEST(Segment, TakesBlocksUpToItsLastOctet) {
    const auto segment = std::make_unique<Segment>();
    constexpr std::uint32_t kLong = 65535;
    while (segment->has_room(kLong)) add(*segment, kLong, 7);
    EXPECT_EQ(segment->packets(), Segment::kCapacity / packet_block_bytes(kLong));
    const auto rest = static_cast<std::uint32_t>(segment->room() - kPacketBlockOverheadBytes);
    EXPECT_FALSE(segment->has_room(rest + 1));
    ASSERT_TRUE(segment->has_room(rest));
    add(*segment, rest, 8);
    EXPECT_EQ(segment->room(), 0U);
    EXPECT_EQ(segment->blocks().size(), Segment::kCapacity);
    EXPECT_FALSE(segment->has_room(0));
}

TEST(Segment, IsEmptyOnceItIsCleared) {
    const auto segment = std::make_unique<Segment>();
    add(*segment, 100, 1);
    add(*segment, 100, 2);
    segment->clear();
    EXPECT_TRUE(segment->blocks().empty());
    EXPECT_EQ(segment->packets(), 0U);
    EXPECT_EQ(segment->room(), Segment::kCapacity);
    add(*segment, 5, 3);
    EXPECT_EQ(segment->last_block(), 0U);
    EXPECT_EQ(first_packet_block(segment->blocks()).interface, 3U);
}

}  // namespace
}  // namespace weir::capture
