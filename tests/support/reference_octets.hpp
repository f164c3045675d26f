// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

namespace weir::test {

/// The octets of a frame from some offset to where the packet around it ends on the wire, of which
/// the capture may hold fewer. Reads are checked, each octet on its own: to ask for one that is
/// not there is a mistake of the caller, and throws std::logic_error.
class Octets {
   public:
    /// The whole of a frame that had `wire_octets`, of which `captured` is the beginning.
    Octets(std::span<const std::byte> captured, std::size_t wire_octets)
        : captured_(captured), end_(std::max(wire_octets, captured.size())) {}

    /// Counted from the first octet of the frame, as is end().
    [[nodiscard]] std::size_t offset() const { return offset_; }
    [[nodiscard]] std::size_t end() const { return end_; }
    /// How many there were on the wire.
    [[nodiscard]] std::size_t left() const { return end_ - offset_; }
    [[nodiscard]] bool are_captured(std::size_t count) const {
        return offset_ + count <= captured_.size();
    }

    [[nodiscard]] unsigned u8(std::size_t at) const {
        if (at >= left() || !are_captured(at + 1)) throw std::logic_error("no such octet");
        return std::to_integer<unsigned>(captured_[offset_ + at]);
    }
    [[nodiscard]] unsigned u16(std::size_t at) const { return u8(at) << 8 | u8(at + 1); }
    [[nodiscard]] std::uint32_t u24(std::size_t at) const { return u16(at) << 8 | u8(at + 2); }
    [[nodiscard]] std::uint32_t u32(std::size_t at) const {
        return std::uint32_t{u16(at)} << 16 | u16(at + 2);
    }

    /// What is left behind the first `count`.
    [[nodiscard]] Octets behind(std::size_t count) const {
        if (count > left()) throw std::logic_error("behind the end");
        Octets rest = *this;
        rest.offset_ += count;
        return rest;
    }
    /// The first `count`.
    [[nodiscard]] Octets first(std::size_t count) const {
        if (count > left()) throw std::logic_error("more than there are");
        Octets part = *this;
        part.end_ = offset_ + count;
        return part;
    }

   private:
    std::span<const std::byte> captured_;
    std::size_t offset_ = 0;
    std::size_t end_;
};

}  // namespace weir::test
