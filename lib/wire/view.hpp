// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstring>
#include <type_traits>

namespace weir::wire {

/// Copies the header of type `Header` that stands at `at`; the caller has checked that
/// sizeof(Header) octets are there. Header structs consist of octets only, so the compiler turns
/// this into the loads of the fields that are used.
template <typename Header>
[[nodiscard]] inline Header load(const std::byte* at) noexcept {
    static_assert(std::is_trivially_copyable_v<Header> && alignof(Header) == 1);
    Header header;
    std::memcpy(&header, at, sizeof header);
    return header;
}

}  // namespace weir::wire
