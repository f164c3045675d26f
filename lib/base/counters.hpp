// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

/// Counters that one lcore writes and any thread may read. The writer opens an update once a
/// burst, adds, and closes it; a reader copies the block and tries again when an update was open
/// meanwhile, so that what it sees belongs together (packets and bytes of the same bursts). No
/// locked instruction on either side.
namespace weir::base {

/// `Index` is an enum whose last enumerator is kCount.
template <typename Index>
class alignas(64) CounterBlock {
   public:
    static constexpr std::size_t kSize = static_cast<std::size_t>(Index::kCount);
    using Values = std::array<std::uint64_t, kSize>;

    /// The writing lcore's open update; at most one at a time. What it adds is visible to readers
    /// when it is destroyed.
    class Update {
       public:
        explicit Update(CounterBlock& block) noexcept : block_(block) {
            sequence_ = block.sequence_.load(std::memory_order_relaxed);
            block.sequence_.store(sequence_ + 1, std::memory_order_relaxed);
            std::atomic_thread_fence(std::memory_order_release);
        }
        ~Update() { block_.sequence_.store(sequence_ + 2, std::memory_order_release); }
        Update(const Update&) = delete;
        Update& operator=(const Update&) = delete;

        void add(Index index, std::uint64_t amount) noexcept {
            add(static_cast<std::size_t>(index), amount);
        }
        void add(std::size_t index, std::uint64_t amount) noexcept {
            auto& value = block_.values_[index];
            value.store(value.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
        }

       private:
        CounterBlock& block_;
        std::uint64_t sequence_;
    };

    /// A consistent copy. Any thread.
    [[nodiscard]] Values read() const noexcept {
        Values copy{};
        for (;;) {
            const auto before = sequence_.load(std::memory_order_acquire);
            for (std::size_t i = 0; i < kSize; ++i) {
                copy[i] = values_[i].load(std::memory_order_relaxed);
            }
            std::atomic_thread_fence(std::memory_order_acquire);
            if ((before & 1) == 0 && sequence_.load(std::memory_order_relaxed) == before) {
                return copy;
            }
        }
    }

   private:
    std::atomic<std::uint64_t> sequence_{0};
    std::array<std::atomic<std::uint64_t>, kSize> values_{};
};

/// An enumerator of a counter set as an array index.
template <typename Index>
[[nodiscard]] constexpr std::size_t at(Index index) noexcept {
    return static_cast<std::size_t>(index);
}

}  // namespace weir::base
