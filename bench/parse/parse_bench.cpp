// SPDX-License-Identifier: BSD-3-Clause
// The parser beside rte_net_get_ptype (which tells the layers and gives no fields) and libtins, on
// the same mbufs in the same memory. The label tells what packets they are. Three sizes:
//   /64       one UDP packet of 60 octets, 64 times: all of it in the first-level cache
//   /16384    packets of real captures (WEIR_CORPUS, else of the demo) in random order
//   /1048576  the same, so many that they are in no cache
// BM_Parse_<Ours>To<Peer> is the comparison itself: both take turns, pass by pass, and the counters
// tell nanoseconds a packet of both (medians) and the ratio of neighbouring passes (median, least,
// greatest). A pass in which the kernel gave the CPU to another is not counted.

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <vector>

#include "base/tsc.hpp"
#include "packet_sample.hpp"
#include "parse_runs.hpp"

namespace weir::bench {
namespace {

constexpr std::size_t kHot = 64;
constexpr std::size_t kMixed = 16384;
constexpr std::size_t kCold = std::size_t{1} << 20;

/// Everything that a run needs, made once for each number of packets.
struct Subject {
    mem::PacketMeta meta;
    Frames frames;
    MbufSample sample;
    stage::PacketParser parser;
    Records records;

    Subject(std::size_t packets, const mem::PacketMeta& with)
        : meta(with),
          frames(packets == kHot ? udp_frames() : real_frames()),
          sample(frames.frames, packets, meta),
          parser(meta, {}, {}) {}
};

Subject& subject_of(std::size_t packets) {
    static const mem::PacketMeta meta = mem::PacketMeta::register_fields();
    static std::map<std::size_t, std::unique_ptr<Subject>> subjects;
    auto& subject = subjects[packets];
    if (!subject) subject = std::make_unique<Subject>(packets, meta);
    return *subject;
}

using Run = std::uint64_t (*)(Subject&);
std::uint64_t weir(Subject& s) { return run_weir(s.sample.mbufs(), s.parser, s.records); }
template <std::size_t kBurst>
std::uint64_t weir_bursts(Subject& s) {
    return run_weir_bursts(s.sample.mbufs(), s.parser, s.records, kBurst);
}
std::uint64_t ptype(Subject& s) { return run_ptype(s.sample.mbufs()); }
std::uint64_t ptype_ahead(Subject& s) { return run_ptype_ahead(s.sample.mbufs()); }
std::uint64_t libtins(Subject& s) { return run_libtins(s.sample.mbufs()); }

bool left_out(benchmark::State& state, Run run) {
    if (run != libtins || kHasLibtins) return false;
    state.SkipWithError("left out: built without libtins");
    return true;
}

void measure(benchmark::State& state, Run run) {
    if (left_out(state, run)) return;
    const auto packets = static_cast<std::size_t>(state.range(0));
    Subject& subject = subject_of(packets);
    const std::uint64_t start = base::tsc_now();
    for (auto _ : state) benchmark::DoNotOptimize(run(subject));
    const std::uint64_t ticks = base::tsc_now() - start;
    const auto all = static_cast<double>(state.iterations()) * static_cast<double>(packets);
    state.counters["tsc_cycles"] = static_cast<double>(ticks) / all;
    state.SetItemsProcessed(static_cast<std::int64_t>(all));
    state.SetLabel(subject.frames.source);
}

/// Nanoseconds that a pass took, or 0 where the CPU was taken away.
double timed(Subject& subject, Run run) {
    const auto switches = [] {
        rusage usage;
        getrusage(RUSAGE_THREAD, &usage);
        return usage.ru_nivcsw;
    };
    const auto before = switches();
    const auto start = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(run(subject));
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    return switches() == before ? took.count() : 0;
}

double median(std::vector<double>& values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// Both take turns, and who is first as well. Hot passes are too short to be timed one by one.
void compare(benchmark::State& state, Run ours, Run peer) {
    if (left_out(state, peer)) return;
    const auto packets = static_cast<std::size_t>(state.range(0));
    Subject& subject = subject_of(packets);
    std::vector<double> ours_ns;
    std::vector<double> peer_ns;
    std::vector<double> ratios;
    bool first = false;
    for (auto _ : state) {
        first = !first;
        double one = first ? timed(subject, ours) : 0;
        const double other = timed(subject, peer);
        if (!first) one = timed(subject, ours);
        if (one == 0 || other == 0) continue;
        ours_ns.push_back(one / static_cast<double>(packets));
        peer_ns.push_back(other / static_cast<double>(packets));
        ratios.push_back(one / other);
    }
    state.SetLabel(subject.frames.source);
    if (ratios.empty()) {
        state.SkipWithError("the CPU was taken away in every pass");
        return;
    }
    state.counters["ours_ns"] = median(ours_ns);
    state.counters["peer_ns"] = median(peer_ns);
    state.counters["ratio"] = median(ratios);
    state.counters["ratio_min"] = ratios.front();
    state.counters["ratio_max"] = ratios.back();
    state.counters["pairs"] = static_cast<double>(ratios.size());
}

BENCHMARK_CAPTURE(measure, weir, weir)->Name("BM_Parse_Weir")->Arg(kHot)->Arg(kMixed)->Arg(kCold);
BENCHMARK_CAPTURE(measure, bursts32, weir_bursts<32>)
    ->Name("BM_Parse_WeirBursts32")
    ->Arg(kMixed)
    ->Arg(kCold);
BENCHMARK_CAPTURE(measure, bursts64, weir_bursts<64>)
    ->Name("BM_Parse_WeirBursts64")
    ->Arg(kMixed)
    ->Arg(kCold);
BENCHMARK_CAPTURE(measure, ptype, ptype)
    ->Name("BM_Parse_RteNetGetPtype")
    ->Arg(kHot)
    ->Arg(kMixed)
    ->Arg(kCold);
BENCHMARK_CAPTURE(measure, ptype_ahead, ptype_ahead)
    ->Name("BM_Parse_RteNetGetPtypeAhead8")
    ->Arg(kMixed)
    ->Arg(kCold);
BENCHMARK_CAPTURE(measure, libtins, libtins)
    ->Name("BM_Parse_Libtins")
    ->Arg(kHot)
    ->Arg(kMixed)
    ->Arg(kCold);

BENCHMARK_CAPTURE(compare, ptype, weir, ptype)->Name("BM_Parse_WeirToRteNetGetPtype")->Arg(kMixed);
BENCHMARK_CAPTURE(compare, libtins, weir_bursts<32>, libtins)
    ->Name("BM_Parse_WeirBursts32ToLibtins")
    ->Arg(kMixed);
BENCHMARK_CAPTURE(compare, bursts32, weir_bursts<32>, ptype_ahead)
    ->Name("BM_Parse_WeirBursts32ToRteNetGetPtypeAhead8")
    ->Arg(kMixed)
    ->Arg(kCold);
BENCHMARK_CAPTURE(compare, bursts64, weir_bursts<64>, ptype_ahead)
    ->Name("BM_Parse_WeirBursts64ToRteNetGetPtypeAhead8")
    ->Arg(kCold);
BENCHMARK_CAPTURE(compare, bursts32_plain, weir_bursts<32>, ptype)
    ->Name("BM_Parse_WeirBursts32ToRteNetGetPtype")
    ->Arg(kMixed)
    ->Arg(kCold);

}  // namespace
}  // namespace weir::bench
