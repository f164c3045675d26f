// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_launch.h>
#include <rte_lcore.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <fstream>
#include <string>

#include "base/tsc.hpp"

/// What a measurement between two lcores must know of the machine beside its own figures: how far
/// apart the CPUs are at the moment (virtual CPUs move between host cores), how long the kernel
/// kept an lcore off its CPU meanwhile, and how much of the CPUs the hypervisor gave to others.
namespace weir::bench {

/// How long a thread of this process was ready to run and had no CPU, in nanoseconds since it
/// began.
[[nodiscard]] inline std::uint64_t run_delay_ns(pid_t thread) {
    std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/schedstat");
    std::uint64_t ran_ns = 0;
    std::uint64_t delay_ns = 0;
    file >> ran_ns >> delay_ns;
    return delay_ns;
}

/// How often the kernel has taken the calling thread off its CPU.
[[nodiscard]] inline long involuntary_switches() noexcept {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nivcsw;
}

/// The kernel's number of an lcore's thread. The lcore must be idle.
[[nodiscard]] inline pid_t thread_of(unsigned lcore) {
    if (lcore == rte_get_main_lcore()) return ::gettid();
    pid_t thread = 0;
    const auto tell = [](void* where) {
        *static_cast<pid_t*>(where) = ::gettid();
        return 0;
    };
    rte_eal_remote_launch(tell, &thread, lcore);
    rte_eal_wait_lcore(lcore);
    return thread;
}

/// Time that the hypervisor gave to others, summed over the CPUs since boot, in seconds.
[[nodiscard]] inline double steal_seconds() {
    std::ifstream file("/proc/stat");
    std::string name;
    std::array<double, 8> ticks{};  // user nice system idle iowait irq softirq steal
    file >> name;
    for (double& each : ticks) file >> each;
    return ticks.back() / static_cast<double>(sysconf(_SC_CLK_TCK));
}

/// Hands one cache line to and fro between two lcores.
class PingPong {
   public:
    /// TSC ticks that the line takes one way: half of a turn's, the median of many. Both lcores
    /// must be idle; `here` may be the caller's own.
    [[nodiscard]] std::uint64_t one_way_ticks(unsigned here, unsigned there) {
        ball_.store(0, std::memory_order_relaxed);
        rte_eal_remote_launch(answer, this, there);
        if (here == rte_lcore_id()) {
            serve(this);
        } else {
            rte_eal_remote_launch(serve, this, here);
            rte_eal_wait_lcore(here);
        }
        rte_eal_wait_lcore(there);
        const auto middle = ticks_.begin() + kTurns / 2;
        std::ranges::nth_element(ticks_, middle);
        return *middle / 2;
    }

   private:
    static constexpr std::uint32_t kTurns = 2001;
    static constexpr std::uint32_t kEnd = UINT32_MAX;

    static int serve(void* self) {
        auto& [ticks, ball] = *static_cast<PingPong*>(self);
        for (std::uint32_t turn = 0; turn < kTurns; ++turn) {
            const std::uint64_t start = base::tsc_now();
            ball.store(2 * turn + 1, std::memory_order_release);
            while (ball.load(std::memory_order_acquire) != 2 * turn + 2) {
            }
            ticks[turn] = base::tsc_now() - start;
        }
        ball.store(kEnd, std::memory_order_release);
        return 0;
    }
    static int answer(void* self) {
        auto& ball = static_cast<PingPong*>(self)->ball_;
        for (;;) {
            const std::uint32_t at = ball.load(std::memory_order_acquire);
            if (at == kEnd) return 0;
            if (at % 2 == 1) ball.store(at + 1, std::memory_order_release);
        }
    }

    std::array<std::uint64_t, kTurns> ticks_{};
    alignas(128) std::atomic<std::uint32_t> ball_{0};
};

}  // namespace weir::bench
