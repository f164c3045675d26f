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
#include <rte_lcore.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "growth_frames.hpp"
#include "measured_worker.hpp"
#include "pipeline/machine.hpp"

namespace weir {
namespace {

using bench::Frame;
using bench::kBurst;
using bench::MeasuredWorker;

/// Those of the process, before EAL pins its main thread to one of them.
const std::vector<unsigned> kCpus = pipeline::this_machine().cpus;

/// Bursts of one frame, which is well-formed.
void measure_frame(benchmark::State& state, const Frame& frame) {
    MeasuredWorker worker;
    worker.measure(state, [&] {
        for (std::size_t i = 0; i < kBurst; ++i) worker.add(frame);
    });
    if (worker.count(parse::ParseStatus::kOk) != state.iterations() * kBurst) {
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
    MeasuredWorker worker;
    Numbers flows(static_cast<std::size_t>(state.range(0)));
    const Frame frame = bench::frame_of_octets(64);
    worker.measure(state, [&] {
        for (std::size_t i = 0; i < kBurst; ++i) {
            std::byte* const octets = worker.add(frame);
            const std::uint32_t flow = flows.next();
            write_be32(octets + bench::kSourceAddressOffset, 0x0a000000 | flow >> 8);
            octets[bench::kSourcePortOffset] = std::byte(flow);
        }
    });
}

void BM_Growth_Associations(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    MeasuredWorker worker(std::max<std::size_t>(count, 64));
    Numbers numbers(count);
    const Frame frame = bench::esp_frame();
    const auto fill = [&] {
        for (std::size_t i = 0; i < kBurst; ++i) {
            std::byte* const octets = worker.add(frame);
            write_be32(octets + bench::kSpiOffset, 0x1000 + numbers.next());
            write_be32(octets + bench::kSpiOffset + 4, numbers.round());
        }
    };
    // Past probation, all of them.
    for (std::size_t i = 0; i < 3 * count + kBurst; i += kBurst) {
        fill();
        worker.process();
    }
    worker.measure(state, fill);
    if (worker.associations() != count) state.SkipWithError("associations were lost");
}

void BM_Growth_MalformedPercent(benchmark::State& state) {
    MeasuredWorker worker;
    const std::vector<Frame> sound = bench::sound_frames();
    const std::vector<Frame> malformed = bench::malformed_frames();
    std::minstd_rand random(1);
    std::uint64_t well_formed = 0;
    worker.measure(state, [&] {
        for (std::size_t i = 0; i < kBurst; ++i) {
            const bool bad = static_cast<std::int64_t>(random() % 100) < state.range(0);
            const auto& frames = bad ? malformed : sound;
            worker.add(frames[random() % frames.size()]);
            well_formed += bad ? 0 : 1;
        }
    });
    if (worker.count(parse::ParseStatus::kOk) != well_formed) {
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
        MeasuredWorker worker(64, state.thread_index());
        const Frame frame = bench::frame_of_octets(64);
        worker.measure(state, [&] {
            for (std::size_t i = 0; i < kBurst; ++i) worker.add(frame);
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
