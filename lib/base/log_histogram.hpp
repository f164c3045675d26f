// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

/// Counts of values by size, eight classes to each power of two: a value is known to one part in
/// eight, whatever its size. Plain memory of one writer.
namespace weir::base {

class LogHistogram {
   public:
    /// Greater values are counted as this: 18 minutes of a TSC of 1 GHz.
    static constexpr std::uint64_t kMost = (std::uint64_t{1} << 40) - 1;

    void add(std::uint64_t value) noexcept {
        ++counts_[index(std::min(value, kMost))];
        most_ = std::max(most_, value);
    }

    [[nodiscard]] std::uint64_t total() const noexcept {
        std::uint64_t sum = 0;
        for (const std::uint32_t count : counts_) sum += count;
        return sum;
    }
    [[nodiscard]] std::uint64_t most() const noexcept { return most_; }
    /// The least value of which it is known that `share` (0 to 1) of all are no greater; 0 when
    /// there are none. Too high by an eighth at most.
    [[nodiscard]] std::uint64_t quantile(double share) const noexcept {
        const std::uint64_t all = total();
        const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(all));
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < kClasses; ++i) {
            sum += counts_[i];
            if (sum != 0 && sum >= wanted) return std::min(last_of(i), most_);
        }
        return most_;
    }
    LogHistogram& operator+=(const LogHistogram& other) noexcept {
        for (std::size_t i = 0; i < kClasses; ++i) counts_[i] += other.counts_[i];
        most_ = std::max(most_, other.most_);
        return *this;
    }

   private:
    static constexpr unsigned kFineBits = 3;
    static constexpr std::size_t kFine = std::size_t{1} << kFineBits;
    static constexpr std::size_t kClasses = (40 - kFineBits + 1) * kFine;

    /// The first kFine classes hold one value each.
    [[nodiscard]] static constexpr std::size_t index(std::uint64_t value) noexcept {
        if (value < kFine) return static_cast<std::size_t>(value);
        const auto power = static_cast<unsigned>(std::bit_width(value)) - 1;
        const auto fine = static_cast<std::size_t>(value >> (power - kFineBits)) - kFine;
        return (power - kFineBits + 1) * kFine + fine;
    }
    [[nodiscard]] static constexpr std::uint64_t last_of(std::size_t at) noexcept {
        if (at < kFine) return at;
        const std::size_t shift = at / kFine - 1;
        return ((std::uint64_t{kFine} + at % kFine + 1) << shift) - 1;
    }
    std::array<std::uint32_t, kClasses> counts_{};
    std::uint64_t most_ = 0;
};

}  // namespace weir::base
