// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstdint>

/// The time of day on packet lcores, without a system call: the control thread measures now and
/// then which TSC belongs to which wall-clock time, and lcores convert the TSC they have.
namespace weir::stage {

/// A point of the line from TSC to wall-clock time, and the line's slope.
struct ClockAnchor {
    std::uint64_t tsc = 0;
    std::uint64_t ns = 0;  ///< Since 1970.
    double ns_per_tick = 0;

    /// Wall-clock time in nanoseconds since 1970; `at` may lie before the anchor.
    [[nodiscard]] std::uint64_t ns_at(std::uint64_t at) const noexcept {
        const auto ticks = static_cast<double>(static_cast<std::int64_t>(at - tsc));
        return ns + static_cast<std::uint64_t>(static_cast<std::int64_t>(ticks * ns_per_tick));
    }
};

/// One anchor, written by the control thread and read by packet lcores.
class WallClock {
   public:
    /// Control thread only.
    void publish(const ClockAnchor& anchor) noexcept {
        const std::uint64_t sequence = sequence_.load(std::memory_order_relaxed);
        sequence_.store(sequence + 1, std::memory_order_relaxed);
        std::atomic_thread_fence(std::memory_order_release);
        tsc_.store(anchor.tsc, std::memory_order_relaxed);
        ns_.store(anchor.ns, std::memory_order_relaxed);
        ns_per_tick_.store(anchor.ns_per_tick, std::memory_order_relaxed);
        sequence_.store(sequence + 2, std::memory_order_release);
    }

    /// Brings `known` up to date, unless the anchor is being written now: then it stays as it is,
    /// which is good for some seconds more. An lcore never waits for the control thread. Any lcore.
    void refresh(ClockAnchor& known) const noexcept {
        const std::uint64_t before = sequence_.load(std::memory_order_acquire);
        const ClockAnchor read{tsc_.load(std::memory_order_relaxed),
                               ns_.load(std::memory_order_relaxed),
                               ns_per_tick_.load(std::memory_order_relaxed)};
        std::atomic_thread_fence(std::memory_order_acquire);
        if ((before & 1) == 0 && sequence_.load(std::memory_order_relaxed) == before) known = read;
    }

   private:
    std::atomic<std::uint64_t> sequence_{0};
    std::atomic<std::uint64_t> tsc_{0};
    std::atomic<std::uint64_t> ns_{0};
    std::atomic<double> ns_per_tick_{0};
};

/// Nanoseconds since 1970, from the kernel's clock. Cold (wall_clock_setup.cpp).
[[nodiscard]] std::uint64_t wall_clock_ns() noexcept;

/// A TSC and the wall-clock time that belongs to it.
struct ClockSample {
    std::uint64_t tsc = 0;
    std::uint64_t ns = 0;
};

/// Cold (wall_clock_setup.cpp): both at the same moment, to some ten nanoseconds.
[[nodiscard]] ClockSample sample_clock() noexcept;

/// The anchor that continues `old` from `now` on without a jump, and as fast as the clock has gone
/// between `before` and `now`, a little faster or slower (at most 500 ppm) until what it is ahead
/// or behind is made up in `catch_up_ns`. Where that is more than 100 ms, the clock was set, and
/// the new anchor is on it at once.
[[nodiscard]] ClockAnchor next_anchor(const ClockAnchor& old, const ClockSample& before,
                                      const ClockSample& now, std::uint64_t catch_up_ns) noexcept;

}  // namespace weir::stage
