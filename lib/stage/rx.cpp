// SPDX-License-Identifier: BSD-3-Clause
#include "stage/rx.hpp"

#include <rte_prefetch.h>

#include <algorithm>

#include "base/tsc.hpp"
#include "flow/spread_hash.hpp"
#include "mem/packet_meta.hpp"

namespace weir::stage {
namespace {

/// The hash that decides a packet's worker: the NIC's when it gave one, else ours.
std::uint32_t spread_hash_of(const rte_mbuf* mbuf) noexcept {
    if ((mbuf->ol_flags & RTE_MBUF_F_RX_RSS_HASH) != 0) return mbuf->hash.rss;
    return flow::spread_hash({rte_pktmbuf_mtod(mbuf, const std::byte*), mbuf->data_len});
}

void stop_once(std::span<Source* const> sources, bool& stopped) noexcept {
    if (stopped) return;
    stopped = true;
    for (Source* source : sources) source->stop();
}

}  // namespace

std::size_t RxTask::poll(const Turn& turn) noexcept {
    std::uint64_t now = turn.started_tsc;
    std::size_t moved = 0;
    if (turn.phase < Phase::kDrain) {
        for (Source* source : sources_) {
            if (source->lossless() && !outlets_have_room()) continue;
            if (moved != 0) now = base::tsc_now();
            mem::Burst burst;
            const std::size_t taken = receive_counted(*source, limit_, burst);
            turn.clock.lap(Stage::kReceive, taken);
            const std::size_t dropped = spread(burst, now);
            if (dropped != 0) {
                SourceCounters::Update update(source->counters());
                update.add(SourceCounter::kRingFull, dropped);
            }
            turn.clock.lap(Stage::kSpread, taken);
            moved += taken;
        }
    } else {
        stop_once(sources_, stopped_);
    }
    moved += flush(now, turn.phase >= Phase::kDrain);
    std::size_t staged = 0;
    for (const Outlet& outlet : outlets_) staged += outlet.staged.size();
    set_held(staged);
    turn.clock.lap(Stage::kSpread, 0);
    return moved;
}

bool RxTask::outlets_have_room() const noexcept {
    return std::ranges::all_of(
        outlets_, [](const Outlet& outlet) { return outlet.staged.room() >= mem::kMaxBurst; });
}

/// Returns how many packets found no room and were freed.
std::size_t RxTask::spread(mem::Burst& burst, std::uint64_t now) noexcept {
    std::size_t dropped = 0;
    for (rte_mbuf* mbuf : burst.mbufs()) mem::ReceiveStamp::set(mbuf, now);
    if (outlets_.size() == 1) {
        // As it came, unless older packets are still waiting for room.
        Outlet& outlet = outlets_.front();
        if (outlet.staged.empty()) outlet.ring->push(burst);
        for (rte_mbuf* mbuf : burst.mbufs()) dropped += stage(outlet, mbuf) ? 0 : 1;
    } else {
        for (rte_mbuf* mbuf : burst.mbufs()) rte_prefetch0(rte_pktmbuf_mtod(mbuf, const void*));
        for (rte_mbuf* mbuf : burst.mbufs()) {
            const std::uint64_t hash = spread_hash_of(mbuf);
            dropped += stage(outlets_[hash * outlets_.size() >> 32], mbuf) ? 0 : 1;
        }
    }
    burst.give(burst.size());
    return dropped;
}

/// False: there was no room, and the packet is freed.
bool RxTask::stage(Outlet& outlet, rte_mbuf* mbuf) noexcept {
    if (outlet.staged.room() == 0) {
        outlet.ring->push(outlet.staged);
        if (outlet.staged.room() == 0) {
            mem::free_packet(mbuf);
            return false;
        }
    }
    outlet.staged.push(mbuf);
    return true;
}

std::size_t RxTask::flush(std::uint64_t now, bool all) noexcept {
    std::size_t moved = 0;
    for (Outlet& outlet : outlets_) {
        if (outlet.staged.empty()) continue;
        const bool due = all || outlets_.size() == 1 || now >= outlet.flush_tsc ||
                         outlet.staged.size() >= mem::kMaxBurst;
        if (!due) continue;
        const std::size_t pushed = outlet.ring->push(outlet.staged);
        if (pushed != 0) outlet.flush_tsc = now + flush_delay_tsc_;
        moved += pushed;
    }
    return moved;
}

std::size_t DirectTask::poll(const Turn& turn) noexcept {
    std::size_t moved = 0;
    if (turn.phase < Phase::kDrain) {
        for (Source* source : sources_) {
            if (!worker_.has_room()) break;
            const std::uint64_t received = turn.clock.last();
            mem::Burst burst;
            const std::size_t taken = receive_counted(*source, limit_, burst);
            turn.clock.lap(Stage::kReceive, taken);
            moved += taken;
            if (burst.empty()) continue;
            const std::size_t packets = burst.size();
            worker_.process(burst, turn.clock);
            if (turn.clock.sampling()) worker_.judged(turn.clock.last() - received, packets);
        }
    } else {
        stop_once(sources_, stopped_);
    }
    moved += worker_.flush(turn.phase);
    set_held(worker_.held());
    turn.clock.lap(Stage::kAction, 0);
    return moved;
}

std::size_t Inlet::take(mem::Burst& burst, std::uint64_t now, std::uint64_t rest_tsc) noexcept {
    if (now < rests_until && rest_tsc != 0) return 0;
    const std::size_t taken = ring->pop(burst);
    if (taken > 1 && taken < mem::kMaxBurst) rests_until = now + rest_tsc;
    return taken;
}

std::size_t WorkerTask::poll(const Turn& turn) noexcept {
    const std::uint64_t rest_tsc = turn.phase < Phase::kDrain ? rest_tsc_ : 0;
    std::size_t moved = 0;
    for (Inlet& inlet : inlets_) {
        if (!worker_.has_room()) break;
        const std::uint64_t now = moved == 0 ? turn.started_tsc : base::tsc_now();
        mem::Burst burst;
        const std::size_t taken = inlet.take(burst, now, rest_tsc);
        if (taken == 0) continue;
        moved += taken;
        process(inlet, burst, now, turn.clock);
    }
    moved += worker_.flush(turn.phase);
    set_held(worker_.held());
    turn.clock.lap(Stage::kAction, 0);
    return moved;
}

void WorkerTask::process(Inlet& inlet, mem::Burst& burst, std::uint64_t now,
                         StageClock& clock) noexcept {
    const std::size_t packets = burst.size();
    const std::uint64_t waited = mem::ReceiveStamp::ticks_until(burst[0], now);
    inlet.waits.add(waited);
    if (clock.sampling()) {
        // What came since the burst was taken may have filled its place.
        inlet.fill.add(std::min(packets + inlet.ring->used(), inlet.ring->capacity()));
    }
    clock.lap(Stage::kTake, packets);
    worker_.process(burst, clock);
    if (clock.sampling()) worker_.judged(waited + (clock.last() - now), packets);
}

}  // namespace weir::stage
