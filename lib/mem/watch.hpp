// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_mbuf.h>
#include <sanitizer/tsan_interface.h>

#include <span>

#include "mem/ledger.hpp"
#include "mem/owner.hpp"
#include "mem/poison.hpp"

/// The hooks through which every hand-over of mbufs passes. Builds with the ownership ledger write
/// it down, builds with AddressSanitizer change what of the packet may be touched, in others the
/// hooks are empty; builds with ThreadSanitizer are told here what drivers order. The owner of the
/// mbufs calls them, on any lcore: who gives mbufs away does so before the other side can see them.
namespace weir::mem::watch {

/// Whether packet pools are watched too (watched_pool.hpp).
inline constexpr bool kPools = kLedger || kPoison;

using Packets = std::span<rte_mbuf* const>;

/// `packets` came from `from` to `holder`: received, popped, put in by hand; or empty mbufs from
/// the pool, which stay open to be written.
inline void took([[maybe_unused]] Packets packets, [[maybe_unused]] Owner from,
                 [[maybe_unused]] const Holder& holder, [[maybe_unused]] Place place) noexcept {
    if constexpr (kLedger) ledger::moved(packets, from, holder, place);
    if constexpr (kThreads) {
        // What a driver sends back on another lcore (net_ring) happened before.
        for (rte_mbuf* packet : packets) {
            if (from == Owner::kDriver) __tsan_acquire(packet);
        }
    }
    if constexpr (kPoison) {
        if (from == Owner::kPool) return;
        for (const rte_mbuf* packet : packets) poison::fence(packet);
    }
}

/// `packets` are about to be offered to `to`. What it does not take comes back with took().
inline void giving([[maybe_unused]] Packets packets, [[maybe_unused]] Owner to,
                   [[maybe_unused]] const Holder& holder, [[maybe_unused]] Place place) noexcept {
    if constexpr (kLedger) ledger::moved(packets, Owner::kHand, holder, place);
    if constexpr (kThreads) {
        for (rte_mbuf* packet : packets) {
            if (to == Owner::kDriverTx) __tsan_release(packet);
        }
    }
    if constexpr (kPoison) {
        for (const rte_mbuf* packet : packets) {
            to == Owner::kRing ? poison::close(packet) : poison::open(packet);
        }
    }
}

/// `packets` are about to be freed.
inline void freeing([[maybe_unused]] Packets packets, [[maybe_unused]] Place place) noexcept {
    if constexpr (kLedger) ledger::moved(packets, Owner::kHand, Owner::kFreeing, place);
}

/// Somebody who should hold `packets` looks at them.
inline void looked_at([[maybe_unused]] Packets packets, [[maybe_unused]] Place place) noexcept {
    if constexpr (kLedger) ledger::looked_at(packets, place);
}

}  // namespace weir::mem::watch
