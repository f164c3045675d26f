// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/capture_books.hpp"

#include <fmt/format.h>

namespace weir::pipeline {

void set_capture_metrics(const CaptureState& capture, metrics::MetricSet& metrics) {
    metrics.set("capture.selected", capture.selected);
    metrics.set("capture.stored", capture.stored);
    metrics.set("capture.stored_bytes", capture.stored_bytes);
    metrics.set("capture.not_stored", CaptureState::sum(capture.not_stored));
    for (const auto& [reason, packets] : capture.not_stored) {
        metrics.set("capture.not_stored." + reason, packets);
    }
    metrics.set("capture.written", capture.written);
    metrics.set("capture.written_bytes", capture.written_bytes);
    metrics.set("capture.lost", CaptureState::sum(capture.lost));
    for (const auto& [reason, packets] : capture.lost) {
        metrics.set("capture.lost." + reason, packets);
    }
    metrics.set("capture.overwritten", capture.overwritten);
    metrics.set("capture.discarded", capture.discarded);
    metrics.set("capture.held", capture.held);
    metrics.set("capture.files", capture.files);
    metrics.set("capture.file_bytes", capture.file_bytes);
    metrics.set("capture.files_deleted", capture.files_deleted);
    metrics.set("capture.packets_deleted", capture.packets_deleted);
    metrics.set("capture.triggers", capture.triggers);
    metrics.set("capture.triggers_ignored", capture.triggers_ignored);
    metrics.set("capture.segments", capture.segments);
}

void close_capture(CaptureState& capture, std::vector<std::string>& missing) {
    const std::uint64_t not_stored = CaptureState::sum(capture.not_stored);
    const std::uint64_t ended =
        capture.written + CaptureState::sum(capture.lost) + capture.overwritten + capture.discarded;
    if (capture.selected != capture.stored + not_stored) {
        missing.push_back(fmt::format("capture: {} packets were selected, {} stored and {} not",
                                      capture.selected, capture.stored, not_stored));
    }
    if (capture.stored != ended) {
        missing.push_back(fmt::format(
            "capture: {} packets were stored, and it is known of {} what became of them",
            capture.stored, ended));
    }
    capture.balanced = capture.selected == capture.stored + not_stored && capture.stored == ended;
}

}  // namespace weir::pipeline
