// SPDX-License-Identifier: BSD-3-Clause
#include "ring/packet_ring.hpp"

namespace weir::ring {

PacketRing::PacketRing(std::size_t capacity, base::SocketId socket)
    : queue_(ring_slots(capacity) - 1, HugepageAllocator<rte_mbuf*>(socket)),
      capacity_(ring_slots(capacity) - 1),
      holder_(mem::Holder::numbered(mem::Owner::kRing)) {}

PacketRing::~PacketRing() {
    mem::Burst burst;
    while (pop(burst) != 0) burst.free_all();
}

}  // namespace weir::ring
