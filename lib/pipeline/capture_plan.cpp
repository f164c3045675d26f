// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/capture_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/setup_error.hpp"
#include "capture/output_name.hpp"
#include "parse/packet_record.hpp"
#include "stage/capture_tap.hpp"

namespace weir::pipeline {
namespace {

using base::SetupError;
using capture::kSegmentBytes;
using capture::Segment;
using config::Options;

/// The store's size unless it is given.
constexpr std::size_t kDefaultSegments = 64;
/// Free segments each worker has at least beside those that a capture ring keeps, in parts of the
/// least: one part to fill while the writer makes room for the other.
constexpr std::size_t kWorkingParts = 2;

void refuse_without(bool given, const char* option, const char* needed, const char* example) {
    if (!given) return;
    throw SetupError("use", option, fmt::format("it means nothing without {}", needed),
                     fmt::format("add {}, or leave {} away", example, option));
}

void refuse_contradictions(const Options& options) {
    const Options defaults;
    if (options.capture_file.empty()) {
        constexpr const char* kCapture = "--capture";
        constexpr const char* kExample = "--capture FILE.pcapng";
        const auto refuse = [](bool given, const char* option) {
            refuse_without(given, option, kCapture, kExample);
        };
        refuse(!options.capture_filter.empty(), "--capture-filter");
        refuse(options.capture_snaplen.has_value(), "--capture-snaplen");
        refuse(options.capture_memory_bytes.has_value(), "--capture-memory");
        refuse(options.capture_ring_bytes.has_value(), "--capture-ring");
        refuse(options.capture_rotate_bytes.has_value(), "--capture-rotate-size");
        refuse(options.capture_rotate_seconds.has_value(), "--capture-rotate-seconds");
        refuse(options.capture_files.has_value(), "--capture-files");
    }
    if (!options.capture_ring_bytes) {
        constexpr const char* kExample = "--capture-ring 64M";
        refuse_without(!options.capture_on.empty(), "--capture-on", "--capture-ring", kExample);
        refuse_without(options.capture_after_seconds != defaults.capture_after_seconds,
                       "--capture-after", "--capture-ring", kExample);
        if (!options.capture_rotate_bytes && !options.capture_rotate_seconds) {
            refuse_without(options.capture_files.has_value(), "--capture-files",
                           "--capture-rotate-size or --capture-rotate-seconds",
                           "--capture-rotate-size 100M");
        }
    }
}

/// Segments of each worker that hold its share of the capture ring; of each, the room for one more
/// packet may be left.
std::size_t ring_segments(std::uint64_t ring_bytes, unsigned workers, std::uint32_t snaplen) {
    const std::size_t used = Segment::kCapacity - capture::packet_block_bytes(snaplen);
    return (ring_bytes / workers + used - 1) / used;
}

[[noreturn]] void refuse_memory(std::size_t segments, unsigned workers, std::uint64_t given) {
    const std::size_t mib = segments * workers * kSegmentBytes >> 20;
    throw SetupError(
        "place", "the capture store",
        fmt::format("{} MiB are too little for {} worker{}: {} MiB are needed", given >> 20,
                    workers, workers == 1 ? "" : "s", mib),
        fmt::format("give at least --capture-memory {}M, fewer --workers, or a smaller "
                    "--capture-snaplen{}",
                    mib, segments > 2 * kDefaultSegments ? " or --capture-ring" : ""));
}

}  // namespace

CapturePlan make_capture_plan(const Options& options) {
    refuse_contradictions(options);
    CapturePlan plan;
    if (options.capture_file.empty()) return plan;
    static_cast<void>(capture::output_name(options.capture_file));  // Throws.
    plan.on = true;
    plan.snaplen = options.capture_snaplen.value_or(parse::kMaxFrameBytes);
    plan.least_segments = stage::least_segments(plan.snaplen);
    plan.ring_bytes = options.capture_ring_bytes.value_or(0);
    std::size_t least = plan.least_segments;
    plan.most_segments = std::max(least, kDefaultSegments / options.workers);
    if (plan.ring_bytes != 0) {
        least = kWorkingParts * plan.least_segments +
                ring_segments(plan.ring_bytes, options.workers, plan.snaplen);
        plan.most_segments = least;
    }
    if (options.capture_memory_bytes) {
        plan.most_segments = *options.capture_memory_bytes / kSegmentBytes / options.workers;
        if (plan.most_segments < least) {
            refuse_memory(least, options.workers, *options.capture_memory_bytes);
        }
    }
    return plan;
}

}  // namespace weir::pipeline
