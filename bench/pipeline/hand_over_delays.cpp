// SPDX-License-Identifier: BSD-3-Clause
#include "bench/pipeline/hand_over_delays.hpp"

#include <rte_ethdev.h>
#include <rte_pause.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>

#include "base/tsc.hpp"
#include "bench/figures.hpp"
#include "bench/placement.hpp"
#include "stage/rx.hpp"

namespace weir::bench {
namespace {

using stage::Phase;

/// The stamp stands in the headroom, in a line that nothing else uses.
std::byte* stamp_of(rte_mbuf* mbuf) noexcept { return static_cast<std::byte*>(mbuf->buf_addr); }

class PacedSource final : public stage::Source {
   public:
    PacedSource(std::uint16_t ethdev, double packets_a_second)
        : Source({0}, true),
          ethdev_(ethdev),
          packets_a_tick_(packets_a_second / static_cast<double>(rte_get_tsc_hz())) {}

    void start() noexcept {
        start_ = base::tsc_now();
        sent_ = 0;
    }
    stage::Received receive(mem::Burst& burst, std::size_t most) noexcept override {
        const std::uint64_t now = base::tsc_now();
        const auto due =
            static_cast<std::uint64_t>(static_cast<double>(now - start_) * packets_a_tick_) - sent_;
        if (due == 0) return {};
        burst.took(
            rte_eth_rx_burst(ethdev_, 0, burst.tail(),
                             static_cast<std::uint16_t>(std::min<std::uint64_t>(due, most))));
        sent_ += burst.size();
        stage::Received received;
        for (rte_mbuf* mbuf : burst.mbufs()) {
            mbuf->port = port().value;
            received.bytes += mbuf->pkt_len;
            std::memcpy(stamp_of(mbuf), &now, sizeof now);
        }
        return received;
    }

   private:
    std::uint16_t ethdev_;
    double packets_a_tick_;
    std::uint64_t start_ = 0;
    std::uint64_t sent_ = 0;
};

/// One round's two lcores.
struct Round {
    stage::Task& rx;
    PacedSource& source;
    stage::Inlet& inlet;
    stage::Worker& worker;
    std::uint64_t ticks;
    std::uint64_t rest_tsc;
    std::atomic<bool> ended{false};
    std::uint64_t packets = 0;
    std::uint64_t bursts = 0;
    std::uint64_t busy = 0;  ///< Ticks of the worker's turns that found packets.
    std::vector<std::uint32_t>& found;

    static int run_rx(void* self) {
        auto& round = *static_cast<Round*>(self);
        const std::uint64_t start = base::tsc_now();
        round.source.start();
        while (base::tsc_now() - start < round.ticks) {
            if (round.rx.poll(Phase::kRun) == 0) rte_pause();
        }
        while (round.rx.poll(Phase::kDrain) != 0 || round.rx.held() != 0) {
        }
        round.ended.store(true, std::memory_order_release);
        return 0;
    }
    static int run_worker(void* self) {
        auto& round = *static_cast<Round*>(self);
        for (;;) {
            // Read before the ring: what was pushed before it was set is popped then.
            const bool ended = round.ended.load(std::memory_order_acquire);
            mem::Burst burst;
            const std::uint64_t begun = base::tsc_now();
            if (round.inlet.take(burst, begun, round.rest_tsc) == 0) {
                if (ended && round.inlet.ring->used() == 0) return 0;
                rte_pause();
                continue;
            }
            const std::uint64_t now = base::tsc_now();
            std::uint64_t received = 0;
            std::memcpy(&received, stamp_of(burst[0]), sizeof received);
            if (round.found.size() != round.found.capacity()) {
                round.found.push_back(static_cast<std::uint32_t>(now - received));
            }
            ++round.bursts;
            round.packets += burst.size();
            round.worker.process(burst);
            round.worker.flush(Phase::kRun);
            round.busy += base::tsc_now() - begun;
        }
    }
};

}  // namespace

Delays HandOverDelays::measure(double packets_a_second, int rounds, double seconds,
                               double rest_seconds) {
    constexpr std::size_t kMostBursts = 1 << 20;
    // As the kernel may keep an lcore off its CPU in a round that counts.
    constexpr std::uint64_t kMostDelayNs = 200'000;
    PacedSource source(port_.ethdev(), packets_a_second);
    stage::Source* const sources[] = {&source};
    std::vector<stage::Outlet> outlets(1);
    outlets[0].ring = &port_.ring();
    stage::PacketLimit limit(stage::PacketLimit::kNone);
    PingPong probe;
    const std::array<pid_t, 2> threads = {thread_of(port_.rx_lcore()),
                                          thread_of(port_.worker_lcore())};
    Delays delays;
    std::uint64_t packets = 0;
    std::uint64_t busy = 0;
    std::vector<std::uint32_t> found;
    found.reserve(kMostBursts);
    // What others have left there has no stamp.
    mem::Burst left;
    while (port_.ring().pop(left) != 0) left.free_all();
    for (int i = 0; i < 4 * rounds && delays.p50_ns.size() < std::size_t(rounds); ++i) {
        found.clear();
        stage::RxTask rx(sources, outlets, limit, 0);
        stage::Inlet inlet{&port_.ring(), 0, {}, {}};
        const auto tsc_hz = static_cast<double>(rte_get_tsc_hz());
        Round round{.rx = rx,
                    .source = source,
                    .inlet = inlet,
                    .worker = port_.worker(),
                    .ticks = static_cast<std::uint64_t>(seconds * tsc_hz),
                    .rest_tsc = static_cast<std::uint64_t>(rest_seconds * tsc_hz),
                    .found = found};
        const double way = one_way_ns(probe, port_.rx_lcore(), port_.worker_lcore());
        const std::uint64_t before = run_delay_ns(threads[0]) + run_delay_ns(threads[1]);
        rte_eal_remote_launch(Round::run_worker, &round, port_.worker_lcore());
        rte_eal_remote_launch(Round::run_rx, &round, port_.rx_lcore());
        // EAL's waiting is polling, on the CPU of the rx lcore.
        std::this_thread::sleep_for(std::chrono::duration<double>(1.1 * seconds));
        rte_eal_mp_wait_lcore();
        if (run_delay_ns(threads[0]) + run_delay_ns(threads[1]) - before > kMostDelayNs) {
            ++delays.dropped;
            continue;
        }
        for (std::uint32_t& each : found) each = static_cast<std::uint32_t>(nanoseconds(each));
        delays.p50_ns.push_back(quantile(found, 0.5));
        delays.p99_ns.push_back(quantile(found, 0.99));
        delays.one_way_ns.push_back(way);
        delays.ns.insert(delays.ns.end(), found.begin(), found.end());
        packets += round.packets;
        busy += round.busy;
        delays.packets_a_burst += static_cast<double>(round.bursts);
    }
    delays.packets_a_burst = static_cast<double>(packets) / std::max(1.0, delays.packets_a_burst);
    delays.ticks_a_packet = static_cast<double>(busy) / std::max(1.0, static_cast<double>(packets));
    return delays;
}

std::string Delays::text() const {
    std::array<char, 256> line;
    std::snprintf(line.data(), line.size(),
                  "hand-over p50 %u p99 %u p99.9 %u max %u ns, %.1f packets a burst, %.0f worker "
                  "ticks a packet, a line's way %.0f ns, %zu rounds, %d dropped",
                  quantile(ns, 0.5), quantile(ns, 0.99), quantile(ns, 0.999), quantile(ns, 1.0),
                  packets_a_burst, ticks_a_packet, quantile(one_way_ns, 0.5), p50_ns.size(),
                  dropped);
    return line.data();
}

void Delays::add_rows(nlohmann::json& rows) const {
    rows["handover_latency_p50"] =
        row(p50_ns, {}, "ns", "first packet of each burst, received to taken by the worker");
    rows["handover_latency_p99"] = row(p99_ns, {}, "ns", "likewise");
    rows["handover_latency_p50"]["note"] = text();
    rows["handover_latency_p50"]["one_way_ns"] = one_way_ns;
}

}  // namespace weir::bench
