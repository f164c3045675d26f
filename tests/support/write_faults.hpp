// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

/// Makes writing to files fail on purpose: the program that links write_faults.cpp has its own
/// pwritev, writev and ftruncate, which do what the kernel may do and seldom does. One thread.
namespace weir::test {

struct WriteFaults {
    std::size_t most_octets = SIZE_MAX;     ///< Written by one call.
    unsigned interrupted_calls = 0;         ///< So many calls end with EINTR, without effect.
    std::uint64_t file_limit = UINT64_MAX;  ///< No octet can be written from this offset on.
    unsigned good_calls = UINT32_MAX;       ///< After as many nothing can be written.
    unsigned bad_calls = UINT32_MAX;        ///< After as many it can again.
    int error = 0;                          ///< What is said then, and at the limit.
    int truncate_error = 0;                 ///< Not 0: files cannot be cut.
    /// Somebody else cuts the file to so much just before the next pwritev().
    std::uint64_t foreign_cut = UINT64_MAX;
    unsigned calls = 0;  ///< Counts.
};

/// What goes wrong from now on, until the object goes.
class ScopedWriteFaults {
   public:
    explicit ScopedWriteFaults(const WriteFaults& faults);
    ~ScopedWriteFaults();
    ScopedWriteFaults(const ScopedWriteFaults&) = delete;
    ScopedWriteFaults& operator=(const ScopedWriteFaults&) = delete;
    [[nodiscard]] WriteFaults& now();
};

}  // namespace weir::test
