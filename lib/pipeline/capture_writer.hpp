// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "capture/pcapng_output.hpp"
#include "pipeline/segment_store.hpp"

namespace weir::pipeline {

/// What became of stored packets, and of the files.
struct CaptureTotals {
    std::uint64_t written = 0;
    std::array<std::uint64_t, base::at(capture::WriteLoss::kCount)> lost{};
    std::uint64_t overwritten = 0;
    std::uint64_t discarded = 0;
    std::uint64_t held = 0, held_bytes = 0;
    std::uint64_t triggers = 0;
    std::uint64_t triggers_ignored = 0;
    capture::OutputTotals output;
    std::string last_error;
};

/// Where the writer's segments go: into the file, or first into the capture ring. Of the writer's
/// thread.
class SegmentSink {
   public:
    virtual ~SegmentSink() = default;
    /// Takes a segment that holds packets; gives it back to `store` when it is done with it.
    virtual void take(SegmentStore& store, capture::Segment& segment) = 0;
    /// Once a turn, and once more at the very end with `at_end`.
    virtual void step(bool at_end) = 0;
};

/// Writes segments to the output and counts what becomes of their packets. Of the writer's thread.
class SegmentOutput {
   public:
    using Counts = std::function<std::vector<capture::InterfaceCounts>()>;

    SegmentOutput(capture::PcapngOutputSetup setup, Counts counts);

    /// Writes a segment and gives it back. The last packet gets `comment`, unless that is empty.
    /// False when that packet could not be written.
    bool write(SegmentStore& store, capture::Segment& segment, std::string_view comment = {});
    /// Notes the ports' counters and rotates, if it is time for either.
    void tend();
    void close();

    CaptureTotals totals;
    [[nodiscard]] const capture::PcapngOutput& file() const noexcept { return output_; }
    [[nodiscard]] capture::PcapngOutput& file() noexcept { return output_; }

   private:
    /// Whether nothing is lost.
    bool count(const capture::PcapngOutput::Written& written) noexcept;

    Counts counts_;
    capture::PcapngOutput output_;
    std::uint64_t noted_at_ns_ = 0;
};

/// The thread that moves segments from the workers into files and back. A plain thread, no lcore:
/// it sleeps when there is nothing to do, and may wait for the disk as long as it likes; packet
/// lcores never wait for it. It makes the stores grow.
class CaptureWriter {
   public:
    CaptureWriter(std::span<SegmentStore* const> stores, SegmentSink& sink, SegmentOutput& output)
        : stores_(stores), sink_(sink), output_(output) {}
    ~CaptureWriter() { stop(); }
    CaptureWriter(const CaptureWriter&) = delete;
    CaptureWriter& operator=(const CaptureWriter&) = delete;

    /// Starts the thread on `cpu`, with all signals blocked.
    void start(unsigned cpu);
    /// Has it take what the rings hold, finish its sink and close the output, and waits for that; a
    /// pipe that takes nothing for two seconds is given up.
    void stop();

    /// A moment's state. Any thread but packet lcores.
    [[nodiscard]] CaptureTotals totals() const;

   private:
    void run();
    [[nodiscard]] bool collect();
    void show();

    std::span<SegmentStore* const> stores_;
    SegmentSink& sink_;
    SegmentOutput& output_;
    std::thread thread_;
    std::atomic<bool> stop_{false};
    mutable std::mutex mutex_;  ///< Of shown_; no packet lcore comes here.
    CaptureTotals shown_;
};

}  // namespace weir::pipeline
