// SPDX-License-Identifier: BSD-3-Clause
#include "stage/transmit.hpp"

#include <rte_ethdev.h>
#include <rte_ether.h>

#include "base/tsc.hpp"

namespace weir::stage {

bool Transmitter::fits(const rte_mbuf* mbuf) const noexcept {
    if (mbuf->pkt_len <= setup_.max_frame_bytes) return true;
    const auto* ether = rte_pktmbuf_mtod(mbuf, const rte_ether_hdr*);
    return mbuf->pkt_len <= setup_.max_frame_bytes + RTE_VLAN_HLEN &&
           mbuf->data_len >= sizeof(rte_ether_hdr) &&
           ether->ether_type == RTE_BE16(RTE_ETHER_TYPE_VLAN);
}

[[gnu::noinline]] bool Transmitter::make_room_for(rte_mbuf* mbuf) noexcept {
    if (!fits(mbuf)) {
        mem::free_packet(mbuf);
        ++too_large_;
        return false;
    }
    if (pending_.room() == 0 && flush(Phase::kRun) == 0) {
        mem::free_packet(mbuf);
        ++full_;
        return false;
    }
    return true;
}

std::uint64_t Transmitter::pending_bytes() const noexcept {
    std::uint64_t bytes = 0;
    for (const rte_mbuf* mbuf : pending_.mbufs()) bytes += mbuf->pkt_len;
    return bytes;
}

std::size_t Transmitter::flush(Phase phase) noexcept {
    if (pending_.empty()) return 0;
    // Lengths are read before: the driver may free what it takes.
    const std::uint64_t offered_bytes = pending_bytes();
    const std::size_t sent =
        pending_.offer(mem::Owner::kDriverTx, [this](rte_mbuf** mbufs, std::size_t count) {
            return rte_eth_tx_burst(setup_.ethdev.value, setup_.queue.value, mbufs,
                                    static_cast<std::uint16_t>(count));
        });
    if (sent != 0) {
        TxCounters::Update update(counters_);
        update.add(TxCounter::kPackets, sent);
        update.add(TxCounter::kBytes, offered_bytes - pending_bytes());
    }
    if (sent != 0 || phase < Phase::kDrain) {
        stuck_since_tsc_ = 0;
    } else if (stuck_since_tsc_ == 0) {
        stuck_since_tsc_ = base::tsc_now();
    } else if (base::tsc_now() - stuck_since_tsc_ > setup_.give_up_tsc) {
        full_ += pending_.size();
        pending_.free_all();
    }
    return sent;
}

}  // namespace weir::stage
