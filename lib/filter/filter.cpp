// SPDX-License-Identifier: BSD-3-Clause
#include "filter/filter.hpp"

#include <pcap/pcap.h>

namespace weir::filter {

bool Filter::matches(const base::PacketView& packet) const noexcept {
    static_assert(sizeof(Instruction) == sizeof(bpf_insn));
    return bpf_filter(reinterpret_cast<const bpf_insn*>(program_.data()),
                      reinterpret_cast<const u_char*>(packet.bytes.data()), packet.wire_bytes,
                      static_cast<u_int>(packet.bytes.size())) != 0;
}

}  // namespace weir::filter
