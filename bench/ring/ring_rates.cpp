// SPDX-License-Identifier: BSD-3-Clause
// The rate of PacketRing beside rte_ring's (single producer, single consumer, burst calls) and that
// of Boost's queue called raw: two lcores, rings of 1024, bursts of 32 and 64.
//   ring-rates [--rounds 201] [--json FILE]
// Each round measures every ring in turn, a fraction of a millisecond each, so that a machine whose
// speed drifts slows all of them alike: what is compared are the ratios within a round. What the
// kernel interrupted is measured anew; each round says how far apart the CPUs were.

#include <rte_lcore.h>
#include <rte_pause.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <exception>
#include <memory>
#include <vector>

#include "base/tsc.hpp"
#include "bench/figures.hpp"
#include "bench/placement.hpp"
#include "bench/ring/hand_over_ends.hpp"
#include "pipeline/machine.hpp"
#include "port/eal.hpp"

namespace weir::bench {
namespace {

constexpr unsigned kProducer = 0;
constexpr unsigned kConsumer = 2;
/// Short enough that most are over before the kernel takes a CPU away on a machine with other work.
constexpr std::uint64_t kBursts = 2'000;
constexpr int kTries = 50;

/// Bursts on their way over one ring: from this lcore to kConsumer.
template <typename Ends, std::size_t Size>
class HandOver {
   public:
    explicit HandOver(Ends& ends) : ends_(ends) {}

    /// Nanoseconds a burst, of the first try in which neither lcore lost its CPU; 0 without one.
    [[nodiscard]] double run() {
        for (int i = 0; i < kTries; ++i) {
            const double ns = try_once();
            if (ns != 0) return ns;
        }
        return 0;
    }

   private:
    [[nodiscard]] double try_once() {
        ready_.store(false, std::memory_order_relaxed);
        rte_eal_remote_launch(consume, this, kConsumer);
        while (!ready_.load(std::memory_order_acquire)) rte_pause();
        const long switches = involuntary_switches();
        const std::uint64_t start = base::tsc_now();
        for (std::uint64_t i = 0; i < kBursts; ++i) ends_.produce();
        const bool left = involuntary_switches() != switches;
        if (rte_eal_wait_lcore(kConsumer) != 0 || left) return 0;
        return nanoseconds(end_ - start) / static_cast<double>(kBursts);
    }

    /// 1 if the kernel has taken the lcore off its CPU.
    static int consume(void* self) {
        auto& way = *static_cast<HandOver*>(self);
        const long switches = involuntary_switches();
        way.ready_.store(true, std::memory_order_release);
        for (std::uint64_t got = 0; got < kBursts * Size;) got += way.ends_.consume();
        way.end_ = base::tsc_now();
        return involuntary_switches() == switches ? 0 : 1;
    }

    Ends& ends_;
    std::atomic<bool> ready_{false};
    std::uint64_t end_ = 0;
};

/// Nanoseconds a burst by round, and how far apart the CPUs were.
struct Times {
    std::vector<double> packet_ring, boost, rte_ring, one_way_ns;
    int dropped = 0;
};

template <std::size_t Size>
Times measure(int rounds) {
    const auto packet_ring = std::make_unique<OverPacketRing<Size>>();
    const auto boost = std::make_unique<OverBoost<Size>>();
    const auto rte = std::make_unique<OverRteRing<Size>>();
    PingPong probe;
    Times times;
    for (int i = 0; i < rounds; ++i) {
        const double before = one_way_ns(probe, kProducer, kConsumer);
        const double ours = HandOver<OverPacketRing<Size>, Size>(*packet_ring).run();
        const double peer = HandOver<OverRteRing<Size>, Size>(*rte).run();
        const double raw = HandOver<OverBoost<Size>, Size>(*boost).run();
        const double after = one_way_ns(probe, kProducer, kConsumer);
        if (ours == 0 || peer == 0 || raw == 0) {
            ++times.dropped;
            continue;
        }
        times.packet_ring.push_back(ours);
        times.rte_ring.push_back(peer);
        times.boost.push_back(raw);
        times.one_way_ns.push_back(std::max(before, after));
    }
    return times;
}

void print(std::size_t size, const Times& times) {
    std::printf("bursts of %zu, %zu rounds, %d more dropped; median (minimum to maximum)\n", size,
                times.packet_ring.size(), times.dropped);
    print_spread("PacketRing, ns a burst", times.packet_ring);
    print_spread("rte_ring, ns a burst", times.rte_ring);
    print_spread("Boost raw, ns a burst", times.boost);
    print_spread("rate beside rte_ring's", ratios(times.rte_ring, times.packet_ring));
    print_spread("rate beside raw Boost's", ratios(times.boost, times.packet_ring));
    print_spread("a cache line's way, ns", times.one_way_ns);
}

/// Pointers a second.
std::vector<double> rates(const std::vector<double>& burst_ns, std::size_t size) {
    std::vector<double> result;
    for (const double ns : burst_ns) result.push_back(static_cast<double>(size) * 1e9 / ns);
    return result;
}

void add_row(nlohmann::json& document, std::size_t size, const Times& times) {
    nlohmann::json& entry = document["rows"]["ring_burst" + std::to_string(size)];
    entry = row(rates(times.packet_ring, size), rates(times.rte_ring, size), "pps",
                "pointers a second between two lcores, rings of 1024");
    entry["boost"] = rates(times.boost, size);
    entry["one_way_ns"] = times.one_way_ns;
    if (times.packet_ring.empty()) entry["missing"] = "every round was disturbed";
}

void run(int rounds, const std::string& json) {
    const double stolen = steal_seconds();
    const Times of_32 = measure<32>(rounds);
    const Times of_64 = measure<64>(rounds);
    print(32, of_32);
    print(64, of_64);
    nlohmann::json document;
    add_row(document, 32, of_32);
    add_row(document, 64, of_64);
    document["steal_seconds"] = steal_seconds() - stolen;
    std::printf("steal: %.2f s of all CPUs\n", steal_seconds() - stolen);
    write_json(json, document);
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
    int rounds = 201;
    std::string json;
    CLI::App app("The rates of three rings between two lcores.");
    app.add_option("--rounds", rounds, "times that each is measured (201)");
    app.add_option("--json", json, "file for all figures");
    CLI11_PARSE(app, argc, argv);
    try {
        const weir::pipeline::Machine machine = weir::pipeline::this_machine();
        weir::port::EalRequest request;
        request.lcores = {{weir::bench::kProducer, machine.cpus.front()},
                          {weir::bench::kConsumer, machine.cpus.back()}};
        request.memory_bytes = std::size_t{64} << 20;
        request.hugepages = false;
        const weir::port::Eal eal(request);
        weir::bench::run(rounds, json);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "ring-rates: %s\n", error.what());
        return 2;
    }
    return 0;
}
