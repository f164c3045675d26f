// SPDX-License-Identifier: BSD-3-Clause
// The hot half of Traffic: what happens for each packet.
#include "gen/traffic.hpp"

#include <cstring>

namespace weir::gen {

std::size_t Traffic::next(std::byte* out) noexcept {
    const std::uint32_t number = schedule_[position_];
    position_ = (position_ + 1) % kScheduled;
    const Template& made = templates_[number];
    ++expectations_[number].used;
    std::memcpy(out, frames_.data() + made.offset, made.bytes);
    if (made.sender != kNoSender) {
        const Sender::Numbers numbers = senders_[made.sender].next(made.bytes, random_);
        std::memcpy(out + made.numbers_offset, &numbers, sizeof numbers);
    }
    return made.bytes;
}

}  // namespace weir::gen
