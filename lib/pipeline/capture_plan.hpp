// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "capture/segment.hpp"
#include "config/options.hpp"

namespace weir::pipeline {

/// Octets of DPDK's heap for each segment: its own, what the heap puts around it (rounded up), and
/// its places in two rings.
inline constexpr std::size_t kSegmentMemoryBytes =
    capture::kSegmentBytes + 256 + 2 * sizeof(capture::Segment*);

/// What a capture takes: arithmetic on the options, before anything is started.
struct CapturePlan {
    bool on = false;
    std::uint32_t snaplen = 0;
    std::size_t least_segments = 0;  ///< What each worker has from the start; a burst always fits.
    std::size_t most_segments = 0;   ///< What each worker may have in the end.
    std::uint64_t ring_bytes = 0;    ///< Kept in memory until a trigger; 0: all is written.
    unsigned writer_cpu = 0;
};

/// Throws SetupError when the capture's options contradict each other, or the memory is too little
/// for the workers. Leaves writer_cpu to the caller.
[[nodiscard]] CapturePlan make_capture_plan(const config::Options& options);

}  // namespace weir::pipeline
