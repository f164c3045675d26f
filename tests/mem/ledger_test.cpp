// SPDX-License-Identifier: BSD-3-Clause
// Faults put in on purpose, and what the ownership ledger says of them: which fault, and the places
// of the last hand-over and of the present one. In builds with -Dledger=true.

#include "mem/ledger.hpp"

#include <gtest/gtest.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include <cstring>
#include <string>

#include "mem/packet_pool.hpp"
#include "port/port.hpp"
#include "ring/packet_ring.hpp"

namespace weir::mem {
namespace {

base::SocketId this_socket() { return {static_cast<int>(rte_socket_id())}; }

/// "at tests/mem/ledger_test.cpp:LINE", as a regular expression.
std::string at(unsigned line) { return "at tests/mem/ledger_test\\.cpp:" + std::to_string(line); }

/// What a finding says, as a regular expression.
std::string finding(const std::string& what, const std::string& now, const std::string& before) {
    return "weir: " + what + " mbuf 0x[0-9a-f]+ of pool faults.*now: +" + now +
           ".*before: " + before + ".*us earlier";
}

auto sender_to(const port::Port& port) {
    return [&port](rte_mbuf** mbufs, std::size_t count) {
        return rte_eth_tx_burst(port.id().value, 0, mbufs, static_cast<std::uint16_t>(count));
    };
}

class LedgerTest : public testing::Test {
   protected:
    // Every fault has its own process, which begins from the start: a copy of this one would share
    // the pool's memory with it.
    LedgerTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

    rte_mbuf* allocate_one() {
        Burst burst;
        EXPECT_TRUE(pool_.allocate(burst, 1));
        return burst.pop();
    }
    /// A packet that is in its pool again, freed as freed_before_ says.
    rte_mbuf* free_one() {
        rte_mbuf* mbuf = allocate_one();
        free_packet(mbuf);
        return mbuf;
    }
    const std::string freed_before_ = "freed on lcore 0 " + at(__LINE__ - 3);

    PacketPool pool_{"faults", 63, 512, this_socket()};
};

using LedgerDeathTest = LedgerTest;

TEST_F(LedgerDeathTest, NamesBothPlacesOfADoubleFree) {
    rte_mbuf* mbuf = free_one();
    const std::string now = "freed on lcore 0 " + at(__LINE__ + 1);
    EXPECT_DEATH(free_packet(mbuf), finding("double free of", now, freed_before_));
}

TEST_F(LedgerDeathTest, FindsADoubleFreeByABurst) {
    Burst burst;
    ASSERT_TRUE(pool_.allocate(burst, 2));
    rte_mbuf* other = burst[0];
    free_packet(burst[1]);
    const std::string before = "freed on lcore 0 " + at(__LINE__ - 1);
    const std::string now = "freed on lcore 0 " + at(__LINE__ + 1);
    EXPECT_DEATH(burst.free_all(), finding("double free of", now, before));
    burst.give(2);
    free_packet(other);
}

TEST_F(LedgerDeathTest, NamesTheBurstWhoseEndIsADoubleFree) {
    const auto fault = [this] {
        Burst burst;
        ASSERT_TRUE(pool_.allocate(burst, 1));
        free_packet(burst[0]);
    };
    const unsigned made = __LINE__ - 4;
    EXPECT_DEATH(fault(), finding("double free of", "freed on lcore 0 " + at(made),
                                  "freed on lcore 0 " + at(made + 2)));
}

TEST_F(LedgerDeathTest, FindsAPacketTwiceInABurst) {
    Burst burst;
    ASSERT_TRUE(pool_.allocate(burst, 1));
    burst.push(burst[0]);
    const std::string both = "freed on lcore 0 " + at(__LINE__ + 1);
    EXPECT_DEATH(burst.free_all(), finding("double free of", both, both));
    burst.give(1);
}

TEST_F(LedgerDeathTest, FindsADoubleFreeInsideDpdk) {
    rte_mbuf* mbuf = free_one();
    EXPECT_DEATH(rte_pktmbuf_free(mbuf),
                 finding("double free of", "freed on lcore 0 inside DPDK", freed_before_));
}

TEST_F(LedgerDeathTest, NamesTheLcoreThatFreedFirst) {
    rte_mbuf* mbuf = allocate_one();
    rte_eal_remote_launch(
        [](void* packet) {
            free_packet(static_cast<rte_mbuf*>(packet));
            return 0;
        },
        mbuf, 1);
    rte_eal_wait_lcore(1);
    EXPECT_DEATH(free_packet(mbuf),
                 finding("double free of", "freed on lcore 0 at", "freed on lcore 1 at"));
}

TEST_F(LedgerDeathTest, FindsAFreePacketThatIsHandedOver) {
    rte_mbuf* mbuf = free_one();
    Burst burst;
    const std::string now = "taken into a burst on lcore 0 " + at(__LINE__ + 1);
    EXPECT_DEATH(burst.push(mbuf), finding("use after free of", now, freed_before_));
}

TEST_F(LedgerDeathTest, FindsAFreePacketThatAStageLooksAt) {
    Burst burst;
    const std::string made = "looked at on lcore 0 " + at(__LINE__ - 1);
    ASSERT_TRUE(pool_.allocate(burst, 2));
    rte_mbuf* other = burst[0];
    free_packet(burst[1]);
    const std::string before = "freed on lcore 0 " + at(__LINE__ - 1);
    const std::string now = "looked at on lcore 0 " + at(__LINE__ + 1);
    EXPECT_DEATH(std::ignore = burst.mbufs(), finding("use after free of", now, before));
    EXPECT_DEATH(std::ignore = burst[1], finding("use after free of", made, before));
    burst.give(2);
    free_packet(other);
}

TEST_F(LedgerDeathTest, FindsAFreePacketThatADriverGives) {
    rte_mbuf* mbuf = free_one();
    Burst burst;
    *burst.tail() = mbuf;
    const std::string now = "taken into a burst on lcore 0 " + at(__LINE__ + 1);
    EXPECT_DEATH(burst.took(1), finding("use after free of", now, freed_before_));
}

TEST_F(LedgerDeathTest, FindsAFreeSegmentInAChain) {
    rte_mbuf* first = allocate_one();
    first->next = free_one();
    Burst burst;
    const std::string now = "taken into a burst on lcore 0 " + at(__LINE__ + 1);
    EXPECT_DEATH(burst.push(first), finding("use after free of", now, freed_before_));
    first->next = nullptr;
    free_packet(first);
}

TEST_F(LedgerDeathTest, FindsAPacketThatIsFreedWhileItIsInARing) {
    ring::PacketRing ring(16, this_socket());
    Burst burst;
    ASSERT_TRUE(pool_.allocate(burst, 1));
    rte_mbuf* mbuf = burst[0];
    ASSERT_EQ(ring.push(burst), 1U);
    const std::string before = "put into ring [0-9]+ on lcore 0 " + at(__LINE__ - 1);
    const std::string now = "freed on lcore 0 " + at(__LINE__ + 1);
    EXPECT_DEATH(free_packet(mbuf), finding("two owners of", now, before));
    EXPECT_DEATH(rte_pktmbuf_free(mbuf),
                 finding("two owners of", "freed on lcore 0 inside DPDK", before));
}

TEST_F(LedgerDeathTest, FindsAPacketThatIsFreedWhileADriverHasIt) {
    port::Port port(port::parse_port_spec("net_ring5"));
    port.start({}, pool_);
    Burst burst;
    ASSERT_TRUE(pool_.allocate(burst, 1));
    rte_mbuf* mbuf = burst[0];
    ASSERT_EQ(burst.offer(Owner::kDriverTx, sender_to(port)), 1U);
    const std::string before = "given to a transmit queue on lcore 0 " + at(__LINE__ - 1);
    const std::string now = "freed on lcore 0 " + at(__LINE__ + 1);
    EXPECT_DEATH(free_packet(mbuf), finding("two owners of", now, before));
    burst.took(rte_eth_rx_burst(port.id().value, 0, burst.tail(), 32));
    EXPECT_EQ(burst.size(), 1U);
}

TEST_F(LedgerDeathTest, FindsPointersThatAreNoMbufs) {
    rte_mbuf* mbuf = allocate_one();
    rte_mbuf* inside = mbuf + 1;
    rte_mbuf local{};
    Burst burst;
    const std::string foreign =
        "weir: foreign pointer: 0x[0-9a-f]+ is no mbuf of any packet pool.*now: +";
    PacketPool other("others", 63, 512, this_socket());
    rte_mbuf* misled = allocate_one();
    misled->pool = other.handle();
    EXPECT_DEATH(rte_pktmbuf_free(misled),
                 "foreign pointer: 0x[0-9a-f]+ is no mbuf of pool others");
    misled->pool = pool_.handle();
    free_packet(misled);
    const unsigned line = __LINE__;
    EXPECT_DEATH(free_packet(&local), foreign + "freed on lcore 0 " + at(line + 1));
    EXPECT_DEATH(free_packet(inside), foreign + "freed on lcore 0 " + at(line + 2));
    EXPECT_DEATH(burst.push(&local), foreign + "taken into a burst on lcore 0 " + at(line + 3));
    free_packet(mbuf);
}

TEST_F(LedgerDeathTest, FindsWhatWasWrittenAfterTheFreeWhenTheMbufIsTakenAgain) {
    Burst burst;
    const auto take_all = [&] { static_cast<void>(pool_.allocate(burst, pool_.available())); };
    const auto write_data = [&] {
        rte_pktmbuf_mtod(free_one(), char*)[3] = 'A';
        take_all();
    };
    const auto write_header = [&] {
        free_one()->pkt_len = 60;
        take_all();
    };
    const std::string now = "taken from the pool by DPDK on lcore 0 inside DPDK";
    EXPECT_DEATH(write_data(), finding("write after free into", now, freed_before_));
    EXPECT_DEATH(write_header(), finding("write after free into", now, freed_before_));
    EXPECT_DEATH(write_data(),
                 "octet " + std::to_string(RTE_PKTMBUF_HEADROOM + 3) + " of its buffer is 0x41");
    EXPECT_DEATH(write_header(), "octet " + std::to_string(offsetof(rte_mbuf, pkt_len)) +
                                     " of its header has changed");
    take_all();
    EXPECT_EQ(burst.size(), pool_.size());
}

TEST_F(LedgerDeathTest, FindsWhatWasWrittenAfterTheFreeWhenThePoolGoes) {
    const auto fault = [] {
        PacketPool pool("faults_2", 63, 512, this_socket());
        Burst burst;
        ASSERT_TRUE(pool.allocate(burst, 1));
        void* data = rte_pktmbuf_mtod(burst[0], void*);
        burst.free_all();
        std::memset(data, 0, 1);
    };
    const std::string before = "freed on lcore 0 " + at(__LINE__ - 3);
    EXPECT_DEATH(fault(), finding("write after free into", "looked at", before));
}

TEST_F(LedgerTest, ListsWhatIsMissingByPlace) {
    Burst burst;
    ASSERT_TRUE(pool_.allocate(burst, 5));
    rte_mbuf* lost[4];
    for (rte_mbuf*& mbuf : lost) mbuf = burst.pop();
    const unsigned popped = __LINE__ - 1;
    const std::vector<std::string> missing = pool_.missing();
    ASSERT_EQ(missing.size(), 2U);
    const std::string line = std::to_string(popped);
    EXPECT_NE(missing[0].find("pool faults: 4 mbufs were last taken out of a burst on lcore 0 at "
                              "tests/mem/ledger_test.cpp:" +
                              line),
              std::string::npos)
        << missing[0];
    EXPECT_NE(missing[1].find("pool faults: 1 mbufs were last taken into a burst on lcore 0"),
              std::string::npos)
        << missing[1];
    for (rte_mbuf* mbuf : lost) free_packet(mbuf);
    burst.free_all();
    EXPECT_TRUE(pool_.missing().empty());
}

TEST_F(LedgerTest, TellsOfALeakWhenThePoolGoes) {
    testing::internal::CaptureStderr();
    {
        PacketPool pool("leaking", 63, 512, this_socket());
        Burst burst;
        ASSERT_TRUE(pool.allocate(burst, 3));
        burst.give(3);
    }
    const std::string text = testing::internal::GetCapturedStderr();
    EXPECT_NE(text.find("weir: leak: pool leaking: 3 mbufs were last taken into a burst"),
              std::string::npos)
        << text;
}

TEST_F(LedgerTest, LearnsWhatDriversTakeAndFree) {
    {
        port::Port port(port::parse_port_spec("net_null4,size=100"));
        port.start({}, pool_);
        Burst burst;
        burst.took(rte_eth_rx_burst(port.id().value, 0, burst.tail(), 32));
        ASSERT_EQ(burst.size(), 32U);
        EXPECT_EQ(burst.offer(Owner::kDriverTx, sender_to(port)), 32U);  // The driver frees them.
    }
    EXPECT_TRUE(pool_.missing().empty());
    Burst again;
    EXPECT_TRUE(pool_.allocate(again, 63));
}

}  // namespace
}  // namespace weir::mem
