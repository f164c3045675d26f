// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "gen/packet_builder.hpp"
#include "mem/packet_pool.hpp"
#include "stage/source.hpp"

namespace weir::stage {

/// Gives packets of many flows, each marked with its place in the flow, so many at a time.
class FlowSource final : public Source {
   public:
    FlowSource(mem::PacketPool& pool, std::size_t packets, bool lossless,
               std::size_t at_a_time = mem::kMaxBurst)
        : Source({0}, lossless), pool_(pool), left_(packets), at_a_time_(at_a_time) {
        for (unsigned flow = 0; flow < kFlows; ++flow) {
            frames_.push_back(gen::Packet()
                                  .eth()
                                  .ipv4("10.0.0." + std::to_string(flow + 1), "10.1.0.1")
                                  .udp(1000, 2000)
                                  .payload(8)
                                  .build());
        }
    }
    Received receive(mem::Burst& burst, std::size_t most) noexcept override {
        const std::size_t count = std::min({most, left_, at_a_time_});
        if (count == 0 || !pool_.allocate(burst, count)) return {};
        left_ -= count;
        Received received;
        for (rte_mbuf* mbuf : burst.mbufs()) {
            const unsigned flow = next_ % kFlows;
            const auto& frame = frames_[flow];
            std::memcpy(rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(frame.size())),
                        frame.data(), frame.size());
            mbuf->port = port().value;
            mbuf->hash.fdir.lo = flow;
            mbuf->packet_type = next_ / kFlows;
            ++next_;
            received.bytes += frame.size();
        }
        return received;
    }

    static constexpr unsigned kFlows = 20;

   private:
    mem::PacketPool& pool_;
    std::size_t left_;
    std::size_t at_a_time_;
    unsigned next_ = 0;
    std::vector<std::vector<std::byte>> frames_;
};

}  // namespace weir::stage
