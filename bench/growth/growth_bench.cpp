// SPDX-License-Identifier: BSD-3-Clause
// How the cost of a worker (parse, count, health of IPsec, free; stage::Worker on bursts of 64)
// grows with what it is given: the frames' length, flows, IPsec associations, the share of
// malformed packets, the depth of tunnels, and how many workers there are. One iteration is a
// burst; ns/packet is the median over bursts, of Worker::process() alone: the headers have just
// been written into fresh mbufs, so that they are in the cache. What varies is the number in the
// benchmark's name:
//   build/bench/growth_bench --benchmark_repetitions=7 --benchmark_enable_random_interleaving=true

#include <benchmark/benchmark.h>
#include <pthread.h>
#include <rte_byteorder.h>
#include <rte_cycles.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <new>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/tsc.hpp"
#include "growth_frames.hpp"
#include "ipsec/sa_table.hpp"
#include "mem/packet_meta.hpp"
#include "mem/packet_pool.hpp"
#include "parse/parse_options_setup.hpp"
#include "pipeline/machine.hpp"
#include "stage/worker.hpp"

namespace weir {
namespace {

using bench::Frame;

/// Those of the process, before EAL pins its main thread to one of them.
const std::vector<unsigned> kCpus = pipeline::this_machine().cpus;

constexpr std::size_t kBurst = mem::kMaxBurst;
constexpr std::uint32_t kMbufBytes = 2048;
constexpr std::size_t kMbufs = 2047;  // Several bursts of the longest frames, and full caches.
/// Of a frame; the rest is payload, which nobody looks at, and is not written.
constexpr std::size_t kWrittenOctets = 1518;

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

/// A worker and what it needs, for one thread.
class Bench {
   public:
    explicit Bench(std::size_t associations = 64, int thread = 0)
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
        result.parse_options = parse::make_parse_options({}, {}, bench::kMaxDepthLayers);
        return result;
    }

    mem::PacketPool pool_;
    Associations associations_;
    std::vector<std::byte> scratch_;
    stage::Worker worker_;
    mem::Burst burst_;
    std::vector<std::uint64_t> ticks_;
};

/// Bursts of one frame, which is well-formed.
void measure_frame(benchmark::State& state, const Frame& frame) {
    Bench bench;
    bench.measure(state, [&] {
        for (std::size_t i = 0; i < kBurst; ++i) bench.add(frame);
    });
    if (bench.count(parse::ParseStatus::kOk) != state.iterations() * kBurst) {
        state.SkipWithError("the parser called a packet malformed");
    }
}

void BM_Growth_FrameOctets(benchmark::State& state) {
    measure_frame(state, bench::frame_of_octets(static_cast<std::size_t>(state.range(0))));
}

void BM_Growth_IpInIpDepth(benchmark::State& state) {
    measure_frame(state, bench::ip_in_ip(static_cast<unsigned>(state.range(0))));
}

void BM_Growth_VxlanDepth(benchmark::State& state) {
    measure_frame(state, bench::vxlan_in_vxlan(static_cast<unsigned>(state.range(0))));
}

/// 0 to count - 1 in a random order, over and over.
class Numbers {
   public:
    explicit Numbers(std::size_t count) : order_(count) {
        std::iota(order_.begin(), order_.end(), 0);
        std::shuffle(order_.begin(), order_.end(), std::mt19937(1));
    }
    [[nodiscard]] std::uint32_t next() noexcept {
        if (at_ == order_.size()) {
            at_ = 0;
            ++round_;
        }
        return order_[at_++];
    }
    /// From 1 on: how often all have come.
    [[nodiscard]] std::uint32_t round() const noexcept { return round_; }
    [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }

   private:
    std::vector<std::uint32_t> order_;
    std::size_t at_ = 0;
    std::uint32_t round_ = 1;
};

void write_be32(std::byte* at, std::uint32_t value) {
    const std::uint32_t swapped = rte_cpu_to_be_32(value);
    std::memcpy(at, &swapped, sizeof swapped);
}

void BM_Growth_Flows(benchmark::State& state) {
    Bench bench;
    Numbers flows(static_cast<std::size_t>(state.range(0)));
    const Frame frame = bench::frame_of_octets(64);
    bench.measure(state, [&] {
        for (std::size_t i = 0; i < kBurst; ++i) {
            std::byte* const octets = bench.add(frame);
            const std::uint32_t flow = flows.next();
            write_be32(octets + bench::kSourceAddressOffset, 0x0a000000 | flow >> 8);
            octets[bench::kSourcePortOffset] = std::byte(flow);
        }
    });
}

void BM_Growth_Associations(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    Bench bench(std::max<std::size_t>(count, 64));
    Numbers numbers(count);
    const Frame frame = bench::esp_frame();
    const auto fill = [&] {
        for (std::size_t i = 0; i < kBurst; ++i) {
            std::byte* const octets = bench.add(frame);
            write_be32(octets + bench::kSpiOffset, 0x1000 + numbers.next());
            write_be32(octets + bench::kSpiOffset + 4, numbers.round());
        }
    };
    // Past probation, all of them.
    for (std::size_t i = 0; i < 3 * count + kBurst; i += kBurst) {
        fill();
        bench.process();
    }
    bench.measure(state, fill);
    if (bench.associations() != count) state.SkipWithError("associations were lost");
}

void BM_Growth_MalformedPercent(benchmark::State& state) {
    Bench bench;
    const std::vector<Frame> sound = bench::sound_frames();
    const std::vector<Frame> malformed = bench::malformed_frames();
    std::minstd_rand random(1);
    std::uint64_t well_formed = 0;
    bench.measure(state, [&] {
        for (std::size_t i = 0; i < kBurst; ++i) {
            const bool bad = static_cast<std::int64_t>(random() % 100) < state.range(0);
            const auto& frames = bad ? malformed : sound;
            bench.add(frames[random() % frames.size()]);
            well_formed += bad ? 0 : 1;
        }
    });
    if (bench.count(parse::ParseStatus::kOk) != well_formed) {
        state.SkipWithError("the parser called other packets malformed");
    }
}

/// As many workers, each with its own packets, on CPUs of their own.
void BM_Growth_Workers(benchmark::State& state) {
    const auto thread = static_cast<std::size_t>(state.thread_index());
    if (kCpus.size() < static_cast<std::size_t>(state.threads())) {
        state.SkipWithError(("there are " + std::to_string(kCpus.size()) + " CPUs").c_str());
        return;
    }
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(kCpus[thread], &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
    // Others than EAL's own threads have no mempool cache unless they are registered.
    const bool own = thread == 0;
    if (!own && rte_thread_register() != 0) {
        state.SkipWithError("EAL takes no more threads");
        return;
    }
    {
        Bench bench(64, state.thread_index());
        const Frame frame = bench::frame_of_octets(64);
        bench.measure(state, [&] {
            for (std::size_t i = 0; i < kBurst; ++i) bench.add(frame);
        });
    }
    if (!own) rte_thread_unregister();
}

BENCHMARK(BM_Growth_Workers)->Threads(1)->Threads(2)->Threads(4)->Threads(8)->UseManualTime();
BENCHMARK(BM_Growth_FrameOctets)
    ->Arg(64)
    ->Arg(128)
    ->Arg(256)
    ->Arg(512)
    ->Arg(1024)
    ->Arg(1518)
    ->Arg(2048)
    ->Arg(4096)
    ->Arg(6144)
    ->Arg(9000)
    ->UseManualTime();
BENCHMARK(BM_Growth_Flows)->RangeMultiplier(10)->Range(1, 1'000'000)->UseManualTime();
BENCHMARK(BM_Growth_Associations)->RangeMultiplier(10)->Range(1, 1'000'000)->UseManualTime();
BENCHMARK(BM_Growth_MalformedPercent)
    ->Arg(0)
    ->Arg(1)
    ->Arg(10)
    ->Arg(25)
    ->Arg(50)
    ->Arg(75)
    ->Arg(90)
    ->Arg(100)
    ->UseManualTime();
BENCHMARK(BM_Growth_IpInIpDepth)
    ->Arg(0)
    ->Arg(1)
    ->Arg(2)
    ->Arg(4)
    ->Arg(8)
    ->Arg(16)
    ->Arg(32)
    ->Arg(bench::kMaxIpInIp)
    ->UseManualTime();
BENCHMARK(BM_Growth_VxlanDepth)
    ->Arg(0)
    ->Arg(1)
    ->Arg(2)
    ->Arg(4)
    ->Arg(8)
    ->Arg(bench::kMaxVxlan)
    ->UseManualTime();

}  // namespace
}  // namespace weir
