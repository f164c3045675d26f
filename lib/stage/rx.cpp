// SPDX-License-Identifier: BSD-3-Clause
#include "stage/rx.hpp"

#include <rte_prefetch.h>

#include <algorithm>

#include "base/tsc.hpp"
#include "flow/spread_hash.hpp"

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

std::size_t RxTask::poll(Phase phase) noexcept {
    const std::uint64_t now = base::tsc_now();
    std::size_t moved = 0;
    if (phase < Phase::kDrain) {
        for (Source* source : sources_) {
            if (source->lossless() && !outlets_have_room()) continue;
            mem::Burst burst;
            moved += receive_counted(*source, limit_, burst);
            spread(burst, now);
        }
    } else {
        stop_once(sources_, stopped_);
    }
    moved += flush(now, phase >= Phase::kDrain);

    if (ring_full_ != 0) {
        RxCounters::Update update(counters_);
        update.add(RxCounter::kRingFull, ring_full_);
        ring_full_ = 0;
    }
    std::size_t staged = 0;
    for (const Outlet& outlet : outlets_) staged += outlet.staged.size();
    set_held(staged);
    return moved;
}

bool RxTask::outlets_have_room() const noexcept {
    return std::ranges::all_of(
        outlets_, [](const Outlet& outlet) { return outlet.staged.room() >= mem::kMaxBurst; });
}

void RxTask::spread(mem::Burst& burst, std::uint64_t now) noexcept {
    const std::size_t size = burst.size();
    if (outlets_.size() == 1) {
        for (rte_mbuf* mbuf : burst.mbufs()) stage(outlets_.front(), mbuf, now);
    } else {
        for (rte_mbuf* mbuf : burst.mbufs()) rte_prefetch0(rte_pktmbuf_mtod(mbuf, const void*));
        for (rte_mbuf* mbuf : burst.mbufs()) {
            const std::uint64_t hash = spread_hash_of(mbuf);
            stage(outlets_[hash * outlets_.size() >> 32], mbuf, now);
        }
    }
    burst.give(size);
}

void RxTask::stage(Outlet& outlet, rte_mbuf* mbuf, std::uint64_t now) noexcept {
    if (outlet.staged.room() == 0) {
        outlet.ring->push(outlet.staged);
        if (outlet.staged.room() == 0) {
            mem::free_packet(mbuf);
            ++ring_full_;
            return;
        }
    }
    if (outlet.staged.empty()) outlet.flush_tsc = now + flush_delay_tsc_;
    outlet.staged.push(mbuf);
}

std::size_t RxTask::flush(std::uint64_t now, bool all) noexcept {
    std::size_t moved = 0;
    for (Outlet& outlet : outlets_) {
        if (outlet.staged.empty()) continue;
        const bool due = all || outlets_.size() == 1 || now >= outlet.flush_tsc ||
                         outlet.staged.size() >= mem::kMaxBurst;
        if (due) moved += outlet.ring->push(outlet.staged);
    }
    return moved;
}

std::size_t DirectTask::poll(Phase phase) noexcept {
    std::size_t moved = 0;
    if (phase < Phase::kDrain) {
        for (Source* source : sources_) {
            if (!worker_.has_room()) break;
            mem::Burst burst;
            moved += receive_counted(*source, limit_, burst);
            if (!burst.empty()) worker_.process(burst);
        }
    } else {
        stop_once(sources_, stopped_);
    }
    moved += worker_.flush(phase);
    set_held(worker_.held());
    return moved;
}

std::size_t WorkerTask::poll(Phase phase) noexcept {
    std::size_t moved = 0;
    for (ring::PacketRing* ring : rings_) {
        if (!worker_.has_room()) break;
        mem::Burst burst;
        const std::size_t popped = ring->pop(burst);
        if (popped == 0) continue;
        moved += popped;
        worker_.process(burst);
    }
    moved += worker_.flush(phase);
    set_held(worker_.held());
    return moved;
}

}  // namespace weir::stage
