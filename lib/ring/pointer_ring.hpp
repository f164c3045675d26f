// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <boost/lockfree/spsc_queue.hpp>
#include <cstddef>

#include "base/ids.hpp"
#include "ring/hugepage_allocator.hpp"

namespace weir::ring {

/// A lock-free single-producer single-consumer ring of pointers to what others own: capture
/// segments on their way between a worker and the capture writer.
template <typename T>
class PointerRing {
   public:
    /// Room for `capacity` pointers in memory of `socket`. Throws SetupError. Cold, as is the
    /// destructor.
    PointerRing(std::size_t capacity, base::SocketId socket)
        : queue_(capacity, HugepageAllocator<T*>(socket)) {}
    PointerRing(const PointerRing&) = delete;
    PointerRing& operator=(const PointerRing&) = delete;

    /// Producer: false when the ring is full.
    bool push(T* element) noexcept { return queue_.push(element); }
    /// Consumer: nullptr when the ring is empty.
    [[nodiscard]] T* pop() noexcept {
        T* element = nullptr;
        return queue_.pop(element) ? element : nullptr;
    }
    /// Pointers inside: what the consumer can pop, at least; from another thread, a moment's
    /// approximation.
    [[nodiscard]] std::size_t used() const noexcept { return queue_.read_available(); }

   private:
    boost::lockfree::spsc_queue<T*, boost::lockfree::allocator<HugepageAllocator<T*>>> queue_;
};

}  // namespace weir::ring
