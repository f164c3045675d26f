// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// The health of one IPsec association from its sequence numbers alone, without keys. Constant time
/// for each packet, no allocation. Written by one lcore.
///
/// Sequence numbers are 32 bits on the wire. They are extended to 64 by taking, of the numbers with
/// these low bits, the one nearest to the highest seen (RFC 4303, appendix A2.1, without the
/// window's position on the receiving side): so the wrap past 2^32 goes unnoticed, as it should.
namespace weir::ipsec {

/// Sequence numbers below the highest for which it is known whether they have been seen.
inline constexpr std::uint64_t kTrackedWindow = 4096;

class SequenceTracker {
   public:
    /// What was counted. lost and the others are exact as long as nothing arrives later than the
    /// window; what does is beyond_window and never guessed.
    struct Counts {
        std::uint64_t packets = 0;        ///< All of them.
        std::uint64_t lost = 0;           ///< Numbers from the lowest to the highest seen that have
                                          ///< not been seen so far.
        std::uint64_t duplicated = 0;     ///< Packets whose number had been seen before.
        std::uint64_t reordered = 0;      ///< Packets, no duplicates, whose number is below the
                                          ///< highest at their arrival (RFC 4737, section 3.3).
        std::uint64_t beyond_window = 0;  ///< Packets too old to tell.
    };

    /// Takes in the sequence number of the next packet, in host byte order.
    void update(std::uint32_t sequence) noexcept;

    [[nodiscard]] Counts counts() const noexcept {
        const std::uint64_t distinct = packets_ - duplicated_ - beyond_window_;
        return {packets_, packets_ == 0 ? 0 : highest_ - lowest_ + 1 - distinct, duplicated_,
                reordered_, beyond_window_};
    }
    /// Low 32 bits of the highest number seen.
    [[nodiscard]] std::uint32_t highest() const noexcept {
        return static_cast<std::uint32_t>(highest_);
    }

   private:
    static constexpr std::size_t kWords = kTrackedWindow / 64;

    [[nodiscard]] std::uint64_t extend(std::uint32_t sequence) const noexcept;
    /// Marks a number of the window as seen; false when it had been.
    bool mark(std::uint64_t number) noexcept;
    void move_up_to(std::uint64_t number) noexcept;

    // What every packet needs stands in one cache line.
    std::uint64_t highest_ = 0;
    std::uint64_t lowest_ = 0;
    std::uint64_t packets_ = 0;
    std::uint64_t duplicated_ = 0;
    std::uint64_t reordered_ = 0;
    std::uint64_t beyond_window_ = 0;
    /// Bit n of the ring of words says whether the number congruent to n has been seen.
    std::array<std::uint64_t, kWords> seen_{};
};

/// First numbers start here, so that extending never goes below zero.
inline constexpr std::uint64_t kSequenceBase = std::uint64_t{1} << 32;

inline std::uint64_t SequenceTracker::extend(std::uint32_t sequence) const noexcept {
    // The difference as a signed number picks the nearest of the candidates.
    const auto difference =
        static_cast<std::int32_t>(sequence - static_cast<std::uint32_t>(highest_));
    return highest_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(difference));
}

inline bool SequenceTracker::mark(std::uint64_t number) noexcept {
    std::uint64_t& word = seen_[number / 64 % kWords];
    const std::uint64_t bit = std::uint64_t{1} << number % 64;
    const bool is_new = (word & bit) == 0;
    word |= bit;
    return is_new;
}

/// Makes `number` the highest; the numbers that enter the window with it have not been seen.
inline void SequenceTracker::move_up_to(std::uint64_t number) noexcept {
    if (number - highest_ >= kTrackedWindow) {
        seen_.fill(0);
    } else {
        for (std::uint64_t entering = highest_ + 1; entering <= number;) {
            const std::uint64_t bit = entering % 64;
            if (bit == 0 && number - entering >= 63) {
                seen_[entering / 64 % kWords] = 0;
                entering += 64;
            } else {
                seen_[entering / 64 % kWords] &= ~(std::uint64_t{1} << bit);
                ++entering;
            }
        }
    }
    highest_ = number;
}

inline void SequenceTracker::update(std::uint32_t sequence) noexcept {
    if (packets_++ == 0) {
        highest_ = kSequenceBase + sequence;
        lowest_ = highest_;
        mark(highest_);
        return;
    }
    const std::uint64_t number = extend(sequence);
    if (number > highest_) {
        move_up_to(number);
        mark(number);
    } else if (highest_ - number >= kTrackedWindow) {
        ++beyond_window_;
    } else if (!mark(number)) {
        ++duplicated_;
    } else {
        ++reordered_;
        if (number < lowest_) lowest_ = number;
    }
}

}  // namespace weir::ipsec
