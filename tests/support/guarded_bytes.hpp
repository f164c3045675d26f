// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <new>
#include <span>

namespace weir::test {

/// Memory between two pages that cannot be touched: who reads one octet too far, at the end or
/// before the beginning, ends the test, with or without a sanitizer.
class GuardedBytes {
   public:
    explicit GuardedBytes(std::size_t room) : page_(page_size()), room_(rounded(room, page_)) {
        void* memory =
            mmap(nullptr, mapped(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        mapping_ = static_cast<std::byte*>(memory);
        mprotect(mapping_, page_, PROT_NONE);
        mprotect(mapping_ + page_ + room_, page_, PROT_NONE);
    }
    ~GuardedBytes() { munmap(mapping_, mapped()); }
    GuardedBytes(const GuardedBytes&) = delete;
    GuardedBytes& operator=(const GuardedBytes&) = delete;

    /// A copy of `bytes`, no more than `room`, that ends where the guard behind it begins. The copy
    /// before it is gone.
    std::span<const std::byte> flush_against_guard(std::span<const std::byte> bytes) {
        return copied(mapping_ + page_ + room_ - bytes.size(), bytes);
    }

    /// The same, but the copy begins where the guard before it ends.
    std::span<const std::byte> flush_behind_guard(std::span<const std::byte> bytes) {
        return copied(mapping_ + page_, bytes);
    }

   private:
    static std::size_t page_size() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }
    static std::size_t rounded(std::size_t octets, std::size_t page) {
        return (octets + page - 1) / page * page;
    }
    static std::span<const std::byte> copied(std::byte* to, std::span<const std::byte> bytes) {
        if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
        return {to, bytes.size()};
    }
    [[nodiscard]] std::size_t mapped() const { return room_ + 2 * page_; }

    std::size_t page_;
    std::size_t room_;
    std::byte* mapping_;
};

}  // namespace weir::test
