// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "capture/pcapng_block.hpp"

namespace weir::capture {

/// Octets of memory that one segment takes, all of it.
inline constexpr std::size_t kSegmentBytes = std::size_t{1} << 20;

/// A fixed piece of the capture store: a run of whole pcapng packet blocks, so that it can be
/// written to a file as it lies. A worker fills it, hands it over a ring to the capture writer, and
/// gets it back empty; it belongs to one of them at a time. A packet in it never moves. Nothing
/// here allocates, locks or makes a system call.
class alignas(64) Segment {
   public:
    /// Octets of blocks that it can hold.
    static constexpr std::size_t kCapacity = kSegmentBytes - 64;

    Segment() noexcept {}  // Not "= default", which would make the octets zero.
    Segment(const Segment&) = delete;
    Segment& operator=(const Segment&) = delete;

    /// Whether the block of so many octets of a packet finds room.
    [[nodiscard]] bool has_room(std::size_t captured_bytes) const noexcept {
        return packet_block_bytes(captured_bytes) <= kCapacity - used_;
    }
    /// Octets of blocks that still find room.
    [[nodiscard]] std::size_t room() const noexcept { return kCapacity - used_; }

    /// Adds the block of a packet and returns where its `captured_bytes` octets have to be put
    /// before the segment is handed over. Requires has_room(captured_bytes).
    [[nodiscard]] std::byte* add(std::uint32_t interface, std::uint64_t timestamp_ns,
                                 std::uint32_t wire_bytes, std::uint32_t captured_bytes) noexcept {
        std::byte* const packet = begin_packet_block(blocks_ + used_, interface, timestamp_ns,
                                                     wire_bytes, captured_bytes);
        last_ = used_;
        used_ += static_cast<std::uint32_t>(packet_block_bytes(captured_bytes));
        ++packets_;
        return packet;
    }

    /// The whole blocks in it, one behind the other.
    [[nodiscard]] std::span<const std::byte> blocks() const noexcept { return {blocks_, used_}; }
    /// Where the last one begins. Requires packets() > 0.
    [[nodiscard]] std::size_t last_block() const noexcept { return last_; }
    [[nodiscard]] std::uint32_t packets() const noexcept { return packets_; }

    void clear() noexcept {
        used_ = 0;
        last_ = 0;
        packets_ = 0;
    }

   private:
    std::uint32_t used_ = 0;  ///< Octets of blocks_.
    std::uint32_t last_ = 0;
    std::uint32_t packets_ = 0;
    alignas(64) std::byte blocks_[kCapacity];
};
static_assert(sizeof(Segment) == kSegmentBytes);

}  // namespace weir::capture
