// SPDX-License-Identifier: BSD-3-Clause
#include "ring/pointer_ring.hpp"

#include <gtest/gtest.h>
#include <rte_lcore.h>

#include <atomic>
#include <thread>
#include <vector>

namespace weir::ring {
namespace {

base::SocketId this_socket() { return {static_cast<int>(rte_socket_id())}; }

TEST(PointerRing, KeepsTheOrderAndSaysWhenItIsFullOrEmpty) {
    PointerRing<int> ring(3, this_socket());
    int numbers[4] = {};
    EXPECT_EQ(ring.pop(), nullptr);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(ring.push(&numbers[i]));
    EXPECT_FALSE(ring.push(&numbers[3]));
    EXPECT_EQ(ring.used(), 3U);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ring.pop(), &numbers[i]);
    EXPECT_EQ(ring.pop(), nullptr);
    EXPECT_EQ(ring.used(), 0U);
}

TEST(PointerRing, HandsOverWhatWasWrittenBehindThePointer) {
    constexpr std::size_t kTurns = 200'000;
    std::vector<std::size_t> values(8);
    PointerRing<std::size_t> free(values.size(), this_socket());
    PointerRing<std::size_t> full(values.size(), this_socket());
    for (std::size_t& value : values) free.push(&value);
    std::atomic<bool> failed{false};
    std::thread consumer([&] {
        for (std::size_t expected = 0; expected < kTurns;) {
            std::size_t* value = full.pop();
            if (value == nullptr) {
                std::this_thread::yield();
                continue;
            }
            if (*value != expected++) failed = true;
            free.push(value);
        }
    });
    for (std::size_t next = 0; next < kTurns;) {
        std::size_t* value = free.pop();
        if (value == nullptr) {
            std::this_thread::yield();
            continue;
        }
        *value = next++;
        full.push(value);
    }
    consumer.join();
    EXPECT_FALSE(failed);
}

}  // namespace
}  // namespace weir::ring
