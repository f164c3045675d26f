// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace weir::pipeline {

/// SIGINT, SIGTERM and SIGHUP (but where it was ignored before) as a request to stop a run, which
/// this lives as long as. The first is remembered; one that comes half a second later, or after
/// that, ends the process at once, after saying so. SIGUSR1 does nothing unless another handler is
/// set for it. All that stays so when this goes, since the report is still to be written, until
/// ignore().
/// Lcores must be started while block() holds, so that no signal interrupts a packet lcore. One at
/// a time.
class StopSignal {
   public:
    StopSignal();
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    /// Keeps the signals, and SIGUSR1, from this thread and from threads that it starts, until
    /// unblock().
    static void block() noexcept;
    static void unblock() noexcept;

    /// From now on these signals do nothing: the process is about to end, and has said how.
    static void ignore() noexcept;

    /// The signal that asked to stop, or 0.
    [[nodiscard]] static int received() noexcept;
};

}  // namespace weir::pipeline
