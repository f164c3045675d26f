// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_mbuf.h>

#include <array>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstddef>

#include "base/ids.hpp"
#include "mem/burst.hpp"
#include "ring/hugepage_allocator.hpp"

/// The hand-over of packets between two lcores: a lock-free single-producer single-consumer ring
/// of mbufs. One rx lcore pushes, one worker pops. Bursts move with one index publication each,
/// which is what makes it cheap; see bench/ring.
namespace weir::ring {

/// Slots of a ring with room for `capacity` mbufs; one stays free. They fill whole cache lines, so
/// that a line belongs to one burst: where it held the end of one and the start of the next, both
/// lcores would fetch it twice.
[[nodiscard]] constexpr std::size_t ring_slots(std::size_t capacity) noexcept {
    constexpr std::size_t kSlotsPerLine = 64 / sizeof(rte_mbuf*);
    return (capacity / kSlotsPerLine + 1) * kSlotsPerLine;
}

class PacketRing {
   public:
    /// Room for at least `capacity` mbufs (see ring_slots) in memory of `socket`. Throws
    /// SetupError.
    PacketRing(std::size_t capacity, base::SocketId socket);
    /// Frees the mbufs that are left: Boost's destructor would forget them.
    ~PacketRing();
    PacketRing(const PacketRing&) = delete;
    PacketRing& operator=(const PacketRing&) = delete;

    /// Producer: moves as many of the burst's first mbufs into the ring as fit, in order; the rest
    /// stays the burst's. Returns how many moved.
    template <std::size_t Capacity>
    std::size_t push(mem::BurstOf<Capacity>& burst,
                     mem::Place place = mem::Place::here()) noexcept {
        return burst.offer(
            mem::Owner::kRing, holder_,
            [this](rte_mbuf** mbufs, std::size_t count) { return queue_.push(mbufs, count); },
            place);
    }

    /// Consumer: moves up to burst.room() mbufs into the burst. Returns how many moved.
    template <std::size_t Capacity>
    std::size_t pop(mem::BurstOf<Capacity>& burst, mem::Place place = mem::Place::here()) noexcept {
        const std::size_t moved = queue_.pop(burst.tail(), burst.room());
        burst.took(moved, mem::Owner::kRing, place);
        return moved;
    }

    /// Mbufs inside; from a thread that is neither end, a moment's approximation.
    [[nodiscard]] std::size_t used() const noexcept { return queue_.read_available(); }
    /// Mbufs that it can hold.
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

   private:
    using Queue =
        boost::lockfree::spsc_queue<rte_mbuf*,
                                    boost::lockfree::allocator<HugepageAllocator<rte_mbuf*>>>;

    // The queue begins with the producer's index; the consumer's stands a cache line behind. CPUs
    // fetch lines in pairs: the two stand in different ones, and in none with others' data.
    alignas(128) std::array<std::byte, 64> gap_{};
    Queue queue_;
    std::size_t capacity_;
    [[no_unique_address]] mem::Holder holder_;
};

/// Octets that a ring of `capacity` takes.
[[nodiscard]] constexpr std::size_t ring_memory_bytes(std::size_t capacity) noexcept {
    return ring_slots(capacity) * sizeof(rte_mbuf*);
}

}  // namespace weir::ring
