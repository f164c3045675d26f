// SPDX-License-Identifier: BSD-3-Clause
// A worker that opens ESP, run to completion on packets that a device has put into mbufs:
//   received-rate --cpus MAIN,LCORE [--packets N] [--ready N] [--hugepages] CAPTURE KEYS.toml
// `ready` packets at a time are written into mbufs while the clock stands, as a NIC's DMA does it.
// Each burst of 64 then waits in a net_ring port. Under the clock: rte_eth_rx_burst, all that `weir
// run --mode run-to-completion` does with a burst until its mbufs are back in their pool, and
// taking as many out of the pool, as a driver does to have its queue full. The last written are in
// the caches: with 4096 ready, 6 MB, none that are next, so that they come from where DMA leaves
// them. Prints how many packets that were and how many cycles they took; one that is not authentic
// ends it.

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <span>
#include <stdexcept>
#include <vector>

#include "base/counters.hpp"
#include "bench/peers/decrypt_setup.hpp"
#include "bench/peers/looped_packets.hpp"
#include "ipsec/sa_table.hpp"
#include "mem/hugepage_array.hpp"
#include "mem/packet_pool.hpp"
#include "port/device.hpp"
#include "port/port.hpp"
#include "stage/rx.hpp"
#include "stage/source.hpp"
#include "stage/worker.hpp"

namespace {

using namespace weir;

constexpr std::size_t kAssociations = 65'536;  // A run's default.

/// Packets that a device has received; the device is a net_ring, which gives back what it is sent.
class ReadyPackets {
   public:
    ReadyPackets(const std::string& capture, std::uint64_t ready)
        : pool_("bench", ready + 2 * mem::kMaxBurst + mem::kMempoolCacheSize * 2, 2048,
                bench::kSocket),
          file_(capture),
          bursts_(ready / mem::kMaxBurst),
          device_(port::parse_port_spec("net_ring0")) {
        if (bursts_.empty()) throw std::runtime_error("--ready needs a burst of 64 at least");
        device_.start({}, pool_);
        for (mem::Burst& burst : bursts_) refill(burst);
    }

    [[nodiscard]] base::PortId id() const noexcept { return device_.id(); }
    [[nodiscard]] std::span<mem::Burst> bursts() noexcept { return bursts_; }

    void refill(mem::Burst& burst) noexcept {
        if (!pool_.allocate(burst, mem::kMaxBurst)) std::abort();
    }
    void write(mem::Burst& burst) noexcept {
        for (rte_mbuf* mbuf : burst.mbufs()) {
            const auto octets = file_.next().bytes;
            void* data = rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(octets.size()));
            if (data == nullptr) std::abort();
            std::memcpy(data, octets.data(), octets.size());
        }
    }
    void arrive(mem::Burst& burst) noexcept {
        burst.offer(mem::Owner::kDriver, [this](rte_mbuf** mbufs, std::size_t count) {
            return rte_eth_tx_burst(device_.id().value, 0, mbufs,
                                    static_cast<std::uint16_t>(count));
        });
    }

   private:
    mem::PacketPool pool_;
    bench::LoopedPackets file_;
    std::vector<mem::Burst> bursts_;
    port::Port device_;
};

struct Work {
    ReadyPackets& packets;
    stage::DirectTask& task;
    std::uint64_t count;
    std::uint64_t cycles = 0;
    std::uint64_t moved = 0;

    void run() noexcept {
        receive(count / 10);  // To warm up.
        receive(count);
    }
    void receive(std::uint64_t most) noexcept {
        cycles = moved = 0;
        while (moved < most) {
            for (mem::Burst& burst : packets.bursts()) packets.write(burst);
            for (mem::Burst& burst : packets.bursts()) {
                packets.arrive(burst);
                const std::uint64_t start = rte_rdtsc_precise();
                moved += task.poll(stage::Phase::kRun);
                packets.refill(burst);
                cycles += rte_rdtsc_precise() - start;
            }
        }
    }
};

void measure(const bench::DecryptArguments& arguments) {
    bench::Decryption decryption(arguments);
    ReadyPackets packets(arguments.capture, arguments.ready);
    mem::HugepageArray<ipsec::SaLine> lines("bench", kAssociations, bench::kSocket);
    mem::HugepageArray<ipsec::SaRest> rests("bench", kAssociations, bench::kSocket);
    mem::HugepageArray<ipsec::SaBucket> buckets("bench", ipsec::sa_buckets(kAssociations),
                                                bench::kSocket);
    ipsec::SaTable associations({lines.elements(), rests.elements(), buckets.elements()}, 1);
    std::vector<std::byte> scratch(parse::kMaxFrameBytes);
    stage::Worker::Setup setup{.meta = mem::PacketMeta::register_fields()};
    setup.associations = &associations;
    setup.decryptor = &decryption.decryptor();
    setup.scratch = scratch;
    stage::Worker worker(setup);
    stage::EthSource source({0}, packets.id(), {0}, false);
    std::array<stage::Source*, 1> sources{&source};
    stage::PacketLimit limit(stage::PacketLimit::kNone);
    stage::DirectTask task(sources, worker, limit);
    Work work{packets, task, arguments.packets};
    bench::Decryption::run(work);
    const auto values = worker.counters().read();
    const std::uint64_t decrypted =
        values[stage::esp_index(static_cast<stage::EspOutcome>(crypto::EspVerdict::kDecrypted))];
    const std::uint64_t delivered = values[base::at(stage::WorkerCounter::kDelivered)];
    if (decrypted != delivered || delivered < work.moved) {
        throw std::runtime_error("a packet was not decrypted");
    }
    bench::print_rate(work.moved, work.cycles);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        measure(bench::decrypt_arguments({argv, static_cast<std::size_t>(argc)}));
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "received-rate: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
