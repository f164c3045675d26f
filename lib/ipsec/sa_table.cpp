// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/sa_table.hpp"

#include <algorithm>

#include "ipsec/sequence_tracker.hpp"

namespace weir::ipsec {
namespace {

/// How often each entry is looked at within the time after which it may be forgotten, and how many
/// at most for one burst.
constexpr std::uint64_t kAgeRounds = 8;
constexpr std::uint64_t kAgeMost = 16;

/// Figures that only packets out of order change, and no sum over histograms.
struct Marks {
    Marks(const SaLine& line, const SaBook& book) noexcept
        : lost(book.lost),
          duplicated(book.duplicated),
          beyond_window(book.beyond_window),
          zero(book.zero),
          restarts(book.restarts),
          wraps(book.settled_wraps + (highest_of(line, book) >> 32) - (book.lowest >> 32)) {}

    std::uint64_t lost, duplicated, beyond_window, zero, restarts, wraps;
};

/// What has changed; `lost` may have become less.
void add_change(const Marks& before, const Marks& after, SaCounts& sums) noexcept {
    sums.lost += after.lost - before.lost;
    sums.duplicated += after.duplicated - before.duplicated;
    sums.beyond_window += after.beyond_window - before.beyond_window;
    sums.zero += after.zero - before.zero;
    sums.restarts += after.restarts - before.restarts;
    sums.wraps += after.wraps - before.wraps;
}

/// Counts the packets an entry holds, for what they are if no more follow.
void settle_into(SaLine& line, SaRest& rest, SaCounts& sums) noexcept {
    if (rest.book.pending_count == 0) return;
    const Marks before(line, rest.book);
    sums.reordered += settle(line, rest);
    add_change(before, {line, rest.book}, sums);
}

bool is_free(const SaLine& line) noexcept { return line.key.protocol == SaProtocol::kNone; }

}  // namespace

SaTotals& SaTotals::operator+=(const SaTotals& other) noexcept {
    associations += other.associations;
    on_probation += other.on_probation;
    created += other.created;
    confirmed += other.confirmed;
    recycled += other.recycled;
    aged += other.aged;
    refused += other.refused;
    counts += other.counts;
    return *this;
}

SaTable::SaTable(const SaStorage& storage, std::uint64_t seed, std::uint64_t idle) noexcept
    : lines_(storage.lines),
      rests_(storage.rests),
      index_(storage.buckets),
      hash_of_(seed),
      idle_(idle),
      age_interval_(std::max<std::uint64_t>(1, idle / kAgeRounds / lines_.size())) {}

std::uint32_t SaTable::slot_of(const SaKey& key, std::uint64_t hash) const noexcept {
    return index_.find(hash, [&](std::uint32_t slot) { return same_key(lines_[slot].key, key); });
}

void SaTable::update(std::span<const SaPacket> packets, std::uint64_t now) noexcept {
    while (!packets.empty()) {
        const std::size_t count = std::min(packets.size(), kChunk);
        update_chunk(packets.first(count), now);
        packets = packets.subspan(count);
    }
    if (idle_ != 0) age(now);
}

void SaTable::update_chunk(std::span<const SaPacket> packets, std::uint64_t now) noexcept {
    std::array<std::uint64_t, kChunk> hashes;
    std::array<std::uint32_t, kChunk> slots;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        hashes[i] = hash_of_(packets[i].key);
        index_.prefetch(hashes[i]);
    }
    for (std::size_t i = 0; i < packets.size(); ++i) {
        slots[i] = index_.candidate(hashes[i]);
        if (slots[i] != kNoSlot) __builtin_prefetch(&lines_[slots[i]], 1);
    }
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        // An earlier packet of the burst may have had the entry recycled: the key tells.
        if (slots[i] != kNoSlot && same_key(lines_[slots[i]].key, packets[i].key)) [[likely]] {
            update_entry(slots[i], packets[i], now);
        } else {
            take_missed(packets[i], hashes[i], now);
        }
        bytes += packets[i].bytes;
    }
    totals_.counts.packets += packets.size();
    totals_.counts.bytes += bytes;
}

inline void SaTable::update_entry(std::uint32_t slot, const SaPacket& packet,
                                  std::uint64_t now) noexcept {
    if (!track_in_order(lines_[slot], packet.sequence, packet.bytes, now)) {
        take_aside(slot, packet.sequence);
    }
}

[[gnu::noinline]] void SaTable::take_aside(std::uint32_t slot, std::uint32_t sequence) noexcept {
    SaLine& line = lines_[slot];
    SaRest& rest = rests_[slot];
    const Marks before(line, rest.book);
    if (rest.book.probation && is_near(line, rest.book, sequence)) {
        leave_probation(slot);
        end_probation(line, rest);
        ++totals_.confirmed;
    }
    totals_.counts.reordered += track_aside(line, rest, sequence);
    add_change(before, {line, rest.book}, totals_.counts);
}

/// A packet whose entry the index's first line did not show: it stands in another bucket, or is new
/// since the burst began, or there is none.
[[gnu::noinline]] void SaTable::take_missed(const SaPacket& packet, std::uint64_t hash,
                                            std::uint64_t now) noexcept {
    if (const std::uint32_t known = slot_of(packet.key, hash); known != kNoSlot) {
        update_entry(known, packet, now);
        return;
    }
    const std::uint32_t slot = take_slot();
    if (slot == kNoSlot || !index_.insert(hash, slot)) {
        if (slot != kNoSlot) {
            rests_[slot].book.older = free_;
            free_ = slot;
        }
        ++totals_.refused;
        // The burst's sums will hold it.
        --totals_.counts.packets;
        totals_.counts.bytes -= packet.bytes;
        return;
    }
    lines_[slot].key = packet.key;
    begin_tracking(lines_[slot], rests_[slot], packet.sequence, packet.bytes, now);
    begin_probation(slot);
    totals_.counts.zero += rests_[slot].book.zero;
    ++totals_.created;
    ++totals_.associations;
}

std::uint32_t SaTable::take_slot() noexcept {
    if (free_ == kNoSlot && used_ == lines_.size() && oldest_ != kNoSlot) {
        ++totals_.recycled;
        release(oldest_);
    }
    if (free_ != kNoSlot) {
        const std::uint32_t slot = free_;
        free_ = rests_[slot].book.older;
        return slot;
    }
    return used_ < lines_.size() ? used_++ : kNoSlot;
}

/// Forgets an association but for the sums.
void SaTable::release(std::uint32_t slot) noexcept {
    SaLine& line = lines_[slot];
    SaBook& book = rests_[slot].book;
    settle_into(line, rests_[slot], totals_.counts);
    if (book.probation) leave_probation(slot);
    index_.erase(hash_of_(line.key), slot);
    line.key = SaKey{};
    book.older = free_;
    free_ = slot;
    --totals_.associations;
}

void SaTable::begin_probation(std::uint32_t slot) noexcept {
    SaBook& book = rests_[slot].book;
    book.probation = true;
    lines_[slot].next |= kAside;
    book.older = newest_;
    book.newer = kNoSlot;
    if (newest_ != kNoSlot) rests_[newest_].book.newer = slot;
    if (oldest_ == kNoSlot) oldest_ = slot;
    newest_ = slot;
    ++totals_.on_probation;
}

void SaTable::leave_probation(std::uint32_t slot) noexcept {
    const SaBook& book = rests_[slot].book;
    (book.older == kNoSlot ? oldest_ : rests_[book.older].book.newer) = book.newer;
    (book.newer == kNoSlot ? newest_ : rests_[book.newer].book.older) = book.older;
    --totals_.on_probation;
}

/// Goes round the entries in an eighth of the time after which they may be forgotten, where bursts
/// come often enough.
void SaTable::age(std::uint64_t now) noexcept {
    if (now - aged_until_ < age_interval_) return;
    const std::uint64_t due = std::min((now - aged_until_) / age_interval_, kAgeMost);
    aged_until_ = now;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(due, used_); ++i) {
        if (to_age_ >= used_) to_age_ = 0;
        const std::uint32_t slot = to_age_++;
        if (is_free(lines_[slot]) || now - lines_[slot].last_seen <= idle_) continue;
        release(slot);
        ++totals_.aged;
    }
}

std::optional<SaView> SaTable::find(const SaKey& key) const noexcept {
    const std::uint32_t slot = slot_of(key, hash_of_(key));
    if (slot == kNoSlot) return std::nullopt;
    return view_of(lines_[slot], rests_[slot]);
}

std::size_t SaTable::snapshot(std::size_t& from, std::span<SaView> out) const noexcept {
    std::size_t count = 0;
    for (; from < used_ && count < out.size(); ++from) {
        if (!is_free(lines_[from])) out[count++] = view_of(lines_[from], rests_[from]);
    }
    return count;
}

SaTotals SaTable::totals() const noexcept {
    SaTotals totals = totals_;
    for (std::size_t slot = 0; slot < used_; ++slot) {
        if (is_free(lines_[slot]) || rests_[slot].book.pending_count == 0) continue;
        SaLine line = lines_[slot];
        SaRest rest = rests_[slot];
        settle_into(line, rest, totals.counts);
    }
    return totals;
}

}  // namespace weir::ipsec
