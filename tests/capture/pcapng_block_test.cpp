// SPDX-License-Identifier: BSD-3-Clause
#include "capture/pcapng_block.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "support/capture_output.hpp"

namespace weir::capture {
namespace {

using test::Bytes;

TEST(PcapngBlock, IsWhatTheFormatSays) {
    for (std::size_t size : {0, 1, 2, 3, 4, 59, 60, 61, 1514, 262144}) {
        const Bytes frame = test::frame_of(size, 0xee);
        constexpr std::uint64_t kTime = 0x0123456789abcdef;
        // One octet more, at an odd address: what stands behind the block is left alone.
        Bytes memory(packet_block_bytes(size) + 2, std::byte{0xa5});
        ASSERT_EQ(append_packet_block(memory.data() + 1, 3, kTime, 70000, frame),
                  packet_block_bytes(size));
        EXPECT_EQ(memory.front(), std::byte{0xa5});
        EXPECT_EQ(memory.back(), std::byte{0xa5});
        const Bytes expected = test::PcapngFile().packet(3, kTime, frame, 70000).bytes();
        EXPECT_EQ(Bytes(memory.begin() + 1, memory.end() - 1), expected) << size;
    }
}

TEST(PcapngBlock, TakesAPacketInPieces) {
    const Bytes frame = test::numbered_packet(5).bytes;
    Bytes whole(packet_block_bytes(frame.size()));
    Bytes pieces(whole.size(), std::byte{0xa5});
    append_packet_block(whole.data(), 1, 7, 300, frame);
    std::byte* packet =
        begin_packet_block(pieces.data(), 1, 7, 300, static_cast<std::uint32_t>(frame.size()));
    std::memcpy(packet, frame.data(), 20);
    std::memcpy(packet + 20, frame.data() + 20, frame.size() - 20);
    EXPECT_EQ(pieces, whole);
}

TEST(PcapngBlock, IsWalkedInARun) {
    const Bytes run = test::run_of(0, 100);
    PacketBlockWalker walker(run);
    for (std::uint64_t number = 0; number < 100; ++number) {
        const PacketBlock block = walker.next();
        ASSERT_EQ(block.bytes.size(), packet_block_bytes(block.captured.size()));
        const CapturedPacket packet{block.captured, block.wire_bytes, block.timestamp_ns,
                                    block.interface};
        EXPECT_EQ(test::ReadPacket(packet), test::numbered_packet(number));
    }
    EXPECT_TRUE(walker.rest().empty());
    EXPECT_TRUE(walker.next().bytes.empty());
}

TEST(PcapngBlock, IsNotWalkedBeyondTheEndOfACutRun) {
    const Bytes run = test::run_of(0, 3);
    const std::size_t two = test::run_of(0, 2).size();
    for (std::size_t size = two; size < run.size(); ++size) {
        PacketBlockWalker walker{std::span(run).first(size)};
        EXPECT_FALSE(walker.next().bytes.empty());
        EXPECT_FALSE(walker.next().bytes.empty());
        EXPECT_TRUE(walker.next().bytes.empty());
        EXPECT_EQ(walker.rest().size(), size - two);
    }
}

/// A block of one packet of 60 octets, with the number at `at` replaced.
PacketBlock damaged(std::size_t at, std::uint32_t number) {
    static Bytes run;
    run = test::run_of(0, 2);
    std::memcpy(run.data() + at, &number, sizeof(number));
    return first_packet_block(run);
}

TEST(PcapngBlock, IsNoneWhenItIsMalformed) {
    const std::size_t bytes = test::run_of(0, 1).size();
    EXPECT_EQ(damaged(0, kPacketBlockType).bytes.size(), bytes);
    EXPECT_TRUE(damaged(0, 5).bytes.empty()) << "another type";
    EXPECT_TRUE(damaged(4, 0).bytes.empty()) << "no length";
    EXPECT_TRUE(damaged(4, 0xfffffffc).bytes.empty()) << "longer than the run";
    EXPECT_TRUE(damaged(20, 61).bytes.empty()) << "a packet longer than the block";
    EXPECT_TRUE(damaged(20, 0xffffffff).bytes.empty()) << "a packet of 4 GiB";
    EXPECT_TRUE(damaged(bytes - 4, bytes + 4).bytes.empty()) << "two lengths";
    Bytes odd = test::run_of(0, 2);
    const auto length = static_cast<std::uint32_t>(bytes + 1);
    std::memcpy(odd.data() + 4, &length, sizeof(length));
    std::memcpy(odd.data() + length - 4, &length, sizeof(length));
    EXPECT_TRUE(first_packet_block(odd).bytes.empty()) << "no multiple of four";
}

}  // namespace
}  // namespace weir::capture
