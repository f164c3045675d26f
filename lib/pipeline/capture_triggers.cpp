// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/capture_triggers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <csignal>

#include "pipeline/observe.hpp"

namespace weir::pipeline {
namespace {

/// What follows faster than this is one event.
constexpr auto kSpell = std::chrono::seconds(1);

std::atomic<unsigned> signals{0};

/// Async-signal-safe.
void on_signal(int) noexcept { signals.fetch_add(1, std::memory_order_relaxed); }

struct sigaction before {};  ///< What SIGUSR1 did.

std::uint64_t ring_full(const Wiring& wiring) {
    std::uint64_t full = 0;
    for (const RxSlot& slot : wiring.rx()) {
        for (const stage::Source* source : slot.sources) {
            full += source->counters().read()[base::at(stage::SourceCounter::kRingFull)];
        }
    }
    return full;
}

bool has(const std::vector<std::string>& events, std::string_view event) {
    return std::ranges::find(events, event) != events.end();
}

}  // namespace

std::vector<CaptureTriggers::Count> CaptureTriggers::counts() {
    return {{"ring_full", "packets dropped", ring_full},
            {"ipsec_lost", "sequence numbers missing",
             [](const Wiring& wiring) { return association_totals(wiring).counts.lost; }},
            {"ipsec_replayed", "packets repeated, or too late to tell",
             [](const Wiring& wiring) {
                 const ipsec::SaCounts counts = association_totals(wiring).counts;
                 return counts.duplicated + counts.beyond_window;
             }},
            {"ipsec_new_sa", "associations begun",
             [](const Wiring& wiring) { return association_totals(wiring).confirmed; }}};
}

CaptureTriggers::CaptureTriggers(const std::vector<std::string>& events)
    : on_malformed_(has(events, "malformed")), counts_(counts()) {
    for (Count& count : counts_) count.wanted = has(events, count.event);
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
    const auto now = Clock::now();
    for (Count& count : counts_) {
        if (!count.wanted) continue;
        const std::uint64_t value = count.read(wiring);
        if (value > count.value && now - count.rose > kSpell) {
            reasons.push_back(
                fmt::format("{}: {} {}", count.event, value - count.value, count.what));
        }
        if (value > count.value) count.rose = now;
        count.value = value;
    }
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

}  // namespace weir::pipeline
