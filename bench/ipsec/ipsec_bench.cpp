// SPDX-License-Identifier: BSD-3-Clause
// A packet's way into the SA table, with everything that is counted, beside lookups alone: DPDK's
// hash table on the same keys, and its SA database. Associations come in a random order, all of
// them before one comes again, in bursts of 32; their sequence numbers are in order. Keys are made
// as a worker makes them, from what is at hand; BM_Sa_KeysAlone is what that costs.

#include <benchmark/benchmark.h>
#include <rte_hash.h>
#include <rte_hash_crc.h>
#include <rte_ipsec_sad.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

#include "base/tsc.hpp"
#include "ipsec/sa_table.hpp"
#include "mem/hugepage_array.hpp"

namespace weir {
namespace {

constexpr std::size_t kBurst = 32;
using SaBurst = std::array<ipsec::SaPacket, kBurst>;

/// Association `number`: four tunnels to a pair of hosts.
ipsec::SaKey key(std::uint32_t number) {
    // In words, as a key is read: octet by octet the reads would wait for the stores.
    const std::array<std::uint64_t, 2> source{0x010aU | std::uint64_t{number >> 2} << 16, 0};
    const std::array<std::uint64_t, 2> destination{0x020aU | std::uint64_t{number >> 2} << 16, 0};
    ipsec::SaKey result;
    std::memcpy(result.source.data(), source.data(), sizeof source);
    std::memcpy(result.destination.data(), destination.data(), sizeof destination);
    result.spi = number * 2654435761U | 256;
    result.network = parse::LayerKind::kIpv4;
    result.protocol = ipsec::SaProtocol::kEsp;
    return result;
}

/// The same random order again and again.
class Traffic {
   public:
    explicit Traffic(benchmark::State& state)
        : order_(static_cast<std::size_t>(state.range(0)) / kBurst * kBurst) {
        std::iota(order_.begin(), order_.end(), 0);
        std::shuffle(order_.begin(), order_.end(), std::mt19937(1));
    }
    void next(SaBurst& burst) {
        if (at_ == order_.size()) {
            at_ = 0;
            ++sequence_;
        }
        for (ipsec::SaPacket& packet : burst) packet = {key(order_[at_++]), sequence_, 1400};
    }
    [[nodiscard]] std::size_t associations() const { return order_.size(); }

   private:
    std::vector<std::uint32_t> order_;
    std::size_t at_ = 0;
    std::uint32_t sequence_ = 1;
};

/// One iteration is a burst. tsc/packet is the median over bursts, without the making of keys: what
/// else the machine does meanwhile makes single bursts slow, and moves the mean.
template <typename Each>
void measure(benchmark::State& state, Traffic& traffic, Each&& each) {
    SaBurst burst;
    // Everything is there and warm before it is timed.
    for (std::size_t i = 0; i < 3 * traffic.associations(); i += kBurst) {
        traffic.next(burst);
        each(burst);
    }
    std::vector<std::uint64_t> ticks(std::size_t{1} << 16);
    std::size_t bursts = 0;
    for (auto _ : state) {
        traffic.next(burst);
        const std::uint64_t start = base::tsc_now();
        each(burst);
        ticks[bursts++ % ticks.size()] = base::tsc_now() - start;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kBurst));
    ticks.resize(std::min(bursts, ticks.size()));
    const auto middle = ticks.begin() + static_cast<std::ptrdiff_t>(ticks.size() / 2);
    std::ranges::nth_element(ticks, middle);
    state.counters["tsc/packet"] = static_cast<double>(*middle) / kBurst;
}

/// A table in the memory that the pipeline would give it, but for what packets in order never
/// touch.
class Table {
   public:
    explicit Table(std::size_t associations)
        : lines_("bench", associations, {SOCKET_ID_ANY}),
          rests_(associations),
          buckets_("bench", ipsec::sa_buckets(associations), {SOCKET_ID_ANY}),
          table_({lines_.elements(), rests_, buckets_.elements()}, 7) {}

    ipsec::SaTable& operator*() { return table_; }

   private:
    mem::HugepageArray<ipsec::SaLine> lines_;
    std::vector<ipsec::SaRest> rests_;
    mem::HugepageArray<ipsec::SaBucket> buckets_;
    ipsec::SaTable table_;
};

void BM_Sa_KeysAlone(benchmark::State& state) {
    Traffic traffic(state);
    measure(state, traffic, [](SaBurst& burst) { benchmark::DoNotOptimize(burst.data()); });
}

void BM_Sa_Update(benchmark::State& state) {
    Traffic traffic(state);
    Table table(traffic.associations());
    measure(state, traffic, [&](SaBurst& burst) { (*table).update(burst, base::tsc_now()); });
    if ((*table).totals().counts.lost != 0) state.SkipWithError("lost packets that were sent");
}

/// One packet in a hundred is lost, and each gap is followed by packets in order again.
void BM_Sa_UpdateLossy(benchmark::State& state) {
    Traffic traffic(state);
    Table table(traffic.associations());
    std::vector<std::uint32_t> lost(traffic.associations());
    std::size_t at = 0;
    std::uint32_t since = 0;
    measure(state, traffic, [&](SaBurst& burst) {
        for (ipsec::SaPacket& packet : burst) {
            if (++since == 101) {
                since = 0;
                ++lost[at];
            }
            packet.sequence += lost[at++];
            if (at == lost.size()) at = 0;
        }
        (*table).update(burst, base::tsc_now());
    });
}

void BM_Sa_RteHashLookupBulk(benchmark::State& state) {
    Traffic traffic(state);
    rte_hash_parameters parameters{};
    parameters.name = "bench";
    parameters.entries = static_cast<std::uint32_t>(traffic.associations());
    parameters.key_len = sizeof(ipsec::SaKey);
    parameters.hash_func = rte_hash_crc;
    parameters.socket_id = SOCKET_ID_ANY;
    rte_hash* hash = rte_hash_create(&parameters);
    if (hash == nullptr) throw std::runtime_error("no rte_hash");
    for (std::uint32_t i = 0; i < traffic.associations(); ++i) {
        const ipsec::SaKey added = key(i);
        if (rte_hash_add_key(hash, &added) < 0) throw std::runtime_error("rte_hash is full");
    }
    std::array<const void*, kBurst> keys;
    std::array<std::int32_t, kBurst> positions;
    measure(state, traffic, [&](SaBurst& burst) {
        for (std::size_t i = 0; i < kBurst; ++i) keys[i] = &burst[i].key;
        rte_hash_lookup_bulk(hash, keys.data(), kBurst, positions.data());
        benchmark::DoNotOptimize(positions.data());
    });
    if (*std::ranges::min_element(positions) < 0) state.SkipWithError("a key was not found");
    rte_hash_free(hash);
}

rte_ipsec_sadv4_key sad_key(const ipsec::SaKey& of) {
    rte_ipsec_sadv4_key result{.spi = of.spi, .dip = 0, .sip = 0};
    std::copy_n(of.destination.begin(), 4, reinterpret_cast<std::uint8_t*>(&result.dip));
    std::copy_n(of.source.begin(), 4, reinterpret_cast<std::uint8_t*>(&result.sip));
    return result;
}

void BM_Sa_RteIpsecSadLookup(benchmark::State& state) {
    Traffic traffic(state);
    rte_ipsec_sad_conf configuration{};
    configuration.socket_id = SOCKET_ID_ANY;
    std::ranges::fill(configuration.max_sa, static_cast<std::uint32_t>(traffic.associations()));
    rte_ipsec_sad* sad = rte_ipsec_sad_create("bench", &configuration);
    if (sad == nullptr) throw std::runtime_error("no rte_ipsec_sad");
    int an_sa = 0;
    for (std::uint32_t i = 0; i < traffic.associations(); ++i) {
        rte_ipsec_sad_key added{};
        added.v4 = sad_key(key(i));
        if (rte_ipsec_sad_add(sad, &added, RTE_IPSEC_SAD_SPI_DIP_SIP, &an_sa) != 0) {
            throw std::runtime_error("rte_ipsec_sad is full");
        }
    }
    std::array<rte_ipsec_sad_key, kBurst> keys{};
    std::array<const rte_ipsec_sad_key*, kBurst> pointers;
    std::array<void*, kBurst> found{};
    for (std::size_t i = 0; i < kBurst; ++i) pointers[i] = &keys[i];
    measure(state, traffic, [&](SaBurst& burst) {
        for (std::size_t i = 0; i < kBurst; ++i) keys[i].v4 = sad_key(burst[i].key);
        rte_ipsec_sad_lookup(sad, pointers.data(), found.data(), kBurst);
        benchmark::DoNotOptimize(found.data());
    });
    if (std::ranges::count(found, nullptr) != 0) state.SkipWithError("a key was not found");
    rte_ipsec_sad_destroy(sad);
}

BENCHMARK(BM_Sa_KeysAlone)->Arg(1000)->Arg(100000);
BENCHMARK(BM_Sa_Update)->Arg(1000)->Arg(100000);
BENCHMARK(BM_Sa_UpdateLossy)->Arg(1000)->Arg(100000);
BENCHMARK(BM_Sa_RteHashLookupBulk)->Arg(1000)->Arg(100000);
BENCHMARK(BM_Sa_RteIpsecSadLookup)->Arg(1000)->Arg(100000);

}  // namespace
}  // namespace weir
