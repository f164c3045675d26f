// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "ipsec/ike_exchange.hpp"
#include "ipsec/keyed_hash.hpp"
#include "ipsec/sa_index.hpp"

/// The pairs of hosts between which a worker has seen IKE or NAT keepalives: a table of fixed size
/// in the caller's storage. Written by one lcore, and read by it, or by the control thread once
/// that lcore has stopped.
///
/// A new pair is on probation until it has shown a complete exchange. When there is no free entry
/// the longest on probation is recycled; if there is none, the pair silent for longest, once it may
/// be forgotten; if there is none, what is new is refused. So random addresses push out each other.
namespace weir::ipsec {

/// Where a table keeps everything: fresh, and as large for all pairs.
struct IkeStorage {
    std::span<IkeEntry> entries;  ///< As many as there may be pairs, fewer than 2^32 - 1.
    std::span<SaBucket> buckets;  ///< sa_buckets() of that.
};
/// Pairs that a worker's table has room for.
inline constexpr std::size_t kIkePairs = 4096;
/// Octets of them for each pair, of which there are a multiple of four.
inline constexpr std::size_t kIkeBytes = sizeof(IkeEntry) + sizeof(SaBucket) / 4;
static_assert(kIkeBytes <= 720);

/// Sums over a table, what was forgotten included. Words only, so that it can be published.
struct IkeTotals {
    std::uint64_t pairs = 0;  ///< Entries in use, on_probation of them unconfirmed.
    std::uint64_t on_probation = 0;
    std::uint64_t created = 0;
    std::uint64_t confirmed = 0;
    std::uint64_t recycled = 0;  ///< On probation, and had to make room.
    std::uint64_t aged = 0;      ///< Silent for long, and had to make room.
    std::uint64_t refused = 0;   ///< Packets of new pairs for which there was no room.
    std::uint64_t unread = 0;    ///< Packets with IKE whose header could not be read.
    IkeCounts counts;            ///< Of all packets but the refused and the unread.

    IkeTotals& operator+=(const IkeTotals& other) noexcept;
};

class IkeTable {
   public:
    /// `storage` outlives the table. `seed` keeps those who choose addresses from choosing hash
    /// values. When a place is needed, pairs silent for more than `idle` ticks may be forgotten; 0:
    /// none may.
    IkeTable(const IkeStorage& storage, std::uint64_t seed, std::uint64_t idle = 0) noexcept;

    /// Takes in the next packet, at the time `now` in ticks that never go back.
    void take(const IkePacket& packet, std::uint64_t now) noexcept;
    /// Counts one that was IkeFound::kUnread.
    void take_unread() noexcept { ++totals_.unread; }

    [[nodiscard]] std::optional<IkeView> find(const HostPair& hosts) const noexcept;
    /// Fills `out` with pairs from entry `from` on, 0 at first. Returns how many, and moves `from`
    /// on; fewer than fit when there are no more.
    [[nodiscard]] std::size_t snapshot(std::size_t& from, std::span<IkeView> out) const noexcept;
    [[nodiscard]] const IkeTotals& totals() const noexcept { return totals_; }

   private:
    /// Entries by age; linked through them.
    struct List {
        std::uint32_t oldest = kNoSlot;
        std::uint32_t newest = kNoSlot;
    };

    [[nodiscard]] std::uint64_t hash_of(const HostPair& hosts) const noexcept;
    [[nodiscard]] std::uint32_t slot_of(const HostPair& hosts, std::uint64_t hash) const noexcept;
    [[nodiscard]] std::uint32_t begin(const HostPair& hosts, std::uint64_t hash,
                                      std::uint64_t now) noexcept;
    [[nodiscard]] std::uint32_t take_slot(std::uint64_t now) noexcept;
    void release(std::uint32_t slot) noexcept;
    void give_back(std::uint32_t slot) noexcept;
    void confirm(std::uint32_t slot) noexcept;
    void append(List& list, std::uint32_t slot) noexcept;
    void remove(List& list, std::uint32_t slot) noexcept;

    std::span<IkeEntry> entries_;
    SaIndex index_;
    KeyedHash hash_;
    std::uint64_t idle_;
    std::uint32_t used_ = 0;        ///< Entries from here on have never been used.
    std::uint32_t free_ = kNoSlot;  ///< Given back, linked by IkeEntry::older.
    List probation_;                ///< By the time they began.
    List confirmed_;                ///< By their latest packet.
    IkeTotals totals_;
};

}  // namespace weir::ipsec
