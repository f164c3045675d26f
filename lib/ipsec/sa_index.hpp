// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <emmintrin.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

/// From a hash to the entries that may have it: one cache line of tags and slot numbers, so that a
/// lookup costs this line and the entry's. A bucket that is full passes entries on to those behind
/// it; at four entries a bucket on average, ten places, that happens to less than one in a hundred.
/// Of one lcore; its storage is the caller's.
namespace weir::ipsec {

inline constexpr std::uint32_t kNoSlot = UINT32_MAX;

struct alignas(64) SaBucket {
    static constexpr std::size_t kPlaces = 10;

    std::array<std::uint16_t, kPlaces> tags{};  ///< 0: the place is free.
    std::uint16_t passed = 0;                   ///< Entries that went past for want of a place.
    std::uint16_t spare = 0;
    std::array<std::uint32_t, kPlaces> slots{};
};
static_assert(sizeof(SaBucket) == 64);

/// Buckets for so many entries.
[[nodiscard]] constexpr std::size_t sa_buckets(std::size_t capacity) noexcept {
    return std::max<std::size_t>(1, (capacity + 3) / 4);
}

class SaIndex {
   public:
    /// `buckets`: zeroed, sa_buckets() of them or more, fewer than 2^32.
    explicit SaIndex(std::span<SaBucket> buckets) noexcept : buckets_(buckets) {}

    void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&buckets_[home(hash)]); }

    /// The first slot of the hash's own bucket that may be the one looked for; kNoSlot.
    [[nodiscard]] std::uint32_t candidate(std::uint64_t hash) const noexcept {
        const SaBucket& bucket = buckets_[home(hash)];
        const unsigned places = matching(bucket, tag(hash));
        return places == 0 ? kNoSlot : bucket.slots[first(places)];
    }

    /// The slot for which `is_it` holds among all that may be the one; kNoSlot.
    template <typename IsIt>
    [[nodiscard]] std::uint32_t find(std::uint64_t hash, const IsIt& is_it) const noexcept {
        std::size_t at = home(hash);
        for (std::size_t i = 0; i < probes(); ++i) {
            const SaBucket& bucket = buckets_[at];
            for (unsigned places = matching(bucket, tag(hash)); places != 0; places &= places - 1) {
                const std::uint32_t slot = bucket.slots[first(places)];
                if (is_it(slot)) return slot;
            }
            if (bucket.passed == 0) break;
            at = after(at);
        }
        return kNoSlot;
    }

    /// False when all buckets that may hold it are full.
    bool insert(std::uint64_t hash, std::uint32_t slot) noexcept {
        std::size_t at = home(hash);
        for (std::size_t i = 0; i < probes(); ++i) {
            SaBucket& bucket = buckets_[at];
            if (const unsigned free = matching(bucket, 0); free != 0) {
                bucket.tags[first(free)] = tag(hash);
                bucket.slots[first(free)] = slot;
                count_past(hash, i, 1);
                return true;
            }
            at = after(at);
        }
        return false;
    }

    /// Takes out what insert() put in.
    void erase(std::uint64_t hash, std::uint32_t slot) noexcept {
        std::size_t at = home(hash);
        for (std::size_t i = 0; i < probes(); ++i) {
            SaBucket& bucket = buckets_[at];
            for (unsigned places = matching(bucket, tag(hash)); places != 0; places &= places - 1) {
                if (bucket.slots[first(places)] != slot) continue;
                bucket.tags[first(places)] = 0;
                count_past(hash, i, -1);
                return;
            }
            at = after(at);
        }
    }

   private:
    /// Buckets that are looked at for one hash: bounds the work for a packet.
    static constexpr std::size_t kMaxProbes = 8;

    [[nodiscard]] std::size_t probes() const noexcept {
        return std::min(kMaxProbes, buckets_.size());
    }
    /// The upper half chooses the bucket, the lowest bits are the tag.
    [[nodiscard]] std::size_t home(std::uint64_t hash) const noexcept {
        return static_cast<std::size_t>((hash >> 32) * buckets_.size() >> 32);
    }
    [[nodiscard]] std::size_t after(std::size_t at) const noexcept {
        return at + 1 == buckets_.size() ? 0 : at + 1;
    }
    [[nodiscard]] static std::uint16_t tag(std::uint64_t hash) noexcept {
        const auto low = static_cast<std::uint16_t>(hash);
        return low != 0 ? low : 1;
    }
    [[nodiscard]] static std::size_t first(unsigned places) noexcept {
        return static_cast<std::size_t>(std::countr_zero(places));
    }
    /// The places with this tag, one bit each: all compared at once.
    [[nodiscard]] static unsigned matching(const SaBucket& bucket, std::uint16_t tag) noexcept {
        const auto* lanes = reinterpret_cast<const __m128i*>(&bucket);
        const __m128i wanted = _mm_set1_epi16(static_cast<short>(tag));
        const __m128i low = _mm_cmpeq_epi16(_mm_load_si128(lanes), wanted);
        const __m128i high = _mm_cmpeq_epi16(_mm_load_si128(lanes + 1), wanted);
        const auto equal = static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
        return equal & ((1U << SaBucket::kPlaces) - 1);
    }
    void count_past(std::uint64_t hash, std::size_t buckets, int change) noexcept {
        std::size_t at = home(hash);
        for (std::size_t i = 0; i < buckets; ++i) {
            buckets_[at].passed = static_cast<std::uint16_t>(buckets_[at].passed + change);
            at = after(at);
        }
    }

    std::span<SaBucket> buckets_;
};

}  // namespace weir::ipsec
