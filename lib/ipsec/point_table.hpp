// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/log_histogram.hpp"
#include "ipsec/sa_hash.hpp"
#include "ipsec/sa_index.hpp"
#include "ipsec/sa_table.hpp"

/// The same associations at two points, on either side of a device: what became of each packet in
/// between, and how long it took. Each packet seen at one point is remembered by its sequence
/// number until it comes to the other. In the caller's storage; of one lcore, which sees both
/// points. docs/ipsec.md defines the figures.
namespace weir::ipsec {

/// The ports, or capture files, at the two points, as SaKey::port has them.
struct PointPorts {
    std::uint16_t before = 0;
    std::uint16_t after = 0;
};

/// Sequence numbers of an association that can be on their way at the same time.
inline constexpr std::uint32_t kPointWindow = 4096;

/// Of an association, "before" is the point that most of its packets came to first.
/// before = arrived + lost + untracked, after = arrived + only_after.
struct PointCounts {
    std::uint64_t before = 0;      ///< Packets seen before.
    std::uint64_t after = 0;       ///< Packets seen after.
    std::uint64_t arrived = 0;     ///< Seen before and after.
    std::uint64_t lost = 0;        ///< Seen before and not after, those still on their way too.
    std::uint64_t reordered = 0;   ///< Arrived behind one that was seen before later.
    std::uint64_t untracked = 0;   ///< Seen before while their number, or a newer one in its place,
                                   ///< was on its way.
    std::uint64_t only_after = 0;  ///< Not, or no longer, known from before.

    PointCounts& operator+=(const PointCounts& other) noexcept;
    friend bool operator==(const PointCounts&, const PointCounts&) = default;
};

/// One association at one moment.
struct PointView {
    SaKey key;              ///< Its port says nothing.
    bool reversed = false;  ///< It comes to PointPorts::after first: it goes the other way.
    PointCounts counts;
    base::LogHistogram delay;  ///< Of those that arrived, in ticks.
};

/// A sequence number at one of the points, or at both.
struct PointSlot {
    enum State : std::uint32_t { kEmpty, kSeenBefore, kSeenAfter, kSeenAtBoth };

    std::uint64_t time = 0;
    std::uint32_t number = 0;
    std::uint32_t position : 30 = 0;  ///< Among the packets seen at that point.
    std::uint32_t state : 2 = 0;      ///< A State.
};
static_assert(sizeof(PointSlot) == 16);

struct PointEntry {
    SaKey key;
    std::uint64_t last_seen = 0;
    /// By the point that packets were seen at, and seen at first.
    struct Side {
        std::uint64_t seen = 0;
        std::uint64_t arrived = 0;  ///< At the other point, later.
        std::uint64_t reordered = 0;
        std::uint64_t pending = 0;  ///< Slots that wait for the other point.
        std::uint64_t given_up = 0;
        std::uint64_t untracked = 0;
        std::uint32_t highest = 0;  ///< Position of those that arrived; 30 bits.
        std::uint32_t last = 0;     ///< Number: an entry with one packet of each side is cleared
                                    ///< soon.
    };
    std::array<Side, 2> sides{};
    base::LogHistogram delay;
};

/// Zeroed.
struct PointStorage {
    std::span<PointEntry> entries;
    std::span<PointSlot> slots;   ///< kPointWindow for each entry.
    std::span<SaBucket> buckets;  ///< sa_buckets() of the entries.
};
inline constexpr std::size_t kPointBytes =
    sizeof(PointEntry) + kPointWindow * sizeof(PointSlot) + sizeof(SaBucket) / 4;

struct PointTotals {
    std::uint64_t associations = 0;
    std::uint64_t recycled = 0;  ///< Had to make room.
    std::uint64_t refused = 0;   ///< Packets for which there was no room.
    PointCounts counts;          ///< Of all, those recycled too, without the refused.

    PointTotals& operator+=(const PointTotals& other) noexcept;
};

class PointTable {
   public:
    /// `storage` outlives the table. What takes more than `most_delay` ticks is lost.
    PointTable(const PointStorage& storage, PointPorts ports, std::uint64_t seed,
               std::uint64_t most_delay) noexcept;

    /// Takes in a packet seen at the time `now`; one seen at neither port is nothing to it. Times
    /// do not go back.
    void take(const SaPacket& packet, std::uint64_t now) noexcept;

    /// Fills `out` with associations from entry `from` on, as SaTable::snapshot() does.
    [[nodiscard]] std::size_t snapshot(std::size_t& from, std::span<PointView> out) const noexcept;
    /// Looks at every entry.
    [[nodiscard]] PointTotals totals() const noexcept;

   private:
    [[nodiscard]] std::uint32_t entry_of(const SaKey& key, std::uint64_t now) noexcept;
    [[nodiscard]] std::uint32_t make_room(std::uint64_t now) noexcept;
    void release(std::uint32_t at) noexcept;
    [[nodiscard]] PointSlot& slot_of(std::uint32_t at, std::uint32_t number) const noexcept {
        return storage_.slots[std::size_t{at} * kPointWindow + number % kPointWindow];
    }

    PointStorage storage_;
    SaIndex index_;
    SaHash hash_of_;
    PointPorts ports_;
    std::uint64_t most_delay_;
    std::uint32_t used_ = 0;  ///< Entries from here on have never been used.
    std::uint32_t hand_ = 0;  ///< Where room is looked for next.
    PointTotals totals_;      ///< Of those recycled.
};

}  // namespace weir::ipsec
