// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <benchmark/benchmark.h>
#include <rte_cycles.h>
#include <rte_mbuf.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/tsc.hpp"
#include "growth_frames.hpp"
#include "ipsec/sa_table.hpp"
#include "mem/packet_meta.hpp"
#include "mem/packet_pool.hpp"
#include "parse/parse_options_setup.hpp"
#include "stage/worker.hpp"

/// A worker with all that it needs, for one thread, and the clock around it.
namespace weir::bench {

inline constexpr std::size_t kBurst = mem::kMaxBurst;
inline constexpr std::uint32_t kMbufBytes = 2048;
/// Several bursts of the longest frames, and full caches.
inline constexpr std::size_t kMbufs = 2047;
/// Of a frame; the rest is payload, which nobody looks at, and is not written.
inline constexpr std::size_t kWrittenOctets = 1518;

/// An array of zeroes whose pages are there only once they are touched.
template <typename T>
class LazyArray {
   public:
    explicit LazyArray(std::size_t count) : count_(count) {
        void* const memory = mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        elements_ = static_cast<T*>(memory);
    }
    ~LazyArray() { munmap(elements_, count_ * sizeof(T)); }
    LazyArray(const LazyArray&) = delete;
    LazyArray& operator=(const LazyArray&) = delete;
    [[nodiscard]] std::span<T> elements() noexcept { return {elements_, count_}; }

   private:
    T* elements_;
    std::size_t count_;
};

class Associations {
   public:
    explicit Associations(std::size_t capacity)
        : lines_(capacity),
          rests_(capacity),
          buckets_(ipsec::sa_buckets(capacity)),
          table_({lines_.elements(), rests_.elements(), buckets_.elements()}, 1) {}
    [[nodiscard]] ipsec::SaTable* table() noexcept { return &table_; }

   private:
    LazyArray<ipsec::SaLine> lines_;
    LazyArray<ipsec::SaRest> rests_;
    LazyArray<ipsec::SaBucket> buckets_;
    ipsec::SaTable table_;
};

class MeasuredWorker {
   public:
    explicit MeasuredWorker(std::size_t associations = 64, int thread = 0)
        : pool_("growth" + std::to_string(thread), kMbufs, kMbufBytes, {SOCKET_ID_ANY}),
          associations_(associations),
          scratch_(parse::kMaxFrameBytes),
          worker_(setup()),
          ticks_(std::size_t{1} << 14) {}

    /// Puts a packet with the frame's headers behind the burst's others.
    std::byte* add(const Frame& frame) {
        rte_mbuf* first = nullptr;
        for (std::size_t done = 0; done < frame.bytes.size() || first == nullptr;) {
            rte_mbuf* const mbuf = rte_pktmbuf_alloc(pool_.handle());
            if (mbuf == nullptr) throw std::runtime_error("no mbufs");
            const auto octets = static_cast<std::uint16_t>(
                std::min<std::size_t>(frame.bytes.size() - done, kMbufBytes));
            rte_pktmbuf_append(mbuf, octets);
            if (first == nullptr) {
                first = mbuf;
            } else {
                rte_pktmbuf_chain(first, mbuf);
            }
            done += octets;
        }
        std::memcpy(rte_pktmbuf_mtod(first, void*), frame.bytes.data(),
                    std::min({frame.bytes.size(), kWrittenOctets, std::size_t{kMbufBytes}}));
        burst_.push(first);
        return rte_pktmbuf_mtod(first, std::byte*);
    }

    /// Measures bursts that `fill` makes with add().
    template <typename Fill>
    void measure(benchmark::State& state, Fill&& fill) {
        const auto hz = static_cast<double>(rte_get_tsc_hz());
        std::size_t bursts = 0;
        for (auto _ : state) {
            fill();
            const std::uint64_t start = base::tsc_now();
            worker_.process(burst_);
            const std::uint64_t took = base::tsc_now() - start;
            ticks_[bursts++ % ticks_.size()] = took;
            state.SetIterationTime(static_cast<double>(took) / hz);
        }
        state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kBurst));
        auto middle =
            ticks_.begin() + static_cast<std::ptrdiff_t>(std::min(bursts, ticks_.size()) / 2);
        std::nth_element(
            ticks_.begin(), middle,
            ticks_.begin() + static_cast<std::ptrdiff_t>(std::min(bursts, ticks_.size())));
        state.counters["ns/packet"] = benchmark::Counter(
            static_cast<double>(*middle) / hz * 1e9 / kBurst, benchmark::Counter::kAvgThreads);
    }

    [[nodiscard]] std::uint64_t associations() const {
        return worker_.associations().read().associations;
    }
    void process() noexcept { worker_.process(burst_); }
    [[nodiscard]] std::uint64_t count(parse::ParseStatus status) const {
        return worker_.counters().read()[stage::status_index(status)];
    }

   private:
    stage::Worker::Setup setup() {
        static const mem::PacketMeta meta = mem::PacketMeta::register_fields();
        stage::Worker::Setup result{.meta = meta};
        result.associations = associations_.table();
        result.scratch = scratch_;
        result.parse_options = parse::make_parse_options({}, {}, kMaxDepthLayers);
        return result;
    }

    mem::PacketPool pool_;
    Associations associations_;
    std::vector<std::byte> scratch_;
    stage::Worker worker_;
    mem::Burst burst_;
    std::vector<std::uint64_t> ticks_;
};

}  // namespace weir::bench
