// SPDX-License-Identifier: BSD-3-Clause
// The way of mbufs back to the lcore that receives, in the whole pipeline: a driver that takes
// mbufs from the pool for every burst and fills them, rx, the ring, a worker that parses, tracks
// and frees. What differs is where the free mbufs are kept:
//   PacketPool      Weir's own: a ring of any producers behind per-lcore caches
//   ReturnRing      a ring from the worker to rx, without caches: one copy of each pointer
//   ReturnStack     likewise, emptied into a stack of rx's own, so that the last one freed is the
//                   first one used
// net_null copies 64 octets into each mbuf; net_pcap loops a file of the demo's traffic. An item is
// a packet delivered. Neighbouring runs are to be compared:
//   build/bench/pipeline_bench --benchmark_repetitions=7
//   --benchmark_enable_random_interleaving=true

#include <benchmark/benchmark.h>
#include <pcap/pcap.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_ring.h>
#include <rte_string_fns.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "gen/traffic.hpp"
#include "mem/packet_meta.hpp"
#include "mem/packet_pool.hpp"
#include "parse/parse_options_setup.hpp"
#include "port/device.hpp"
#include "port/port.hpp"
#include "ring/packet_ring.hpp"
#include "stage/rx.hpp"
#include "stage/source.hpp"
#include "stage/task.hpp"
#include "stage/worker.hpp"

namespace weir {
namespace {

constexpr unsigned kWorkerLcore = 2;
constexpr std::size_t kMbufs = 8191;
constexpr std::uint32_t kMbufBytes = 2048;
constexpr std::size_t kRingSize = 1024;
constexpr std::uint16_t kDescriptors = 1024;
constexpr std::size_t kAssociations = 4096;
constexpr int kFilePackets = 2048;

/// The free mbufs of a pool whose packets are freed by one worker and used by one rx lcore. Where
/// it `stacks`, rx keeps what it took from the ring in `stack`.
struct ReturnStore {
    rte_ring* ring = nullptr;
    bool stacks = false;
    std::size_t stacked = 0;
    std::array<void*, kMbufs> stack;
};

ReturnStore& store_of(const rte_mempool* pool) {
    return *static_cast<ReturnStore*>(pool->pool_data);
}

int make_store(rte_mempool* pool) {
    void* const memory = rte_zmalloc_socket("return store", sizeof(ReturnStore),
                                            RTE_CACHE_LINE_SIZE, pool->socket_id);
    if (memory == nullptr) return -ENOMEM;
    pool->pool_data = memory;
    ReturnStore& store = store_of(pool);
    store.ring = rte_ring_create("return ring", std::bit_ceil(kMbufs + 1), pool->socket_id,
                                 RING_F_SP_ENQ | RING_F_SC_DEQ);
    return store.ring == nullptr ? -ENOMEM : 0;
}

void free_store(rte_mempool* pool) {
    rte_ring_free(store_of(pool).ring);
    rte_free(pool->pool_data);
}

int put(rte_mempool* pool, void* const* mbufs, unsigned count) {
    ReturnStore& store = store_of(pool);
    if (!store.stacks || rte_lcore_id() == kWorkerLcore) {
        return rte_ring_sp_enqueue_bulk(store.ring, mbufs, count, nullptr) == 0 ? -ENOBUFS : 0;
    }
    std::copy_n(mbufs, count, store.stack.data() + store.stacked);
    store.stacked += count;
    return 0;
}

int take(rte_mempool* pool, void** mbufs, unsigned count) {
    ReturnStore& store = store_of(pool);
    if (!store.stacks) {
        return rte_ring_sc_dequeue_bulk(store.ring, mbufs, count, nullptr) == 0 ? -ENOBUFS : 0;
    }
    const auto room = static_cast<unsigned>(kMbufs - store.stacked);
    store.stacked +=
        rte_ring_sc_dequeue_burst(store.ring, store.stack.data() + store.stacked, room, nullptr);
    if (store.stacked < count) return -ENOBUFS;
    store.stacked -= count;
    std::copy_n(store.stack.data() + store.stacked, count, mbufs);
    return 0;
}

unsigned count_free(const rte_mempool* pool) {
    const ReturnStore& store = store_of(pool);
    return rte_ring_count(store.ring) + static_cast<unsigned>(store.stacked);
}

const char* register_store() {
    rte_mempool_ops ops{};
    rte_strscpy(ops.name, "return_store", sizeof ops.name);
    ops.alloc = make_store;
    ops.free = free_store;
    ops.enqueue = put;
    ops.dequeue = take;
    ops.get_count = count_free;
    if (rte_mempool_register_ops(&ops) < 0)
        throw std::runtime_error("no room for mempool operations");
    return "return_store";
}

enum class Store { kPacketPool, kReturnRing, kReturnStack };

/// A pool of mbufs, of Weir's or with another store.
class Pool {
   public:
    explicit Pool(Store store) {
        if (store == Store::kPacketPool) {
            own_.emplace("bench packets", kMbufs, kMbufBytes, base::SocketId{SOCKET_ID_ANY});
            return;
        }
        static const char* const ops = register_store();
        other_ = rte_pktmbuf_pool_create_by_ops(
            "bench packets", kMbufs, 0, 0, kMbufBytes + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY, ops);
        if (other_ == nullptr) throw std::runtime_error("no memory for the packet pool");
        store_of(other_).stacks = store == Store::kReturnStack;
    }
    ~Pool() { rte_mempool_free(other_); }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;
    [[nodiscard]] rte_mempool* handle() const { return own_ ? own_->handle() : other_; }

   private:
    std::optional<mem::PacketPool> own_;
    rte_mempool* other_ = nullptr;
};

/// A device with one receive queue, fed from the pool.
class Device {
   public:
    Device(const std::string& device, rte_mempool* pool) : port_(port::parse_port_spec(device)) {
        const rte_eth_conf configuration{};
        const std::uint16_t id = port_.id().value;
        if (rte_eth_dev_configure(id, 1, 1, &configuration) != 0 ||
            rte_eth_rx_queue_setup(id, 0, kDescriptors, SOCKET_ID_ANY, nullptr, pool) != 0 ||
            rte_eth_tx_queue_setup(id, 0, kDescriptors, SOCKET_ID_ANY, nullptr) != 0 ||
            rte_eth_dev_start(id) != 0) {
            throw std::runtime_error("cannot start " + device);
        }
    }
    ~Device() { static_cast<void>(rte_eth_dev_stop(port_.id().value)); }
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;
    [[nodiscard]] base::PortId id() const { return port_.id(); }

   private:
    port::Port port_;
};

int run_loop(void* loop) {
    static_cast<stage::LcoreLoop*>(loop)->run();
    return 0;
}

/// Rx on this lcore, the worker on its own; one iteration is a turn of rx that moves packets.
void pipeline(benchmark::State& state, Store store, const std::string& device) {
    static const mem::PacketMeta meta = mem::PacketMeta::register_fields();
    const Pool pool(store);
    const Device port(device, pool.handle());
    ring::PacketRing ring(kRingSize, {SOCKET_ID_ANY});
    std::vector<ipsec::SaLine> lines(kAssociations);
    std::vector<ipsec::SaRest> rests(kAssociations);
    std::vector<ipsec::SaBucket> buckets(ipsec::sa_buckets(kAssociations));
    ipsec::SaTable associations({lines, rests, buckets}, 1);
    std::vector<std::byte> scratch(parse::kMaxFrameBytes);
    stage::Worker::Setup setup{.meta = meta};
    setup.associations = &associations;
    setup.scratch = scratch;
    setup.parse_options = parse::make_parse_options({}, std::nullopt, std::nullopt);
    stage::Worker worker(setup);
    stage::Inlet inlets[] = {{&ring, 0, {}, {}}};
    stage::WorkerTask worker_task(inlets, worker, 0);
    stage::Task* const tasks[] = {&worker_task};
    std::atomic<stage::Phase> phase{stage::Phase::kRun};
    stage::LcoreLoop loop;
    loop.tasks = tasks;
    loop.phase = &phase;

    // The driver waits while the ring is full: what is measured is the slower lcore.
    stage::EthSource source({0}, port.id(), {0}, true);
    stage::Source* const sources[] = {&source};
    std::vector<stage::Outlet> outlets(1);
    outlets[0].ring = &ring;
    stage::PacketLimit limit(stage::PacketLimit::kNone);
    stage::RxTask rx(sources, outlets, limit, 0);

    rte_eal_remote_launch(run_loop, &loop, kWorkerLcore);
    for (auto _ : state) {
        while (rx.poll(stage::Phase::kRun) == 0) {
        }
    }
    while (rx.poll(stage::Phase::kDrain) != 0 || rx.held() != 0) {
    }
    while (ring.used() != 0 || worker_task.held() != 0) rte_pause();
    phase.store(stage::Phase::kExit, std::memory_order_release);
    rte_eal_wait_lcore(kWorkerLcore);

    state.SetItemsProcessed(static_cast<std::int64_t>(
        source.counters().read()[base::at(stage::SourceCounter::kPackets)]));
}

/// A file of the demo's traffic, which is gone at the end.
class TrafficFile {
   public:
    TrafficFile() {
        const int file = mkstemp(name_.data());
        if (file < 0) throw std::runtime_error("no temporary file");
        pcap_t* const pcap = pcap_open_dead(DLT_EN10MB, 65535);
        pcap_dumper_t* const dump = pcap_dump_fopen(pcap, fdopen(file, "w"));
        gen::Traffic traffic(gen::TrafficProfile{});
        std::array<std::byte, gen::kMaxGeneratedBytes> packet;
        for (int i = 0; i < kFilePackets; ++i) {
            pcap_pkthdr header{};
            header.caplen = header.len = static_cast<bpf_u_int32>(traffic.next(packet.data()));
            pcap_dump(reinterpret_cast<u_char*>(dump), &header,
                      reinterpret_cast<const u_char*>(packet.data()));
        }
        pcap_dump_close(dump);
        pcap_close(pcap);
    }
    ~TrafficFile() { unlink(name_.c_str()); }
    TrafficFile(const TrafficFile&) = delete;
    TrafficFile& operator=(const TrafficFile&) = delete;
    [[nodiscard]] std::string device() const { return "net_pcap0,infinite_rx=1,rx_pcap=" + name_; }

   private:
    std::string name_ = "/tmp/weir_bench_XXXXXX";
};

const std::string& pcap_device() {
    static const TrafficFile file;
    static const std::string device = file.device();
    return device;
}

constexpr const char* kNullDevice = "net_null0,copy=1";

void BM_Pipeline_NetNull_PacketPool(benchmark::State& state) {
    pipeline(state, Store::kPacketPool, kNullDevice);
}
void BM_Pipeline_NetNull_ReturnRing(benchmark::State& state) {
    pipeline(state, Store::kReturnRing, kNullDevice);
}
void BM_Pipeline_NetNull_ReturnStack(benchmark::State& state) {
    pipeline(state, Store::kReturnStack, kNullDevice);
}
void BM_Pipeline_NetPcap_PacketPool(benchmark::State& state) {
    pipeline(state, Store::kPacketPool, pcap_device());
}
void BM_Pipeline_NetPcap_ReturnRing(benchmark::State& state) {
    pipeline(state, Store::kReturnRing, pcap_device());
}
void BM_Pipeline_NetPcap_ReturnStack(benchmark::State& state) {
    pipeline(state, Store::kReturnStack, pcap_device());
}
BENCHMARK(BM_Pipeline_NetNull_PacketPool)->UseRealTime();
BENCHMARK(BM_Pipeline_NetNull_ReturnRing)->UseRealTime();
BENCHMARK(BM_Pipeline_NetNull_ReturnStack)->UseRealTime();
BENCHMARK(BM_Pipeline_NetPcap_PacketPool)->UseRealTime();
BENCHMARK(BM_Pipeline_NetPcap_ReturnRing)->UseRealTime();
BENCHMARK(BM_Pipeline_NetPcap_ReturnStack)->UseRealTime();

}  // namespace
}  // namespace weir
