// SPDX-License-Identifier: BSD-3-Clause
#include "stage/capture_source.hpp"

#include <gtest/gtest.h>
#include <rte_cycles.h>
#include <rte_lcore.h>

#include <vector>

#include "support/pcap_file.hpp"

namespace weir::stage {
namespace {

using test::Bytes;

constexpr std::uint64_t kTime = 1'700'000'000'000'000'000ULL;

class CaptureSourceTest : public testing::Test {
   protected:
    static base::SocketId socket() { return {static_cast<int>(rte_socket_id())}; }

    CaptureSource source(const Bytes& file, bool loop = false, bool pace = false) {
        CaptureSource::Setup setup;
        setup.port = {3};
        setup.file = file;
        setup.loop = loop;
        setup.pace = pace;
        setup.tsc_hz = rte_get_tsc_hz();
        return CaptureSource(setup, pool_, meta_);
    }

    /// The octets of a packet, whatever its segments.
    static Bytes contents(const rte_mbuf* mbuf) {
        Bytes bytes;
        for (const rte_mbuf* part = mbuf; part != nullptr; part = part->next) {
            const auto* data = rte_pktmbuf_mtod(part, const std::byte*);
            bytes.insert(bytes.end(), data, data + part->data_len);
        }
        return bytes;
    }

    static Bytes pattern(std::size_t size) {
        Bytes bytes(size);
        for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7);
        return bytes;
    }

    mem::PacketPool pool_{"capture_source", 1023, 2048, socket()};
    mem::PacketMeta meta_ = mem::PacketMeta::register_fields();
};

TEST_F(CaptureSourceTest, GivesEveryPacketWithItsLengthsTimeAndPort) {
    test::PcapFile file;
    for (std::uint32_t i = 0; i < 100; ++i)
        file.packet(pattern(60 + i), kTime + i * 1000, 2000 + i);
    {
        CaptureSource capture = source(file.bytes());
        std::uint32_t next = 0;
        std::uint64_t octets = 0;
        while (!capture.finished()) {
            mem::Burst burst;
            octets += capture.receive(burst, mem::kMaxBurst).bytes;
            for (rte_mbuf* mbuf : burst.mbufs()) {
                EXPECT_EQ(contents(mbuf), pattern(60 + next));
                EXPECT_EQ(meta_.wire_bytes(mbuf), 2000 + next);
                EXPECT_EQ(meta_.timestamp_ns(mbuf), kTime + next * 1000);
                EXPECT_EQ(mbuf->port, 3);
                ++next;
            }
        }
        EXPECT_EQ(next, 100U);
        EXPECT_EQ(octets, 100U * 60 + 99 * 50);
    }
    EXPECT_EQ(pool_.available(), pool_.size());
}

TEST_F(CaptureSourceTest, ChainsMbufsForLongFramesAndRefusesWhatNoChainMayHold) {
    test::PcapFile file;
    const std::size_t sizes[] = {2047, 2048, 2049, 9000, 65535, 65536, 80156, 60};
    for (const std::size_t size : sizes) file.packet(pattern(size), kTime);
    std::size_t refused = 0;
    std::vector<std::size_t> received;
    {
        CaptureSource capture = source(file.bytes());
        while (!capture.finished()) {
            mem::Burst burst;
            refused += capture.receive(burst, mem::kMaxBurst).refused;
            for (rte_mbuf* mbuf : burst.mbufs()) {
                EXPECT_EQ(rte_mbuf_check(mbuf, 1, nullptr), 0);
                EXPECT_EQ(contents(mbuf), pattern(mbuf->pkt_len));
                received.push_back(mbuf->pkt_len);
            }
        }
    }
    EXPECT_EQ(refused, 2U);
    EXPECT_EQ(received, (std::vector<std::size_t>{2047, 2048, 2049, 9000, 65535, 60}));
    EXPECT_EQ(pool_.available(), pool_.size());
}

TEST_F(CaptureSourceTest, GivesNoMoreThanAskedFor) {
    test::PcapFile file;
    for (int i = 0; i < 50; ++i) file.packet(pattern(60), kTime);
    CaptureSource capture = source(file.bytes());
    mem::Burst burst;
    static_cast<void>(capture.receive(burst, 7));
    EXPECT_EQ(burst.size(), 7U);
}

TEST_F(CaptureSourceTest, WaitsWhenThePoolIsEmptyAndLosesNothing) {
    test::PcapFile file;
    for (int i = 0; i < 10; ++i) file.packet(pattern(60), kTime);
    CaptureSource capture = source(file.bytes());
    mem::BurstOf<1023> all;
    ASSERT_TRUE(pool_.allocate(all, 1000));
    mem::Burst burst;
    static_cast<void>(capture.receive(burst, mem::kMaxBurst));
    EXPECT_TRUE(burst.empty());
    EXPECT_FALSE(capture.finished());
    all.free_all();
    static_cast<void>(capture.receive(burst, mem::kMaxBurst));
    EXPECT_EQ(burst.size(), 10U);
}

TEST_F(CaptureSourceTest, LoopsForEverButNotOverAnEmptyFile) {
    test::PcapFile file;
    file.packet(pattern(60), kTime).packet(pattern(61), kTime);
    CaptureSource capture = source(file.bytes(), true);
    for (int i = 0; i < 100; ++i) {
        mem::Burst burst;
        static_cast<void>(capture.receive(burst, mem::kMaxBurst));
        ASSERT_EQ(burst.size(), mem::kMaxBurst);
    }
    const test::PcapFile empty;
    CaptureSource nothing = source(empty.bytes(), true);
    mem::Burst burst;
    static_cast<void>(nothing.receive(burst, mem::kMaxBurst));
    EXPECT_TRUE(nothing.finished());
}

TEST_F(CaptureSourceTest, KeepsTheTimingOfThePackets) {
    test::PcapFile file;
    for (std::uint64_t i = 0; i < 5; ++i) file.packet(pattern(60), kTime + i * 10'000'000);
    CaptureSource capture = source(file.bytes(), false, true);
    const std::uint64_t start = rte_get_tsc_cycles();
    std::size_t received = 0;
    while (!capture.finished()) {
        mem::Burst burst;
        static_cast<void>(capture.receive(burst, mem::kMaxBurst));
        received += burst.size();
        const double ms = static_cast<double>(rte_get_tsc_cycles() - start) * 1e3 /
                          static_cast<double>(rte_get_tsc_hz());
        ASSERT_LE(received, static_cast<std::size_t>(ms / 10) + 1);
    }
    EXPECT_EQ(received, 5U);
}

TEST_F(CaptureSourceTest, KeepsNoPacketWithoutATimeWaiting) {
    test::PcapngFile file;
    file.section().interface(1).simple_packet(pattern(60), 60);
    file.packet(0, kTime / 1000, pattern(60)).simple_packet(pattern(60), 60);
    CaptureSource capture = source(file.bytes(), false, true);
    mem::Burst burst;
    static_cast<void>(capture.receive(burst, mem::kMaxBurst));
    EXPECT_EQ(burst.size(), 3U);
    capture.stop();
}

TEST_F(CaptureSourceTest, EndsAtDamageAndSaysWhere) {
    test::PcapFile file;
    for (int i = 0; i < 3; ++i) file.packet(pattern(60), kTime);
    Bytes cut = file.bytes();
    cut.resize(cut.size() - 10);
    CaptureSource capture = source(cut, true);
    mem::Burst burst;
    static_cast<void>(capture.receive(burst, mem::kMaxBurst));
    EXPECT_EQ(burst.size(), 2U);
    EXPECT_TRUE(capture.finished());
    EXPECT_NE(capture.reader().problem().find("after 2 packets"), std::string::npos);
}

}  // namespace
}  // namespace weir::stage
