// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/log_histogram.hpp"

/// Histograms that one lcore writes and any thread may read. Each word is read whole; words are not
/// read at one moment, so that a reader may see a value that another word does not count yet. What
/// is read after the lcore has stopped is exact. No locked instruction on either side.
namespace weir::base {

/// A word of one writer.
class SharedWord {
   public:
    void add(std::uint64_t amount) noexcept { set(read() + amount); }
    void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t read() const noexcept {
        return value_.load(std::memory_order_relaxed);
    }

   private:
    std::atomic<std::uint64_t> value_{0};
};

/// By size, as LogHistogram does.
class alignas(64) SharedLogHistogram {
   public:
    void add(std::uint64_t value, std::uint64_t times = 1) noexcept {
        counts_[LogClasses::index(value)].add(times);
        if (value > most_.read()) most_.set(value);
    }
    [[nodiscard]] LongLogHistogram read() const noexcept {
        LongLogHistogram::Counts counts;
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = counts_[i].read();
        return {counts, most_.read()};
    }

   private:
    SharedWord most_;
    std::array<SharedWord, LogClasses::kCount> counts_{};
};

/// One class for each value from 0 to kMost.
template <std::size_t kMost>
class alignas(64) SharedTally {
   public:
    using Counts = std::array<std::uint64_t, kMost + 1>;

    /// `value`: at most kMost.
    void add(std::size_t value) noexcept { counts_[value].add(1); }
    [[nodiscard]] Counts read() const noexcept {
        Counts counts;
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = counts_[i].read();
        return counts;
    }

   private:
    std::array<SharedWord, kMost + 1> counts_{};
};

}  // namespace weir::base
