// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "stage/counters.hpp"
#include "stage/stage_clock.hpp"

/// What an lcore does: it polls its tasks in turn until it is told to exit. Roles that share a CPU
/// (the demo's generator and rx) are tasks of one lcore.
namespace weir::stage {

/// How far a run is on its way to its end. The control thread moves it on; every task keeps
/// passing on what it holds, whatever the phase.
enum class Phase : std::uint32_t {
    kRun,
    kStopGenerators,  ///< Generators make nothing new.
    kDrain,           ///< Rx takes nothing new; what is on its way is brought to its outcome.
                      ///< Transmit queues that do not move lose their packets, counted.
    kExit             ///< Lcores leave their loop.
};

/// What a task is told at each turn.
struct Turn {
    Phase phase;
    std::uint64_t started_tsc;  ///< When the task's turn began.
    StageClock& clock;          ///< The lcore's.

    Turn(Phase now_phase, std::uint64_t now_tsc, StageClock& lcore_clock) noexcept
        : phase(now_phase), started_tsc(now_tsc), clock(lcore_clock) {}
    /// One that begins now, and is not sampled.
    Turn(Phase now_phase) noexcept : Turn(now_phase, base::tsc_now(), StageClock::off()) {}
};

class Task {
   public:
    /// One turn: at most a burst or so for each source. Returns the number of packets moved.
    virtual std::size_t poll(const Turn& turn) noexcept = 0;

    /// Packets the task holds between its polls; zero when it has passed on everything. Any thread.
    [[nodiscard]] std::size_t held() const noexcept {
        return held_.load(std::memory_order_acquire);
    }

   protected:
    ~Task() = default;
    void set_held(std::size_t packets) noexcept {
        if (packets != held_.load(std::memory_order_relaxed)) {
            held_.store(packets, std::memory_order_release);
        }
    }

   private:
    std::atomic<std::size_t> held_{0};
};

/// What an lcore's loop shows to the control thread. One writer each way.
struct alignas(64) LcoreLoop {
    std::span<Task* const> tasks;
    const std::atomic<Phase>* phase = nullptr;
    std::uint64_t started_tsc = 0;
    std::atomic<std::uint64_t> stopped_tsc{0};  ///< 0 while the loop runs.

    /// Counts turns, each over all tasks. A reader that has seen it rise by two since some moment
    /// knows that every task has been polled from start to end since then.
    alignas(64) std::atomic<std::uint64_t> epoch{0};
    /// Turns in a row in which no task moved a packet.
    std::atomic<std::uint64_t> idle_turns{0};
    LcoreCounters counters;
    StageClock clock;

    /// Runs on the packet lcore until the phase is kExit.
    void run() noexcept;

   private:
    /// A turn, begun at TSC `now`. Returns the number of packets moved.
    std::size_t poll_all(Phase now_phase, std::uint64_t now) noexcept;
};

}  // namespace weir::stage
