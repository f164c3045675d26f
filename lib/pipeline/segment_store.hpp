// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/ids.hpp"
#include "capture/segment.hpp"
#include "mem/hugepage_array.hpp"
#include "stage/capture_tap.hpp"

namespace weir::pipeline {

/// One worker's part of the capture store: its segments in hugepages, and the two rings on which
/// they go round between worker and capture writer. It grows by whole segments up to its limit, on
/// the writer's thread and ahead of need; a segment never moves and is freed with the store. Each
/// worker has its own share, so that none can take what another waits for.
class SegmentStore {
   public:
    /// `least` segments on NUMA socket `socket` from the start, `most` in the end. Throws
    /// SetupError.
    SegmentStore(std::size_t least, std::size_t most, base::SocketId socket);
    SegmentStore(const SegmentStore&) = delete;
    SegmentStore& operator=(const SegmentStore&) = delete;

    [[nodiscard]] stage::SegmentRing& free() noexcept { return free_; }
    [[nodiscard]] stage::SegmentRing& full() noexcept { return full_; }

    // The rest is the writer's.

    /// The next segment that the worker has handed over, or nullptr.
    [[nodiscard]] capture::Segment* take() noexcept { return full_.pop(); }
    /// Back to the worker, emptied.
    void give_back(capture::Segment& segment) noexcept {
        segment.clear();
        free_.push(&segment);
    }
    /// Adds segments until as many are free as are in use, or the limit is reached.
    void grow() noexcept;
    [[nodiscard]] bool at_limit() const noexcept { return segments_.size() >= most_; }
    [[nodiscard]] std::size_t free_segments() const noexcept { return free_.used(); }

    /// How many there are. Any thread.
    [[nodiscard]] std::size_t segments() const noexcept {
        return count_.load(std::memory_order_relaxed);
    }

   private:
    struct Release {
        void operator()(capture::Segment* segment) const noexcept {
            mem::release_hugepage_memory(segment);
        }
    };

    void add();

    std::size_t least_;
    std::size_t most_;
    base::SocketId socket_;
    stage::SegmentRing free_;
    stage::SegmentRing full_;
    std::vector<std::unique_ptr<capture::Segment, Release>> segments_;
    std::atomic<std::size_t> count_{0};
};

}  // namespace weir::pipeline
