// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_mbuf.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

/// Ownership of mbufs as a type. A burst owns what it holds: it frees it when destroyed, and
/// whoever takes mbufs out of it owns them then. Lcore-local; never allocates.
namespace weir::mem {

/// Packets that go through the stages together. 64 is where the ring and the instruction cache
/// have paid off and the records of a burst (8 KiB) still fit the L1 cache beside the headers; it
/// is also the width of the bit masks in which stages keep their verdicts.
inline constexpr std::size_t kMaxBurst = 64;

/// Up to `Capacity` mbufs, owned.
template <std::size_t Capacity>
class BurstOf {
   public:
    BurstOf() = default;
    ~BurstOf() { free_all(); }
    BurstOf(const BurstOf&) = delete;
    BurstOf& operator=(const BurstOf&) = delete;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t room() const noexcept { return Capacity - size_; }
    [[nodiscard]] rte_mbuf* operator[](std::size_t index) const noexcept { return mbufs_[index]; }
    [[nodiscard]] std::span<rte_mbuf* const> mbufs() const noexcept {
        return {mbufs_.data(), size_};
    }

    /// Takes ownership of one mbuf. Requires room() > 0.
    void push(rte_mbuf* mbuf) noexcept { mbufs_[size_++] = mbuf; }

    /// Gives up the last mbuf to the caller. Requires size() > 0.
    [[nodiscard]] rte_mbuf* pop() noexcept { return mbufs_[--size_]; }

    /// Where a producer (driver, ring, pool) may put up to room() mbufs; own them with took().
    [[nodiscard]] rte_mbuf** tail() noexcept { return mbufs_.data() + size_; }
    void took(std::size_t count) noexcept { size_ += static_cast<std::uint32_t>(count); }

    /// The first mbufs, for a consumer (driver, ring) that takes some; give() ends our ownership
    /// of the first `count` and moves the rest to the front.
    [[nodiscard]] rte_mbuf** head() noexcept { return mbufs_.data(); }
    void give(std::size_t count) noexcept {
        for (std::size_t i = count; i < size_; ++i) mbufs_[i - count] = mbufs_[i];
        size_ -= static_cast<std::uint32_t>(count);
    }

    /// Frees the mbufs from `keep` on.
    void free_from(std::size_t keep) noexcept {
        if (size_ <= keep) return;
        rte_pktmbuf_free_bulk(mbufs_.data() + keep, static_cast<unsigned>(size_ - keep));
        size_ = static_cast<std::uint32_t>(keep);
    }
    void free_all() noexcept { free_from(0); }

   private:
    std::array<rte_mbuf*, Capacity> mbufs_;
    std::uint32_t size_ = 0;
};

using Burst = BurstOf<kMaxBurst>;

}  // namespace weir::mem
