// SPDX-License-Identifier: BSD-3-Clause
// How far apart two CPUs are at the moment (bench/ping_pong.hpp).
//   placement-probe FIRST_CPU SECOND_CPU
// Prints the time of one way in nanoseconds, median and least of many chunks.

#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "bench/ping_pong.hpp"

namespace {

constexpr std::size_t kChunks = 101;
constexpr std::uint64_t kRoundTrips = 2000;

bool pin_to(unsigned cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return pthread_setaffinity_np(pthread_self(), sizeof set, &set) == 0;
}

bool read_cpu(const char* word, unsigned& cpu) {
    const char* const end = word + std::strlen(word);
    return std::from_chars(word, end, cpu).ptr == end && cpu < CPU_SETSIZE;
}

}  // namespace

int main(int argc, char** argv) {
    unsigned first = 0;
    unsigned second = 0;
    if (argc != 3 || !read_cpu(argv[1], first) || !read_cpu(argv[2], second) || first == second) {
        std::fprintf(stderr, "usage: placement-probe FIRST_CPU SECOND_CPU (two different ones)\n");
        return 2;
    }
    weir::bench::PingPong probe(kChunks, kRoundTrips);
    std::atomic<int> ready{0};  // 1: the other thread is on its CPU; -1: it cannot be.
    std::thread other([&] {
        const bool pinned = pin_to(second);
        ready.store(pinned ? 1 : -1, std::memory_order_release);
        if (!pinned) return;
        probe.answer();
    });
    while (ready.load(std::memory_order_acquire) == 0) std::this_thread::yield();
    if (ready.load(std::memory_order_acquire) < 0 || !pin_to(first)) {
        std::fprintf(stderr, "placement-probe: CPU %u or %u is not to be had\n", first, second);
        std::_Exit(2);
    }
    probe.serve();
    other.join();
    std::printf("one_way_ns median %.1f least %.1f\n", probe.median_ns(), probe.least_ns());
    return 0;
}
