// SPDX-License-Identifier: BSD-3-Clause
#include "stage/worker.hpp"

#include <gtest/gtest.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>

#include <cstring>
#include <memory>
#include <vector>

#include "gen/packet_builder.hpp"
#include "mem/packet_pool.hpp"
#include "port/port.hpp"

namespace weir::stage {
namespace {

using base::at;
using gen::Packet;
using Frame = std::vector<std::byte>;

base::SocketId this_socket() { return {static_cast<int>(rte_socket_id())}; }

class WorkerTest : public testing::Test {
   protected:
    Worker::Setup setup() {
        Worker::Setup result{.meta = meta_};
        result.associations = &table_;
        result.scratch = scratch_;
        return result;
    }

    /// Puts a frame into mbufs, `split` octets in each (all in one when 0), from port `port`.
    void push(mem::Burst& burst, const Frame& frame, std::size_t split = 0,
              std::uint16_t port = 0) {
        const std::size_t part = split == 0 ? frame.size() : split;
        rte_mbuf* first = nullptr;
        for (std::size_t offset = 0; offset < frame.size(); offset += part) {
            const std::size_t bytes = std::min(part, frame.size() - offset);
            rte_mbuf* segment = rte_pktmbuf_alloc(pool_.handle());
            std::memcpy(rte_pktmbuf_append(segment, static_cast<std::uint16_t>(bytes)),
                        frame.data() + offset, bytes);
            if (first == nullptr) {
                first = segment;
            } else {
                ASSERT_EQ(rte_pktmbuf_chain(first, segment), 0);
            }
        }
        first->port = port;
        burst.push(first);
    }

    mem::PacketPool pool_{"worker", 2047, 2048, this_socket()};
    mem::PacketMeta meta_ = mem::PacketMeta::register_fields();
    std::vector<ipsec::SaEntry> entries_ = std::vector<ipsec::SaEntry>(64);
    ipsec::SaTable table_{entries_, 1};
    std::vector<std::byte> scratch_ = std::vector<std::byte>(parse::kMaxFrameBytes);
};

Packet udp() { return Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(1000, 53).payload(20); }
Packet bad() { return Packet().eth().ipv4("10.0.0.1", "10.0.0.2").set8(0, 0x44).udp(1, 2); }

TEST_F(WorkerTest, GivesEveryPacketOneOutcome) {
    const filter::Filter filter("not port 9999");
    Worker::Setup with_filter = setup();
    with_filter.filter = &filter;
    {
        Worker worker(with_filter);
        mem::Burst burst;
        for (int i = 0; i < 10; ++i) push(burst, udp().build());
        for (int i = 0; i < 5; ++i) push(burst, bad().build());
        for (int i = 0; i < 3; ++i) {
            push(burst, Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(9999, 1).build());
        }
        worker.process(burst);
        EXPECT_TRUE(burst.empty());
        const auto values = worker.counters().read();
        EXPECT_EQ(values[at(WorkerCounter::kDelivered)], 10U);
        EXPECT_EQ(values[at(WorkerCounter::kFiltered)], 3U);
        EXPECT_EQ(values[malformed_index(parse::ParseStatus::kIpv4IhlTooSmall)], 5U);
        EXPECT_EQ(values[status_index(parse::ParseStatus::kOk)], 13U);
        EXPECT_EQ(values[layer_index(parse::LayerKind::kUdp)], 13U);
    }
    EXPECT_EQ(pool_.available(), pool_.size());
}

TEST_F(WorkerTest, PassesMalformedPacketsWhenToldTo) {
    Worker::Setup passing = setup();
    passing.drop_malformed = false;
    Worker worker(passing);
    mem::Burst burst;
    push(burst, bad().build());
    worker.process(burst);
    EXPECT_EQ(worker.counters().read()[at(WorkerCounter::kDelivered)], 1U);
}

TEST_F(WorkerTest, SeesASegmentedPacketAsTheContiguousOne) {
    const filter::Filter filter("vlan 5 and ip6 dst host fd00::2");
    Worker::Setup with_filter = setup();
    with_filter.filter = &filter;
    const Frame frame = Packet()
                            .eth()
                            .vlan(5)
                            .ipv6("fd00::1", "fd00::2")
                            .hop_by_hop(2)
                            .esp(0x4242, 1)
                            .payload(100)
                            .build();
    Worker worker(with_filter);
    for (std::size_t split = 1; split < frame.size(); ++split) {
        mem::Burst burst;
        push(burst, frame, split);
        worker.process(burst);
    }
    const auto values = worker.counters().read();
    EXPECT_EQ(values[at(WorkerCounter::kDelivered)], frame.size() - 1);
    EXPECT_EQ(values[layer_index(parse::LayerKind::kEsp)], frame.size() - 1);
    EXPECT_EQ(table_.totals().associations, 1U);
    EXPECT_EQ(table_.totals().counts.packets, frame.size() - 1);
}

TEST_F(WorkerTest, CallsACaptureCutTruncatedAndDeliversIt) {
    Frame frame = udp().build();
    frame.resize(30);
    Worker worker(setup());
    mem::Burst burst;
    push(burst, frame);
    meta_.set_captured(burst[0], 62, 0);
    worker.process(burst);
    const auto values = worker.counters().read();
    EXPECT_EQ(values[status_index(parse::ParseStatus::kTruncated)], 1U);
    EXPECT_EQ(values[at(WorkerCounter::kDelivered)], 1U);
}

/// A worker that sends into a net_ring, from which the test receives.
class TransmitTest : public WorkerTest {
   protected:
    TransmitTest() { port_.start({}, pool_); }

    Transmitter::Setup transmitter_setup() {
        Transmitter::Setup result;
        result.ethdev = port_.id();
        result.max_frame_bytes = UINT32_MAX;
        result.give_up_tsc = rte_get_tsc_hz() / 100;
        return result;
    }
    std::size_t receive(std::vector<Frame>* frames = nullptr) {
        std::size_t packets = 0;
        for (;;) {
            mem::Burst burst;
            burst.took(rte_eth_rx_burst(port_.id().value, 0, burst.tail(), 32));
            if (burst.empty()) return packets;
            packets += burst.size();
            for (rte_mbuf* mbuf : burst.mbufs()) {
                if (frames == nullptr) continue;
                const auto* data = rte_pktmbuf_mtod(mbuf, const std::byte*);
                frames->emplace_back(data, data + mbuf->data_len);
            }
        }
    }

    port::Port port_{port::parse_port_spec("net_ring3")};
};

TEST_F(TransmitTest, SwapsTheAddressesAndNothingElse) {
    Transmitter transmitter(transmitter_setup());
    Transmitter* const all[] = {&transmitter};
    Worker::Setup swapping = setup();
    swapping.action = ActionKind::kMacswap;
    swapping.egress = all;
    swapping.transmitters = all;
    Worker worker(swapping);
    mem::Burst burst;
    const Frame frame = udp().build();
    push(burst, frame);
    worker.process(burst);
    EXPECT_EQ(worker.flush(Phase::kRun), 1U);
    std::vector<Frame> sent;
    EXPECT_EQ(receive(&sent), 1U);
    Frame expected = frame;
    std::swap_ranges(expected.begin(), expected.begin() + 6, expected.begin() + 6);
    EXPECT_EQ(sent.front(), expected);
    EXPECT_EQ(transmitter.counters().read()[at(TxCounter::kPackets)], 1U);
    EXPECT_EQ(transmitter.counters().read()[at(TxCounter::kBytes)], frame.size());
}

TEST_F(TransmitTest, DropsWhatHasNoWayOutOrIsTooLong) {
    Transmitter::Setup narrow = transmitter_setup();
    narrow.max_frame_bytes = 100;
    Transmitter transmitter(narrow);
    Transmitter* const egress[] = {&transmitter, nullptr};
    Transmitter* const all[] = {&transmitter};
    Worker::Setup forwarding = setup();
    forwarding.action = ActionKind::kForward;
    forwarding.egress = egress;
    forwarding.transmitters = all;
    Worker worker(forwarding);
    mem::Burst burst;
    push(burst, udp().build(), 0, 1);
    push(burst, udp().fill_to(101).build());
    push(burst, udp().fill_to(100).build());
    push(burst, Packet().eth().vlan(1).ipv4("10.0.0.1", "10.0.0.2").fill_to(104).build());
    push(burst, Packet().eth().vlan(1).ipv4("10.0.0.1", "10.0.0.2").fill_to(105).build());
    worker.process(burst);
    worker.flush(Phase::kRun);
    const auto values = worker.counters().read();
    EXPECT_EQ(values[at(WorkerCounter::kNoTxPort)], 1U);
    EXPECT_EQ(values[at(WorkerCounter::kTxTooLarge)], 2U);
    EXPECT_EQ(receive(), 2U);
}

TEST_F(TransmitTest, CountsExactlyWhatAFullQueueDrops) {
    constexpr std::size_t kPackets = 20 * mem::kMaxBurst;
    Transmitter transmitter(transmitter_setup());
    Transmitter* const all[] = {&transmitter};
    Worker::Setup forwarding = setup();
    forwarding.action = ActionKind::kForward;
    forwarding.egress = all;
    forwarding.transmitters = all;
    Worker worker(forwarding);
    for (std::size_t sent = 0; sent < kPackets; sent += mem::kMaxBurst) {
        mem::Burst burst;
        for (std::size_t i = 0; i < mem::kMaxBurst; ++i) push(burst, udp().build());
        worker.process(burst);
        worker.flush(Phase::kRun);
    }
    // Nobody receives: what is pending is given up after a while of draining, and counted.
    for (int i = 0; i < 1000 && worker.held() != 0; ++i) {
        worker.flush(Phase::kDrain);
        rte_delay_us_block(100);
    }
    EXPECT_EQ(worker.held(), 0U);
    const auto full = worker.counters().read()[at(WorkerCounter::kTxFull)];
    const auto sent = transmitter.counters().read()[at(TxCounter::kPackets)];
    EXPECT_GT(full, 0U);
    EXPECT_EQ(full + sent, kPackets);
    EXPECT_EQ(receive(), sent);
}

TEST_F(TransmitTest, SaysThatItHasNoRoomInsteadOfDroppingWhenItWaits) {
    Transmitter::Setup waiting = transmitter_setup();
    waiting.wait = true;
    Transmitter transmitter(waiting);
    std::size_t sent = 0;
    while (transmitter.has_room()) {
        mem::Burst burst;
        push(burst, udp().build());
        transmitter.send(burst[0]);
        burst.give(1);
        ++sent;
        if (sent % mem::kMaxBurst == 0) transmitter.flush(Phase::kRun);
    }
    EXPECT_EQ(transmitter.take_full(), 0U);
    std::size_t received = receive();
    while (transmitter.pending() != 0) {
        transmitter.flush(Phase::kRun);
        received += receive();
    }
    EXPECT_EQ(received, sent);
}

}  // namespace
}  // namespace weir::stage
