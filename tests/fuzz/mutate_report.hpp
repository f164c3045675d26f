// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "parse_check.hpp"
#include "parse_input.hpp"

/// What the bulk mutator says: what it has seen, and what it found, so that it can be repeated.
namespace weir::fuzz {

/// What the parser made of the packets so far.
class Seen {
   public:
    void count(const parse::PacketRecord& record) {
        ++packets_;
        ++statuses_[static_cast<std::size_t>(record.status)];
        layers_ |= record.layer_mask;
        deepest_ = record.layer_count > deepest_ ? record.layer_count : deepest_;
    }
    [[nodiscard]] std::uint64_t packets() const { return packets_; }
    /// "38 of 38", and so on.
    [[nodiscard]] std::string layers() const;
    [[nodiscard]] std::string statuses() const;
    [[nodiscard]] unsigned deepest() const { return deepest_; }
    /// Names of the statuses and layers that no packet had; empty when there are none.
    [[nodiscard]] std::string never() const;

   private:
    std::uint64_t packets_ = 0;
    std::array<std::uint64_t, parse::kParseStatuses> statuses_{};
    std::uint64_t layers_ = 0;
    unsigned deepest_ = 0;
};

/// Octets in lines of 32, hexadecimal.
[[nodiscard]] std::string hex(std::span<const std::byte> octets);

/// What `input` asks for besides its frame, in words.
[[nodiscard]] std::string options_text(const ParseInput& input);

/// From now on, when the program crashes or a sanitizer ends it, `message` (which must stay, and
/// may change) goes to stderr first.
void say_on_crash(const char* message);

}  // namespace weir::fuzz
