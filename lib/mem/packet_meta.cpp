// SPDX-License-Identifier: BSD-3-Clause
#include "mem/packet_meta.hpp"

#include <rte_errno.h>
#include <rte_string_fns.h>

#include "base/setup_error.hpp"

namespace weir::mem {
namespace {

int register_field(const char* name, std::size_t size, std::size_t align) {
    rte_mbuf_dynfield field{};
    rte_strscpy(field.name, name, sizeof field.name);
    field.size = size;
    field.align = align;
    const int offset = rte_mbuf_dynfield_register(&field);
    if (offset < 0) {
        throw base::SetupError("register mbuf field", name, rte_strerror(rte_errno),
                               "another library has taken the mbuf's free space; give fewer EAL "
                               "arguments after --");
    }
    return offset;
}

}  // namespace

PacketMeta PacketMeta::register_fields() {
    const int wire =
        register_field("weir_dynfield_wire_bytes", sizeof(std::uint32_t), alignof(std::uint32_t));
    const int time =
        register_field("weir_dynfield_timestamp_ns", sizeof(std::uint64_t), alignof(std::uint64_t));
    rte_mbuf_dynflag flag{};
    rte_strscpy(flag.name, "weir_dynflag_captured", sizeof flag.name);
    const int bit = rte_mbuf_dynflag_register(&flag);
    if (bit < 0) {
        throw base::SetupError("register mbuf flag", flag.name, rte_strerror(rte_errno),
                               "another library has taken the mbuf's free flags; give fewer EAL "
                               "arguments after --");
    }
    return PacketMeta(wire, time, std::uint64_t{1} << bit);
}

}  // namespace weir::mem
