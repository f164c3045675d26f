// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/point_table.hpp"

#include <algorithm>
#include <utility>

namespace weir::ipsec {
namespace {

/// Entries that are looked at for one that may go: bounds the work for a packet.
constexpr std::size_t kLookedAt = 8;
/// What a slot keeps of a position.
constexpr std::uint32_t kPositions = (1U << 30) - 1;

/// Whether `one` comes after `other`, by 30 bits of their positions.
bool is_after(std::uint32_t one, std::uint32_t other) noexcept {
    return static_cast<std::int32_t>((one - other) << 2) > 0;
}

/// What is on its way counts as if nothing followed.
PointView view_of(const PointEntry& entry) noexcept {
    PointView view{entry.key, false, {}, entry.delay};
    const auto rank = [&entry](std::size_t side) {
        return std::pair(entry.sides[side].arrived, entry.sides[side].seen);
    };
    view.reversed = rank(1) > rank(0);
    const PointEntry::Side& first = entry.sides[view.reversed ? 1 : 0];
    const PointEntry::Side& other = entry.sides[view.reversed ? 0 : 1];
    view.counts.before = first.seen;
    view.counts.after = other.seen;
    view.counts.arrived = first.arrived + other.arrived;
    view.counts.lost = first.given_up + first.pending;
    view.counts.reordered = first.reordered + other.reordered;
    view.counts.untracked = first.untracked;
    view.counts.only_after = other.given_up + other.pending + other.untracked;
    return view;
}

PointSlot::State seen_at(std::size_t side) noexcept {
    return side == 0 ? PointSlot::kSeenBefore : PointSlot::kSeenAfter;
}

/// A packet that was seen on this side first is at the other point now.
void arrive(PointEntry::Side& side, std::uint32_t position) noexcept {
    --side.pending;
    ++side.arrived;
    // The first of all has nothing to be behind of.
    if (side.arrived != 1 && !is_after(position, side.highest)) {
        ++side.reordered;
    } else {
        side.highest = position;
    }
}

/// Of a flood of random SPIs, or not followed up.
bool is_stray(const PointEntry& entry) noexcept {
    return entry.sides[0].seen <= 1 && entry.sides[1].seen <= 1;
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

PointTable::PointTable(const PointStorage& storage, PointPorts ports, std::uint64_t seed,
                       std::uint64_t most_delay) noexcept
    : storage_(storage),
      index_(storage.buckets),
      hash_of_(seed),
      ports_(ports),
      most_delay_(most_delay) {}

void PointTable::take(const SaPacket& packet, std::uint64_t now) noexcept {
    if (packet.key.port != ports_.before && packet.key.port != ports_.after) return;
    const std::size_t here = packet.key.port == ports_.before ? 0 : 1;
    SaKey key = packet.key;
    key.port = 0;
    const std::uint32_t at = entry_of(key, now);
    if (at == kNoSlot) {
        ++totals_.refused;
        return;
    }
    PointEntry& entry = storage_.entries[at];
    PointSlot& slot = slot_of(at, packet.sequence);
    PointEntry::Side& side = entry.sides[here];
    PointEntry::Side& other = entry.sides[1 - here];
    entry.last_seen = now;
    side.last = packet.sequence;
    ++side.seen;
    const bool waiting =
        slot.state == PointSlot::kSeenBefore || slot.state == PointSlot::kSeenAfter;
    const bool recent = now - slot.time <= most_delay_;
    if (waiting && recent) {
        if (slot.state == seen_at(1 - here) && slot.number == packet.sequence) {
            slot.state = PointSlot::kSeenAtBoth;
            entry.delay.add(now - slot.time);
            arrive(other, slot.position);
            return;
        }
        // The same number twice, or one left far behind: only one can be followed.
        if (static_cast<std::int32_t>(slot.number - packet.sequence) >= 0) {
            ++side.untracked;
            return;
        }
    }
    if (waiting) {
        PointEntry::Side& seen = slot.state == seen_at(here) ? side : other;
        --seen.pending;
        ++seen.given_up;
    }
    slot.time = now;
    slot.number = packet.sequence;
    slot.position = static_cast<std::uint32_t>(side.seen) & kPositions;
    slot.state = seen_at(here);
    ++side.pending;
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
    totals_.counts += view_of(gone).counts;
    ++totals_.recycled;
    if (is_stray(gone)) {
        slot_of(at, gone.sides[0].last) = {};
        slot_of(at, gone.sides[1].last) = {};
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
        out[count++] = view_of(entry);
    }
    return count;
}

PointTotals PointTable::totals() const noexcept {
    PointTotals totals = totals_;
    for (const PointEntry& entry : storage_.entries.first(used_)) {
        if (entry.key.protocol == SaProtocol::kNone) continue;
        ++totals.associations;
        totals.counts += view_of(entry).counts;
    }
    return totals;
}

}  // namespace weir::ipsec
