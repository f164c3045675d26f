// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "pipeline/capture_writer.hpp"

namespace weir::pipeline {

/// What the writer does without a capture ring: everything is written as it comes.
class DirectSink final : public SegmentSink {
   public:
    explicit DirectSink(SegmentOutput& output) : output_(output) {}

    void take(SegmentStore& store, capture::Segment& segment) override {
        output_.write(store, segment);
    }
    void step(bool) override {}

   private:
    SegmentOutput& output_;
};

/// The capture ring: keeps the newest segments in memory and overwrites the oldest, until a trigger
/// asks for them. Then it has every worker hand over what it has (the packets before), writes all
/// of it, goes on writing what comes for a while (the packets after), and closes the file; after
/// that it keeps segments again. One trigger at a time. Of the writer's thread, but for trigger()
/// and requests().
class CaptureRing final : public SegmentSink {
   public:
    struct Setup {
        std::span<SegmentStore* const> stores{};
        std::span<const stage::CaptureTap* const> taps{};
        /// Rises to have the taps hand over what they have.
        std::atomic<std::uint64_t>* request = nullptr;
        std::uint64_t ring_bytes = 0;      ///< Of blocks, kept at most.
        std::size_t working_segments = 0;  ///< Each worker has so many free, if it has to be by
                                           ///< overwriting before `ring_bytes` are reached.
        double after_seconds = 0;
    };
    CaptureRing(const Setup& setup, SegmentOutput& output) : setup_(setup), output_(output) {}

    void take(SegmentStore& store, capture::Segment& segment) override;
    void step(bool at_end) override;

    /// Asks for what is held to be written, with `reason` as a comment on the packet before the
    /// trigger. While one is being served, others are only counted: false then. Any thread but
    /// packet lcores.
    bool trigger(const std::string& reason);

    struct Requests {
        std::uint64_t accepted = 0, ignored = 0;
        bool pending = false;  ///< One is to be served, or being served.
    };
    /// Any thread but packet lcores.
    [[nodiscard]] Requests requests() const;
    /// Of blocks, kept at most.
    [[nodiscard]] std::uint64_t ring_bytes() const noexcept { return setup_.ring_bytes; }

   private:
    enum class State : std::uint8_t {
        kKeeping,
        kBefore,  ///< Waiting for what the workers have.
        kAfter,   ///< Writing what comes.
        kEnding   ///< Waiting for what the workers have, once more.
    };
    struct Held {
        SegmentStore* store;
        capture::Segment* segment;
    };

    void make_room();
    void overwrite_oldest_of(const SegmentStore* store);
    void ask_workers();
    [[nodiscard]] bool workers_answered() const;
    void write_held();
    void write(SegmentStore& store, capture::Segment& segment);
    void end();
    void discard();
    void take_all();
    [[nodiscard]] std::string taken_reason();

    Setup setup_;
    SegmentOutput& output_;
    State state_ = State::kKeeping;
    std::deque<Held> held_;  ///< The oldest first.
    std::string comment_;    ///< Not yet on a packet.
    std::chrono::steady_clock::time_point until_;

    mutable std::mutex mutex_;  ///< Of what follows; no packet lcore comes here.
    std::optional<std::string> asked_;
    bool serving_ = false;
    std::uint64_t accepted_ = 0;
    std::uint64_t ignored_ = 0;
};

}  // namespace weir::pipeline
