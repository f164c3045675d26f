// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_mbuf.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "mem/free_to_pools.hpp"
#include "mem/owner.hpp"
#include "mem/watch.hpp"

/// Ownership of mbufs as a type. A burst owns what it holds: it frees it when destroyed, and
/// whoever takes mbufs out of it owns them then. Lcore-local; never allocates. Every change of
/// owner passes the hooks of watch.hpp; the `place` that functions take for them is the caller's
/// own.
namespace weir::mem {

/// Packets that go through the stages together. 64 is where the ring and the instruction cache
/// have paid off and the records of a burst (8 KiB) still fit the L1 cache beside the headers; it
/// is also the width of the bit masks in which stages keep their verdicts.
inline constexpr std::size_t kMaxBurst = 64;

/// Up to `Capacity` mbufs, owned.
template <std::size_t Capacity>
class BurstOf {
   public:
    /// `owner` says what it is for: a burst that lives longer than a call has a name of its own.
    BurstOf(Owner owner = Owner::kBurst, Place made = Place::here()) noexcept
        : holder_(owner, made) {}
    ~BurstOf() { free_from(0, holder_.made()); }
    BurstOf(const BurstOf&) = delete;
    BurstOf& operator=(const BurstOf&) = delete;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t room() const noexcept { return Capacity - size_; }
    [[nodiscard]] rte_mbuf* operator[](std::size_t index) const noexcept {
        watch::looked_at({mbufs_.data() + index, 1}, holder_.made());
        return mbufs_[index];
    }
    [[nodiscard]] std::span<rte_mbuf* const> mbufs(Place place = Place::here()) const noexcept {
        watch::looked_at({mbufs_.data(), size_}, place);
        return {mbufs_.data(), size_};
    }

    /// Takes ownership of one mbuf. Requires room() > 0.
    void push(rte_mbuf* mbuf, Place place = Place::here()) noexcept {
        mbufs_[size_] = mbuf;
        took(1, Owner::kHand, place);
    }

    /// Gives up the last mbuf to the caller. Requires size() > 0.
    [[nodiscard]] rte_mbuf* pop(Place place = Place::here()) noexcept {
        --size_;
        watch::giving({mbufs_.data() + size_, 1}, Owner::kHand, Owner::kHand, place);
        return mbufs_[size_];
    }

    /// Where a producer (driver, ring, pool) may put up to room() mbufs; own them with took().
    [[nodiscard]] rte_mbuf** tail() noexcept { return mbufs_.data() + size_; }
    void took(std::size_t count, Owner from = Owner::kDriver,
              Place place = Place::here()) noexcept {
        watch::took({tail(), count}, from, holder_, place);
        size_ += static_cast<std::uint32_t>(count);
    }

    /// Offers all mbufs to `consume(rte_mbuf** mbufs, count)` (a driver, a ring), which returns how
    /// many of the first it took; they are `to`'s then, the rest moves to the front. Returns the
    /// same.
    template <typename Consume>
    std::size_t offer(Owner to, const Holder& holder, Consume&& consume, Place place) noexcept {
        watch::giving({mbufs_.data(), size_}, to, holder, place);
        const std::size_t taken = consume(mbufs_.data(), size_);
        give(taken);
        watch::took({mbufs_.data(), size_}, to, holder_, place);
        return taken;
    }
    template <typename Consume>
    std::size_t offer(Owner to, Consume&& consume, Place place = Place::here()) noexcept {
        return offer(to, Holder(to), consume, place);
    }

    /// Ends our ownership of the first `count`, which others hold already, and moves the rest to
    /// the front. Nearly always nothing is left.
    void give(std::size_t count) noexcept {
        if (count == size_) [[likely]] {
            size_ = 0;
            return;
        }
        for (std::size_t i = count; i < size_; ++i) mbufs_[i - count] = mbufs_[i];
        size_ -= static_cast<std::uint32_t>(count);
    }

    /// Frees the mbufs from `keep` on.
    void free_from(std::size_t keep, Place place = Place::here()) noexcept {
        if (size_ <= keep) return;
        watch::freeing({mbufs_.data() + keep, size_ - keep}, place);
        free_to_pools({mbufs_.data() + keep, size_ - keep});
        size_ = static_cast<std::uint32_t>(keep);
    }
    void free_all(Place place = Place::here()) noexcept { free_from(0, place); }

   private:
    std::array<rte_mbuf*, Capacity> mbufs_;
    std::uint32_t size_ = 0;
    [[no_unique_address]] Holder holder_;
};

using Burst = BurstOf<kMaxBurst>;

/// Frees one packet that the caller holds, in no burst.
inline void free_packet(rte_mbuf* packet, Place place = Place::here()) noexcept {
    watch::freeing({&packet, 1}, place);
    rte_pktmbuf_free(packet);
}

}  // namespace weir::mem
