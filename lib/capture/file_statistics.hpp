// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "capture/pcapng_sections.hpp"

namespace weir::capture {

/// What is counted of one interface besides the packets that are written, since the capture began:
/// only the growth matters. None may count a packet that is still to be written.
struct InterfaceCounts {
    std::uint64_t not_selected = 0;  ///< Received, and not for the capture.
    std::uint64_t not_stored = 0;    ///< Selected, but never to be written.
    std::uint64_t dropped = 0;       ///< By the port.
};

/// Whole Enhanced Packet Blocks that stand one behind the other.
struct BlockRun {
    std::span<const std::byte> blocks;
    std::uint64_t packets = 0;
};

/// The statistics blocks of the file that a capture is writing. What the file has of packets is
/// counted as they are written into it, by interface; of what is counted elsewhere it has the
/// growth since the file before. So it says of its packets what is so, however far the counters run
/// ahead of them, and the files of a sequence sum up to all. Cold: one thread at a time.
class FileStatistics {
   public:
    FileStatistics(std::size_t interfaces, std::uint64_t now_ns);

    /// The counts as they are now, one for each interface; what is missing stays as it was.
    void note(std::span<const InterfaceCounts> counts, std::uint64_t now_ns) noexcept;

    /// A file begins. What was lost since the one before is part of it.
    void begin_file(std::uint64_t now_ns) noexcept { start_ns_ = now_ns; }
    void end_file() noexcept;
    [[nodiscard]] std::uint64_t file_start_ns() const noexcept { return start_ns_; }

    void add_written(const BlockRun& run) noexcept { tally(run, &Packets::written, true); }
    void take_off_written(const BlockRun& run) noexcept { tally(run, &Packets::written, false); }
    void add_lost(const BlockRun& run) noexcept { tally(run, &Packets::lost, true); }

    /// Interface Statistics Blocks, always of the same length together. Throws std::bad_alloc.
    [[nodiscard]] std::vector<std::byte> blocks() const;

   private:
    /// Packets of one interface that the file has, or lacks.
    struct Packets {
        std::uint64_t written = 0;
        std::uint64_t lost = 0;
    };

    void tally(const BlockRun& run, std::uint64_t Packets::*count, bool add) noexcept;

    std::vector<InterfaceCounts> noted_;
    std::vector<InterfaceCounts> said_;  ///< What the files before this one have said.
    std::vector<Packets> in_file_;       ///< By interface.
    std::uint64_t noted_at_ns_;
    std::uint64_t start_ns_ = 0;
};

}  // namespace weir::capture
