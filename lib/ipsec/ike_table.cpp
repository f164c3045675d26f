// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/ike_table.hpp"

#include <cstring>

namespace weir::ipsec {

IkeTotals& IkeTotals::operator+=(const IkeTotals& other) noexcept {
    pairs += other.pairs;
    on_probation += other.on_probation;
    created += other.created;
    confirmed += other.confirmed;
    recycled += other.recycled;
    aged += other.aged;
    refused += other.refused;
    unread += other.unread;
    counts += other.counts;
    return *this;
}

IkeTable::IkeTable(const IkeStorage& storage, std::uint64_t seed, std::uint64_t idle) noexcept
    : entries_(storage.entries), index_(storage.buckets), hash_(seed), idle_(idle) {}

std::uint64_t IkeTable::hash_of(const HostPair& hosts) const noexcept {
    static_assert(sizeof(KeyedHash::Words) == sizeof hosts);
    KeyedHash::Words words;
    std::memcpy(words.data(), &hosts, sizeof hosts);
    return hash_(words);
}

std::uint32_t IkeTable::slot_of(const HostPair& hosts, std::uint64_t hash) const noexcept {
    return index_.find(hash,
                       [&](std::uint32_t slot) { return entries_[slot].view.hosts == hosts; });
}

void IkeTable::take(const IkePacket& packet, std::uint64_t now) noexcept {
    const std::uint64_t hash = hash_of(packet.hosts);
    std::uint32_t slot = slot_of(packet.hosts, hash);
    if (slot == kNoSlot) slot = begin(packet.hosts, hash, now);
    if (slot == kNoSlot) {
        ++totals_.refused;
        return;
    }
    IkeEntry& entry = entries_[slot];
    entry.view.last_seen = now;
    if (!entry.view.probation) {
        remove(confirmed_, slot);
        append(confirmed_, slot);
    }
    const bool complete = count_ike(entry, packet, now, totals_.counts);
    if (complete && entry.view.probation) confirm(slot);
}

/// An entry for hosts that have none; kNoSlot when there is no room.
std::uint32_t IkeTable::begin(const HostPair& hosts, std::uint64_t hash,
                              std::uint64_t now) noexcept {
    const std::uint32_t slot = take_slot(now);
    if (slot == kNoSlot) return kNoSlot;
    if (!index_.insert(hash, slot)) {
        give_back(slot);
        return kNoSlot;
    }
    IkeEntry& entry = entries_[slot];
    entry = IkeEntry{};
    entry.view.hosts = hosts;
    entry.view.first_seen = now;
    entry.view.probation = true;
    append(probation_, slot);
    ++totals_.created;
    ++totals_.pairs;
    ++totals_.on_probation;
    return slot;
}

std::uint32_t IkeTable::take_slot(std::uint64_t now) noexcept {
    if (free_ == kNoSlot && used_ == entries_.size()) {
        const std::uint32_t silent = confirmed_.oldest;
        if (probation_.oldest != kNoSlot) {
            ++totals_.recycled;
            release(probation_.oldest);
        } else if (idle_ != 0 && silent != kNoSlot &&
                   now - entries_[silent].view.last_seen > idle_) {
            ++totals_.aged;
            release(silent);
        }
    }
    if (free_ != kNoSlot) {
        const std::uint32_t slot = free_;
        free_ = entries_[slot].older;
        return slot;
    }
    return used_ < entries_.size() ? used_++ : kNoSlot;
}

/// Forgets a pair but for the sums.
void IkeTable::release(std::uint32_t slot) noexcept {
    IkeView& view = entries_[slot].view;
    remove(view.probation ? probation_ : confirmed_, slot);
    if (view.probation) --totals_.on_probation;
    --totals_.pairs;
    index_.erase(hash_of(view.hosts), slot);
    give_back(slot);
}

void IkeTable::give_back(std::uint32_t slot) noexcept {
    entries_[slot].view.hosts = HostPair{};
    entries_[slot].older = free_;
    free_ = slot;
}

void IkeTable::confirm(std::uint32_t slot) noexcept {
    remove(probation_, slot);
    append(confirmed_, slot);
    entries_[slot].view.probation = false;
    --totals_.on_probation;
    ++totals_.confirmed;
}

void IkeTable::append(List& list, std::uint32_t slot) noexcept {
    IkeEntry& entry = entries_[slot];
    entry.older = list.newest;
    entry.newer = kNoSlot;
    (list.newest == kNoSlot ? list.oldest : entries_[list.newest].newer) = slot;
    list.newest = slot;
}

void IkeTable::remove(List& list, std::uint32_t slot) noexcept {
    const IkeEntry& entry = entries_[slot];
    (entry.older == kNoSlot ? list.oldest : entries_[entry.older].newer) = entry.newer;
    (entry.newer == kNoSlot ? list.newest : entries_[entry.newer].older) = entry.older;
}

std::optional<IkeView> IkeTable::find(const HostPair& hosts) const noexcept {
    const std::uint32_t slot = slot_of(hosts, hash_of(hosts));
    if (slot == kNoSlot) return std::nullopt;
    return entries_[slot].view;
}

std::size_t IkeTable::snapshot(std::size_t& from, std::span<IkeView> out) const noexcept {
    std::size_t count = 0;
    for (; from < used_ && count < out.size(); ++from) {
        const IkeView& view = entries_[from].view;
        if (view.hosts.network != parse::LayerKind::kNone) out[count++] = view;
    }
    return count;
}

}  // namespace weir::ipsec
