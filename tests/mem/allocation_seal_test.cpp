// SPDX-License-Identifier: BSD-3-Clause
#include "mem/allocation_seal.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>
#include <numeric>
#include <string>
#include <thread>

namespace weir::mem {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

/// Keeps the compiler from taking away an allocation that nobody uses.
void* volatile kept;
/// Null, but the compiler does not know.
void* volatile nothing;

std::uint64_t count_of(const AllocationSeal& seal, AllocationCall call) {
    return seal.counts()[static_cast<std::size_t>(call)];
}

struct Entry {
    const char* name;
    AllocationCall call;
    std::function<void*()> allocate;
    std::function<void(void*)> release = [](void* memory) { std::free(memory); };
};

class EveryEntry : public testing::TestWithParam<Entry> {};

TEST_P(EveryEntry, IsSeenOnASealedThreadOnce) {
    const Entry& entry = GetParam();
    AllocationSeal seal;
    {
        const SealedThread sealed(seal);
        kept = entry.allocate();
    }
    ASSERT_NE(kept, nullptr);
    // The sanitizers' hooks know only two kinds.
    EXPECT_EQ(count_of(seal, kSanitized ? AllocationCall::kMalloc : entry.call), 1U);
    EXPECT_EQ(seal.total(), 1U);
    {
        const SealedThread sealed(seal);
        entry.release(kept);
    }
    EXPECT_EQ(count_of(seal, AllocationCall::kFree), 1U);
    EXPECT_EQ(seal.total(), 2U);
}

void* by_posix_memalign() {
    void* memory = nullptr;
    return posix_memalign(&memory, 64, 100) == 0 ? memory : nullptr;
}

INSTANTIATE_TEST_SUITE_P(
    AllocationSeal, EveryEntry,
    testing::Values(
        Entry{"malloc", AllocationCall::kMalloc, [] { return std::malloc(100); }},
        Entry{"calloc", AllocationCall::kCalloc, [] { return std::calloc(10, 10); }},
        Entry{"realloc", AllocationCall::kRealloc, [] { return std::realloc(nothing, 100); }},
        Entry{"reallocarray", AllocationCall::kRealloc,
              [] { return ::reallocarray(nullptr, 10, 10); }},
        Entry{"strdup", AllocationCall::kMalloc, [] { return ::strdup("inside the C library"); }},
        Entry{"aligned_alloc", AllocationCall::kAligned,
              [] { return std::aligned_alloc(64, 128); }},
        Entry{"posix_memalign", AllocationCall::kAligned, by_posix_memalign},
        Entry{"memalign", AllocationCall::kAligned, [] { return ::memalign(64, 128); }},
        Entry{"valloc", AllocationCall::kAligned, [] { return ::valloc(100); }},
        Entry{"pvalloc", AllocationCall::kAligned, [] { return ::pvalloc(100); }},
        Entry{"operator_new", AllocationCall::kMalloc, [] { return ::operator new(100); },
              [](void* memory) { ::operator delete(memory); }},
        Entry{"operator_new_array", AllocationCall::kMalloc, [] { return ::operator new[](100); },
              [](void* memory) { ::operator delete[](memory); }},
        Entry{"operator_new_aligned", AllocationCall::kAligned,
              [] { return ::operator new (128, std::align_val_t{64}); },
              [](void* memory) { ::operator delete (memory, std::align_val_t{64}); }}),
    [](const auto& info) { return std::string(info.param.name); });

/// An allocation and its release, which the compiler may not leave out.
void allocate_and_free() {
    kept = std::malloc(100);
    std::free(kept);
}

TEST(AllocationSeal, LeavesOtherThreadsAlone) {
    AllocationSeal seal;
    std::atomic<int> turn{0};
    std::jthread other([&turn] {
        while (turn.load() != 1) std::this_thread::yield();
        for (int i = 0; i < 1000; ++i) allocate_and_free();
        turn.store(2);
    });
    {
        const SealedThread sealed(seal);
        turn.store(1);
        while (turn.load() != 2) std::this_thread::yield();
    }
    EXPECT_EQ(seal.total(), 0U);
}

TEST(AllocationSeal, EndsWithItsScope) {
    AllocationSeal seal;
    { const SealedThread sealed(seal); }
    allocate_and_free();
    EXPECT_EQ(seal.total(), 0U);
}

[[gnu::noinline]] void allocate_in_a_function_with_a_name() { kept = std::malloc(100); }

TEST(AllocationSeal, KnowsWhereACallCameFromAndHowOften) {
    if (kSanitized) GTEST_SKIP() << "the sanitizers' frames stand in front of the caller's";
    AllocationSeal seal;
    for (int i = 0; i < 3; ++i) {
        {
            const SealedThread sealed(seal);
            allocate_in_a_function_with_a_name();
        }
        std::free(kept);
    }
    ASSERT_EQ(seal.sites().size(), 1U);
    EXPECT_EQ(seal.sites()[0].count, 3U);
    EXPECT_EQ(seal.sites()[0].call, AllocationCall::kMalloc);
    const auto* start = reinterpret_cast<const char*>(&allocate_in_a_function_with_a_name);
    const auto* innermost = static_cast<const char*>(seal.sites()[0].stack[0]);
    EXPECT_GT(innermost, start);
    EXPECT_LT(innermost, start + 100);
    EXPECT_NE(describe(seal.sites()[0].stack)[0].find("mem_test+0x"), std::string::npos);
}

template <int kDepth>
[[gnu::noinline]] void allocate_from_depth() {
    if constexpr (kDepth > 0) {
        allocate_from_depth<kDepth - 1>();
        kept = nullptr;  // No tail call: each has a frame of its own.
    } else {
        allocate_and_free();
    }
}

TEST(AllocationSeal, GoesOnCountingWhenItHasNoRoomForMoreStacks) {
    AllocationSeal seal;
    {
        const SealedThread sealed(seal);
        [&]<int... kDepths>(std::integer_sequence<int, kDepths...>) {
            (allocate_from_depth<kDepths>(), ...);
        }
        (std::make_integer_sequence<int, 2 * AllocationSeal::kMaxSites>());
    }
    EXPECT_EQ(seal.total(), 4 * AllocationSeal::kMaxSites);
    EXPECT_EQ(seal.sites().size(), AllocationSeal::kMaxSites);
}

TEST(AllocationSealDeathTest, EndsTheProcessWithTheStackWhenStrict) {
    AllocationSeal seal(true);
    EXPECT_DEATH(
        {
            const SealedThread sealed(seal);
            kept = std::malloc(100);
        },
        "a packet lcore called malloc after start-up.*\n.*mem_test");
}

}  // namespace
}  // namespace weir::mem
