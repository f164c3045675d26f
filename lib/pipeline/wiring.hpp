// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "capture/capture_file.hpp"
#include "config/options.hpp"
#include "crypto/crypto_devices.hpp"
#include "crypto/esp_decryptor.hpp"
#include "filter/filter.hpp"
#include "gen/traffic.hpp"
#include "ipsec/ike_table.hpp"
#include "ipsec/point_table.hpp"
#include "ipsec/sa_survey.hpp"
#include "ipsec/sa_table.hpp"
#include "mem/allocation_seal.hpp"
#include "mem/hugepage_array.hpp"
#include "mem/packet_meta.hpp"
#include "mem/packet_pool.hpp"
#include "pipeline/capture_session.hpp"
#include "pipeline/plan.hpp"
#include "port/port.hpp"
#include "ring/packet_ring.hpp"
#include "stage/capture_source.hpp"
#include "stage/generator.hpp"
#include "stage/rx.hpp"
#include "stage/source.hpp"
#include "stage/task.hpp"
#include "stage/transmit.hpp"
#include "stage/worker.hpp"

/// Everything a run consists of, placed and connected as the plan says: pools, ports, rings,
/// tables, sources, workers and the loops of the lcores. It owns all of it; nothing is allocated
/// after it is built. Control thread only.
namespace weir::pipeline {

/// A port of the run: a DPDK device, or a capture file.
struct PortSlot {
    port::PortSpec spec;
    std::unique_ptr<port::Port> device;  ///< nullptr for a capture file.
    std::unique_ptr<capture::CaptureFile> file;
    std::unique_ptr<stage::CaptureSource> capture;          ///< Of a capture file.
    std::vector<std::unique_ptr<stage::EthSource>> queues;  ///< Of a device.
};

/// How long a worker leaves a ring alone behind a burst that was small (stage::Inlet::take): a
/// packet waits no longer for company. What a small burst costs a worker is about as much.
inline constexpr double kRestSeconds = 1e-6;

/// A worker with what belongs to it alone.
struct WorkerSlot {
    std::unique_ptr<mem::HugepageArray<ipsec::SaLine>> sa_lines;
    std::unique_ptr<mem::HugepageArray<ipsec::SaRest>> sa_rests;
    std::unique_ptr<mem::HugepageArray<ipsec::SaBucket>> sa_buckets;
    std::unique_ptr<ipsec::SaTable> associations;
    std::unique_ptr<ipsec::SaSurvey> survey;
    std::unique_ptr<mem::HugepageArray<ipsec::PointEntry>> point_entries;
    std::unique_ptr<mem::HugepageArray<ipsec::PointSlot>> point_slots;
    std::unique_ptr<mem::HugepageArray<ipsec::SaBucket>> point_buckets;
    std::unique_ptr<ipsec::PointTable> points;  ///< nullptr when nothing is compared.
    std::unique_ptr<crypto::EspMemory> esp_memory;
    std::unique_ptr<crypto::EspDecryptor> decryptor;  ///< nullptr without keys.
    std::unique_ptr<mem::HugepageArray<ipsec::IkeEntry>> ike_entries;
    std::unique_ptr<mem::HugepageArray<ipsec::SaBucket>> ike_buckets;
    std::unique_ptr<ipsec::IkeTable> ike;
    std::unique_ptr<mem::HugepageArray<std::byte>> scratch;
    std::vector<std::unique_ptr<stage::Transmitter>> owned_transmitters;  ///< By port; may be null.
    std::vector<stage::Transmitter*> transmitters;                        ///< Those that are.
    std::vector<stage::Transmitter*> egress;                              ///< By ingress port.
    std::vector<stage::Inlet> inlets;                                     ///< By rx lcore.
    std::unique_ptr<stage::Worker> worker;
    std::unique_ptr<stage::WorkerTask> task;    ///< Pipeline.
    std::unique_ptr<stage::DirectTask> direct;  ///< Run to completion.
};

/// An rx lcore's end (pipeline) or a worker's own sources (run to completion).
struct RxSlot {
    std::vector<stage::Source*> sources;
    std::vector<stage::Outlet> outlets;
    std::unique_ptr<stage::RxTask> task;
};

/// A polling lcore's loop, and the thread that runs it: sealed from its first turn to its last.
struct SealedLoop {
    explicit SealedLoop(bool strict) noexcept : seal(strict) {}

    stage::LcoreLoop loop;
    mem::AllocationSeal seal;
    std::atomic<pid_t> thread{0};  ///< The kernel's number of it; 0 until it runs.
};

struct LcoreSlot {
    PlannedLcore plan;
    std::vector<stage::Task*> tasks;
    std::unique_ptr<SealedLoop> sealed;
};

class Wiring {
   public:
    /// Opens the ports and builds everything; EAL is up. `traffic` is the demo's, or nullptr.
    /// Throws SetupError.
    /// `keys` of ESP are needed until it returns only.
    Wiring(const config::Options& options, const Plan& plan,
           const std::vector<port::PortSpec>& specs, gen::Traffic* traffic,
           std::span<const crypto::SecurityAssociation> keys);

    /// Puts the loops on their lcores.
    void launch();
    /// Waits until every lcore has left its loop (after the phase was set to kExit).
    void join();
    /// Closes the DPDK ports, which gives back the mbufs their drivers hold.
    void close_ports();

    std::atomic<stage::Phase> phase{stage::Phase::kRun};

    [[nodiscard]] const Plan& plan() const noexcept { return plan_; }
    [[nodiscard]] const std::vector<PortSlot>& ports() const noexcept { return ports_; }
    [[nodiscard]] const std::vector<WorkerSlot>& workers() const noexcept { return workers_; }
    [[nodiscard]] const std::vector<RxSlot>& rx() const noexcept { return rx_; }
    [[nodiscard]] const std::vector<LcoreSlot>& lcores() const noexcept { return lcores_; }
    [[nodiscard]] const std::vector<std::unique_ptr<ring::PacketRing>>& rings() const noexcept {
        return rings_;
    }
    [[nodiscard]] const std::map<int, std::unique_ptr<mem::PacketPool>>& pools() const noexcept {
        return pools_;
    }
    [[nodiscard]] const stage::GeneratorTask* generator() const noexcept {
        return generator_.get();
    }
    /// nullptr when nothing is captured.
    [[nodiscard]] CaptureSession* capture() const noexcept { return capture_.get(); }
    [[nodiscard]] const stage::PacketLimit& limit() const noexcept { return limit_; }

   private:
    void open_ports(const std::vector<port::PortSpec>& specs);
    void make_sources();
    void make_capture();
    void make_associations(WorkerSlot& slot);
    void make_points(WorkerSlot& slot);
    void make_decryptors(std::span<const crypto::SecurityAssociation> keys);
    void make_ike(WorkerSlot& slot);
    void make_workers();
    void make_transmitters(WorkerSlot& slot, std::size_t worker);
    void make_rx();
    void make_lcores(gen::Traffic* traffic);
    [[nodiscard]] mem::PacketPool& pool_of(base::SocketId socket);
    [[nodiscard]] bool waits(bool live) const noexcept;
    [[nodiscard]] base::SocketId main_socket() const noexcept;

    config::Options options_;
    Plan plan_;
    std::unique_ptr<filter::Filter> filter_;
    mem::PacketMeta meta_;
    stage::PacketLimit limit_;
    // Destroyed in reverse: what uses mbufs goes before the pools they came from.
    std::map<int, std::unique_ptr<mem::PacketPool>> pools_;
    std::vector<PortSlot> ports_;
    std::vector<std::unique_ptr<ring::PacketRing>> rings_;
    std::unique_ptr<CaptureSession> capture_;
    std::unique_ptr<crypto::CryptoDevices> crypto_;
    std::vector<WorkerSlot> workers_;
    std::vector<RxSlot> rx_;
    std::unique_ptr<stage::GeneratorTask> generator_;
    std::vector<LcoreSlot> lcores_;
};

}  // namespace weir::pipeline
