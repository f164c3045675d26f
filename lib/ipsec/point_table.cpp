// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/point_table.hpp"

#include <algorithm>

namespace weir::ipsec {
namespace {

/// Entries that are looked at for one that may go: bounds the work for a packet.
constexpr std::size_t kLookedAt = 8;
/// What a slot keeps of a position. g++ wants it at each assignment.
constexpr std::uint32_t kPositions = (1U << 30) - 1;

/// Whether `one` comes after `other`, by 30 bits of their positions.
bool is_after(std::uint32_t one, std::uint32_t other) noexcept {
    return static_cast<std::int32_t>((one - other) << 2) > 0;
}

/// What is on its way counts as if nothing followed.
PointCounts counts_of(const PointEntry& entry) noexcept {
    PointCounts counts = entry.counts;
    counts.lost += entry.pending_before;
    counts.only_after += entry.pending_after;
    return counts;
}

/// Takes the slot for another number: what it held is lost, or came from nowhere.
void give_up(PointEntry& entry, PointSlot& slot) noexcept {
    if (slot.state == static_cast<unsigned>(PointSlot::State::kBefore)) {
        --entry.pending_before;
        ++entry.counts.lost;
    } else if (slot.state == static_cast<unsigned>(PointSlot::State::kAfter)) {
        --entry.pending_after;
        ++entry.counts.only_after;
    }
}

void arrive(PointEntry& entry, PointSlot& slot, std::uint64_t delay) noexcept {
    slot.state = static_cast<unsigned>(PointSlot::State::kBoth);
    ++entry.counts.arrived;
    entry.delay.add(delay);
    if (entry.any_arrived && !is_after(slot.position, entry.highest)) {
        ++entry.counts.reordered;
        return;
    }
    entry.highest = slot.position;
    entry.any_arrived = true;
}

/// Of a flood of random SPIs, or not followed up.
bool is_stray(const PointEntry& entry) noexcept {
    return entry.counts.before <= 1 && entry.counts.after <= 1;
}

}  // namespace

PointCounts& PointCounts::operator+=(const PointCounts& other) noexcept {
    before += other.before;
    after += other.after;
    arrived += other.arrived;
    lost += other.lost;
    reordered += other.reordered;
    untracked += other.untracked;
    only_after += other.only_after;
    return *this;
}

PointTotals& PointTotals::operator+=(const PointTotals& other) noexcept {
    associations += other.associations;
    recycled += other.recycled;
    refused += other.refused;
    counts += other.counts;
    return *this;
}

PointTable::PointTable(const PointStorage& storage, std::uint64_t seed,
                       std::uint64_t most_delay) noexcept
    : storage_(storage), index_(storage.buckets), hash_of_(seed), most_delay_(most_delay) {}

void PointTable::take(const SaPacket& packet, Point point, std::uint64_t now) noexcept {
    SaKey key = packet.key;
    key.port = 0;
    const std::uint32_t at = entry_of(key, now);
    if (at == kNoSlot) {
        ++totals_.refused;
        return;
    }
    PointEntry& entry = storage_.entries[at];
    PointSlot& slot = slot_of(at, packet.sequence);
    entry.last_seen = now;
    if (point == Point::kBefore) {
        entry.last_before = packet.sequence;
        take_before(entry, slot, packet.sequence, now);
    } else {
        entry.last_after = packet.sequence;
        take_after(entry, slot, packet.sequence, now);
    }
}

void PointTable::take_before(PointEntry& entry, PointSlot& slot, std::uint32_t number,
                             std::uint64_t now) const noexcept {
    const auto state = static_cast<State>(slot.state);
    const bool recent = now - slot.time <= most_delay_;
    const std::uint32_t position = static_cast<std::uint32_t>(++entry.counts.before) & kPositions;
    if (state == State::kAfter && slot.number == number && recent) {
        // The ports are not looked at in the same moment: it went past both in between.
        slot.position = position & kPositions;
        --entry.pending_after;
        arrive(entry, slot, 0);
        return;
    }
    // The same number twice, or one left far behind: only one can be followed.
    if (state == State::kBefore && recent && static_cast<std::int32_t>(slot.number - number) >= 0) {
        ++entry.counts.untracked;
        return;
    }
    give_up(entry, slot);
    slot.time = now;
    slot.number = number;
    slot.position = position & kPositions;
    slot.state = static_cast<unsigned>(State::kBefore);
    ++entry.pending_before;
}

void PointTable::take_after(PointEntry& entry, PointSlot& slot, std::uint32_t number,
                            std::uint64_t now) const noexcept {
    const auto state = static_cast<State>(slot.state);
    const bool recent = now - slot.time <= most_delay_;
    ++entry.counts.after;
    if (state == State::kBefore && recent) {
        if (slot.number != number) {
            ++entry.counts.only_after;
            return;
        }
        --entry.pending_before;
        arrive(entry, slot, now - slot.time);
        return;
    }
    give_up(entry, slot);
    slot.time = now;
    slot.number = number;
    slot.state = static_cast<unsigned>(State::kAfter);
    ++entry.pending_after;
}

std::uint32_t PointTable::entry_of(const SaKey& key, std::uint64_t now) noexcept {
    const std::uint64_t hash = hash_of_(key);
    const std::uint32_t known = index_.find(
        hash, [&](std::uint32_t slot) { return same_key(storage_.entries[slot].key, key); });
    if (known != kNoSlot) return known;
    const std::uint32_t at = used_ < storage_.entries.size() ? used_++ : make_room(now);
    if (at == kNoSlot) return kNoSlot;
    storage_.entries[at] = PointEntry{};
    // Where the index has no place the entry stays free, and is found by those who make room.
    if (!index_.insert(hash, at)) return kNoSlot;
    storage_.entries[at].key = key;
    return at;
}

/// An entry that is free, holds a single packet, or was silent for longer than any may take.
std::uint32_t PointTable::make_room(std::uint64_t now) noexcept {
    for (std::size_t i = 0; i < std::min(kLookedAt, storage_.entries.size()); ++i) {
        const std::uint32_t at = hand_;
        hand_ = hand_ + 1 == storage_.entries.size() ? 0 : hand_ + 1;
        const PointEntry& entry = storage_.entries[at];
        if (entry.key.protocol == SaProtocol::kNone) return at;
        if (!is_stray(entry) && now - entry.last_seen <= most_delay_) continue;
        release(at);
        return at;
    }
    return kNoSlot;
}

/// Leaves the slots empty. All of them are many, but whoever fills more than two of them takes the
/// entry for longer than `most_delay`.
void PointTable::release(std::uint32_t at) noexcept {
    const PointEntry& gone = storage_.entries[at];
    index_.erase(hash_of_(gone.key), at);
    totals_.counts += counts_of(gone);
    ++totals_.recycled;
    if (is_stray(gone)) {
        slot_of(at, gone.last_before) = {};
        slot_of(at, gone.last_after) = {};
        return;
    }
    std::ranges::fill(storage_.slots.subspan(std::size_t{at} * kPointWindow, kPointWindow),
                      PointSlot{});
}

std::size_t PointTable::snapshot(std::size_t& from, std::span<PointView> out) const noexcept {
    std::size_t count = 0;
    for (; from < used_ && count < out.size(); ++from) {
        const PointEntry& entry = storage_.entries[from];
        if (entry.key.protocol == SaProtocol::kNone) continue;
        out[count++] = {entry.key, counts_of(entry), entry.delay};
    }
    return count;
}

PointTotals PointTable::totals() const noexcept {
    PointTotals totals = totals_;
    for (const PointEntry& entry : storage_.entries.first(used_)) {
        if (entry.key.protocol == SaProtocol::kNone) continue;
        ++totals.associations;
        totals.counts += counts_of(entry);
    }
    return totals;
}

}  // namespace weir::ipsec
