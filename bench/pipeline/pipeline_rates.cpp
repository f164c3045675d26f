// SPDX-License-Identifier: BSD-3-Clause
// What the pipeline costs beside the least that a hand-over to another lcore can: rx and one worker
// on a capture that net_pcap loops, in turn with
//   skeleton    the same port and the same ring, and the other lcore frees what it pops
//   direct      run to completion: all on one lcore
//   receive     one lcore receives and frees, as testpmd rxonly does
//   classify    the same, and calls rte_net_get_ptype for each packet in between
//   pipeline-rates [--rounds 21] [--seconds 0.03] [--json FILE] CAPTURE
// then how long packets wait between rx and worker, and what the worker spends on them, while they
// come at a share of the pipeline's rate; the same if it never left its ring alone. What the kernel
// disturbed is measured anew.

#include <rte_ethdev.h>
#include <rte_net.h>
#include <rte_pause.h>
#include <rte_prefetch.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <thread>

#include "bench/figures.hpp"
#include "bench/pipeline/hand_over_delays.hpp"
#include "bench/pipeline/looped_port.hpp"
#include "bench/placement.hpp"
#include "stage/rx.hpp"

namespace weir::bench {
namespace {

using stage::Phase;

constexpr int kTries = 10;

/// What a bare lcore runs until the phase is kExit, and the packets it has received.
struct Bare {
    LoopedPort& port;
    std::atomic<std::uint64_t> packets{0};

    void received(std::size_t count) noexcept {
        packets.store(packets.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
    }
    [[nodiscard]] bool ended() const noexcept {
        return port.wiring().phase.load(std::memory_order_acquire) == Phase::kExit;
    }
    void receive(mem::Burst& burst) noexcept {
        burst.took(rte_eth_rx_burst(port.ethdev(), 0, burst.tail(), mem::kMaxBurst));
        received(burst.size());
    }
};

int receive_and_push(void* argument) {
    Bare& bare = *static_cast<Bare*>(argument);
    mem::Burst burst;
    while (!bare.ended()) {
        if (burst.empty()) bare.receive(burst);
        if (bare.port.ring().push(burst) == 0) rte_pause();
    }
    return 0;
}

int pop_and_free(void* argument) {
    Bare& bare = *static_cast<Bare*>(argument);
    mem::Burst burst;
    while (!bare.ended()) {
        if (bare.port.ring().pop(burst) == 0) rte_pause();
        burst.free_all();
    }
    return 0;
}

int receive_and_free(void* argument) {
    Bare& bare = *static_cast<Bare*>(argument);
    while (!bare.ended()) {
        mem::Burst burst;
        bare.receive(burst);
    }
    return 0;
}

/// What rte_net_get_ptype costs in such a loop, its headers fetched ahead as a worker does.
int receive_classify_and_free(void* argument) {
    Bare& bare = *static_cast<Bare*>(argument);
    while (!bare.ended()) {
        mem::Burst burst;
        bare.receive(burst);
        for (const rte_mbuf* mbuf : burst.mbufs()) {
            rte_prefetch0(rte_pktmbuf_mtod(mbuf, const void*));
        }
        for (rte_mbuf* mbuf : burst.mbufs()) {
            rte_net_hdr_lens lengths;
            mbuf->packet_type = rte_net_get_ptype(mbuf, &lengths, RTE_PTYPE_ALL_MASK);
        }
    }
    return 0;
}

int run_loop(void* loop) {
    static_cast<stage::LcoreLoop*>(loop)->run();
    return 0;
}

class Rates {
   public:
    Rates(LoopedPort& port, double seconds)
        : port_(port),
          seconds_(seconds),
          threads_{thread_of(port.rx_lcore()), thread_of(port.worker_lcore())} {}

    /// One round of each. False, and nothing is kept, where one could not be measured.
    bool round() {
        const double way = one_way();
        const double pipelined = undisturbed([this] { return measure_pipeline(); });
        const double bare = undisturbed([this] { return measure(receive_and_push, pop_and_free); });
        const double direct = undisturbed([this] { return measure_direct(); });
        const double received = undisturbed([this] { return measure(receive_and_free, nullptr); });
        const double classified =
            undisturbed([this] { return measure(receive_classify_and_free, nullptr); });
        for (const double rate : {pipelined, bare, direct, received, classified}) {
            if (rate == 0) return false;
        }
        pipeline.push_back(pipelined);
        skeleton.push_back(bare);
        run_to_completion.push_back(direct);
        receive_only.push_back(received);
        classify.push_back(classified);
        one_way_ns.push_back(std::max(way, one_way()));
        return true;
    }

    std::vector<double> pipeline, skeleton, run_to_completion, receive_only, classify, one_way_ns;

   private:
    [[nodiscard]] double one_way() {
        return bench::one_way_ns(probe_, port_.rx_lcore(), port_.worker_lcore());
    }
    [[nodiscard]] std::uint64_t delays() const {
        return run_delay_ns(threads_[0]) + run_delay_ns(threads_[1]);
    }

    /// What `measure` returns the first time it is not 0, of some times; else 0.
    template <typename Measure>
    static double undisturbed(Measure&& measure) {
        double rate = 0;
        for (int i = 0; i < kTries && rate == 0; ++i) rate = measure();
        return rate;
    }

    /// Packets a second that `read` counts once the lcores are at work; ends their work. 0 if
    /// the kernel kept one of them off its CPU for over a hundredth of the time.
    template <typename Read>
    double rate(Read&& read) {
        const auto wait = std::chrono::duration<double>(seconds_);
        std::this_thread::sleep_for(wait / 10);
        const std::uint64_t delay = delays();
        const std::uint64_t packets = read();
        const std::uint64_t start = base::tsc_now();
        std::this_thread::sleep_for(wait);
        const std::uint64_t more = read() - packets;
        const double ns = nanoseconds(base::tsc_now() - start);
        const bool disturbed = static_cast<double>(delays() - delay) > ns / 100;
        port_.wiring().phase.store(Phase::kExit, std::memory_order_release);
        rte_eal_mp_wait_lcore();
        return disturbed ? 0 : static_cast<double>(more) * 1e9 / ns;
    }
    [[nodiscard]] std::uint64_t source_packets() const {
        return port_.source().counters().read()[base::at(stage::SourceCounter::kPackets)];
    }

    double measure_pipeline() {
        port_.wiring().phase.store(Phase::kRun, std::memory_order_release);
        port_.wiring().launch();
        return rate([this] { return source_packets(); });
    }
    double measure_direct() {
        stage::PacketLimit limit(stage::PacketLimit::kNone);
        stage::Source* const sources[] = {&port_.source()};
        stage::DirectTask direct(sources, port_.worker(), limit);
        stage::Task* const tasks[] = {&direct};
        stage::LcoreLoop loop;
        loop.tasks = tasks;
        loop.phase = &port_.wiring().phase;
        port_.wiring().phase.store(Phase::kRun, std::memory_order_release);
        rte_eal_remote_launch(run_loop, &loop, port_.worker_lcore());
        return rate([this] { return source_packets(); });
    }
    /// Bare lcores: the one that receives, and the other where there is one.
    double measure(lcore_function_t* receiver, lcore_function_t* other) {
        Bare bare{port_};
        port_.wiring().phase.store(Phase::kRun, std::memory_order_release);
        if (other != nullptr) {
            rte_eal_remote_launch(receiver, &bare, port_.rx_lcore());
            rte_eal_remote_launch(other, &bare, port_.worker_lcore());
        } else {
            rte_eal_remote_launch(receiver, &bare, port_.worker_lcore());
        }
        return rate([&bare] { return bare.packets.load(std::memory_order_relaxed); });
    }

    LoopedPort& port_;
    double seconds_;
    std::array<pid_t, 2> threads_;
    PingPong probe_;
};

std::vector<double> in_millions(std::vector<double> rates) {
    for (double& rate : rates) rate /= 1e6;
    return rates;
}

void print(const Rates& rates, int dropped) {
    std::printf("%zu rounds, %d more dropped; median (minimum to maximum)\n", rates.pipeline.size(),
                dropped);
    print_spread("pipeline, Mpps", in_millions(rates.pipeline));
    print_spread("skeleton, Mpps", in_millions(rates.skeleton));
    print_spread("run to completion, Mpps", in_millions(rates.run_to_completion));
    print_spread("receive and free, one lcore, Mpps", in_millions(rates.receive_only));
    print_spread("the same with rte_net_get_ptype, Mpps", in_millions(rates.classify));
    print_spread("pipeline beside skeleton", ratios(rates.pipeline, rates.skeleton));
    print_spread("pipeline beside run to completion",
                 ratios(rates.pipeline, rates.run_to_completion));
    print_spread("pipeline beside receive and free", ratios(rates.pipeline, rates.receive_only));
    print_spread("run to completion beside receive and free",
                 ratios(rates.run_to_completion, rates.receive_only));
    print_spread("rte_net_get_ptype beside receive and free",
                 ratios(rates.classify, rates.receive_only));
    print_spread("a cache line's way, ns", rates.one_way_ns);
}

void run(const std::string& capture, int rounds, double seconds, const std::string& json) {
    const double stolen = steal_seconds();
    LoopedPort port(capture);
    Rates rates(port, seconds);
    int dropped = 0;
    for (int i = 0; i < rounds; ++i) {
        if (!rates.round()) ++dropped;
    }
    print(rates, dropped);
    nlohmann::json document;
    nlohmann::json& rows = document["rows"];
    rows["pipeline_skeleton"] =
        row(rates.pipeline, rates.skeleton, "pps", "looped by net_pcap: rx, ring, worker");
    rows["pipeline_direct"] = row(rates.pipeline, rates.run_to_completion, "pps",
                                  "pipeline beside run to completion in the same process");
    rows["pipeline_receive"] = row(rates.pipeline, rates.receive_only, "pps",
                                   "pipeline beside one lcore that receives and frees");
    rows["direct_receive"] = row(rates.run_to_completion, rates.receive_only, "pps",
                                 "run to completion beside one lcore that receives and frees");
    rows["classify_receive"] = row(rates.classify, rates.receive_only, "pps",
                                   "rte_net_get_ptype between receiving and freeing");
    document["one_way_ns"] = rates.one_way_ns;

    HandOverDelays delays(port);
    const double full = quantile(rates.pipeline, 0.5);
    for (const double share : {0.02, 0.25, 0.5, 0.9}) {
        const Delays found = delays.measure(share * full, rounds, seconds);
        std::printf("%.0f %% load, %.2f Mpps: %s\n", share * 100, share * full / 1e6,
                    found.text().c_str());
        const Delays restless = delays.measure(share * full, rounds, seconds, 0);
        std::printf("  were rings never left alone: %s\n", restless.text().c_str());
        if (share == 0.5) found.add_rows(rows);
    }
    document["steal_seconds"] = steal_seconds() - stolen;
    std::printf("steal: %.2f s of all CPUs\n", steal_seconds() - stolen);
    write_json(json, document);
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
    std::string capture;
    int rounds = 21;
    double seconds = 0.03;
    std::string json;
    CLI::App app("The pipeline's rate beside a bare hand-over's, and its delay.");
    app.add_option("capture", capture, "capture file that is looped")->required();
    app.add_option("--rounds", rounds, "times that each is measured (21)");
    app.add_option("--seconds", seconds, "for how long (0.03)");
    app.add_option("--json", json, "file for all figures");
    CLI11_PARSE(app, argc, argv);
    try {
        weir::bench::run(capture, rounds, seconds, json);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "pipeline-rates: %s\n", error.what());
        return 2;
    }
    return 0;
}
