// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/counters.hpp"
#include "base/tsc.hpp"

/// Where an lcore's time goes: TSC ticks by stage, of the first turn that moves packets and then of
/// one in 64.
/// Every other turn costs a test for each stage and burst. A stage's share of the ticks sampled is
/// its share of the lcore's busy ticks, all of which LcoreLoop counts.
namespace weir::stage {

/// In the order in which a packet meets them.
enum class Stage : std::uint8_t {
    kGenerate,
    kReceive,  ///< The driver's receive call, or reading a capture file; counting what came.
    kSpread,   ///< Hash, staging, and pushing into the rings.
    kTake,     ///< Popping from the ring.
    kDelay,    ///< --worker-delay-ns.
    kParse,    ///< With it, the first touch of headers by the lcore.
    kDecapsulate,
    kTally,  ///< Counting statuses and layers, and publishing the counters.
    kFilter,
    kCapture,
    kIpsec,        ///< Associations, points, IKE.
    kAction,       ///< Freeing or transmitting, with drops of malformed packets.
    kLoop,         ///< What is left of a turn.
    kInterrupted,  ///< Whole turns in which something else had the CPU, by what they took.
    kCount
};
inline constexpr std::size_t kStages = base::at(Stage::kCount);
inline constexpr std::array<std::string_view, kStages> kStageNames = {
    "generate", "receive", "spread",  "take",  "delay",  "parse", "decapsulate",
    "tally",    "filter",  "capture", "ipsec", "action", "loop",  "interrupted"};

/// Of the turns sampled of one lcore: ticks by stage, less those of taking the stamps; then packets
/// by stage; then the turns.
enum class StageCounter : std::uint8_t {
    kTicks,
    kPackets = kTicks + kStages,
    kTurns = kPackets + kStages,
    kCount
};
using StageCounters = base::CounterBlock<StageCounter>;

/// One lcore's. Only that lcore calls it, but for counters().
class StageClock {
   public:
    /// Finds out what a stamp takes, and forgets what it was given. The first turn that moves
    /// packets is sampled then. Once, on the lcore.
    void calibrate() noexcept;

    /// A turn begins, at TSC `now`.
    void begin(std::uint64_t now) noexcept { begun_ = last_ = now; }
    /// `packets` have just been through `stage`, which began when the last one ended. A stage may
    /// come several times in a turn.
    void lap(Stage stage, std::size_t packets) noexcept {
        if (sampling_) [[unlikely]] {
            stamp(stage, packets, base::tsc_now());
        }
    }
    /// The same, where TSC `now` is known.
    void lap(Stage stage, std::size_t packets, std::uint64_t now) noexcept {
        if (sampling_) [[unlikely]] {
            stamp(stage, packets, now);
        }
    }
    /// The turn ended at TSC `now`, and has moved so many packets.
    void end(std::uint64_t now, std::size_t moved) noexcept {
        if (sampling_) [[unlikely]] {
            end_sample(now, moved);
        } else if (moved != 0 && --left_ == 0) {
            sampling_ = true;
        }
    }

    /// Whether this turn is one of those sampled.
    [[nodiscard]] bool sampling() const noexcept { return sampling_; }
    /// While sampling: the TSC when the last stage ended, or the turn began.
    [[nodiscard]] std::uint64_t last() const noexcept { return last_; }
    [[nodiscard]] const StageCounters& counters() const noexcept { return counters_; }

    /// One that never samples, for bursts that no loop has polled.
    [[nodiscard]] static StageClock& off() noexcept;

   private:
    struct Lap {
        std::uint64_t ticks = 0;
        std::uint64_t packets = 0;
    };

    void stamp(Stage stage, std::size_t packets, std::uint64_t now) noexcept;
    void end_sample(std::uint64_t now, std::size_t moved) noexcept;
    void publish() noexcept;
    [[nodiscard]] bool interrupted(std::uint64_t ticks, std::size_t moved) noexcept;

    bool sampling_ = false;
    std::uint32_t left_ = 1;   ///< Turns that move packets until the next that is sampled.
    std::uint64_t begun_ = 0;  ///< When the turn began.
    std::uint64_t last_ = 0;
    std::uint64_t stamp_ticks_ = 0;
    std::uint64_t usual_ticks_ = 0;  ///< That turns have taken of late, a packet moved.
    std::uint32_t random_ = 1;
    std::array<Lap, kStages> turn_{};  ///< Of the turn being sampled.
    StageCounters counters_;
};

}  // namespace weir::stage
