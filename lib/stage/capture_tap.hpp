// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "capture/segment.hpp"
#include "filter/filter.hpp"
#include "mem/burst.hpp"
#include "mem/packet_meta.hpp"
#include "ring/pointer_ring.hpp"
#include "stage/counters.hpp"
#include "stage/packet_parser.hpp"
#include "stage/task.hpp"
#include "stage/wall_clock.hpp"

namespace weir::stage {

using SegmentRing = ring::PointerRing<capture::Segment>;

/// A worker's way into the capture: copies packets, as they came, into segments that it takes from
/// one ring and hands over to the capture writer on another. A copy only: the packet's own outcome
/// is not touched. Called by the worker's lcore, once a burst and once a turn.
class CaptureTap {
   public:
    struct Setup {
        const filter::Filter* filter = nullptr;  ///< None: every packet.
        std::uint32_t snaplen = 0;               ///< Octets stored of a packet at most.
        SegmentRing* free = nullptr;             ///< Empty segments, from the writer.
        SegmentRing* full = nullptr;             ///< To the writer; holds as many as there are.
        std::span<TapCounters> counters{};       ///< This worker's own, by mbuf->port.
        const WallClock* clock = nullptr;
        mem::PacketMeta meta;
        /// How long a packet may wait in a segment that does not get full; 0: until asked for.
        std::uint64_t hand_over_tsc = 0;
        /// Rises when the writer wants what every worker has so far.
        const std::atomic<std::uint64_t>* request = nullptr;
        bool wait = false;              ///< Lossless: the worker waits for free segments.
        std::uint64_t give_up_tsc = 0;  ///< While draining: how long it waits at most.
    };
    explicit CaptureTap(const Setup& setup) noexcept;

    /// Whether any burst can be stored, or need not be.
    [[nodiscard]] bool has_room() const noexcept;

    /// Copies those packets of the burst that have their bit set in `chosen` and match the filter.
    /// Live ones are given the time of this call.
    void store(const mem::Burst& burst, std::uint64_t chosen, PacketParser& parser) noexcept;

    /// Hands over what has waited long enough or is asked for. Once a turn of the worker.
    void poll(Phase phase) noexcept;

    /// The last request of the writer that was met. Any thread.
    [[nodiscard]] std::uint64_t met_request() const noexcept {
        return met_request_.load(std::memory_order_acquire);
    }
    /// Hands over what there is. The worker's lcore, or any thread once that has stopped.
    void hand_over() noexcept;

   private:
    struct Tally {
        std::uint32_t seen = 0;
        std::uint32_t selected = 0;
        std::uint32_t stored = 0;
        std::uint64_t stored_bytes = 0;
    };

    [[nodiscard]] std::size_t end_of_port(std::span<rte_mbuf* const> mbufs,
                                          std::size_t first) const noexcept;
    void store(const rte_mbuf* mbuf, std::uint64_t now_ns, PacketParser& parser,
               Tally& tally) noexcept;
    [[nodiscard]] bool make_room(std::uint32_t captured_bytes) noexcept;
    void copy(const rte_mbuf* mbuf, std::uint32_t captured_bytes, std::uint64_t now_ns) noexcept;
    void publish(std::uint16_t port, const Tally& tally) noexcept;

    Setup setup_;
    std::size_t largest_block_;            ///< Octets of the block of a packet of snaplen octets.
    std::size_t largest_per_segment_;      ///< How many of them a segment holds.
    capture::Segment* current_ = nullptr;  ///< Being filled.
    std::uint64_t current_since_tsc_ = 0;  ///< When its first packet came.
    std::uint64_t stuck_since_tsc_ = 0;    ///< While draining without room; 0: not stuck.
    bool gave_up_ = false;
    ClockAnchor anchor_;
    std::atomic<std::uint64_t> met_request_{0};
};

/// Segments a worker must have so that it can wait for one without end: those that one burst of the
/// longest packets takes, and the one being filled.
[[nodiscard]] constexpr std::size_t least_segments(std::uint32_t snaplen) noexcept {
    const std::size_t per_segment =
        capture::Segment::kCapacity / capture::packet_block_bytes(snaplen);
    return (mem::kMaxBurst + per_segment - 1) / per_segment + 1;
}

}  // namespace weir::stage
