// SPDX-License-Identifier: BSD-3-Clause
#include "support/write_faults.hpp"

#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace weir::test {
namespace {

WriteFaults current;

/// How many of `octets` may be written at `at`; 0 with errno set when the call has to fail.
std::size_t granted(std::size_t octets, std::uint64_t at) {
    ++current.calls;
    if (current.interrupted_calls > 0) {
        --current.interrupted_calls;
        errno = EINTR;
        return 0;
    }
    const bool is_bad = current.good_calls == 0 && current.bad_calls > 0;
    unsigned& calls_left = is_bad ? current.bad_calls : current.good_calls;
    if (calls_left != UINT32_MAX && calls_left > 0) --calls_left;
    const std::uint64_t room = is_bad ? 0 : current.file_limit - std::min(current.file_limit, at);
    errno = current.error;
    return static_cast<std::size_t>(
        std::min({std::uint64_t{octets}, std::uint64_t{current.most_octets}, room}));
}

/// The first `octets` of what `parts` name.
std::array<iovec, 2> shortened(const iovec* parts, int count, std::size_t octets) {
    std::array<iovec, 2> kept{};
    for (int i = 0; i < count && i < 2; ++i) {
        kept[static_cast<std::size_t>(i)] = {parts[i].iov_base, std::min(parts[i].iov_len, octets)};
        octets -= kept[static_cast<std::size_t>(i)].iov_len;
    }
    return kept;
}

std::size_t length_of(const iovec* parts, int count) {
    std::size_t octets = 0;
    for (int i = 0; i < count; ++i) octets += parts[i].iov_len;
    return octets;
}

}  // namespace

ScopedWriteFaults::ScopedWriteFaults(const WriteFaults& faults) { current = faults; }
ScopedWriteFaults::~ScopedWriteFaults() { current = WriteFaults{}; }
WriteFaults& ScopedWriteFaults::now() { return current; }

}  // namespace weir::test

extern "C" {

ssize_t pwritev(int file, const iovec* parts, int count, off_t at) {
    using namespace weir::test;
    if (current.foreign_cut != UINT64_MAX) {
        syscall(SYS_ftruncate, file, std::exchange(current.foreign_cut, UINT64_MAX));
    }
    const std::size_t octets = length_of(parts, count);
    const std::size_t some = granted(octets, static_cast<std::uint64_t>(at));
    if (some == 0 && octets != 0) return -1;
    const auto kept = shortened(parts, count, some);
    return syscall(SYS_pwritev, file, kept.data(), std::min(count, 2), at, 0L);
}

ssize_t writev(int file, const iovec* parts, int count) {
    using namespace weir::test;
    const std::size_t octets = length_of(parts, count);
    const std::size_t some = granted(octets, 0);
    if (some == 0 && octets != 0) return -1;
    const auto kept = shortened(parts, count, some);
    return syscall(SYS_writev, file, kept.data(), std::min(count, 2));
}

int ftruncate(int file, off_t bytes) noexcept {
    if (weir::test::current.truncate_error != 0) {
        errno = weir::test::current.truncate_error;
        return -1;
    }
    return static_cast<int>(syscall(SYS_ftruncate, file, bytes));
}

}  // extern "C"
