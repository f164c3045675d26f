// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "ipsec/sa_table.hpp"

/// The worst associations of a table that is in use. The control thread asks; the lcore that owns
/// the table looks through it, a few entries a turn, and answers; then the control thread may read.
/// So each side has the result for itself, and neither waits.
namespace weir::ipsec {

/// Packets that did not come once and in order.
[[nodiscard]] constexpr std::uint64_t trouble_of(const SaCounts& counts) noexcept {
    return counts.lost + counts.duplicated + counts.reordered + counts.beyond_window;
}

/// Whether `one` stands before `other` where the worst come first: more trouble, or as much and
/// more packets. Those on probation come last, since of them nothing is sure.
[[nodiscard]] constexpr bool is_worse(const SaView& one, const SaView& other) noexcept {
    if (one.probation != other.probation) return other.probation;
    const std::uint64_t trouble = trouble_of(one.counts);
    const std::uint64_t than = trouble_of(other.counts);
    return trouble != than ? trouble > than : one.counts.packets > other.counts.packets;
}

class SaSurvey {
   public:
    /// Associations that an answer holds at most.
    static constexpr std::size_t kWorst = 16;

    /// The owner's, once a turn: goes on with what was asked for, if anything was.
    void step(const SaTable& table) noexcept {
        if (state_.load(std::memory_order_acquire) == State::kAsked) look(table);
    }

    /// The control thread's: asks for an answer, unless one is being made.
    void ask() noexcept;
    /// The control thread's: the latest answer, the worst first; empty while one is being made.
    [[nodiscard]] std::span<const SaView> worst() const noexcept;

   private:
    enum class State : std::uint8_t { kAsked, kAnswered };
    /// Entries for each turn: a few hundred nanoseconds where their lines are not in the cache.
    static constexpr std::size_t kEntriesEachTurn = 4;

    void look(const SaTable& table) noexcept;
    void take(const SaView& view) noexcept;

    std::atomic<State> state_{State::kAnswered};
    std::size_t from_ = 0;
    std::size_t count_ = 0;
    std::array<SaView, kWorst> worst_;
};

}  // namespace weir::ipsec
