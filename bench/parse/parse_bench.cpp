// SPDX-License-Identifier: BSD-3-Clause
// The parser beside rte_net_get_ptype (which tells the layers and gives no fields) on the demo's
// traffic, hot in the cache.

#include <benchmark/benchmark.h>
#include <rte_mbuf.h>
#include <rte_net.h>

#include <vector>

#include "gen/packet_builder.hpp"
#include "gen/traffic.hpp"
#include "mem/packet_pool.hpp"
#include "parse/parse.hpp"

namespace weir {
namespace {

constexpr std::size_t kPackets = 1024;

/// The demo's first packets, one after the other in memory.
const std::vector<std::vector<std::byte>>& demo_packets() {
    static const auto packets = [] {
        gen::Traffic traffic(gen::TrafficProfile{});
        std::vector<std::vector<std::byte>> result(kPackets);
        for (auto& packet : result) {
            packet.resize(gen::kMaxGeneratedBytes);
            packet.resize(traffic.next(packet.data()));
        }
        return result;
    }();
    return packets;
}

void BM_Parse_Weir(benchmark::State& state) {
    const auto& packets = demo_packets();
    parse::PacketRecord record;
    std::size_t next = 0;
    for (auto _ : state) {
        const auto& packet = packets[next++ % kPackets];
        parse::parse({packet, static_cast<std::uint32_t>(packet.size())}, record);
        benchmark::DoNotOptimize(record);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Parse_Weir);

void BM_Parse_RteNetGetPtype(benchmark::State& state) {
    mem::PacketPool pool("bench", kPackets * 2 - 1, 2048, {SOCKET_ID_ANY});
    mem::BurstOf<kPackets> mbufs;
    if (!pool.allocate(mbufs, kPackets)) {
        state.SkipWithError("no mbufs");
        return;
    }
    for (std::size_t i = 0; i < kPackets; ++i) {
        const auto& packet = demo_packets()[i];
        rte_memcpy(rte_pktmbuf_append(mbufs[i], static_cast<std::uint16_t>(packet.size())),
                   packet.data(), packet.size());
    }
    std::size_t next = 0;
    for (auto _ : state) {
        rte_net_hdr_lens lengths;
        benchmark::DoNotOptimize(
            rte_net_get_ptype(mbufs[next++ % kPackets], &lengths, RTE_PTYPE_ALL_MASK));
        benchmark::DoNotOptimize(lengths);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Parse_RteNetGetPtype);

}  // namespace
}  // namespace weir
