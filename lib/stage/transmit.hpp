// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/ids.hpp"
#include "mem/burst.hpp"
#include "stage/counters.hpp"
#include "stage/task.hpp"

/// One worker's way out of one port: its own transmit queue, with a pending burst in front that
/// takes up what the driver refuses for the moment. Called by that worker's lcore only.
namespace weir::stage {

class Transmitter {
   public:
    struct Setup {
        base::PortId ethdev{};
        base::QueueId queue{};
        std::uint32_t max_frame_bytes = 0;  ///< Longer frames the port would lose silently. A frame
                                            ///< with an 802.1Q tag may be 4 octets longer.
        bool wait = false;                  ///< Lossless: what does not go out is kept.
        std::uint64_t give_up_tsc = 0;      ///< While draining: how long a queue may stand still.
    };
    explicit Transmitter(const Setup& setup) noexcept : setup_(setup) {}

    /// Whether a whole burst can be sent without a drop for want of room.
    [[nodiscard]] bool has_room() const noexcept {
        return !setup_.wait || pending_.room() >= mem::kMaxBurst;
    }

    /// Takes ownership. Goes out with the next flush, or now when the pending burst is full; what
    /// then finds no room is freed and counted (take_full).
    void send(rte_mbuf* mbuf) noexcept {
        if (mbuf->pkt_len > setup_.max_frame_bytes || pending_.room() == 0) [[unlikely]] {
            if (!make_room_for(mbuf)) return;
        }
        pending_.push(mbuf);
    }

    /// Offers the pending burst to the driver. Returns how many packets it took.
    std::size_t flush(Phase phase) noexcept;

    [[nodiscard]] std::size_t pending() const noexcept { return pending_.size(); }
    [[nodiscard]] const TxCounters& counters() const noexcept { return counters_; }

    /// Packets freed since the last call because the queue, or this Transmitter, was full.
    [[nodiscard]] std::uint64_t take_full() noexcept { return std::exchange(full_, 0); }
    /// Packets freed since the last call because they exceed max_frame_bytes.
    [[nodiscard]] std::uint64_t take_too_large() noexcept { return std::exchange(too_large_, 0); }

   private:
    [[nodiscard]] bool fits(const rte_mbuf* mbuf) const noexcept;
    /// False: the packet was freed and counted.
    [[nodiscard]] bool make_room_for(rte_mbuf* mbuf) noexcept;
    [[nodiscard]] std::uint64_t pending_bytes() const noexcept;

    Setup setup_;
    mem::BurstOf<2 * mem::kMaxBurst> pending_{mem::Owner::kTransmitter};
    std::uint64_t full_ = 0;
    std::uint64_t too_large_ = 0;
    std::uint64_t stuck_since_tsc_ = 0;  ///< 0: not stuck.
    TxCounters counters_;
};

}  // namespace weir::stage
