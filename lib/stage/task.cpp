// SPDX-License-Identifier: BSD-3-Clause
#include "stage/task.hpp"

#include <rte_pause.h>

#include "base/tsc.hpp"

namespace weir::stage {
namespace {

/// Empty turns are counted locally and published so often.
constexpr std::uint64_t kPublishTurns = 256;

}  // namespace

std::size_t LcoreLoop::poll_all(Phase now_phase, std::uint64_t now) noexcept {
    clock.begin(now);
    std::size_t moved = 0;
    for (Task* task : tasks) {
        // Behind the first: it has taken its time.
        if (task != tasks.front()) now = base::tsc_now();
        moved += task->poll(Turn(now_phase, now, clock));
    }
    return moved;
}

void LcoreLoop::run() noexcept {
    std::uint64_t turns = 0;
    std::uint64_t empty = 0;
    std::uint64_t idle = 0;
    clock.calibrate();
    std::uint64_t before = base::tsc_now();
    for (;;) {
        const Phase now_phase = phase->load(std::memory_order_acquire);
        if (now_phase == Phase::kExit) break;
        const std::size_t moved = poll_all(now_phase, before);
        const std::uint64_t now = base::tsc_now();
        clock.end(now, moved);
        ++turns;
        if (moved == 0) {
            ++empty;
            ++idle;
            rte_pause();
        } else {
            idle = 0;
        }
        if (moved != 0 || turns == kPublishTurns) {
            LcoreCounters::Update update(counters);
            update.add(LcoreCounter::kPolls, turns);
            update.add(LcoreCounter::kEmptyPolls, empty);
            update.add(LcoreCounter::kPackets, moved);
            if (moved != 0) update.add(LcoreCounter::kBusyTsc, now - before);
            turns = 0;
            empty = 0;
        }
        before = now;
        idle_turns.store(idle, std::memory_order_relaxed);
        epoch.store(epoch.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }
    stopped_tsc.store(before, std::memory_order_release);
}

}  // namespace weir::stage
