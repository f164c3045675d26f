// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/ids.hpp"
#include "gen/traffic.hpp"
#include "mem/burst.hpp"
#include "mem/packet_pool.hpp"
#include "stage/task.hpp"

namespace weir::stage {

/// Sends generated traffic into a port. Lossless: what the port does not take now is offered again,
/// and nothing new is made meanwhile. It may share its lcore with an rx task.
class GeneratorTask final : public Task {
   public:
    /// Makes at most `packets`. `traffic` is this lcore's until the lcore has left its loop.
    GeneratorTask(gen::Traffic& traffic, mem::PacketPool& pool, base::PortId ethdev,
                  base::QueueId queue, std::uint64_t packets) noexcept
        : traffic_(traffic), pool_(pool), ethdev_(ethdev), queue_(queue), left_(packets) {}

    std::size_t poll(const Turn& turn) noexcept override;

    /// True once all packets were made and sent. Any thread.
    [[nodiscard]] bool finished() const noexcept {
        return finished_.load(std::memory_order_acquire);
    }

   private:
    void generate() noexcept;

    gen::Traffic& traffic_;
    mem::PacketPool& pool_;
    base::PortId ethdev_;
    base::QueueId queue_;
    std::uint64_t left_;
    mem::Burst pending_{mem::Owner::kGenerator};
    std::atomic<bool> finished_{false};
};

}  // namespace weir::stage
