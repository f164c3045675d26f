// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "mem/owner.hpp"

/// One hand-over as the ownership ledger remembers it, and in words. Builds with -Dledger=true
/// only.
namespace weir::mem::ledger {

struct Handover {
    Owner to = Owner::kPool;
    std::uint16_t number = 0;
    unsigned lcore = 0;
    std::uint64_t tsc = 0;
    Place place;
    bool is_look = false;  ///< Nothing was handed over.
};

/// Text of up to 2,000 octets, made without an allocation.
class HandoverText {
   public:
    template <typename... Args>
    void put(fmt::format_string<Args...> format, Args&&... args) {
        fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    }
    /// What happened to the mbuf, on which lcore, where.
    void put(const Handover& handover);
    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), text_.size()}; }

   private:
    fmt::basic_memory_buffer<char, 2000> text_;
};

[[nodiscard]] std::string text_of(const Handover& handover);
[[nodiscard]] double microseconds(std::uint64_t ticks) noexcept;

}  // namespace weir::mem::ledger
