// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ipsec/sa_key.hpp"
#include "ipsec/sequence_tracker.hpp"

/// The IPsec associations a worker has seen: a hash table of fixed size in the caller's storage,
/// open addressing, nothing evicted. Written by one lcore; read by the control thread once that
/// lcore has stopped.
namespace weir::ipsec {

struct alignas(64) SaEntry {
    SaKey key;
    bool used = false;
    SequenceTracker tracker;
};

/// Sums over all associations of a table.
struct SaTotals {
    std::uint64_t associations = 0;
    std::uint64_t refused = 0;  ///< Packets of associations for which there was no room.
    SequenceTracker::Counts counts;

    SaTotals& operator+=(const SaTotals& other) noexcept;
};

class SaTable {
   public:
    /// `storage` is zeroed, its size a power of two; it outlives the table. `seed` keeps those who
    /// choose SPIs and addresses from choosing hash values.
    SaTable(std::span<SaEntry> storage, std::uint64_t seed) noexcept
        : storage_(storage), seed_(seed) {}

    /// Takes in one packet of the association `key`. Without room for a new association the packet
    /// is counted as refused.
    void update(const SaKey& key, std::uint32_t sequence) noexcept;

    /// The association's entry, or nullptr.
    [[nodiscard]] const SaEntry* find(const SaKey& key) const noexcept;
    [[nodiscard]] SaTotals totals() const noexcept;

   private:
    /// Slots that are looked at for a key: bounds the work for a packet.
    static constexpr std::size_t kMaxProbes = 32;

    [[nodiscard]] std::size_t first_slot(const SaKey& key) const noexcept;

    std::span<SaEntry> storage_;
    std::uint64_t seed_;
    std::uint64_t refused_ = 0;
};

}  // namespace weir::ipsec
