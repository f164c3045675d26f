// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/capture_session.hpp"

#include <rte_cycles.h>
#include <sys/utsname.h>

#include <algorithm>

#include "pipeline/machine.hpp"
#include "pipeline/ticks.hpp"
#include "pipeline/wiring.hpp"

namespace weir::pipeline {
namespace {

using base::at;
using stage::TapCounter;

/// How long a packet may wait in a segment that does not get full.
constexpr double kHandOverSeconds = 0.25;
/// While draining, how long a worker waits for a free segment: the disk may never come back.
constexpr double kGiveUpSeconds = 1;
/// The clock is looked at so often, and what it is off by then made up in twice the time.
constexpr std::uint64_t kSampleEveryNs = 1'000'000'000;
constexpr std::uint64_t kCatchUpNs = 2 * kSampleEveryNs;

std::string system_name() {
    utsname name{};
    if (::uname(&name) != 0) return {};
    return std::string(name.sysname) + " " + name.release;
}

}  // namespace

CaptureSession::CaptureSession(const Setup& setup)
    : file_(setup.options.capture_file),
      writer_cpu_(setup.plan.writer_cpu),
      most_segments_(setup.plan.most_segments * setup.workers),
      ports_(setup.ports),
      filter_(setup.options.capture_filter.empty()
                  ? nullptr
                  : std::make_unique<filter::Filter>(setup.options.capture_filter)),
      sampled_(stage::sample_clock()),
      port_drops_(setup.ports.size()),
      workers_(setup.workers) {
    anchor_ = {sampled_.tsc, sampled_.ns, 1e9 / static_cast<double>(rte_get_tsc_hz())};
    clock_.publish(anchor_);
    for (WorkerPart& worker : workers_) {
        worker.store = std::make_unique<SegmentStore>(setup.plan.least_segments,
                                                      setup.plan.most_segments, setup.socket);
        worker.counters = std::make_unique<mem::HugepageArray<stage::TapCounters>>(
            "capture counters", setup.ports.size(), setup.socket);
        stage::CaptureTap::Setup tap{.meta = setup.meta};
        tap.filter = filter_.get();
        tap.snaplen = setup.plan.snaplen;
        tap.free = &worker.store->free();
        tap.full = &worker.store->full();
        tap.counters = worker.counters->elements();
        tap.clock = &clock_;
        tap.hand_over_tsc = setup.plan.ring_bytes == 0 ? tsc_of(kHandOverSeconds) : 0;
        tap.request = &request_;
        tap.wait = setup.wait;
        tap.give_up_tsc = tsc_of(kGiveUpSeconds);
        worker.tap = std::make_unique<stage::CaptureTap>(tap);
        stores_.push_back(worker.store.get());
        taps_.push_back(worker.tap.get());
    }
    output_ = std::make_unique<SegmentOutput>(output_setup(setup), [this] { return counts(); });
    SegmentSink* sink = nullptr;
    if (setup.plan.ring_bytes != 0) {
        CaptureRing::Setup ring;
        ring.stores = stores_;
        ring.taps = taps_;
        ring.request = &request_;
        ring.ring_bytes = setup.plan.ring_bytes;
        ring.working_segments = setup.plan.least_segments;
        ring.after_seconds = setup.options.capture_after_seconds;
        ring_ = std::make_unique<CaptureRing>(ring, *output_);
        sink = ring_.get();
    } else {
        direct_ = std::make_unique<DirectSink>(*output_);
        sink = direct_.get();
    }
    writer_ = std::make_unique<CaptureWriter>(stores_, *sink, *output_);
}

CaptureSession::~CaptureSession() = default;

capture::PcapngOutputSetup CaptureSession::output_setup(const Setup& setup) const {
    capture::PcapngOutputSetup output;
    output.path = file_;
    for (const PortSlot& port : setup.ports) {
        capture::InterfaceText text;
        text.name = port.spec.text;
        text.description = port.device == nullptr ? "capture file" : port.device->driver();
        if (port.device != nullptr) {
            text.hardware = port.spec.device_name() + " (" + port.device->driver() + ")";
        }
        text.filter = setup.options.capture_filter;
        text.snaplen = setup.plan.snaplen;
        output.interfaces.push_back(std::move(text));
    }
    if (!setup.options.filter.empty()) {
        output.section.comment = "packets that passed --filter: " + setup.options.filter;
    }
    output.section.hardware = cpu_model();
    output.section.os = system_name();
    output.section.application = std::string("weir ") + WEIR_VERSION;
    output.rotation.file_bytes = setup.options.capture_rotate_bytes.value_or(0);
    output.rotation.file_seconds = setup.options.capture_rotate_seconds.value_or(0);
    output.rotation.files_kept = setup.options.capture_files.value_or(0);
    output.rotation.on_demand = setup.plan.ring_bytes != 0;
    return output;
}

void CaptureSession::start() {
    writer_->start(writer_cpu_);
    if (ring_ != nullptr) commanded_.emplace(*ring_, *writer_);
}

void CaptureSession::tick() {
    const stage::ClockSample now = stage::sample_clock();
    if (now.ns < next_sample_ns_ && next_sample_ns_ - now.ns <= kSampleEveryNs) return;
    next_sample_ns_ = now.ns + kSampleEveryNs;
    anchor_ = stage::next_anchor(anchor_, sampled_, now, kCatchUpNs);
    sampled_ = now;
    clock_.publish(anchor_);
    note_port_drops();
}

void CaptureSession::trigger(const std::string& reason) {
    if (ring_ != nullptr) ring_->trigger(reason);
}

void CaptureSession::finish() {
    // The writer still serves what was accepted, and nothing that comes later.
    commanded_.reset();
    note_port_drops();
    for (const WorkerPart& worker : workers_) worker.tap->hand_over();
    writer_->stop();
}

void CaptureSession::note_port_drops() {
    for (std::size_t i = 0; i < ports_.size(); ++i) {
        if (ports_[i].device == nullptr) continue;
        std::uint64_t dropped = 0;
        for (const auto& [name, value] : ports_[i].device->counters()) {
            if (name == "imissed" || name == "rx_nombuf") dropped += value;
        }
        port_drops_[i].store(dropped, std::memory_order_relaxed);
    }
}

/// Of each port, on the writer's thread. Nothing that is under way is in them.
std::vector<capture::InterfaceCounts> CaptureSession::counts() const {
    std::vector<capture::InterfaceCounts> result(ports_.size());
    for (std::size_t i = 0; i < ports_.size(); ++i) {
        for (const WorkerPart& worker : workers_) {
            const auto values = worker.counters->elements()[i].read();
            result[i].not_selected +=
                values[at(TapCounter::kSeen)] - values[at(TapCounter::kSelected)];
            for (const stage::NotStored& each : stage::kNotStored) {
                result[i].not_stored += values[at(each.counter)];
            }
        }
        const PortSlot& port = ports_[i];
        const auto add = [&result, i](const stage::Source& source) {
            const auto values = source.counters().read();
            result[i].not_selected += values[at(stage::SourceCounter::kFrameTooLarge)] +
                                      values[at(stage::SourceCounter::kRingFull)];
        };
        if (port.capture != nullptr) add(*port.capture);
        for (const auto& queue : port.queues) add(*queue);
        result[i].dropped = port_drops_[i].load(std::memory_order_relaxed);
    }
    return result;
}

CaptureState CaptureSession::observe() const {
    CaptureState state;
    state.file = file_;
    state.ring = ring_ != nullptr;
    // What was written is read before what was stored, so that it never runs ahead of it.
    const CaptureTotals totals = writer_->totals();
    state.written = totals.written;
    state.written_bytes = totals.output.bytes;
    for (std::size_t i = 0; i < totals.lost.size(); ++i) {
        state.lost[std::string(capture::write_loss_name(static_cast<capture::WriteLoss>(i)))] =
            totals.lost[i];
    }
    state.overwritten = totals.overwritten;
    state.discarded = totals.discarded;
    state.held = totals.held;
    state.files = totals.output.files;
    state.file_bytes = totals.output.file_bytes;
    state.files_deleted = totals.output.files_deleted;
    state.packets_deleted = totals.output.packets_deleted;
    state.triggers = totals.triggers;
    state.triggers_ignored = totals.triggers_ignored;
    state.note = totals.last_error;
    state.most_segments = most_segments_;
    for (const stage::NotStored& each : stage::kNotStored) {
        state.not_stored[std::string(each.reason)] = 0;
    }
    for (const WorkerPart& worker : workers_) {
        state.segments += worker.store->segments();
        for (const stage::TapCounters& counters : worker.counters->elements()) {
            const auto values = counters.read();
            state.selected += values[at(TapCounter::kSelected)];
            state.stored += values[at(TapCounter::kStored)];
            state.stored_bytes += values[at(TapCounter::kStoredBytes)];
            for (const stage::NotStored& each : stage::kNotStored) {
                state.not_stored[std::string(each.reason)] += values[at(each.counter)];
            }
        }
    }
    return state;
}

}  // namespace weir::pipeline
