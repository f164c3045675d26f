// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

/// Words that one lcore writes and any thread may read. A reader copies all of them and tries again
/// when they were being written meanwhile, so that what it sees belongs together. No locked
/// instruction on either side.
namespace weir::base {

template <std::size_t kSize>
class alignas(64) SharedWords {
   public:
    using Values = std::array<std::uint64_t, kSize>;

    /// The writing lcore's; at most one at a time. Readers see what it wrote when it is destroyed.
    class Writing {
       public:
        explicit Writing(SharedWords& words) noexcept : words_(words) {
            sequence_ = words.sequence_.load(std::memory_order_relaxed);
            words.sequence_.store(sequence_ + 1, std::memory_order_relaxed);
            std::atomic_thread_fence(std::memory_order_release);
        }
        ~Writing() { words_.sequence_.store(sequence_ + 2, std::memory_order_release); }
        Writing(const Writing&) = delete;
        Writing& operator=(const Writing&) = delete;

        void add(std::size_t index, std::uint64_t amount) noexcept {
            auto& value = words_.values_[index];
            value.store(value.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
        }
        void set(std::size_t index, std::uint64_t value) noexcept {
            words_.values_[index].store(value, std::memory_order_relaxed);
        }

       private:
        SharedWords& words_;
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

/// A value that is written as a whole: sums that are kept elsewhere, shown once a burst.
template <typename Value>
class Published {
    static_assert(std::is_trivially_copyable_v<Value>);
    static_assert(sizeof(Value) % sizeof(std::uint64_t) == 0, "plain words");
    using Words = SharedWords<sizeof(Value) / sizeof(std::uint64_t)>;

   public:
    /// The writing lcore's.
    void write(const Value& value) noexcept {
        typename Words::Values words;
        std::memcpy(words.data(), &value, sizeof value);
        typename Words::Writing writing(words_);
        for (std::size_t i = 0; i < words.size(); ++i) writing.set(i, words[i]);
    }
    /// A consistent copy; all zero before the first was written. Any thread.
    [[nodiscard]] Value read() const noexcept {
        const typename Words::Values words = words_.read();
        Value value;
        std::memcpy(static_cast<void*>(&value), words.data(), sizeof value);
        return value;
    }

   private:
    Words words_;
};

}  // namespace weir::base
