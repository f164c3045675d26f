// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mem/burst.hpp"
#include "ring/packet_ring.hpp"
#include "stage/counters.hpp"
#include "stage/source.hpp"
#include "stage/task.hpp"
#include "stage/worker.hpp"

/// The two ways from sources to workers. RxTask (pipeline) spreads packets over the rings to the
/// workers; DirectTask (run to completion) hands each burst to the worker of its own lcore.
namespace weir::stage {

/// The way to one worker: its ring, and a staging burst that keeps bursts whole when packets are
/// spread over several workers.
struct Outlet {
    ring::PacketRing* ring = nullptr;
    mem::BurstOf<2 * mem::kMaxBurst> staged{mem::Owner::kStaging};
    std::uint64_t flush_tsc = 0;  ///< From when on `staged` goes out even if it is small.
};

class RxTask final : public Task {
   public:
    /// All storage is the caller's. One outlet: every packet goes there. Several: a packet's flow
    /// decides (see flow/spread_hash.hpp), and it is staged until there is a burst for its worker,
    /// or `flush_delay_tsc` ticks have passed since the last went there: while the load is low, no
    /// packet waits.
    RxTask(std::span<Source* const> sources, std::span<Outlet> outlets, PacketLimit& limit,
           std::uint64_t flush_delay_tsc) noexcept
        : sources_(sources), outlets_(outlets), limit_(limit), flush_delay_tsc_(flush_delay_tsc) {}

    std::size_t poll(const Turn& turn) noexcept override;

   private:
    [[nodiscard]] bool outlets_have_room() const noexcept;
    [[nodiscard]] std::size_t spread(mem::Burst& burst, std::uint64_t now) noexcept;
    [[nodiscard]] static bool stage(Outlet& outlet, rte_mbuf* mbuf) noexcept;
    std::size_t flush(std::uint64_t now, bool all) noexcept;

    std::span<Source* const> sources_;
    std::span<Outlet> outlets_;
    PacketLimit& limit_;
    std::uint64_t flush_delay_tsc_;
    bool stopped_ = false;
};

class DirectTask final : public Task {
   public:
    DirectTask(std::span<Source* const> sources, Worker& worker, PacketLimit& limit) noexcept
        : sources_(sources), worker_(worker), limit_(limit) {}

    std::size_t poll(const Turn& turn) noexcept override;

   private:
    std::span<Source* const> sources_;
    Worker& worker_;
    PacketLimit& limit_;
    bool stopped_ = false;
};

/// A worker's end of one ring, and what it finds there. One writing lcore.
struct Inlet {
    /// Takes a burst from the ring into the empty `burst`, but with a `rest_tsc` not before
    /// `rests_until`. Returns how many packets it took.
    ///
    /// A worker that keeps up with its ring finds a packet or a few each time, and each time pays
    /// for what moves between the two lcores and for publishing. So behind a burst that is not full
    /// it leaves the ring alone for `rest_tsc` ticks from `now`, its turn's beginning: more gathers
    /// meanwhile, and rx, too, is faster when nobody looks into its ring. Behind a single packet it
    /// does not: the load is low then, and whatever comes next is taken as it comes. Behind a full
    /// burst there may be more.
    std::size_t take(mem::Burst& burst, std::uint64_t now, std::uint64_t rest_tsc) noexcept;

    ring::PacketRing* ring = nullptr;
    std::uint64_t rests_until = 0;  ///< TSC.
    /// TSC ticks from the turn that received a packet to the turn that took it from the ring: of
    /// each burst taken, its first packet, which has waited longest.
    base::SharedLogHistogram waits;
    /// Packets in the ring when a burst was taken, that burst included: of turns sampled.
    base::SharedLogHistogram fill;
};

/// A worker's end of the rings: one from each rx lcore, polled in turn.
class WorkerTask final : public Task {
   public:
    /// The inlets are the caller's. `rest_tsc` bounds how long a packet is left in its ring for
    /// company, see Inlet::take().
    WorkerTask(std::span<Inlet> inlets, Worker& worker, std::uint64_t rest_tsc) noexcept
        : inlets_(inlets), worker_(worker), rest_tsc_(rest_tsc) {}

    std::size_t poll(const Turn& turn) noexcept override;

   private:
    void process(Inlet& inlet, mem::Burst& burst, std::uint64_t now, StageClock& clock) noexcept;

    std::span<Inlet> inlets_;
    Worker& worker_;
    std::uint64_t rest_tsc_;
};

}  // namespace weir::stage
