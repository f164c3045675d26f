// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::fuzz {

/// Random numbers that cost next to nothing (splitmix64), the same for the same seed and index
/// everywhere.
class Random {
   public:
    Random(std::uint64_t seed, std::uint64_t index)
        : state_(mixed(seed + kStep) ^ mixed(~index * kStep)) {}

    std::uint64_t operator()() { return mixed(state_ += kStep); }

    /// 0 to `end` - 1; `end` is not 0 and fits 32 bits.
    std::size_t below(std::size_t end) { return ((*this)() >> 32) * end >> 32; }
    /// True once in `times`.
    bool once_in(std::size_t times) { return below(times) == 0; }

   private:
    static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;
    static std::uint64_t mixed(std::uint64_t value) {
        value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
        value = (value ^ value >> 27) * 0x94d049bb133111eb;
        return value ^ value >> 31;
    }

    std::uint64_t state_;
};

}  // namespace weir::fuzz
