// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

#include "base/ids.hpp"
#include "mem/hugepage_array.hpp"

namespace weir::ring {

/// Memory of DPDK's heap on one NUMA socket, as Boost asks for it. Cold: only constructors and
/// destructors of rings come here.
template <typename T>
class HugepageAllocator {
   public:
    using value_type = T;
    explicit HugepageAllocator(base::SocketId socket) noexcept : socket_(socket) {}
    template <typename U>
    explicit HugepageAllocator(const HugepageAllocator<U>& other) noexcept
        : socket_(other.socket()) {}

    [[nodiscard]] T* allocate(std::size_t count) {
        return static_cast<T*>(mem::hugepage_memory("ring", count * sizeof(T), socket_));
    }
    void deallocate(T* memory, std::size_t) noexcept { mem::release_hugepage_memory(memory); }
    [[nodiscard]] base::SocketId socket() const noexcept { return socket_; }

   private:
    base::SocketId socket_;
};

}  // namespace weir::ring
