// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/capture_ring.hpp"
#include "pipeline/capture_writer.hpp"

/// Commands on DPDK's telemetry socket for the capture ring: /weir/capture/trigger[,REASON] and
/// /weir/capture/status. Threads of EAL's answer them, from when EAL is up until the process ends;
/// DPDK takes no command back and hands none a context, so that what they act on is the process's:
/// the ring of the run that is on.
namespace weir::pipeline {

/// The longest reason that becomes part of a comment, in octets.
inline constexpr std::size_t kReasonBytes = 256;

/// The reason of a trigger by command, whose parameter is `text`, as a comment may say it: its
/// first kReasonBytes, without spaces around, printable.
[[nodiscard]] std::string command_reason(std::string_view text);

/// Registers the commands with DPDK, once in a process. Control thread. Throws SetupError.
void register_capture_commands();

/// What the commands act on while it lives. One at a time. Control thread, but for the static
/// functions.
class CommandedRing {
   public:
    CommandedRing(CaptureRing& ring, const CaptureWriter& writer);
    /// Waits for a command that is being answered.
    ~CommandedRing();
    CommandedRing(const CommandedRing&) = delete;
    CommandedRing& operator=(const CommandedRing&) = delete;

    struct State {
        std::uint64_t ring_bytes = 0;
        CaptureRing::Requests requests;
        CaptureTotals totals;
    };
    /// Asks for the ring to be written; what is accepted is served, even if the run ends now.
    /// Returns why it is not, or "". Any thread but packet lcores.
    [[nodiscard]] static std::string_view trigger(const std::string& reason);
    /// None without a ring. Any thread but packet lcores.
    [[nodiscard]] static std::optional<State> state();

   private:
    CaptureRing& ring_;
    const CaptureWriter& writer_;
};

}  // namespace weir::pipeline
