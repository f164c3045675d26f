// SPDX-License-Identifier: BSD-3-Clause
#include "mem/hugepage_array.hpp"
#include "ring/packet_ring.hpp"

namespace weir::ring {

template <typename T>
T* HugepageAllocator<T>::allocate(std::size_t count) {
    return static_cast<T*>(mem::hugepage_memory("packet ring", count * sizeof(T), socket_));
}

template <typename T>
void HugepageAllocator<T>::deallocate(T* memory, std::size_t) noexcept {
    mem::release_hugepage_memory(memory);
}

PacketRing::PacketRing(std::size_t capacity, base::SocketId socket)
    : queue_(capacity, HugepageAllocator<rte_mbuf*>(socket)),
      capacity_(capacity),
      holder_(mem::Holder::numbered(mem::Owner::kRing)) {}

PacketRing::~PacketRing() {
    mem::Burst burst;
    while (pop(burst) != 0) burst.free_all();
}

}  // namespace weir::ring
