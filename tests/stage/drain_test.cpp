// SPDX-License-Identifier: BSD-3-Clause
// The end of a run: what is on its way from a source to a port comes to its outcome.

#include <gtest/gtest.h>
#include <rte_cycles.h>

#include "flow_source.hpp"
#include "ring/packet_ring.hpp"
#include "stage/rx.hpp"
#include "worker_fixture.hpp"

namespace weir::stage {
namespace {

using base::at;

constexpr std::size_t kRingSize = 64;
constexpr std::size_t kOffered = 10000;  ///< More than port, ring and tasks can hold.

constexpr Phase after(Phase phase) {
    return static_cast<Phase>(static_cast<std::uint32_t>(phase) + 1);
}

/// From a source that waits, over one ring, to a worker that waits for its port.
struct Lossless {
    Lossless(mem::PacketPool& pool, const Worker::Setup& setup, Transmitter::Setup out)
        : source(pool, kOffered, true), sender(setup, ActionKind::kForward, waiting(out)) {}

    std::size_t poll(Phase phase) { return rx.poll(phase) + task.poll(phase); }
    [[nodiscard]] std::size_t held() const { return rx.held() + ring.used() + task.held(); }

    FlowSource source;
    Sender sender;
    ring::PacketRing ring{kRingSize, this_socket()};
    Source* const sources[1] = {&source};
    Inlet inlets[1] = {{&ring, 0, {}, {}}};
    Outlet outlets[1] = {{&ring, {}, 0}};
    PacketLimit limit{PacketLimit::kNone};
    RxTask rx{sources, outlets, limit, 1000};
    WorkerTask task{inlets, sender.worker, 1000};

   private:
    static Transmitter::Setup waiting(Transmitter::Setup out) {
        out.wait = true;
        return out;
    }
};

class DrainTest : public TransmitTest {};

TEST_F(DrainTest, IsNotHeldUpByAStuckTransmitQueue) {
    Lossless path(pool_, setup(), transmitter_setup());
    for (int turn = 0; turn < 1000; ++turn) path.poll(Phase::kRun);
    ASSERT_EQ(path.poll(Phase::kRun), 0U) << "not stuck";
    ASSERT_GT(path.rx.held(), 0U);
    ASSERT_EQ(path.ring.used(), path.ring.capacity());
    ASSERT_GT(path.task.held(), 0U);

    // The control thread leaves a phase in which rx takes nothing new only when all is handed over:
    // each of them has to come to that by itself.
    for (Phase phase = after(Phase::kStopGenerators); phase < Phase::kExit; phase = after(phase)) {
        for (int turn = 0; turn < 1000 && path.held() != 0; ++turn) {
            path.poll(phase);
            rte_delay_us_block(100);
        }
        ASSERT_EQ(path.held(), 0U) << "phase " << static_cast<unsigned>(phase);
    }
    const auto received = path.source.counters().read()[at(SourceCounter::kPackets)];
    const auto sent = path.sender.transmitter.counters().read()[at(TxCounter::kPackets)];
    const auto full = path.sender.worker.counters().read()[at(WorkerCounter::kTxFull)];
    EXPECT_LT(received, kOffered);
    EXPECT_GE(full, kRingSize);
    EXPECT_EQ(sent + full, received);
    EXPECT_EQ(path.source.counters().read()[at(SourceCounter::kRingFull)], 0U);
    EXPECT_EQ(receive(), sent);
    EXPECT_EQ(pool_.available(), pool_.size());
}

}  // namespace
}  // namespace weir::stage
