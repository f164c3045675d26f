// SPDX-License-Identifier: BSD-3-Clause
// How far apart two CPUs are at the moment: a cache line goes to and fro between two threads.
//   placement-probe FIRST_CPU SECOND_CPU
// Prints the time of one way in nanoseconds, median and least of many chunks. CPUs of a virtual
// machine move between the host's cores from one minute to the next, and with them what a hand-over
// costs.

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace {

constexpr std::uint64_t kRoundTrips = 2000;
constexpr std::size_t kChunks = 101;

struct alignas(64) Line {
    std::atomic<std::uint64_t> turn{0};
};

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

/// Nanoseconds of one way, in rising order.
std::array<double, kChunks> ways(Line& line) {
    std::array<double, kChunks> result{};
    std::uint64_t turn = 0;
    for (double& way : result) {
        const auto start = std::chrono::steady_clock::now();
        for (std::uint64_t i = 0; i < kRoundTrips; ++i) {
            line.turn.store(++turn, std::memory_order_release);
            ++turn;
            while (line.turn.load(std::memory_order_acquire) != turn) {
            }
        }
        const std::chrono::duration<double, std::nano> took =
            std::chrono::steady_clock::now() - start;
        way = took.count() / (2 * kRoundTrips);
    }
    std::ranges::sort(result);
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    unsigned first = 0;
    unsigned second = 0;
    if (argc != 3 || !read_cpu(argv[1], first) || !read_cpu(argv[2], second) || first == second) {
        std::fprintf(stderr, "usage: placement-probe FIRST_CPU SECOND_CPU (two different ones)\n");
        return 2;
    }
    Line line;
    std::atomic<int> ready{0};  // 1: the other thread is on its CPU; -1: it cannot be.
    std::thread other([&] {
        const bool pinned = pin_to(second);
        ready.store(pinned ? 1 : -1, std::memory_order_release);
        if (!pinned) return;
        for (std::uint64_t turn = 1; turn < 2 * kRoundTrips * kChunks; turn += 2) {
            while (line.turn.load(std::memory_order_acquire) != turn) {
            }
            line.turn.store(turn + 1, std::memory_order_release);
        }
    });
    while (ready.load(std::memory_order_acquire) == 0) std::this_thread::yield();
    if (ready.load(std::memory_order_acquire) < 0 || !pin_to(first)) {
        std::fprintf(stderr, "placement-probe: CPU %u or %u is not to be had\n", first, second);
        std::_Exit(2);
    }
    const auto sorted = ways(line);
    other.join();
    std::printf("one_way_ns median %.1f least %.1f\n", sorted[kChunks / 2], sorted[0]);
    return 0;
}
