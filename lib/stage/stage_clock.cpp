// SPDX-License-Identifier: BSD-3-Clause
#include "stage/stage_clock.hpp"

#include <algorithm>
#include <limits>

namespace weir::stage {
namespace {

/// Turns between two that are sampled: from 32 to 95, by chance, so that what comes every so many
/// turns (a second queue, a wrap of a ring) is not always or never in the sample.
constexpr std::uint32_t kLeastInterval = 32;
constexpr unsigned kIntervalBits = 6;

/// A turn of more ticks, 100 us or so, that took kUnusual times as long as usual, was interrupted.
constexpr std::uint64_t kLeastInterruption = 1 << 18;
constexpr std::uint64_t kUnusual = 16;

/// Never on, and therefore never written.
constinit StageClock off_clock;

}  // namespace

StageClock& StageClock::off() noexcept { return off_clock; }

void StageClock::calibrate() noexcept {
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    for (int i = 0; i < 1000; ++i) {
        const std::uint64_t before = last_;
        stamp(Stage::kLoop, 0, base::tsc_now());
        if (i != 0) least = std::min(least, last_ - before);
    }
    stamp_ticks_ = least;
    turn_ = {};
    sampling_ = true;  // So that a run of few packets has a sample.
}

void StageClock::stamp(Stage stage, std::size_t packets, std::uint64_t now) noexcept {
    Lap& lap = turn_[base::at(stage)];
    const std::uint64_t ticks = now - last_;
    lap.ticks += ticks - std::min(ticks, stamp_ticks_);
    lap.packets += packets;
    last_ = now;
}

/// Whether a turn that took so many ticks was interrupted: a thread or a guest that loses its CPU
/// does so for much longer than 64 packets take. What is slow always is usual soon.
bool StageClock::interrupted(std::uint64_t ticks, std::size_t moved) noexcept {
    const std::uint64_t each = ticks / moved;
    if (usual_ticks_ == 0) usual_ticks_ = std::max<std::uint64_t>(each, 1);
    const bool result = ticks > kLeastInterruption && each / kUnusual > usual_ticks_;
    usual_ticks_ = (usual_ticks_ * 7 + std::min(each, usual_ticks_ * 8)) / 8 + 1;
    return result;
}

void StageClock::end_sample(std::uint64_t now, std::size_t moved) noexcept {
    // A turn in which nothing moved is none of those that are meant: the next is tried.
    if (moved != 0) {
        turn_[base::at(Stage::kLoop)].ticks += now - last_;
        if (interrupted(now - begun_, moved)) {
            turn_ = {};
            turn_[base::at(Stage::kInterrupted)].ticks = now - begun_;
        }
        publish();
        random_ = random_ * 1664525 + 1013904223;
        left_ = kLeastInterval + (random_ >> (32 - kIntervalBits));
        sampling_ = false;
    }
    turn_ = {};
}

void StageClock::publish() noexcept {
    StageCounters::Update update(counters_);
    for (std::size_t i = 0; i < kStages; ++i) {
        update.add(base::at(StageCounter::kTicks) + i, turn_[i].ticks);
        update.add(base::at(StageCounter::kPackets) + i, turn_[i].packets);
    }
    update.add(StageCounter::kTurns, 1);
}

}  // namespace weir::stage
