// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/shared_words.hpp"

/// Counters that one lcore writes and any thread may read. The writer opens an update once a
/// burst, adds, and closes it; what a reader sees belongs together (packets and bytes of the same
/// bursts).
namespace weir::base {

/// An enumerator of a counter set as an array index.
template <typename Index>
[[nodiscard]] constexpr std::size_t at(Index index) noexcept {
    return static_cast<std::size_t>(index);
}

/// How much a counter has grown between two looks; 0 should it have gone back.
[[nodiscard]] constexpr std::uint64_t growth(std::uint64_t before, std::uint64_t now) noexcept {
    return now > before ? now - before : 0;
}

/// `Index` is an enum whose last enumerator is kCount.
template <typename Index>
class CounterBlock {
    using Words = SharedWords<at(Index::kCount)>;

   public:
    static constexpr std::size_t kSize = at(Index::kCount);
    using Values = typename Words::Values;

    /// The writing lcore's open update; at most one at a time. What it adds is visible to readers
    /// when it is destroyed.
    class Update {
       public:
        explicit Update(CounterBlock& block) noexcept : writing_(block.words_) {}

        void add(Index index, std::uint64_t amount) noexcept { writing_.add(at(index), amount); }
        void add(std::size_t index, std::uint64_t amount) noexcept { writing_.add(index, amount); }

       private:
        typename Words::Writing writing_;
    };

    /// A consistent copy. Any thread.
    [[nodiscard]] Values read() const noexcept { return words_.read(); }

   private:
    Words words_;
};

}  // namespace weir::base
