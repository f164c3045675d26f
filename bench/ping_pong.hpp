// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::bench {

/// Hands one cache line to and fro between two threads, one of which serves and the other answers:
/// how far apart their CPUs are at the moment. CPUs of a virtual machine move between the host's
/// cores from one minute to the next, and with them what a hand-over costs.
class PingPong {
   public:
    explicit PingPong(std::size_t chunks = 21, std::uint64_t round_trips = 100)
        : round_trips_(round_trips), ways_ns_(chunks) {}

    /// Before each time that both threads are let loose.
    void reset() noexcept { turn_.store(0, std::memory_order_relaxed); }

    void serve() noexcept {
        using Clock = std::chrono::steady_clock;
        std::uint64_t turn = 0;
        for (double& way : ways_ns_) {
            const auto start = Clock::now();
            for (std::uint64_t i = 0; i < round_trips_; ++i) {
                turn_.store(++turn, std::memory_order_release);
                ++turn;
                while (turn_.load(std::memory_order_acquire) != turn) {
                }
            }
            const std::chrono::duration<double, std::nano> took = Clock::now() - start;
            way = took.count() / (2 * static_cast<double>(round_trips_));
        }
        std::ranges::sort(ways_ns_);
    }

    void answer() noexcept {
        const std::uint64_t last = 2 * round_trips_ * ways_ns_.size();
        for (std::uint64_t turn = 1; turn < last; turn += 2) {
            while (turn_.load(std::memory_order_acquire) != turn) {
            }
            turn_.store(turn + 1, std::memory_order_release);
        }
    }

    /// Nanoseconds that the line takes one way, of the chunk in the middle and of the fastest.
    [[nodiscard]] double median_ns() const noexcept { return ways_ns_[ways_ns_.size() / 2]; }
    [[nodiscard]] double least_ns() const noexcept { return ways_ns_.front(); }

   private:
    std::uint64_t round_trips_;
    std::vector<double> ways_ns_;  ///< By chunk, in the end in rising order.
    alignas(128) std::atomic<std::uint64_t> turn_{0};
};

}  // namespace weir::bench
