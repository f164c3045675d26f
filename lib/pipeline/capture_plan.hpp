// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "config/options.hpp"

namespace weir::pipeline {

/// What a capture takes: arithmetic on the options, before anything is started.
struct CapturePlan {
    bool on = false;
    std::uint32_t snaplen = 0;
    std::size_t least_segments = 0;  ///< What each worker has from the start; a burst always fits.
    std::size_t most_segments = 0;   ///< What each worker may have in the end.
    std::uint64_t ring_bytes = 0;    ///< Kept in memory until a trigger; 0: all is written.
    std::size_t segment_bytes = 0;   ///< Memory of one, with its places in the rings.
    unsigned writer_cpu = 0;
};

/// Throws SetupError when the capture's options contradict each other, or the memory is too little
/// for the workers. Leaves writer_cpu to the caller.
[[nodiscard]] CapturePlan make_capture_plan(const config::Options& options);

}  // namespace weir::pipeline
