// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bitset>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "parse/status.hpp"
#include "pipeline/wiring.hpp"

namespace weir::pipeline {

/// What has the capture ring written: SIGUSR1, caught while this lives, and the events of
/// --capture-on. Control thread. One at a time.
class CaptureTriggers {
   public:
    /// `events`: those to look for, of config::kCaptureEvents.
    explicit CaptureTriggers(const std::vector<std::string>& events);
    ~CaptureTriggers();
    CaptureTriggers(const CaptureTriggers&) = delete;
    CaptureTriggers& operator=(const CaptureTriggers&) = delete;

    /// What has happened since the last call, a sentence each. A defect is new once in a run. Drops
    /// for a full ring are an event when there were none for a second before.
    [[nodiscard]] std::vector<std::string> look(const Wiring& wiring);

   private:
    using Clock = std::chrono::steady_clock;

    void look_for_malformed(const Wiring& wiring, std::vector<std::string>& reasons);
    void look_for_ring_full(const Wiring& wiring, std::vector<std::string>& reasons);

    bool on_malformed_;
    bool on_ring_full_;
    std::bitset<parse::kParseStatuses> seen_;
    std::uint64_t ring_full_ = 0;
    Clock::time_point ring_full_at_;  ///< When it rose last.
};

}  // namespace weir::pipeline
