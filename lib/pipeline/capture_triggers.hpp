// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bitset>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
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

    /// What has happened since the last call, a sentence each. A defect is new once in a run. The
    /// other events are such when there was none of their kind for a second before.
    [[nodiscard]] std::vector<std::string> look(const Wiring& wiring);

   private:
    using Clock = std::chrono::steady_clock;

    /// A count whose rise is an event, but for one that rose less than a second ago.
    struct Count {
        std::string_view event;
        std::string_view what;  ///< Behind the number by which it rose.
        std::uint64_t (*read)(const Wiring&);
        bool wanted = false;
        std::uint64_t value = 0;
        Clock::time_point rose{};
    };
    static std::vector<Count> counts();

    void look_for_malformed(const Wiring& wiring, std::vector<std::string>& reasons);

    bool on_malformed_;
    std::bitset<parse::kParseStatuses> seen_;
    std::vector<Count> counts_;
};

}  // namespace weir::pipeline
