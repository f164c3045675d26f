// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/packet_view.hpp"
#include "mem/packet_meta.hpp"
#include "parse/common_stack.hpp"
#include "parse/parse.hpp"

namespace weir::stage {

/// Parses packets where they lie, in one mbuf segment or several. Of one lcore, on its packet path.
class PacketParser {
   public:
    /// `scratch`: kMaxFrameBytes for copies of packets in several segments; outlives this.
    PacketParser(const mem::PacketMeta& meta, const parse::ParseOptions& options,
                 std::span<std::byte> scratch) noexcept
        : meta_(meta), options_(options), scratch_(scratch) {}

    /// Writes the record of the packet; the same however it is divided into segments.
    void parse(const rte_mbuf* mbuf, parse::PacketRecord& record) noexcept {
        if (parse::parse_common(rte_pktmbuf_mtod(mbuf, const std::byte*), mbuf->data_len, options_,
                                record)) [[likely]] {
            return;
        }
        parse::parse_general(first_segment(mbuf), options_, record);
        // A header may straddle segments: then, and only then, the first one ends too early.
        if (record.status == parse::ParseStatus::kTruncated && mbuf->nb_segs > 1) [[unlikely]] {
            parse::parse(contiguous(mbuf), options_, record);
        }
    }

    /// Writes the records of a burst, each as parse() does. All headers are fetched first: those of
    /// the later packets arrive while the earlier ones are parsed.
    void parse_burst(std::span<rte_mbuf* const> mbufs,
                     std::span<parse::PacketRecord> records) noexcept {
        for (const rte_mbuf* mbuf : mbufs) rte_prefetch0(rte_pktmbuf_mtod(mbuf, const void*));
        for (std::size_t i = 0; i < mbufs.size(); ++i) parse(mbufs[i], records[i]);
    }

    /// All of the packet, copied to scratch when it has several segments. Valid until the next
    /// call of either function.
    [[nodiscard]] base::PacketView contiguous(const rte_mbuf* mbuf) noexcept {
        if (mbuf->nb_segs == 1) [[likely]] {
            return first_segment(mbuf);
        }
        const auto bytes =
            static_cast<std::uint32_t>(std::min<std::size_t>(mbuf->pkt_len, scratch_.size()));
        const void* data = rte_pktmbuf_read(mbuf, 0, bytes, scratch_.data());
        return {{static_cast<const std::byte*>(data), bytes}, meta_.wire_bytes(mbuf)};
    }

   private:
    /// The packet's first segment; only for a single segment is that all of it.
    [[nodiscard]] base::PacketView first_segment(const rte_mbuf* mbuf) const noexcept {
        return {{rte_pktmbuf_mtod(mbuf, const std::byte*), mbuf->data_len}, meta_.wire_bytes(mbuf)};
    }

    mem::PacketMeta meta_;
    parse::ParseOptions options_;
    std::span<std::byte> scratch_;
};

}  // namespace weir::stage
