// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace weir::gen {

/// xorshift64* (Vigna, 2016): enough for a schedule and its faults, and the same on every machine.
class Random {
   public:
    /// The state is any number but zero. Seeds that are near each other must not begin alike,
    /// hence the mixing (splitmix64's; Steele, Lea, Flood 2014).
    explicit Random(std::uint64_t seed) noexcept {
        std::uint64_t state = seed + 0x9e3779b97f4a7c15ULL;
        state = (state ^ state >> 30) * 0xbf58476d1ce4e5b9ULL;
        state = (state ^ state >> 27) * 0x94d049bb133111ebULL;
        state ^= state >> 31;
        state_ = state != 0 ? state : 1;
    }

    /// 48 bits.
    std::uint64_t next() noexcept {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return state_ * 0x2545f4914f6cdd1dULL >> 16;
    }

   private:
    std::uint64_t state_;
};

}  // namespace weir::gen
