// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/byte_order.hpp"
#include "gen/random.hpp"
#include "gen/truth.hpp"

/// One end of an IPsec tunnel in the demo: gives each packet SPI and sequence number, and commits
/// the faults that Weir is to find. Numbers are left out for ever, sent twice, or withheld and sent
/// late; the sender starts over at its first number; a new association takes over with another SPI.
/// Each fault is entered in the association's truth when it is committed.
///
/// Faults start with new numbers only, so that none meets another: what is lost, late or repeated
/// are different numbers. next() is for the generator's lcore and allocates nothing; a sender has
/// a fixed number of associations in its life, however long that is.
namespace weir::gen {

struct SenderProfile {
    bool faults = true;
    /// First number of each association. A sender that has extended sequence numbers (RFC 4303,
    /// section 2.2.1) may be met anywhere; others begin at 1, and only those restart.
    std::uint64_t first = 1;
    /// Withheld numbers are sent after up to 2^late_classes - 1 packets; 1 to kLatenessClasses.
    unsigned late_classes = 1;
    /// How many follow each other, 1 to Sender::kMostAssociations.
    std::size_t associations = 8;
};

class alignas(64) Sender {
   public:
    /// As they stand in ESP and AH, one behind the other.
    struct Numbers {
        base::be32 spi;
        base::be32 sequence;
    };
    static_assert(sizeof(Numbers) == 8);

    /// No number is sent later than so many behind the highest.
    static constexpr std::uint32_t kLatestBy = 4000;
    /// Most associations that follow each other, the first included.
    static constexpr std::size_t kMostAssociations = 8;

    /// `identity`: of the first association; the others have SPIs above it, `spi_step` apart. Cold.
    Sender(const SenderProfile& profile, const AssociationTruth& identity, std::uint32_t spi_step);

    /// For a packet of `bytes` octets.
    [[nodiscard]] Numbers next(std::size_t bytes, Random& random) noexcept {
        // Before the SPI is read: it may be another's from now on.
        const std::uint64_t number = next_number(random);
        ++packets_;
        bytes_ += bytes;
        return {spi_, base::be32::from_host(static_cast<std::uint32_t>(number))};
    }

    /// Adds the associations that have sent packets, in their order. Cold.
    void add_truth(std::vector<AssociationTruth>& list) const;

   private:
    [[nodiscard]] std::uint64_t next_number(Random& random) noexcept {
        if (late_left_ != 0 && --late_after_ == 0) [[unlikely]] {
            return send_late();
        }
        if (repeat_ != 0 && --repeat_after_ == 0) [[unlikely]] {
            ++truth().duplicated;
            return std::exchange(repeat_, 0);
        }
        if (next_ > quiet_until_) {
            const std::uint64_t draw = random.next();
            if (draw % kFaultShare < kFaults) [[unlikely]] {
                commit(draw);
            }
        }
        return next_++;
    }

    /// One number in so many is drawn for each fault.
    static constexpr std::uint64_t kFaultShare = 1024;
    enum Fault : std::uint8_t { kLose, kWithhold, kRepeat, kRestart, kRekey, kFaults };

    void commit(std::uint64_t draw) noexcept;
    void lose(std::uint64_t draw) noexcept;
    void withhold(std::uint64_t draw) noexcept;
    [[nodiscard]] std::uint64_t send_late() noexcept;
    void restart(std::uint64_t draw) noexcept;
    void rekey(std::uint64_t draw) noexcept;
    void open_gap(std::uint32_t numbers) noexcept;
    [[nodiscard]] bool may_start_over() const noexcept;
    /// Packets of the association so far, each number once.
    [[nodiscard]] std::uint64_t distinct() const noexcept {
        return packets_ - associations_[current_].duplicated;
    }
    [[nodiscard]] AssociationTruth& truth() noexcept { return associations_[current_]; }
    [[nodiscard]] AssociationTruth current_truth() const noexcept;

    // What every packet needs. Numbers have 64 bits, of which the wire carries the lower half.
    std::uint64_t next_;
    std::uint64_t quiet_until_;  ///< No faults up to this number.
    std::uint64_t packets_ = 0;  ///< Of the current association.
    std::uint64_t bytes_ = 0;
    std::uint64_t repeat_ = 0;  ///< Number to be sent again, 0 for none.
    std::uint32_t repeat_after_ = 0;
    std::uint32_t late_after_ = 0;  ///< Packets until the next of the withheld is sent.
    std::uint8_t late_left_ = 0;    ///< Numbers withheld.
    base::be32 spi_;

    std::uint8_t late_together_ = 0;  ///< How many they were.
    bool late_reversed_ = false;      ///< The highest of them is sent first.
    std::uint8_t lost_meanwhile_ = 0;
    std::uint64_t late_lowest_ = 0;     ///< Of those withheld.
    std::uint64_t late_opened_at_ = 0;  ///< Which packet came instead; counted as distinct() is.
    std::uint64_t settled_ = 0;         ///< Numbers of former epochs.
    std::uint64_t former_highest_ = 0;  ///< Of the epoch before.
    SenderProfile profile_;
    std::size_t current_ = 0;
    std::vector<AssociationTruth> associations_;
};

}  // namespace weir::gen
