// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_mbuf.h>
#include <rte_ring.h>

#include <algorithm>
#include <array>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstddef>
#include <stdexcept>

#include "mem/burst.hpp"
#include "ring/hugepage_allocator.hpp"
#include "ring/packet_ring.hpp"

/// Three rings of pointers under one interface: produce() makes a burst of `Size` pointers and
/// pushes it whole, waiting while the ring is full; consume() pops up to `Size` and forgets them.
/// Nobody looks at what the pointers point to.
namespace weir::bench {

inline constexpr std::size_t kRingSize = 1024;

/// Pointers that are only handed over.
inline std::array<rte_mbuf, mem::kMaxBurst> some_mbufs;

/// `Size` of them, which the compiler does not know.
template <std::size_t Size>
std::array<rte_mbuf*, Size> some_pointers() {
    std::array<rte_mbuf*, Size> pointers;
    for (std::size_t i = 0; i < Size; ++i) pointers[i] = &some_mbufs[i];
    asm volatile("" : : "r"(pointers.data()) : "memory");
    return pointers;
}

/// What was popped is there, for all the compiler knows.
inline void see(const void* popped) noexcept { asm volatile("" : : "r"(popped) : "memory"); }

template <std::size_t Size>
class OverPacketRing {
   public:
    static constexpr const char* kName = "PacketRing";
    ~OverPacketRing() {
        mem::Burst left;
        while (ring_.pop(left) != 0) left.give(left.size());
    }
    /// Bursts are made on the stack, as rx tasks and workers do.
    [[gnu::always_inline]] void produce() noexcept {
        mem::BurstOf<Size> burst;
        std::copy_n(pointers_.data(), Size, burst.tail());
        burst.took(Size);
        while (!burst.empty()) ring_.push(burst);
    }
    [[gnu::always_inline]] std::size_t consume() noexcept {
        mem::BurstOf<Size> burst;
        const std::size_t moved = ring_.pop(burst);
        see(burst.mbufs().data());
        burst.give(burst.size());
        return moved;
    }

   private:
    ring::PacketRing ring_{kRingSize, {SOCKET_ID_ANY}};
    alignas(128) std::array<rte_mbuf*, Size> pointers_ = some_pointers<Size>();
};

template <std::size_t Size>
class OverBoost {
   public:
    static constexpr const char* kName = "Boost";
    [[gnu::always_inline]] void produce() noexcept {
        std::copy_n(pointers_.data(), Size, in_.data());
        std::size_t done = 0;
        while (done != Size) done += queue_.push(in_.data() + done, Size - done);
    }
    [[gnu::always_inline]] std::size_t consume() noexcept {
        const std::size_t moved = queue_.pop(out_.data(), Size);
        see(out_.data());
        return moved;
    }

   private:
    using Queue =
        boost::lockfree::spsc_queue<rte_mbuf*,
                                    boost::lockfree::allocator<ring::HugepageAllocator<rte_mbuf*>>>;
    Queue queue_{kRingSize, ring::HugepageAllocator<rte_mbuf*>({SOCKET_ID_ANY})};
    alignas(128) std::array<rte_mbuf*, Size> pointers_ = some_pointers<Size>();
    std::array<rte_mbuf*, Size> in_;
    alignas(128) std::array<rte_mbuf*, Size> out_;
};

template <std::size_t Size>
class OverRteRing {
   public:
    static constexpr const char* kName = "rte_ring";
    OverRteRing()
        : ring_(rte_ring_create(Size == 32 ? "peer of 32" : "peer of 64", kRingSize, SOCKET_ID_ANY,
                                RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ)) {
        if (ring_ == nullptr) throw std::runtime_error("no memory for an rte_ring");
    }
    ~OverRteRing() { rte_ring_free(ring_); }
    OverRteRing(const OverRteRing&) = delete;
    OverRteRing& operator=(const OverRteRing&) = delete;
    [[gnu::always_inline]] void produce() noexcept {
        std::copy_n(pointers_.data(), Size, in_.data());
        std::size_t done = 0;
        while (done != Size) {
            done += rte_ring_sp_enqueue_burst(ring_, reinterpret_cast<void**>(in_.data() + done),
                                              static_cast<unsigned>(Size - done), nullptr);
        }
    }
    [[gnu::always_inline]] std::size_t consume() noexcept {
        const std::size_t moved =
            rte_ring_sc_dequeue_burst(ring_, reinterpret_cast<void**>(out_.data()), Size, nullptr);
        see(out_.data());
        return moved;
    }

   private:
    rte_ring* ring_;
    alignas(128) std::array<rte_mbuf*, Size> pointers_ = some_pointers<Size>();
    std::array<rte_mbuf*, Size> in_;
    alignas(128) std::array<rte_mbuf*, Size> out_;
};

}  // namespace weir::bench
