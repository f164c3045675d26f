// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstdint>

/// Who holds an mbuf, and where it was handed over, as the ownership ledger (ledger.hpp) writes it
/// down; and what is watched in this build. In a build without the ledger Place and Holder are
/// empty: passing and storing them takes no instruction and no octet. The only header of the
/// library that asks the preprocessor how it is built.
namespace weir::mem {

#ifdef WEIR_LEDGER
inline constexpr bool kLedger = true;  ///< Built with -Dledger=true.
#else
inline constexpr bool kLedger = false;
#endif

/// Built with AddressSanitizer: what of a buffer is no packet is poisoned (poison.hpp).
inline constexpr bool kPoison =
#if defined(__SANITIZE_ADDRESS__)  // g++
    true;
#elif defined(__has_feature)  // clang++
    __has_feature(address_sanitizer);
#else
    false;
#endif

/// Built with ThreadSanitizer, which does not see inside DPDK's drivers.
inline constexpr bool kThreads =
#if defined(__SANITIZE_THREAD__)  // g++
    true;
#elif defined(__has_feature)  // clang++
    __has_feature(thread_sanitizer);
#else
    false;
#endif

/// In order: those from whom mbufs are fetched, those who give them away, those of Weir who hold
/// them at hand.
enum class Owner : std::uint8_t {
    kPool,         ///< Free.
    kDriver,       ///< Taken from the pool by DPDK: a receive queue, or a direct call.
    kDriverTx,     ///< In a transmit queue; with net_ring, also on the way back from it.
    kRing,         ///< Between two lcores.
    kFreeing,      ///< Given up by Weir, not yet in the pool.
    kHand,         ///< A pointer in a local variable.
    kBurst,        ///< A burst on the stack of an lcore.
    kSource,       ///< A source's stock of empty mbufs.
    kStaging,      ///< What an rx task collects for one worker.
    kTransmitter,  ///< What a transmit queue has not taken yet.
    kGenerator,    ///< What the generator has made and not sent.
};

#ifdef WEIR_LEDGER

/// A place in the sources. As a default argument, the place of the call. (std::source_location
/// would do, if clang 14 had it.)
struct Place {
    const char* file = "";
    const char* function = "";
    unsigned line = 0;

    static constexpr Place here(const char* file = __builtin_FILE(),
                                const char* function = __builtin_FUNCTION(),
                                unsigned line = __builtin_LINE()) noexcept {
        return {file, function, line};
    }
};

/// Somebody who holds mbufs: what it is, which of its kind, and where it was made.
class Holder {
   public:
    constexpr Holder(Owner owner, Place made = Place::here()) noexcept
        : owner_(owner), made_(made) {}
    /// The next of its kind, counted from 0. Not for the packet path.
    static Holder numbered(Owner owner, Place made = Place::here()) noexcept {
        static std::atomic<std::uint16_t> next{0};
        Holder holder(owner, made);
        holder.number_ = next.fetch_add(1, std::memory_order_relaxed);
        return holder;
    }

    [[nodiscard]] constexpr Owner owner() const noexcept { return owner_; }
    [[nodiscard]] constexpr std::uint16_t number() const noexcept { return number_; }
    [[nodiscard]] constexpr Place made() const noexcept { return made_; }

   private:
    Owner owner_;
    std::uint16_t number_ = 0;
    Place made_;
};

#else

struct Place {
    static constexpr Place here() noexcept { return {}; }
};

class Holder {
   public:
    constexpr Holder(Owner, Place = {}) noexcept {}
    static constexpr Holder numbered(Owner owner) noexcept { return {owner}; }
    [[nodiscard]] static constexpr Place made() noexcept { return {}; }
};

#endif

}  // namespace weir::mem
