// SPDX-License-Identifier: BSD-3-Clause
#include "stage/worker.hpp"

#include <gtest/gtest.h>
#include <rte_cycles.h>

#include <algorithm>
#include <vector>

#include "gen/packet_builder.hpp"
#include "support/ike_frame.hpp"
#include "worker_fixture.hpp"

namespace weir::stage {
namespace {

using base::at;
using gen::Packet;

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

TEST_F(WorkerTest, ComparesTheAssociationsOfTwoPorts) {
    constexpr std::size_t kEntries = 16;
    std::vector<ipsec::PointEntry> entries(kEntries);
    std::vector<ipsec::PointSlot> slots(kEntries * ipsec::kPointWindow);
    std::vector<ipsec::SaBucket> buckets(ipsec::sa_buckets(kEntries));
    ipsec::PointTable points({entries, slots, buckets}, {2, 1}, 1, UINT64_MAX);
    Worker::Setup comparing = setup();
    comparing.points = &points;
    Worker worker(comparing);
    const auto esp = [](std::uint32_t sequence) {
        return Packet().eth().ipv4("10.0.0.1", "10.0.0.2").esp(777, sequence).payload(40).build();
    };
    mem::Burst burst;
    for (std::uint32_t i = 1; i <= 10; ++i) push(burst, esp(i), 0, 2);
    for (std::uint32_t i = 1; i <= 8; ++i) push(burst, esp(i), 0, 1);
    for (std::uint32_t i = 1; i <= 10; ++i) push(burst, esp(i), 0, 0);
    worker.process(burst);
    EXPECT_EQ(points.totals().counts,
              (ipsec::PointCounts{.before = 10, .after = 8, .arrived = 8, .lost = 2}));
    EXPECT_EQ(table_.totals().associations, 3U);
}

TEST_F(WorkerTest, PublishesTheSumsOfItsAssociations) {
    Worker worker(setup());
    EXPECT_EQ(worker.associations().read().counts.packets, 0U);
    mem::Burst burst;
    for (const std::uint32_t sequence : {1, 2, 5, 5}) {
        push(burst, Packet().eth().ipv4("10.0.0.1", "10.0.0.2").esp(777, sequence).build());
    }
    worker.process(burst);
    const ipsec::SaTotals totals = worker.associations().read();
    EXPECT_EQ(totals.associations, 1U);
    EXPECT_EQ(totals.counts.packets, 4U);
    EXPECT_EQ(totals.counts.lost, 2U);
    EXPECT_EQ(totals.counts.duplicated, 1U);
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

/// An IKE_SA_INIT exchange, a rekey behind a NAT, and a keepalive, with other packets in between.
TEST_F(WorkerTest, CountsIkeAndKeepalivesByPairOfHosts) {
    const auto sent = [](bool there, std::uint16_t port, const test::IkeFields& fields) {
        Packet packet = there ? Packet().eth().ipv4("10.0.0.1", "10.0.0.2")
                              : Packet().eth().ipv4("10.0.0.2", "10.0.0.1");
        return test::add_ike(packet.udp(port, port), fields, port == 4500).build();
    };
    const Frame request = sent(true, 500, {.initiator_spi = 7, .payload = 8});
    const Frame keepalive =
        Packet().eth().ipv4("10.0.0.2", "10.0.0.1").udp(4500, 4500).nat_keepalive().build();
    const filter::Filter filter("not port 9999");
    Worker::Setup with_filter = setup();
    with_filter.filter = &filter;
    Worker worker(with_filter);
    mem::Burst burst;
    push(burst, udp().build());
    push(burst, request);
    push(burst, request, 45);
    push(burst, sent(false, 500, {.initiator_spi = 7, .responder_spi = 9, .flags = 0x20}));
    worker.process(burst);
    push(burst, Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(9999, 500).ike().build());
    push(burst, keepalive);
    push(burst, bad().build());
    push(burst, sent(true, 4500, {.exchange = 36, .message_id = 4}), 0, 1);
    worker.process(burst);
    const ipsec::IkeTotals totals = worker.ike().read();
    EXPECT_EQ(totals.pairs, 2U) << "one at each port";
    EXPECT_EQ(totals.confirmed, 1U);
    EXPECT_EQ(totals.unread, 0U);
    using enum ipsec::IkeCounter;
    EXPECT_EQ(totals.counts[kPackets], 4U);
    EXPECT_EQ(totals.counts[kRetransmissions], 1U);
    EXPECT_EQ(totals.counts[kCreateChildSa], 1U);
    EXPECT_EQ(totals.counts[kKeepalives], 1U);
    EXPECT_EQ(totals.counts[kPort4500], 1U);
    EXPECT_EQ(worker.ike().read().counts, ike_table_.totals().counts);
}

TEST_F(WorkerTest, CountsIkeThatIsCutInItsHeaderAndQuotesOfItNot) {
    Frame cut = Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(500, 500).ike().build();
    const auto wire_bytes = static_cast<std::uint32_t>(cut.size());
    cut.resize(cut.size() - 1);
    Worker worker(setup());
    mem::Burst burst;
    push(burst, cut);
    meta_.set_captured(burst[0], wire_bytes, 0);
    push(burst,
         Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(4500, 4500).raw({0, 0, 0, 0, 1}).build());
    push(burst, Packet()
                    .eth()
                    .ipv4("10.0.0.3", "10.0.0.1")
                    .icmp(3, 3)
                    .ipv4("10.0.0.1", "10.0.0.2")
                    .udp(500, 500)
                    .ike()
                    .build());
    worker.process(burst);
    EXPECT_EQ(worker.ike().read().unread, 2U);
    EXPECT_EQ(worker.ike().read().pairs, 0U);
}

TEST_F(WorkerTest, NeedsNoTableOfHosts) {
    Worker::Setup without = setup();
    without.ike = nullptr;
    Worker worker(without);
    mem::Burst burst;
    push(burst, Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(500, 500).ike().build());
    worker.process(burst);
    EXPECT_EQ(worker.counters().read()[at(WorkerCounter::kDelivered)], 1U);
    EXPECT_EQ(ike_table_.totals().created, 0U);
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

TEST_F(TransmitTest, SwapsTheAddressesAndNothingElse) {
    Sender sender(setup(), ActionKind::kMacswap, transmitter_setup());
    mem::Burst burst;
    const Frame frame = udp().build();
    push(burst, frame);
    sender.worker.process(burst);
    EXPECT_EQ(sender.worker.flush(Phase::kRun), 1U);
    std::vector<Frame> sent;
    EXPECT_EQ(receive(&sent), 1U);
    Frame expected = frame;
    std::swap_ranges(expected.begin(), expected.begin() + 6, expected.begin() + 6);
    EXPECT_EQ(sent.front(), expected);
    EXPECT_EQ(sender.transmitter.counters().read()[at(TxCounter::kPackets)], 1U);
    EXPECT_EQ(sender.transmitter.counters().read()[at(TxCounter::kBytes)], frame.size());
}

TEST_F(TransmitTest, DropsWhatHasNoWayOutOrIsTooLong) {
    Transmitter::Setup narrow = transmitter_setup();
    narrow.max_frame_bytes = 100;
    Sender sender(setup(), ActionKind::kForward, narrow);
    mem::Burst burst;
    push(burst, udp().build(), 0, 1);
    push(burst, udp().fill_to(101).build());
    push(burst, udp().fill_to(100).build());
    push(burst, Packet().eth().vlan(1).ipv4("10.0.0.1", "10.0.0.2").fill_to(104).build());
    push(burst, Packet().eth().vlan(1).ipv4("10.0.0.1", "10.0.0.2").fill_to(105).build());
    sender.worker.process(burst);
    sender.worker.flush(Phase::kRun);
    const auto values = sender.worker.counters().read();
    EXPECT_EQ(values[at(WorkerCounter::kNoTxPort)], 1U);
    EXPECT_EQ(values[at(WorkerCounter::kTxTooLarge)], 2U);
    EXPECT_EQ(receive(), 2U);
}

TEST_F(TransmitTest, CountsExactlyWhatAFullQueueDrops) {
    constexpr std::size_t kPackets = 20 * mem::kMaxBurst;
    Sender sender(setup(), ActionKind::kForward, transmitter_setup());
    for (std::size_t sent = 0; sent < kPackets; sent += mem::kMaxBurst) {
        mem::Burst burst;
        for (std::size_t i = 0; i < mem::kMaxBurst; ++i) push(burst, udp().build());
        sender.worker.process(burst);
        sender.worker.flush(Phase::kRun);
    }
    // Nobody receives: what is pending is given up after a while of draining, and counted.
    for (int i = 0; i < 1000 && sender.worker.held() != 0; ++i) {
        sender.worker.flush(Phase::kDrain);
        rte_delay_us_block(100);
    }
    EXPECT_EQ(sender.worker.held(), 0U);
    const auto full = sender.worker.counters().read()[at(WorkerCounter::kTxFull)];
    const auto sent = sender.transmitter.counters().read()[at(TxCounter::kPackets)];
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
