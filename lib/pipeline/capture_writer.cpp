// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/capture_writer.hpp"

#include <pthread.h>
#include <sched.h>

#include <chrono>
#include <csignal>
#include <utility>

#include "stage/wall_clock.hpp"

namespace weir::pipeline {
namespace {

using capture::Segment;
using stage::wall_clock_ns;

/// How long the writer sleeps when there is nothing to do: far less than a store's free segments
/// last at any rate.
constexpr auto kSleep = std::chrono::milliseconds(1);
constexpr std::uint64_t kNoteEveryNs = 100'000'000;

}  // namespace

SegmentOutput::SegmentOutput(capture::PcapngOutputSetup setup, Counts counts)
    : counts_(std::move(counts)), output_(std::move(setup), wall_clock_ns()) {}

bool SegmentOutput::write(SegmentStore& store, Segment& segment, std::string_view comment) {
    const std::uint64_t now_ns = wall_clock_ns();
    bool is_written = false;
    if (comment.empty()) {
        is_written = count(output_.write(segment.blocks(), segment.packets(), now_ns));
    } else {
        const std::size_t last = segment.last_block();
        if (segment.packets() > 1) {
            count(output_.write(segment.blocks().first(last), segment.packets() - 1, now_ns));
        }
        is_written = count(output_.write_packet(segment.blocks().subspan(last), comment, now_ns));
    }
    store.give_back(segment);
    return is_written;
}

bool SegmentOutput::count(const capture::PcapngOutput::Written& written) noexcept {
    totals.written += written.packets;
    if (written.lost != 0) totals.lost[base::at(written.reason)] += written.lost;
    return written.lost == 0;
}

void SegmentOutput::tend() {
    const std::uint64_t now_ns = wall_clock_ns();
    if (now_ns >= noted_at_ns_ && now_ns - noted_at_ns_ < kNoteEveryNs) return;
    noted_at_ns_ = now_ns;
    output_.note_counts(counts_(), now_ns);
    output_.rotate_if_due(now_ns);
}

void SegmentOutput::close() { output_.close(counts_(), wall_clock_ns()); }

void CaptureWriter::start(unsigned cpu) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    thread_ = std::thread([this] { run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    // Without its CPU it works as well, where the kernel puts it.
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    pthread_setaffinity_np(thread_.native_handle(), sizeof set, &set);
    pthread_setname_np(thread_.native_handle(), "weir-capture");
}

void CaptureWriter::stop() {
    if (!thread_.joinable()) return;
    stop_.store(true, std::memory_order_release);
    output_.file().hurry();
    thread_.join();
}

CaptureTotals CaptureWriter::totals() const {
    const std::lock_guard lock(mutex_);
    return shown_;
}

void CaptureWriter::run() {
    for (;;) {
        const bool stopping = stop_.load(std::memory_order_acquire);
        const bool any = collect();
        sink_.step(false);
        output_.tend();
        show();
        if (any) continue;
        if (stopping) break;
        std::this_thread::sleep_for(kSleep);
    }
    sink_.step(true);
    output_.close();
    show();
}

/// Takes one segment of each store.
bool CaptureWriter::collect() {
    bool any = false;
    for (SegmentStore* store : stores_) {
        Segment* segment = store->take();
        if (segment != nullptr) {
            sink_.take(*store, *segment);
            any = true;
        }
        store->grow();
    }
    return any;
}

void CaptureWriter::show() {
    const std::lock_guard lock(mutex_);
    shown_ = output_.totals;
    shown_.output = output_.file().totals();
    shown_.last_error = output_.file().last_error();
}

}  // namespace weir::pipeline
