// SPDX-License-Identifier: BSD-3-Clause
#include "gen/sender.hpp"

#include <algorithm>
#include <bit>

namespace weir::gen {
namespace {

/// An epoch is let run so long before its first fault, so that its start is plain.
constexpr std::uint64_t kQuietStart = 16;
constexpr std::uint32_t kRepeatWithin = 8;
/// At most this many numbers are lost in a row, and withheld together.
constexpr unsigned kLossClasses = 4;
constexpr std::uint32_t kMostLost = (1U << kLossClasses) - 1;
constexpr std::uint32_t kMostTogether = 3;
/// Losses while numbers are withheld: not so many that an extent would be forgotten
/// (docs/ipsec.md).
constexpr std::uint8_t kMostLostMeanwhile = 4;
constexpr std::uint32_t kMostDelay =
    Sender::kLatestBy - kMostTogether - kMostLostMeanwhile * kMostLost;
/// What docs/ipsec.md asks of a restart: numbers from the epoch's first to its highest, and packets
/// in order behind it.
constexpr std::uint64_t kLeastBeforeRestart = 64;
constexpr std::uint64_t kRestartPackets = 4;
/// A 1 that lies behind, not ahead in the next subspace.
constexpr std::uint64_t kMostBeforeRestart = std::uint64_t{1} << 31;
/// Of late packets, what an observer can still tell from repeated ones.
constexpr std::uint64_t kObservedWindow = 4096;
/// Of the numbers drawn for it, one in so many is a restart; a rekey is rarer by kRekeyFactor bits
/// for each association before, so that short runs see some, and long ones still do.
constexpr std::uint64_t kRestartShare = 2;
constexpr unsigned kRekeyShareBits = 1;
constexpr unsigned kRekeyFactorBits = 2;

/// Above the bits that chose the fault.
constexpr unsigned kDrawBits = 10;

/// 1 to 2^classes - 1, each class of a power of two as likely as the others.
std::uint32_t spread(std::uint64_t draw, unsigned classes) noexcept {
    const auto power = std::uint32_t{1} << (draw >> 32) % classes;
    return power + (static_cast<std::uint32_t>(draw >> kDrawBits) & (power - 1));
}

std::size_t class_of(std::uint64_t value, std::size_t classes) noexcept {
    return std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(value)) - 1, classes - 1);
}

}  // namespace

Sender::Sender(const SenderProfile& profile, const AssociationTruth& identity,
               std::uint32_t spi_step)
    : next_(profile.first),
      quiet_until_(profile.faults ? profile.first + kQuietStart - 1 : UINT64_MAX),
      spi_(base::be32::from_host(identity.spi)),
      profile_(profile),
      associations_(profile.associations, identity) {
    for (std::uint32_t i = 1; i < associations_.size(); ++i) {
        associations_[i].spi = identity.spi + i * spi_step;
        associations_[i].follows_spi = associations_[i - 1].spi;
    }
}

void Sender::commit(std::uint64_t draw) noexcept {
    switch (draw % kFaultShare) {
        case kLose:
            return lose(draw);
        case kWithhold:
            return withhold(draw);
        case kRepeat:
            if (repeat_ != 0) return;
            repeat_ = next_;
            repeat_after_ = 1 + static_cast<std::uint32_t>(draw >> 32) % kRepeatWithin;
            return;
        case kRestart:
            return restart(draw);
        default:
            return rekey(draw);
    }
}

void Sender::open_gap(std::uint32_t numbers) noexcept {
    ++truth().gap_lengths[class_of(numbers, kLengthsByPower)];
    truth().longest_gap = std::max(truth().longest_gap, numbers);
    next_ += numbers;
}

void Sender::lose(std::uint64_t draw) noexcept {
    if (late_left_ != 0) {
        if (lost_meanwhile_ == kMostLostMeanwhile) return;
        ++lost_meanwhile_;
    }
    const std::uint32_t numbers = spread(draw, kLossClasses);
    truth().lost += numbers;
    open_gap(numbers);
}

void Sender::withhold(std::uint64_t draw) noexcept {
    if (late_left_ != 0) return;
    late_together_ = static_cast<std::uint8_t>(1 + (draw >> 24 & 0xff) % kMostTogether);
    late_left_ = late_together_;
    late_reversed_ = (draw >> 23 & 1) != 0;
    late_lowest_ = next_;
    late_after_ = std::min(spread(draw, profile_.late_classes), kMostDelay);
    late_opened_at_ = distinct() + 1;
    lost_meanwhile_ = 0;
    open_gap(late_together_);
}

/// Those that were withheld together are sent one behind the other: of the first, or of all when
/// the highest leads, whatever was sent since the gap is a higher number; else a lower one came
/// just before.
std::uint64_t Sender::send_late() noexcept {
    AssociationTruth& truth = this->truth();
    const bool first = late_left_ == late_together_;
    --late_left_;
    late_after_ = 1;
    const std::uint64_t number =
        late_reversed_ ? late_lowest_ + late_left_ : late_lowest_ + late_together_ - late_left_ - 1;

    const auto behind = static_cast<std::uint32_t>(next_ - 1 - number);
    ++truth.reordered;
    ++truth.lateness[class_of(behind, kLatenessClasses)];
    truth.latest = std::max(truth.latest, behind);
    for (std::size_t i = 0; i < kTruthWindows.size(); ++i) {
        if (behind >= kTruthWindows[i]) ++truth.would_drop[i];
    }
    const auto extent = static_cast<std::uint32_t>(distinct() + 1 - late_opened_at_);
    ++truth.extents[class_of(extent, kLengthsByPower)];
    truth.longest_extent = std::max(truth.longest_extent, extent);
    if (first || late_reversed_) ++truth.n_reordered[std::min<std::uint32_t>(extent, 3) - 1];
    return number;
}

/// Nothing is outstanding, and the epoch is long enough for an observer to tell the next from it.
bool Sender::may_start_over() const noexcept {
    return late_left_ == 0 && repeat_ == 0 && next_ > profile_.first + kLeastBeforeRestart;
}

void Sender::restart(std::uint64_t draw) noexcept {
    if (profile_.first != 1 || !may_start_over() || next_ > kMostBeforeRestart) return;
    if ((draw >> kDrawBits) % kRestartShare != 0) return;
    ++truth().restarts;
    former_highest_ = next_ - 1;
    settled_ += next_ - profile_.first;
    next_ = profile_.first;
}

void Sender::rekey(std::uint64_t draw) noexcept {
    if (current_ + 1 == associations_.size() || !may_start_over()) return;
    const auto bits = kRekeyShareBits + kRekeyFactorBits * static_cast<unsigned>(current_);
    if ((draw >> kDrawBits & ((std::uint64_t{1} << bits) - 1)) != 0) return;
    truth() = current_truth();
    truth().replaced = true;
    ++current_;
    spi_ = base::be32::from_host(truth().spi);
    packets_ = 0;
    bytes_ = 0;
    settled_ = 0;
    next_ = profile_.first;
}

AssociationTruth Sender::current_truth() const noexcept {
    AssociationTruth truth = associations_[current_];
    const std::uint64_t highest = next_ - 1;
    truth.packets = packets_;
    truth.bytes = bytes_;
    // A number that is withheld counts as lost until it is sent.
    truth.lost += late_left_;
    truth.wraps = (highest >> 32) - (profile_.first >> 32);
    truth.expected = settled_ + (next_ - profile_.first);
    truth.highest = highest;
    const std::uint64_t sent = next_ - profile_.first;
    if (truth.restarts == 0 || sent >= kRestartPackets) return truth;

    // So few packets are not believed to be a restart: they repeat the first numbers, if those are
    // still in the window observed.
    --truth.restarts;
    for (std::uint64_t number = profile_.first; number < next_; ++number) {
        const bool in_window = former_highest_ - number < kObservedWindow;
        ++(in_window ? truth.duplicated : truth.beyond_window);
    }
    for (std::uint64_t& dropped : truth.would_drop) dropped += truth.beyond_window;
    truth.expected = settled_;
    truth.highest = former_highest_;
    return truth;
}

void Sender::add_truth(std::vector<AssociationTruth>& list) const {
    list.insert(list.end(), associations_.begin(),
                associations_.begin() + static_cast<std::ptrdiff_t>(current_));
    if (packets_ != 0) list.push_back(current_truth());
}

}  // namespace weir::gen
