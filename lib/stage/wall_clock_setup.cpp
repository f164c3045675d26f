// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <ctime>

#include "base/tsc.hpp"
#include "stage/wall_clock.hpp"

namespace weir::stage {
namespace {

constexpr double kMaxSlew = 500e-6;
constexpr double kStepNs = 100e6;
/// No clock is steered further from its true speed than this; what is, was set in between.
constexpr double kMaxRateError = 0.01;

}  // namespace

std::uint64_t wall_clock_ns() noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

ClockSample sample_clock() noexcept {
    // The tightest of a few tries: in the others something came between.
    constexpr int kTries = 8;
    ClockSample best;
    std::uint64_t best_ticks = UINT64_MAX;
    for (int i = 0; i < kTries; ++i) {
        const std::uint64_t start = base::tsc_now();
        const std::uint64_t ns = wall_clock_ns();
        const std::uint64_t ticks = base::tsc_now() - start;
        if (ticks >= best_ticks) continue;
        best_ticks = ticks;
        best = {start + ticks / 2, ns};
    }
    return best;
}

ClockAnchor next_anchor(const ClockAnchor& old, const ClockSample& before, const ClockSample& now,
                        std::uint64_t catch_up_ns) noexcept {
    const auto ticks = static_cast<double>(now.tsc - before.tsc);
    const auto ns = static_cast<double>(static_cast<std::int64_t>(now.ns - before.ns));
    double rate = ticks > 0 ? ns / ticks : old.ns_per_tick;
    const bool possible = rate > old.ns_per_tick * (1 - kMaxRateError) &&
                          rate < old.ns_per_tick * (1 + kMaxRateError);
    if (!possible) rate = old.ns_per_tick;
    const std::uint64_t shown = old.ns_at(now.tsc);
    const auto behind = static_cast<double>(static_cast<std::int64_t>(now.ns - shown));
    if (behind > kStepNs || behind < -kStepNs) return {now.tsc, now.ns, rate};
    const double slew = std::clamp(behind / static_cast<double>(catch_up_ns), -kMaxSlew, kMaxSlew);
    return {now.tsc, shown, rate * (1 + slew)};
}

}  // namespace weir::stage
