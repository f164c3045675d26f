// SPDX-License-Identifier: BSD-3-Clause
#include "parse_runs.hpp"

#include <rte_net.h>
#include <rte_prefetch.h>

#include <algorithm>

namespace weir::bench {
namespace {

std::uint64_t ptype_of(const rte_mbuf* mbuf) noexcept {
    rte_net_hdr_lens lengths;
    return rte_net_get_ptype(mbuf, &lengths, RTE_PTYPE_ALL_MASK);
}

}  // namespace

[[gnu::noinline]] std::uint64_t run_weir(std::span<rte_mbuf* const> mbufs,
                                         stage::PacketParser& parser, Records& records) noexcept {
    for (std::size_t i = 0; i < mbufs.size(); ++i) {
        parser.parse(mbufs[i], records[i % records.size()]);
    }
    return records[0].flow_hash;
}

[[gnu::noinline]] std::uint64_t run_weir_bursts(std::span<rte_mbuf* const> mbufs,
                                                stage::PacketParser& parser, Records& records,
                                                std::size_t burst) noexcept {
    std::uint64_t sum = 0;
    while (!mbufs.empty()) {
        const auto now = mbufs.first(std::min(burst, mbufs.size()));
        mbufs = mbufs.subspan(now.size());
        // Whoever received the next burst has touched its mbufs by now.
        for (const rte_mbuf* mbuf : mbufs.first(std::min(burst, mbufs.size()))) rte_prefetch0(mbuf);
        parser.parse_burst(now, records);
        sum += records[0].flow_hash;
    }
    return sum;
}

[[gnu::noinline]] std::uint64_t run_ptype(std::span<rte_mbuf* const> mbufs) noexcept {
    std::uint64_t sum = 0;
    for (const rte_mbuf* mbuf : mbufs) sum += ptype_of(mbuf);
    return sum;
}

[[gnu::noinline]] std::uint64_t run_ptype_ahead(std::span<rte_mbuf* const> mbufs) noexcept {
    constexpr std::size_t kMbufAhead = 16;
    constexpr std::size_t kDataAhead = 8;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < mbufs.size(); ++i) {
        if (i + kMbufAhead < mbufs.size()) rte_prefetch0(mbufs[i + kMbufAhead]);
        if (i + kDataAhead < mbufs.size()) {
            rte_prefetch0(rte_pktmbuf_mtod(mbufs[i + kDataAhead], const void*));
        }
        sum += ptype_of(mbufs[i]);
    }
    return sum;
}

}  // namespace weir::bench
