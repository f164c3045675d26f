// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <compare>
#include <cstdint>

namespace weir::base {

/// An integer with a meaning: a PortId is no QueueId, and neither is a count. `value` is public
/// because the C interfaces below us want the plain number.
template <typename Tag, typename Rep>
struct Id {
    Rep value{};
    friend constexpr auto operator<=>(const Id&, const Id&) noexcept = default;
};

using PortId = Id<struct PortTag, std::uint16_t>;
using QueueId = Id<struct QueueTag, std::uint16_t>;
using LcoreId = Id<struct LcoreTag, unsigned>;
using SocketId = Id<struct SocketTag, int>;  ///< NUMA socket; -1 is "any".

}  // namespace weir::base
