// SPDX-License-Identifier: BSD-3-Clause
// What AddressSanitizer catches in and around mbufs. In builds with it.

#include "mem/poison.hpp"

#include <gtest/gtest.h>
#include <rte_lcore.h>

#include <array>
#include <cstring>

#include "mem/packet_pool.hpp"
#include "ring/packet_ring.hpp"

namespace weir::mem {
namespace {

constexpr char kCaught[] = "use-after-poison";
constexpr std::size_t kRoom = 512;

base::SocketId this_socket() { return {static_cast<int>(rte_socket_id())}; }

std::byte read(const std::byte* octet) { return *static_cast<const volatile std::byte*>(octet); }
void write(std::byte* octet) { *static_cast<volatile std::byte*>(octet) = std::byte{1}; }
bool is_closed(const void* octet) { return __asan_address_is_poisoned(octet) != 0; }

std::byte* data_of(const rte_mbuf* mbuf) { return rte_pktmbuf_mtod(mbuf, std::byte*); }

class PoisonTest : public testing::Test {
   protected:
    // A copy of this process would share the pool's memory with it.
    PoisonTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

    rte_mbuf* segment(std::uint16_t bytes) {
        Burst burst;
        EXPECT_TRUE(pool_.allocate(burst, 1));
        rte_mbuf* mbuf = burst.pop();
        EXPECT_NE(rte_pktmbuf_append(mbuf, bytes), nullptr);
        std::memset(data_of(mbuf), 0, bytes);
        return mbuf;
    }

    PacketPool pool_{"poison", 63, kRoom, this_socket()};
};

using PoisonDeathTest = PoisonTest;

TEST_F(PoisonDeathTest, CatchesOneOctetPastTheEnd) {
    for (const std::uint16_t bytes : {60, 61, 64}) {
        Burst burst;
        burst.push(segment(bytes));
        std::byte* data = data_of(burst[0]);
        read(data + bytes - 1);
        EXPECT_DEATH(read(data + bytes), kCaught) << bytes;
        EXPECT_DEATH(write(data + bytes), kCaught) << bytes;
    }
}

TEST_F(PoisonDeathTest, CatchesOneOctetBeforeTheStart) {
    Burst burst;
    burst.push(segment(60));
    EXPECT_DEATH(read(data_of(burst[0]) - 1), kCaught);
    EXPECT_DEATH(write(data_of(burst[0]) - 1), kCaught);
}

TEST_F(PoisonDeathTest, CatchesACopyThatIsTooLong) {
    Burst burst;
    burst.push(segment(60));
    std::array<std::byte, 100> copy;
    std::memcpy(copy.data(), data_of(burst[0]), 60);
    volatile std::size_t too_many = 61;
    EXPECT_DEATH(std::memcpy(copy.data(), data_of(burst[0]), too_many), kCaught);
}

TEST_F(PoisonDeathTest, CatchesOneOctetPastTheEndOfEachSegment) {
    rte_mbuf* first = segment(60);
    ASSERT_EQ(rte_pktmbuf_chain(first, segment(33)), 0);
    ASSERT_EQ(rte_pktmbuf_chain(first, segment(1)), 0);
    Burst burst;
    burst.push(first);
    for (const rte_mbuf* mbuf = first; mbuf != nullptr; mbuf = mbuf->next) {
        read(data_of(mbuf) + mbuf->data_len - 1);
        EXPECT_DEATH(read(data_of(mbuf) + mbuf->data_len), kCaught) << mbuf->data_len;
        EXPECT_DEATH(read(data_of(mbuf) - 1), kCaught) << mbuf->data_len;
    }
}

TEST_F(PoisonDeathTest, CatchesTheUseOfAFreePacket) {
    Burst burst;
    burst.push(segment(60));
    rte_mbuf* mbuf = burst[0];
    std::byte* data = data_of(mbuf);
    burst.free_all();
    EXPECT_DEATH(read(data), kCaught);
    EXPECT_DEATH(write(data), kCaught);
    EXPECT_DEATH(read(reinterpret_cast<std::byte*>(&mbuf->pkt_len)), kCaught);
}

TEST_F(PoisonDeathTest, CatchesTheUseOfAPacketThatIsInARing) {
    ring::PacketRing ring(16, this_socket());
    Burst burst;
    burst.push(segment(60));
    std::byte* data = data_of(burst[0]);
    ASSERT_EQ(ring.push(burst), 1U);
    EXPECT_DEATH(read(data), kCaught);
    ASSERT_EQ(ring.pop(burst), 1U);
    read(data);
    EXPECT_DEATH(read(data + 60), kCaught);
}

TEST_F(PoisonTest, LeavesThePacketOpenAndNothingElse) {
    for (std::uint16_t bytes = 0; bytes <= kRoom; ++bytes) {
        Burst burst;
        burst.push(segment(bytes));
        const std::byte* data = data_of(burst[0]);
        const auto* buffer = static_cast<const std::byte*>(burst[0]->buf_addr);
        for (const std::byte* octet = buffer; octet != buffer + burst[0]->buf_len; ++octet) {
            ASSERT_EQ(is_closed(octet), octet < data || octet >= data + bytes)
                << bytes << " octets, octet " << octet - data;
        }
    }
}

TEST_F(PoisonTest, ClosesAllButTheOctetsThatShareEightWithAnUnalignedStart) {
    for (std::uint16_t gone = 0; gone < 16; ++gone) {
        rte_mbuf* mbuf = segment(60);
        rte_pktmbuf_adj(mbuf, gone);
        Burst burst;
        burst.push(mbuf);
        const std::byte* data = data_of(mbuf);
        EXPECT_FALSE(is_closed(data));
        EXPECT_TRUE(is_closed(data - gone % 8 - 1));
        EXPECT_TRUE(is_closed(data + mbuf->data_len));
    }
}

TEST_F(PoisonTest, LetsAPacketGrowThatWasTakenOutOfItsBurst) {
    Burst burst;
    burst.push(segment(60));
    rte_mbuf* mbuf = burst.pop();
    std::memset(rte_pktmbuf_append(mbuf, 4), 0, 4);
    std::memset(rte_pktmbuf_prepend(mbuf, 8), 0, 8);
    burst.push(mbuf);
    EXPECT_FALSE(is_closed(data_of(mbuf)));
    EXPECT_FALSE(is_closed(data_of(mbuf) + 71));
    EXPECT_TRUE(is_closed(data_of(mbuf) - 1));
    EXPECT_TRUE(is_closed(data_of(mbuf) + 72));
}

TEST_F(PoisonTest, OpensWhatADriverIsOfferedAndClosesWhatItLeaves) {
    Burst burst;
    burst.push(segment(60));
    burst.push(segment(60));
    const rte_mbuf* left = burst[1];
    const auto take_one = [](rte_mbuf** mbufs, std::size_t count) {
        EXPECT_EQ(count, 2U);
        for (std::size_t i = 0; i < count; ++i) {
            EXPECT_FALSE(is_closed(data_of(mbufs[i]) - 1));
            EXPECT_FALSE(is_closed(data_of(mbufs[i]) + 60));
        }
        rte_pktmbuf_free(mbufs[0]);
        return std::size_t{1};
    };
    EXPECT_EQ(burst.offer(Owner::kDriverTx, take_one), 1U);
    ASSERT_EQ(burst.size(), 1U);
    EXPECT_EQ(burst[0], left);
    EXPECT_TRUE(is_closed(data_of(left) + 60));
}

}  // namespace
}  // namespace weir::mem
