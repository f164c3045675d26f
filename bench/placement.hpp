// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_launch.h>
#include <rte_lcore.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <string>

#include "bench/ping_pong.hpp"

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

/// Nanoseconds that a cache line takes one way between two lcores, the median of some chunks. Both
/// lcores must be idle; `here` may be the caller's own.
[[nodiscard]] inline double one_way_ns(PingPong& probe, unsigned here, unsigned there) {
    const auto serve = [](void* pingpong) {
        static_cast<PingPong*>(pingpong)->serve();
        return 0;
    };
    const auto answer = [](void* pingpong) {
        static_cast<PingPong*>(pingpong)->answer();
        return 0;
    };
    probe.reset();
    rte_eal_remote_launch(answer, &probe, there);
    if (here == rte_lcore_id()) {
        probe.serve();
    } else {
        rte_eal_remote_launch(serve, &probe, here);
        rte_eal_wait_lcore(here);
    }
    rte_eal_wait_lcore(there);
    return probe.median_ns();
}

}  // namespace weir::bench
