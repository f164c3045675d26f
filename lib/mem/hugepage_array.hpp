// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <string>
#include <type_traits>

#include "base/ids.hpp"

namespace weir::mem {

/// `bytes` of zeroed memory from DPDK's heap (hugepages where it has them) of `socket`, aligned to
/// a cache line. Throws SetupError naming `what`. Give it back with release_hugepage_memory().
[[nodiscard]] void* hugepage_memory(const std::string& what, std::size_t bytes,
                                    base::SocketId socket);
void release_hugepage_memory(void* memory) noexcept;

/// A fixed number of trivial elements in hugepage memory of one NUMA socket: storage for tables
/// that the packet path uses but does not own. Zeroed; freed when destroyed.
template <typename T>
class HugepageArray {
    static_assert(std::is_trivially_destructible_v<T>);

   public:
    HugepageArray(const std::string& what, std::size_t count, base::SocketId socket)
        : elements_(static_cast<T*>(hugepage_memory(what, count * sizeof(T), socket))),
          count_(count) {
        for (std::size_t i = 0; i < count; ++i) ::new (elements_ + i) T{};
    }
    ~HugepageArray() { release_hugepage_memory(elements_); }
    HugepageArray(const HugepageArray&) = delete;
    HugepageArray& operator=(const HugepageArray&) = delete;

    [[nodiscard]] std::span<T> elements() noexcept { return {elements_, count_}; }
    [[nodiscard]] std::span<const T> elements() const noexcept { return {elements_, count_}; }

   private:
    T* elements_;
    std::size_t count_;
};

}  // namespace weir::mem
