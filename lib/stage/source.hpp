// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/ids.hpp"
#include "mem/burst.hpp"
#include "stage/counters.hpp"

/// Where packets come from: a receive queue of a DPDK port, or a capture file (capture_source.hpp).
/// Called by one rx lcore, once a burst.
namespace weir::stage {

/// How many packets may still be received (--packets); shared by all rx lcores.
class PacketLimit {
   public:
    static constexpr std::uint64_t kNone = UINT64_MAX;
    explicit PacketLimit(std::uint64_t packets) noexcept
        : limited_(packets != kNone), left_(packets) {}

    /// What is left, at least 0; without limit, always more than a burst.
    [[nodiscard]] std::uint64_t left() const noexcept {
        return limited_ ? left_.load(std::memory_order_relaxed) : kNone;
    }
    [[nodiscard]] bool reached() const noexcept { return left() == 0; }

    /// Claims up to `packets`; returns how many were granted. Locked only with a limit, once a
    /// burst.
    std::size_t claim(std::size_t packets) noexcept {
        if (!limited_) return packets;
        std::uint64_t left = left_.load(std::memory_order_relaxed);
        std::uint64_t granted = 0;
        do {
            granted = left < packets ? left : packets;
        } while (!left_.compare_exchange_weak(left, left - granted, std::memory_order_relaxed));
        return granted;
    }

   private:
    bool limited_;
    std::atomic<std::uint64_t> left_;
};

/// What one call of Source::receive() brought besides the mbufs in the burst.
struct Received {
    std::uint64_t bytes = 0;          ///< Octets of the packets in the burst.
    std::size_t refused = 0;          ///< Packets taken from the source that no mbuf can hold.
    std::uint64_t refused_bytes = 0;  ///< Their captured octets.
};

class Source {
   public:
    /// `port` is Weir's own port number, which each mbuf carries from here on (mbuf->port).
    Source(base::PortId port, bool lossless) noexcept : port_(port), lossless_(lossless) {}

    /// Puts up to `most` (<= kMaxBurst) packets into the empty burst. A source that must not ask
    /// its driver for less than a full burst may give more.
    virtual Received receive(mem::Burst& burst, std::size_t most) noexcept = 0;

    /// Called by the rx lcore once reception is over: gives back mbufs held in stock.
    virtual void stop() noexcept {}

    /// True once nothing will ever come again (end of a capture file). Any thread.
    [[nodiscard]] bool finished() const noexcept {
        return finished_.load(std::memory_order_acquire);
    }
    /// True when the source can wait: then nothing is lost for want of room behind it.
    [[nodiscard]] bool lossless() const noexcept { return lossless_; }
    [[nodiscard]] base::PortId port() const noexcept { return port_; }
    [[nodiscard]] const SourceCounters& counters() const noexcept { return counters_; }
    [[nodiscard]] SourceCounters& counters() noexcept { return counters_; }
    /// How many packets came at a time, those beyond --packets among them; empty receptions are not
    /// counted.
    [[nodiscard]] const BurstSizes& bursts() const noexcept { return bursts_; }
    [[nodiscard]] BurstSizes& bursts() noexcept { return bursts_; }

   protected:
    ~Source() = default;
    void finish() noexcept { finished_.store(true, std::memory_order_release); }

   private:
    base::PortId port_;
    bool lossless_;
    std::atomic<bool> finished_{false};
    SourceCounters counters_;
    BurstSizes bursts_;
};

/// A receive queue of a DPDK port.
class EthSource final : public Source {
   public:
    EthSource(base::PortId port, base::PortId ethdev, base::QueueId queue, bool lossless) noexcept
        : Source(port, lossless), ethdev_(ethdev), queue_(queue) {}

    Received receive(mem::Burst& burst, std::size_t most) noexcept override;

   private:
    base::PortId ethdev_;
    base::QueueId queue_;
};

/// Receives one burst from `source` under `limit`: what exceeds the limit is freed and counted as
/// trimmed, the rest is counted as received and left in `burst` (empty before). Returns how many
/// packets were taken from the source, whatever became of them.
std::size_t receive_counted(Source& source, PacketLimit& limit, mem::Burst& burst) noexcept;

}  // namespace weir::stage
