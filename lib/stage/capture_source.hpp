// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "capture/capture_reader.hpp"
#include "mem/burst.hpp"
#include "mem/packet_meta.hpp"
#include "mem/packet_pool.hpp"
#include "stage/source.hpp"

namespace weir::stage {

/// A capture file as a source, lossless unless told otherwise: its packets, copied into mbufs of
/// the pool with captured length, wire length and timestamp. Frames above kMaxFrameBytes are
/// refused, and counted.
class CaptureSource final : public Source {
   public:
    struct Setup {
        base::PortId port{};
        std::span<const std::byte> file;  ///< All of it, in memory; outlives the source.
        bool loop = false;                ///< Starts again at the end.
        bool pace = false;                ///< Releases each packet at its own time after the first;
                                          ///< one without a time at once.
        std::uint64_t tsc_hz = 0;
        bool lossless = true;  ///< Waits for room behind it instead of losing packets there.
    };
    CaptureSource(const Setup& setup, mem::PacketPool& pool, mem::PacketMeta meta) noexcept;

    Received receive(mem::Burst& burst, std::size_t most) noexcept override;
    void stop() noexcept override;

    /// The reader, for what it says of damage; after finished(), or once the lcore has stopped.
    [[nodiscard]] const capture::CaptureReader& reader() const noexcept { return reader_; }

   private:
    [[nodiscard]] bool peek() noexcept;
    [[nodiscard]] bool rewind() noexcept;
    [[nodiscard]] bool is_due() noexcept;
    [[nodiscard]] rte_mbuf* copy() noexcept;

    Setup setup_;
    mem::PacketPool& pool_;
    mem::PacketMeta meta_;
    capture::CaptureReader reader_;
    std::span<const std::byte> rest_;  ///< Not read yet.
    capture::CapturedPacket next_{};   ///< Read, not yet handed on.
    bool has_next_ = false;
    bool any_ = false;                       ///< Some packet was read since the last rewind.
    mem::Burst stock_{mem::Owner::kSource};  ///< Empty mbufs, taken from the pool in bulk.
    std::uint64_t pace_start_tsc_ = 0;  ///< When the packet of time pace_start_ns_ was released.
    std::uint64_t pace_start_ns_ = 0;
};

}  // namespace weir::stage
