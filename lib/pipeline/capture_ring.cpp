// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/capture_ring.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace weir::pipeline {
namespace {

using capture::Segment;
using Clock = std::chrono::steady_clock;

/// How long a worker may take to hand over what it has; a slow one is not waited for longer.
constexpr auto kAnswerLimit = std::chrono::milliseconds(500);

}  // namespace

void CaptureRing::take(SegmentStore& store, Segment& segment) {
    if (state_ == State::kAfter || state_ == State::kEnding) {
        write(store, segment);
        return;
    }
    held_.push_back({&store, &segment});
    output_.totals.held_bytes += segment.blocks().size();
    output_.totals.held += segment.packets();
    make_room();
}

void CaptureRing::make_room() {
    while (output_.totals.held_bytes > setup_.ring_bytes) overwrite_oldest_of(held_.front().store);
    for (SegmentStore* store : setup_.stores) {
        const auto is_mine = [store](const Held& held) { return held.store == store; };
        while (store->at_limit() && store->free_segments() < setup_.working_segments &&
               std::ranges::any_of(held_, is_mine)) {
            overwrite_oldest_of(store);
        }
    }
}

void CaptureRing::overwrite_oldest_of(const SegmentStore* store) {
    const auto oldest =
        std::ranges::find_if(held_, [store](const Held& held) { return held.store == store; });
    output_.totals.held_bytes -= oldest->segment->blocks().size();
    output_.totals.held -= oldest->segment->packets();
    output_.totals.overwritten += oldest->segment->packets();
    oldest->store->give_back(*oldest->segment);
    held_.erase(oldest);
}

bool CaptureRing::trigger(const std::string& reason) {
    const std::lock_guard lock(mutex_);
    if (asked_ || serving_) {
        ++ignored_;
        return false;
    }
    asked_ = reason;
    ++accepted_;
    return true;
}

CaptureRing::Requests CaptureRing::requests() const {
    const std::lock_guard lock(mutex_);
    return {accepted_, ignored_, asked_ || serving_};
}

/// The reason of a trigger that has to be served from now on; empty when there is none.
std::string CaptureRing::taken_reason() {
    const std::lock_guard lock(mutex_);
    output_.totals.triggers_ignored = ignored_;
    if (!asked_) return {};
    serving_ = true;
    return *std::exchange(asked_, std::nullopt);
}

void CaptureRing::step(bool at_end) {
    make_room();
    if (state_ == State::kKeeping) {
        comment_ = taken_reason();
        if (!comment_.empty()) {
            ++output_.totals.triggers;
            state_ = State::kBefore;
            ask_workers();
        }
    }
    if (state_ == State::kBefore && (at_end || workers_answered())) {
        take_all();
        write_held();
        state_ = State::kAfter;
        until_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                    std::chrono::duration<double>(setup_.after_seconds));
    }
    if (state_ == State::kAfter && (at_end || Clock::now() >= until_)) {
        state_ = State::kEnding;
        ask_workers();
    }
    if (state_ == State::kEnding && (at_end || workers_answered())) {
        take_all();
        end();
    }
    if (at_end) discard();
}

void CaptureRing::ask_workers() {
    setup_.request->fetch_add(1, std::memory_order_release);
    until_ = Clock::now() + kAnswerLimit;
}

bool CaptureRing::workers_answered() const {
    const std::uint64_t request = setup_.request->load(std::memory_order_relaxed);
    return Clock::now() >= until_ ||
           std::ranges::all_of(setup_.taps, [request](const stage::CaptureTap* tap) {
               return tap->met_request() == request;
           });
}

/// Takes what the workers have handed over up to now.
void CaptureRing::take_all() {
    for (SegmentStore* store : setup_.stores) {
        // No more than there are: a fast worker would keep this going.
        for (std::size_t i = store->segments(); i > 0; --i) {
            Segment* segment = store->take();
            if (segment == nullptr) break;
            take(*store, *segment);
        }
    }
}

void CaptureRing::write_held() {
    while (!held_.empty()) {
        const Held held = held_.front();
        held_.pop_front();
        output_.totals.held_bytes -= held.segment->blocks().size();
        output_.totals.held -= held.segment->packets();
        if (held_.empty()) {
            write(*held.store, *held.segment);
        } else {
            output_.write(*held.store, *held.segment);
        }
        for (SegmentStore* store : setup_.stores) store->grow();
    }
}

/// Writes a segment, whose last packet gets the comment that waits for one. Where that is not
/// written, the comment waits for the next.
void CaptureRing::write(SegmentStore& store, Segment& segment) {
    if (output_.write(store, segment, comment_)) comment_.clear();
}

void CaptureRing::end() {
    output_.file().end_file();
    state_ = State::kKeeping;
    comment_.clear();
    const std::lock_guard lock(mutex_);
    output_.totals.triggers_ignored = ignored_;
    serving_ = false;
}

/// The run is over, and nobody has asked for these.
void CaptureRing::discard() {
    for (const Held& held : held_) {
        output_.totals.discarded += held.segment->packets();
        output_.totals.held -= held.segment->packets();
        held.store->give_back(*held.segment);
    }
    held_.clear();
    output_.totals.held_bytes = 0;
}

}  // namespace weir::pipeline
