// SPDX-License-Identifier: BSD-3-Clause
#include "mem/free_to_pools.hpp"

#include <gtest/gtest.h>
#include <rte_lcore.h>

#include <array>
#include <span>

#include "mem/packet_pool.hpp"

namespace weir::mem {
namespace {

base::SocketId this_socket() { return {static_cast<int>(rte_socket_id())}; }

class FreeToPools : public testing::Test {
   protected:
    static constexpr std::size_t kPackets = 8;

    FreeToPools() : pool_("free", 127, 2048, this_socket()) {
        for (rte_mbuf*& packet : packets_) packet = rte_pktmbuf_alloc(pool_.handle());
    }
    void free_all() { free_to_pools(packets_); }
    [[nodiscard]] std::size_t in_use() const { return pool_.size() - pool_.available(); }
    [[nodiscard]] bool as_they_are() const { return may_return_as_they_are(packets_); }

    /// Every mbuf of the pool is as the mbuf library wants free ones.
    void expect_clean() {
        std::array<rte_mbuf*, 127> all{};
        ASSERT_EQ(rte_mempool_get_bulk(pool_.handle(), reinterpret_cast<void**>(all.data()), 127),
                  0);
        for (const rte_mbuf* mbuf : all) {
            EXPECT_EQ(rte_mbuf_refcnt_read(mbuf), 1U);
            EXPECT_EQ(mbuf->nb_segs, 1U);
            EXPECT_EQ(mbuf->next, nullptr);
            EXPECT_TRUE(RTE_MBUF_DIRECT(mbuf));
        }
        rte_mempool_put_bulk(pool_.handle(), reinterpret_cast<void**>(all.data()), 127);
    }

    PacketPool pool_;
    std::array<rte_mbuf*, kPackets> packets_{};
};

TEST_F(FreeToPools, ReturnsPlainPacketsAsTheyAre) {
    ASSERT_TRUE(as_they_are());
    free_all();
    EXPECT_EQ(in_use(), 0U);
    expect_clean();
}

TEST_F(FreeToPools, FreesEverySegment) {
    for (const std::size_t at : {std::size_t{0}, kPackets - 1}) {
        rte_mbuf* tail = rte_pktmbuf_alloc(pool_.handle());
        rte_pktmbuf_append(tail, 10);
        ASSERT_EQ(rte_pktmbuf_chain(packets_[at], tail), 0);
    }
    EXPECT_FALSE(as_they_are());
    EXPECT_EQ(in_use(), kPackets + 2);
    free_all();
    EXPECT_EQ(in_use(), 0U);
    expect_clean();
}

TEST_F(FreeToPools, LeavesAPacketToWhoeverElseHoldsIt) {
    rte_mbuf* const shared = packets_[3];
    rte_mbuf_refcnt_update(shared, 1);
    EXPECT_FALSE(as_they_are());
    free_all();
    EXPECT_EQ(in_use(), 1U);
    EXPECT_EQ(rte_mbuf_refcnt_read(shared), 1U);
    rte_pktmbuf_free(shared);
    EXPECT_EQ(in_use(), 0U);
    expect_clean();
}

TEST_F(FreeToPools, GivesEachPacketToItsOwnPool) {
    PacketPool other("other", 127, 2048, this_socket());
    rte_pktmbuf_free(packets_.back());
    packets_.back() = rte_pktmbuf_alloc(other.handle());
    EXPECT_FALSE(as_they_are());
    free_all();
    EXPECT_EQ(in_use(), 0U);
    EXPECT_EQ(other.available(), other.size());
}

TEST_F(FreeToPools, LetsGoOfTheBufferOfAnother) {
    rte_mbuf* const clone = packets_[5];
    rte_mbuf* const lent = packets_[6];
    rte_pktmbuf_attach(clone, lent);
    EXPECT_FALSE(as_they_are());
    free_all();
    EXPECT_EQ(in_use(), 0U);
    expect_clean();
}

TEST_F(FreeToPools, LetsGoOfABufferThatIsNoMbufs) {
    std::array<std::byte, 512> buffer{};
    static int freed = 0;
    std::uint16_t octets = sizeof buffer;
    rte_mbuf_ext_shared_info* const info = rte_pktmbuf_ext_shinfo_init_helper(
        buffer.data(), &octets, [](void*, void*) { ++freed; }, nullptr);
    ASSERT_NE(info, nullptr);
    rte_pktmbuf_attach_extbuf(packets_[0], buffer.data(), 0, octets, info);
    EXPECT_FALSE(as_they_are());
    free_all();
    EXPECT_EQ(freed, 1);
    EXPECT_EQ(in_use(), 0U);
    expect_clean();
}

}  // namespace
}  // namespace weir::mem
