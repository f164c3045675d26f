// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/capture_triggers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <csignal>

namespace weir::pipeline {
namespace {

/// Drops that follow each other faster than this are one event.
constexpr auto kSpell = std::chrono::seconds(1);

std::atomic<unsigned> signals{0};

/// Async-signal-safe.
void on_signal(int) noexcept { signals.fetch_add(1, std::memory_order_relaxed); }

struct sigaction before {};  ///< What SIGUSR1 did.

bool has(const std::vector<std::string>& events, std::string_view event) {
    return std::ranges::find(events, event) != events.end();
}

}  // namespace

CaptureTriggers::CaptureTriggers(const std::vector<std::string>& events)
    : on_malformed_(has(events, "malformed")), on_ring_full_(has(events, "ring_full")) {
    signals = 0;
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, &before);
}

CaptureTriggers::~CaptureTriggers() { sigaction(SIGUSR1, &before, nullptr); }

std::vector<std::string> CaptureTriggers::look(const Wiring& wiring) {
    std::vector<std::string> reasons(signals.exchange(0), "SIGUSR1");
    if (on_malformed_) look_for_malformed(wiring, reasons);
    if (on_ring_full_) look_for_ring_full(wiring, reasons);
    return reasons;
}

void CaptureTriggers::look_for_malformed(const Wiring& wiring, std::vector<std::string>& reasons) {
    std::string names;
    for (const WorkerSlot& slot : wiring.workers()) {
        const auto values = slot.worker->counters().read();
        for (std::size_t i = 0; i < parse::kParseStatuses; ++i) {
            const auto status = static_cast<parse::ParseStatus>(i);
            if (seen_[i] || !parse::is_malformed(status)) continue;
            if (values[stage::status_index(status)] == 0) continue;
            seen_.set(i);
            names += fmt::format("{}{}", names.empty() ? "" : ", ", parse::to_string(status));
        }
    }
    if (!names.empty()) reasons.push_back("malformed for the first time: " + names);
}

void CaptureTriggers::look_for_ring_full(const Wiring& wiring, std::vector<std::string>& reasons) {
    std::uint64_t full = 0;
    for (const RxSlot& slot : wiring.rx()) {
        if (slot.task == nullptr) continue;
        full += slot.task->counters().read()[base::at(stage::RxCounter::kRingFull)];
    }
    if (full == ring_full_) return;
    const auto now = Clock::now();
    if (now - ring_full_at_ > kSpell) {
        reasons.push_back(fmt::format("ring_full: {} packets dropped", full - ring_full_));
    }
    ring_full_ = full;
    ring_full_at_ = now;
}

}  // namespace weir::pipeline
