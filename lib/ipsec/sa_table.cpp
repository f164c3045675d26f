// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/sa_table.hpp"

#include <algorithm>
#include <cstring>

namespace weir::ipsec {

__extension__ using uint128 = unsigned __int128;

SaTotals& SaTotals::operator+=(const SaTotals& other) noexcept {
    associations += other.associations;
    refused += other.refused;
    counts.packets += other.counts.packets;
    counts.lost += other.counts.lost;
    counts.duplicated += other.counts.duplicated;
    counts.reordered += other.counts.reordered;
    counts.beyond_window += other.counts.beyond_window;
    return *this;
}

std::size_t SaTable::first_slot(const SaKey& key) const noexcept {
    std::uint64_t words[sizeof(SaKey) / 8];
    std::memcpy(words, &key, sizeof words);
    std::uint64_t hash = seed_;
    for (const std::uint64_t word : words) {
        // The 128-bit product folded in half carries every bit of both factors.
        const auto product = static_cast<uint128>(hash ^ word) * 0x9e3779b97f4a7c15ULL;
        hash = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
        hash += seed_;
    }
    return static_cast<std::size_t>(hash) & (storage_.size() - 1);
}

void SaTable::update(const SaKey& key, std::uint32_t sequence) noexcept {
    const std::size_t first = first_slot(key);
    const std::size_t probes = std::min(kMaxProbes, storage_.size());
    for (std::size_t i = 0; i < probes; ++i) {
        SaEntry& entry = storage_[(first + i) & (storage_.size() - 1)];
        if (!entry.used) {
            entry.used = true;
            entry.key = key;
        } else if (!(entry.key == key)) {
            continue;
        }
        entry.tracker.update(sequence);
        return;
    }
    ++refused_;
}

const SaEntry* SaTable::find(const SaKey& key) const noexcept {
    const std::size_t first = first_slot(key);
    const std::size_t probes = std::min(kMaxProbes, storage_.size());
    for (std::size_t i = 0; i < probes; ++i) {
        const SaEntry& entry = storage_[(first + i) & (storage_.size() - 1)];
        if (!entry.used) return nullptr;
        if (entry.key == key) return &entry;
    }
    return nullptr;
}

SaTotals SaTable::totals() const noexcept {
    SaTotals totals;
    totals.refused = refused_;
    for (const SaEntry& entry : storage_) {
        if (!entry.used) continue;
        const SequenceTracker::Counts counts = entry.tracker.counts();
        totals += {1, 0, counts};
    }
    return totals;
}

}  // namespace weir::ipsec
