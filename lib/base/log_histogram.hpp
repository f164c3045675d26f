// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

/// Counts of values by size, eight classes to each power of two: a value is known to one part in
/// eight, whatever its size. Plain memory of one writer; shared_histogram.hpp has the one that
/// others may read meanwhile.
namespace weir::base {

/// The classes: the first kFine hold one value each.
struct LogClasses {
    static constexpr unsigned kFineBits = 3;
    static constexpr std::size_t kFine = std::size_t{1} << kFineBits;
    static constexpr std::size_t kCount = (40 - kFineBits + 1) * kFine;
    /// Greater values are counted as this: 18 minutes of a TSC of 1 GHz.
    static constexpr std::uint64_t kMost = (std::uint64_t{1} << 40) - 1;

    [[nodiscard]] static constexpr std::size_t index(std::uint64_t value) noexcept {
        value = std::min(value, kMost);
        if (value < kFine) return static_cast<std::size_t>(value);
        const auto power = static_cast<unsigned>(std::bit_width(value)) - 1;
        const auto fine = static_cast<std::size_t>(value >> (power - kFineBits)) - kFine;
        return (power - kFineBits + 1) * kFine + fine;
    }
    /// The greatest value of class `at`.
    [[nodiscard]] static constexpr std::uint64_t last_of(std::size_t at) noexcept {
        if (at < kFine) return at;
        const std::size_t shift = at / kFine - 1;
        return ((std::uint64_t{kFine} + at % kFine + 1) << shift) - 1;
    }
};

/// The first class up to which `share` (0 to 1) of all that `counts` counts by class are; 0 when
/// there are none.
[[nodiscard]] constexpr std::size_t quantile_class(const auto& counts, double share) noexcept {
    std::uint64_t all = 0;
    for (const std::uint64_t count : counts) all += count;
    // Less than what the multiplication may be too much.
    const double wanted = share * static_cast<double>(all) * (1 - 1e-12);
    std::uint64_t sum = 0;
    for (std::size_t at = 0; at < counts.size(); ++at) {
        sum += counts[at];
        if (sum != 0 && static_cast<double>(sum) >= wanted) return at;
    }
    return 0;
}

/// `Count` holds how often one class may occur.
template <typename Count>
class BasicLogHistogram {
   public:
    static constexpr std::uint64_t kMost = LogClasses::kMost;
    using Counts = std::array<Count, LogClasses::kCount>;

    BasicLogHistogram() noexcept = default;
    BasicLogHistogram(const Counts& counts, std::uint64_t most) noexcept
        : counts_(counts), most_(most) {}

    void add(std::uint64_t value) noexcept {
        ++counts_[LogClasses::index(value)];
        most_ = std::max(most_, value);
    }

    [[nodiscard]] std::uint64_t total() const noexcept {
        std::uint64_t sum = 0;
        for (const Count count : counts_) sum += count;
        return sum;
    }
    [[nodiscard]] std::uint64_t most() const noexcept { return most_; }
    /// By class (LogClasses).
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
    /// The least value of which it is known that `share` (0 to 1) of all are no greater; 0 when
    /// there are none. Too high by an eighth at most.
    [[nodiscard]] std::uint64_t quantile(double share) const noexcept {
        return std::min(LogClasses::last_of(quantile_class(counts_, share)), most_);
    }
    BasicLogHistogram& operator+=(const BasicLogHistogram& other) noexcept {
        for (std::size_t i = 0; i < LogClasses::kCount; ++i) counts_[i] += other.counts_[i];
        most_ = std::max(most_, other.most_);
        return *this;
    }
    /// What came after `earlier`, a look at the same histogram; its greatest value is known to an
    /// eighth only.
    [[nodiscard]] BasicLogHistogram since(const BasicLogHistogram& earlier) const noexcept {
        BasicLogHistogram rest;
        for (std::size_t i = 0; i < LogClasses::kCount; ++i) {
            if (counts_[i] <= earlier.counts_[i]) continue;
            rest.counts_[i] = counts_[i] - earlier.counts_[i];
            rest.most_ = std::min(LogClasses::last_of(i), most_);
        }
        return rest;
    }

   private:
    Counts counts_{};
    std::uint64_t most_ = 0;
};

/// Small: one of many.
using LogHistogram = BasicLogHistogram<std::uint32_t>;
/// Of what may happen ten million times a second for as long as the program runs.
using LongLogHistogram = BasicLogHistogram<std::uint64_t>;

}  // namespace weir::base
