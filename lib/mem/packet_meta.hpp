// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>

#include <cstdint>

/// What a packet from a capture file carries beside its octets: the length it had on the wire and
/// the time it was captured. Both stand in dynamic fields of the mbuf; a dynamic flag in ol_flags
/// says that they are set, so that a live packet costs one test of a word already loaded.
namespace weir::mem {

class PacketMeta {
   public:
    /// Registers fields and flag with the mbuf library; call once after EAL is up. Throws
    /// SetupError.
    static PacketMeta register_fields();

    void set_captured(rte_mbuf* mbuf, std::uint32_t wire_bytes,
                      std::uint64_t timestamp_ns) const noexcept {
        mbuf->ol_flags |= flag_;
        *RTE_MBUF_DYNFIELD(mbuf, wire_bytes_, std::uint32_t*) = wire_bytes;
        *RTE_MBUF_DYNFIELD(mbuf, timestamp_ns_, std::uint64_t*) = timestamp_ns;
    }
    /// Whether the packet is from a capture file; otherwise it is live.
    [[nodiscard]] bool captured(const rte_mbuf* mbuf) const noexcept {
        return (mbuf->ol_flags & flag_) != 0;
    }
    /// Length on the wire in octets, without FCS: of a live packet, what was received.
    [[nodiscard]] std::uint32_t wire_bytes(const rte_mbuf* mbuf) const noexcept {
        return (mbuf->ol_flags & flag_) == 0
                   ? mbuf->pkt_len
                   : *RTE_MBUF_DYNFIELD(mbuf, wire_bytes_, const std::uint32_t*);
    }
    /// Capture time in nanoseconds since 1970, or 0 for a live packet.
    [[nodiscard]] std::uint64_t timestamp_ns(const rte_mbuf* mbuf) const noexcept {
        return (mbuf->ol_flags & flag_) == 0
                   ? 0
                   : *RTE_MBUF_DYNFIELD(mbuf, timestamp_ns_, const std::uint64_t*);
    }

   private:
    PacketMeta(int wire_bytes, int timestamp_ns, std::uint64_t flag) noexcept
        : wire_bytes_(wire_bytes), timestamp_ns_(timestamp_ns), flag_(flag) {}

    int wire_bytes_;
    int timestamp_ns_;
    std::uint64_t flag_;
};

/// When a packet was received, for as long as it is on its way between two lcores. It stands in 32
/// bits of the mbuf's first line, which its receiver writes and its next lcore reads anyhow; flow
/// rules of a NIC would use them, and Weir sets none. Steps of 16 TSC ticks, which 32 bits count
/// for half a minute.
class ReceiveStamp {
   public:
    static void set(rte_mbuf* mbuf, std::uint64_t tsc) noexcept {
        mbuf->hash.fdir.hi = static_cast<std::uint32_t>(tsc >> kShift);
    }
    /// TSC ticks from then to `now`, less than kRange; 0 should `now` be before.
    [[nodiscard]] static std::uint64_t ticks_until(const rte_mbuf* mbuf,
                                                   std::uint64_t now) noexcept {
        const std::uint32_t steps = static_cast<std::uint32_t>(now >> kShift) - mbuf->hash.fdir.hi;
        return steps >= kRange >> kShift ? 0 : std::uint64_t{steps} << kShift;
    }

    static constexpr std::uint64_t kRange = std::uint64_t{1} << 35;

   private:
    static constexpr unsigned kShift = 4;
};

}  // namespace weir::mem
