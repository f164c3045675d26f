// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/packet_view.hpp"

/// tcpdump expressions on packets: compiled once, at start, by libpcap; run for each packet with
/// bpf_filter() semantics on contiguous octets and the wire length.
namespace weir::filter {

class Filter {
   public:
    /// Compiles `expression`, at most 4096 characters and 200 terms, for Ethernet frames, as
    /// tcpdump does; one that is empty or blank matches everything. Takes about a second at most:
    /// the longest ones are not optimized. Names of hosts are looked up now. Throws SetupError with
    /// libpcap's words. Control thread only.
    explicit Filter(const std::string& expression);

    /// Whether the packet matches. Reading past the captured octets makes it not match, as in
    /// tcpdump; `len` in an expression is the wire length. Any lcore; never allocates.
    [[nodiscard]] bool matches(const base::PacketView& packet) const noexcept;

   private:
    /// A BPF instruction with the layout of libpcap's bpf_insn (checked in the sources).
    struct Instruction {
        std::uint16_t code;
        std::uint8_t jump_true;
        std::uint8_t jump_false;
        std::uint32_t operand;
    };

    std::vector<Instruction> program_;
};

}  // namespace weir::filter
