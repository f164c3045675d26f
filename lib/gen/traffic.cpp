// SPDX-License-Identifier: BSD-3-Clause
// The hot half of Traffic: what happens for each packet.
#include "gen/traffic.hpp"

#include <cstring>
#include <utility>

#include "base/byte_order.hpp"

namespace weir::gen {
namespace {

/// One sequence number in so many suffers each kind of fault.
constexpr std::uint64_t kFaultShare = 1024;
constexpr std::uint32_t kRepeatWithin = 8;
/// An association is let run so long before its first fault, so that its start is plain.
constexpr std::uint64_t kQuietStart = 16;

}  // namespace

/// xorshift64* (Vigna, 2016): enough for a schedule, and the same on every machine.
std::uint64_t Traffic::random() noexcept {
    random_state_ ^= random_state_ >> 12;
    random_state_ ^= random_state_ << 25;
    random_state_ ^= random_state_ >> 27;
    return random_state_ * 0x2545f4914f6cdd1dULL >> 16;
}

/// The sender's next number: one that is due late or again, else the next new one. Faults start
/// with new numbers only, so that none meets another: what is lost, late or repeated are different
/// numbers. While one is held back none is lost, so that it is late by kLatestBy numbers at most.
std::uint64_t Traffic::next_sequence(Association& association) noexcept {
    if (association.late != 0 && --association.late_after == 0) {
        ++association.reordered;
        return std::exchange(association.late, 0);
    }
    if (association.repeat != 0 && --association.repeat_after == 0) {
        ++association.duplicated;
        return std::exchange(association.repeat, 0);
    }
    if (faults_ && association.next > kQuietStart) {
        const std::uint64_t draw = random();
        const auto delay = static_cast<std::uint32_t>(draw >> 32);
        switch (draw % kFaultShare) {
            case 0:
                if (association.late != 0) break;
                ++association.lost;
                ++association.next;
                break;
            case 1:
                if (association.late != 0) break;
                association.late = association.next++;
                association.late_after = 1 + delay % kLatestBy;
                break;
            case 2:
                if (association.repeat != 0) break;
                association.repeat = association.next;
                association.repeat_after = 1 + delay % kRepeatWithin;
                break;
            default:
                break;
        }
    }
    return association.next++;
}

std::size_t Traffic::next(std::byte* out) noexcept {
    const std::uint32_t number = schedule_[position_];
    position_ = (position_ + 1) % kScheduled;
    const Template& made = templates_[number];
    ++expectations_[number].used;
    std::memcpy(out, frames_.data() + made.offset, made.bytes);
    if (made.association != kNoAssociation) {
        const std::uint64_t sequence = next_sequence(associations_[made.association]);
        const auto on_wire = base::be32::from_host(static_cast<std::uint32_t>(sequence));
        std::memcpy(out + made.sequence_offset, &on_wire, sizeof on_wire);
    }
    return made.bytes;
}

}  // namespace weir::gen
