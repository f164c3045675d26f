// SPDX-License-Identifier: BSD-3-Clause
#include "stage/generator.hpp"

#include <rte_ethdev.h>

#include <algorithm>

namespace weir::stage {

void GeneratorTask::generate() noexcept {
    const std::size_t count = std::min<std::uint64_t>(left_, mem::kMaxBurst);
    if (count == 0 || !pool_.allocate(pending_, count)) return;
    left_ -= count;
    for (rte_mbuf* mbuf : pending_.mbufs()) {
        const std::size_t bytes = traffic_.next(rte_pktmbuf_mtod(mbuf, std::byte*));
        mbuf->data_len = static_cast<std::uint16_t>(bytes);
        mbuf->pkt_len = static_cast<std::uint32_t>(bytes);
    }
}

std::size_t GeneratorTask::poll(const Turn& turn) noexcept {
    if (pending_.empty() && turn.phase == Phase::kRun) generate();
    std::size_t sent = 0;
    if (!pending_.empty()) {
        sent = pending_.offer(mem::Owner::kDriverTx, [this](rte_mbuf** mbufs, std::size_t count) {
            return rte_eth_tx_burst(ethdev_.value, queue_.value, mbufs,
                                    static_cast<std::uint16_t>(count));
        });
        set_held(pending_.size());
    }
    if (left_ == 0 && pending_.empty()) finished_.store(true, std::memory_order_release);
    turn.clock.lap(Stage::kGenerate, sent);
    return sent;
}

}  // namespace weir::stage
