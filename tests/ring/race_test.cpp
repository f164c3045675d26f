// SPDX-License-Identifier: BSD-3-Clause
// Races put in on purpose: shows that ThreadSanitizer sees what goes wrong around a ring, so that
// its silence on the rest means something. In builds with ThreadSanitizer only.
#include <gtest/gtest.h>
#include <rte_lcore.h>

#include <atomic>
#include <thread>

#include "mem/packet_pool.hpp"
#include "ring/packet_ring.hpp"

namespace {

std::atomic<int> reports{0};

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier): the runtime calls these.
extern "C" void __tsan_on_report(void*) { ++reports; }
/// What is found on purpose is no failure of this program.
extern "C" const char* __tsan_default_options() { return "exitcode=0"; }
// NOLINTEND(bugprone-reserved-identifier)

namespace weir::ring {
namespace {

base::SocketId this_socket() { return {static_cast<int>(rte_socket_id())}; }

/// Hands one packet over, and goes on writing to it when `too_late`.
void hand_over(bool too_late) {
    mem::PacketPool pool("race", 63, 256, this_socket());
    PacketRing ring(64, this_socket());
    std::atomic<bool> looked{false};
    std::thread consumer([&] {
        mem::Burst burst;
        while (ring.pop(burst) == 0) std::this_thread::yield();
        // The value may be either; what counts is that it is read.
        looked = burst[0]->hash.usr != UINT32_MAX;
        burst.free_all();
    });
    mem::Burst burst;
    if (!pool.allocate(burst, 1)) std::abort();
    rte_mbuf* const packet = burst[0];
    packet->hash.usr = 1;
    ring.push(burst);
    if (too_late) packet->hash.usr = 2;
    consumer.join();
    if (!looked) std::abort();
}

/// Findings while packets are handed over.
int findings(bool too_late) {
    const int before = reports;
    for (int i = 0; i < 20; ++i) hand_over(too_late);
    return reports - before;
}

TEST(PlantedRace, WritingToAPacketThatWasHandedOverIsSeen) { EXPECT_GT(findings(true), 0); }

TEST(PlantedRace, HandingItOverIsNoRace) { EXPECT_EQ(findings(false), 0); }

}  // namespace
}  // namespace weir::ring
