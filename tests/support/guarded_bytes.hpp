// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <new>
#include <span>

namespace weir::test {

/// Memory whose end is followed by a page that cannot be touched: who reads one octet too far ends
/// the test, with or without a sanitizer.
class GuardedBytes {
   public:
    explicit GuardedBytes(std::size_t room) {
        const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
        room_ = (room + page - 1) / page * page;
        mapped_ = room_ + page;
        void* memory =
            mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        memory_ = static_cast<std::byte*>(memory);
        mprotect(memory_ + room_, page, PROT_NONE);
    }
    ~GuardedBytes() { munmap(memory_, mapped_); }
    GuardedBytes(const GuardedBytes&) = delete;
    GuardedBytes& operator=(const GuardedBytes&) = delete;

    /// A copy of `bytes`, no more than `room`, that ends where the guard begins. The copy before it
    /// is gone.
    std::span<const std::byte> flush_against_guard(std::span<const std::byte> bytes) {
        std::byte* at = memory_ + room_ - bytes.size();
        if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
        return {at, bytes.size()};
    }

   private:
    std::size_t room_;
    std::size_t mapped_;
    std::byte* memory_;
};

}  // namespace weir::test
