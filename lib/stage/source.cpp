// SPDX-License-Identifier: BSD-3-Clause
#include "stage/source.hpp"

#include <rte_ethdev.h>

#include <algorithm>

namespace weir::stage {

Received EthSource::receive(mem::Burst& burst, std::size_t) noexcept {
    // Always a full burst: vector drivers round a smaller request down, some of them to nothing.
    burst.took(rte_eth_rx_burst(ethdev_.value, queue_.value, burst.tail(),
                                static_cast<std::uint16_t>(burst.room())));
    const std::uint16_t number = port().value;
    std::uint64_t bytes = 0;
    for (rte_mbuf* mbuf : burst.mbufs()) {
        mbuf->port = number;
        bytes += mbuf->pkt_len;
    }
    return {.bytes = bytes, .refused = 0, .refused_bytes = 0};
}

std::size_t receive_counted(Source& source, PacketLimit& limit, mem::Burst& burst) noexcept {
    const std::uint64_t left = limit.left();
    if (left == 0) return 0;
    Received received = source.receive(burst, std::min<std::uint64_t>(left, mem::kMaxBurst));
    const std::size_t taken = burst.size() + received.refused;
    if (taken == 0) return 0;
    source.bursts().add(taken);
    const std::size_t refused = limit.claim(received.refused);
    const std::size_t granted = limit.claim(burst.size());
    const std::size_t trimmed = burst.size() - granted;
    for (std::size_t i = granted; i < burst.size(); ++i) received.bytes -= burst[i]->pkt_len;
    burst.free_from(granted);

    SourceCounters::Update update(source.counters());
    update.add(SourceCounter::kPackets, granted + refused);
    update.add(SourceCounter::kBytes, received.bytes + received.refused_bytes);
    if (refused != 0) update.add(SourceCounter::kFrameTooLarge, refused);
    if (trimmed != 0) update.add(SourceCounter::kTrimmed, trimmed);
    return taken;
}

}  // namespace weir::stage
