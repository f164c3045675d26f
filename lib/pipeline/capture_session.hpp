// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "filter/filter.hpp"
#include "mem/hugepage_array.hpp"
#include "mem/packet_meta.hpp"
#include "pipeline/capture_commands.hpp"
#include "pipeline/capture_plan.hpp"
#include "pipeline/capture_ring.hpp"
#include "pipeline/capture_writer.hpp"
#include "pipeline/segment_store.hpp"
#include "pipeline/snapshot.hpp"
#include "stage/capture_tap.hpp"
#include "stage/wall_clock.hpp"

namespace weir::pipeline {

struct PortSlot;

/// All of a capture: the taps of the workers, their segments, the writer, the clock. Control thread
/// only.
class CaptureSession {
   public:
    struct Setup {
        const CapturePlan& plan;
        const config::Options& options;
        const std::vector<PortSlot>& ports;  ///< Open; outlives the session, as it stands.
        std::size_t workers = 0;
        base::SocketId socket{};
        mem::PacketMeta meta;
        bool wait = false;  ///< Every source waits for room behind it.
    };
    /// Allocates the store's first segments and creates the file. Throws SetupError.
    explicit CaptureSession(const Setup& setup);
    ~CaptureSession();
    CaptureSession(const CaptureSession&) = delete;
    CaptureSession& operator=(const CaptureSession&) = delete;

    [[nodiscard]] stage::CaptureTap& tap(std::size_t worker) { return *workers_[worker].tap; }

    /// Starts the writer; from now on, commands reach the capture ring.
    void start();
    /// Follows the wall clock. About every ten milliseconds.
    void tick();
    /// Asks for the capture ring to be written; does nothing without one.
    void trigger(const std::string& reason);
    /// After the lcores have stopped, before the ports are closed: writes what is left, and ends
    /// the writer.
    void finish();

    [[nodiscard]] CaptureState observe() const;

   private:
    struct WorkerPart {
        std::unique_ptr<SegmentStore> store;
        std::unique_ptr<mem::HugepageArray<stage::TapCounters>> counters;  ///< By port.
        std::unique_ptr<stage::CaptureTap> tap;
    };

    [[nodiscard]] capture::PcapngOutputSetup output_setup(const Setup& setup) const;
    [[nodiscard]] std::vector<capture::InterfaceCounts> counts() const;
    void note_port_drops();

    std::string file_;
    unsigned writer_cpu_;
    std::size_t most_segments_;
    const std::vector<PortSlot>& ports_;
    std::unique_ptr<filter::Filter> filter_;
    stage::WallClock clock_;
    stage::ClockAnchor anchor_;
    stage::ClockSample sampled_;
    std::uint64_t next_sample_ns_ = 0;
    std::atomic<std::uint64_t> request_{0};
    std::vector<std::atomic<std::uint64_t>> port_drops_;  ///< As the drivers last said.
    std::vector<WorkerPart> workers_;
    std::vector<SegmentStore*> stores_;
    std::vector<const stage::CaptureTap*> taps_;
    std::unique_ptr<SegmentOutput> output_;
    std::unique_ptr<CaptureRing> ring_;
    std::unique_ptr<DirectSink> direct_;
    std::unique_ptr<CaptureWriter> writer_;
    std::optional<CommandedRing> commanded_;
};

}  // namespace weir::pipeline
