// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/segment_store.hpp"

#include <algorithm>
#include <cstddef>
#include <new>

#include "base/setup_error.hpp"

namespace weir::pipeline {
namespace {

constexpr std::size_t kSmallPageBytes = 4096;

/// Has the kernel give every page now: the worker's first packet in it would fault otherwise.
void touch(void* memory, std::size_t bytes) noexcept {
    auto* octets = static_cast<volatile std::byte*>(memory);
    for (std::size_t at = 0; at < bytes; at += kSmallPageBytes) octets[at] = std::byte{0};
}

}  // namespace

SegmentStore::SegmentStore(std::size_t least, std::size_t most, base::SocketId socket)
    : least_(least), most_(most), socket_(socket), free_(most, socket), full_(most, socket) {
    segments_.reserve(most);
    while (segments_.size() < least_) add();
}

void SegmentStore::add() {
    void* memory = mem::hugepage_memory("capture segment", capture::kSegmentBytes, socket_);
    touch(memory, capture::kSegmentBytes);
    segments_.emplace_back(::new (memory) capture::Segment);
    count_.store(segments_.size(), std::memory_order_relaxed);
    free_.push(segments_.back().get());
}

void SegmentStore::grow() noexcept {
    while (!at_limit() && free_.used() < std::max(least_, segments_.size() / 2)) {
        try {
            add();
        } catch (const base::SetupError&) {
            most_ = segments_.size();  // No more memory: what there is has to do.
        }
    }
}

}  // namespace weir::pipeline
