// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The seal on packet lcores: proof, at run time, that they allocate nothing. The program defines
/// malloc, free and their kin itself (allocation_hooks.cpp), in front of the C library's, so that
/// every call from Weir, DPDK, libpcap or libstdc++ passes here; on a sealed thread it is counted
/// with its call stack. Threads without a seal pay one thread-local load.
///
/// In sanitizer builds, whose runtime owns malloc, the runtime's own hooks report instead; they
/// tell only taking from giving back.
namespace weir::mem {

enum class AllocationCall : std::uint8_t {
    kMalloc,   ///< malloc; operator new and strdup, which call it.
    kCalloc,   ///< calloc.
    kRealloc,  ///< realloc; reallocarray, which calls it.
    kAligned,  ///< posix_memalign, aligned_alloc, memalign, valloc, pvalloc, aligned operator new.
    kFree,     ///< free and operator delete.
    kCount
};
[[nodiscard]] std::string_view to_string(AllocationCall call) noexcept;

/// What one packet lcore did in spite of its seal. Written by that lcore, read by any thread.
class AllocationSeal {
   public:
    static constexpr std::size_t kMaxSites = 16;  ///< Different stacks kept; more are counted only.
    static constexpr std::size_t kMaxFrames = 12;  ///< Of each stack, innermost first.
    static constexpr std::size_t kCalls = static_cast<std::size_t>(AllocationCall::kCount);
    using Stack = std::array<const void*, kMaxFrames>;  ///< Return addresses; nullptr behind them.

    struct Site {
        AllocationCall call{};
        std::uint64_t count = 0;
        Stack stack{};
    };

    /// With `strict` the first call ends the process (abort) with its stack on standard error.
    /// Control thread.
    explicit AllocationSeal(bool strict = false) noexcept;
    AllocationSeal(const AllocationSeal&) = delete;
    AllocationSeal& operator=(const AllocationSeal&) = delete;

    /// Calls of each kind since the seal was made.
    [[nodiscard]] std::array<std::uint64_t, kCalls> counts() const noexcept;
    [[nodiscard]] std::uint64_t total() const noexcept;
    /// Where they came from, in the order in which they were first met.
    [[nodiscard]] std::vector<Site> sites() const;

    /// Counts a call of this thread. Only what stands in front of the allocator calls this.
    void record(AllocationCall call) noexcept;

   private:
    struct AtomicSite {
        AllocationCall call{};
        std::atomic<std::uint64_t> count{0};
        Stack stack{};
    };

    bool strict_;
    std::array<std::atomic<std::uint64_t>, kCalls> counts_{};
    std::array<AtomicSite, kMaxSites> sites_{};
    std::atomic<std::size_t> site_count_{0};
};

/// While it lives, the calling thread is sealed. Made and destroyed on that thread.
class SealedThread {
   public:
    explicit SealedThread(AllocationSeal& seal) noexcept;
    ~SealedThread();
    SealedThread(const SealedThread&) = delete;
    SealedThread& operator=(const SealedThread&) = delete;
};

/// One line for each frame of a stack, "function+0x1a (program+0x5f10)". Allocates.
[[nodiscard]] std::vector<std::string> describe(const AllocationSeal::Stack& stack);

/// Counts `call` if the calling thread is sealed. For whoever stands in front of the allocator.
void note_allocation_call(AllocationCall call) noexcept;

/// Makes sure that every call is seen; the seal calls this. In allocation_hooks.cpp, so that a
/// program that seals has the definitions there.
void install_allocation_hooks() noexcept;

}  // namespace weir::mem
