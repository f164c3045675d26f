// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstring>
#include <type_traits>

namespace weir::wire {

/// What a struct must be to be laid over the octets of a packet at any address.
template <typename Header>
inline constexpr bool kIsHeader =
    std::is_trivially_copyable_v<Header>&& std::is_standard_layout_v<Header> &&
    alignof(Header) == 1;

/// Copies the header of type `Header` that stands at `at`; the caller has checked that
/// sizeof(Header) octets are there. Header structs consist of octets only, so the compiler turns
/// this into the loads of the fields that are used.
template <typename Header>
[[nodiscard]] inline Header load(const std::byte* at) noexcept {
    static_assert(kIsHeader<Header>);
    Header header;
    std::memcpy(&header, at, sizeof header);
    return header;
}

/// The header of type `Header` at `at`, in place; the caller has checked that sizeof(Header) octets
/// are there, and the packet outlives the view. All members are octets, which may be read in any
/// object, so no rule of aliasing or alignment is touched.
template <typename Header>
[[nodiscard]] inline const Header& view(const std::byte* at) noexcept {
    static_assert(kIsHeader<Header>);
    return *reinterpret_cast<const Header*>(at);
}

}  // namespace weir::wire
