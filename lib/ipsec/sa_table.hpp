// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "ipsec/keyed_hash.hpp"
#include "ipsec/sa_index.hpp"
#include "ipsec/sa_view.hpp"

/// The IPsec associations a worker has seen: a table of fixed size in the caller's storage. A burst
/// is taken in three passes, so that the index's lines and then the entries' are on their way while
/// other packets are worked on. Written by one lcore, and read by it, or by the control thread once
/// that lcore has stopped.
///
/// A new association is on probation until a second packet is plausible: its number is near the
/// first's and another. When there is no free entry the longest on probation is recycled, never an
/// association that carries traffic: a flood of random SPIs only pushes out itself.
namespace weir::ipsec {

/// One packet as the table needs it.
struct SaPacket {
    SaKey key;                   ///< Its protocol is not kNone.
    std::uint32_t sequence = 0;  ///< Host byte order.
    std::uint32_t bytes = 0;     ///< Octets it is counted with.
};

/// Where a table keeps everything: zeroed, and as large for all associations.
struct SaStorage {
    std::span<SaLine> lines;      ///< As many as there may be associations.
    std::span<SaRest> rests;      ///< As many.
    std::span<SaBucket> buckets;  ///< sa_buckets() of that.
};
/// Octets of them for each association.
inline constexpr std::size_t kSaBytes = sizeof(SaLine) + sizeof(SaRest) + sizeof(SaBucket) / 4;
static_assert(kSaBytes <= 512 + sizeof(SaWindow));

/// Sums over a table, what was forgotten included. Words only, so that it can be published.
struct SaTotals {
    std::uint64_t associations = 0;  ///< Entries in use, on_probation of them unconfirmed.
    std::uint64_t on_probation = 0;
    std::uint64_t created = 0;
    std::uint64_t confirmed = 0;
    std::uint64_t recycled = 0;  ///< On probation, and had to make room.
    std::uint64_t aged = 0;      ///< Silent for too long.
    std::uint64_t refused = 0;   ///< Packets of new associations for which there was no room.
    SaCounts counts;             ///< Of all packets but the refused.

    SaTotals& operator+=(const SaTotals& other) noexcept;
};

class SaTable {
   public:
    /// `storage` outlives the table. `seed` keeps those who choose SPIs and addresses from choosing
    /// hash values. Associations silent for more than `idle` ticks are forgotten while others send,
    /// a few at a time; 0: none is.
    SaTable(const SaStorage& storage, std::uint64_t seed, std::uint64_t idle = 0) noexcept;

    /// Takes in packets in their order, all at the time `now` in ticks that never go back. Packets
    /// of new associations are counted as refused when there is no room. Any length; bursts of 32
    /// and more hide the memory's latency best.
    void update(std::span<const SaPacket> packets, std::uint64_t now) noexcept;

    /// The association's figures.
    [[nodiscard]] std::optional<SaView> find(const SaKey& key) const noexcept;
    /// Fills `out` with associations from entry `from` on, 0 at first. Returns how many, and moves
    /// `from` on; fewer than fit when there are no more.
    [[nodiscard]] std::size_t snapshot(std::size_t& from, std::span<SaView> out) const noexcept;
    /// Exact, as if no packet followed. Looks at every entry.
    [[nodiscard]] SaTotals totals() const noexcept;
    /// The same while packets come, in no time: but packets held because they could be a restart
    /// (docs/ipsec.md) are in no other sums than packets and bytes.
    [[nodiscard]] const SaTotals& running() const noexcept { return totals_; }

   private:
    static constexpr std::size_t kChunk = 64;

    [[nodiscard]] std::uint64_t hash_of(const SaKey& key) const noexcept;
    [[nodiscard]] std::uint32_t slot_of(const SaKey& key, std::uint64_t hash) const noexcept;
    void update_chunk(std::span<const SaPacket> packets, std::uint64_t now) noexcept;
    void update_entry(std::uint32_t slot, const SaPacket& packet, std::uint64_t now) noexcept;
    void take_aside(std::uint32_t slot, std::uint32_t sequence) noexcept;
    void take_missed(const SaPacket& packet, std::uint64_t hash, std::uint64_t now) noexcept;
    [[nodiscard]] std::uint32_t take_slot() noexcept;
    void release(std::uint32_t slot) noexcept;
    void age(std::uint64_t now) noexcept;
    void begin_probation(std::uint32_t slot) noexcept;
    void leave_probation(std::uint32_t slot) noexcept;

    std::span<SaLine> lines_;
    std::span<SaRest> rests_;
    SaIndex index_;
    KeyedHash hash_;
    std::uint32_t used_ = 0;          ///< Entries from here on have never been used.
    std::uint32_t free_ = kNoSlot;    ///< Given back, linked by SaBook::older.
    std::uint32_t oldest_ = kNoSlot;  ///< On probation.
    std::uint32_t newest_ = kNoSlot;
    std::uint64_t idle_;
    std::uint64_t age_interval_;  ///< Ticks from the ageing of one entry to that of the next.
    std::uint64_t aged_until_ = 0;
    std::uint32_t to_age_ = 0;
    SaTotals totals_;
};

}  // namespace weir::ipsec
