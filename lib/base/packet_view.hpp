// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::base {

/// A packet to be read: its contiguous bytes and the length it had on the wire. It owns nothing;
/// the bytes belong to whoever made the view and must outlive it.
struct PacketView {
    std::span<const std::byte> bytes;  ///< What was captured, from the first octet of the frame.
    std::uint32_t wire_bytes = 0;      ///< Length on the wire, without FCS; >= bytes.size()
                                       ///< unless the frame's source says something absurd.
};

}  // namespace weir::base
