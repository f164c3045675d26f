// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

/// DPDK's environment (EAL) as an object: up while it lives, cleaned up when it goes. One a
/// process.
namespace weir::port {

/// An EAL lcore and the CPU it runs on. Several lcores may name the same CPU.
struct LcorePlacement {
    unsigned lcore = 0;
    unsigned cpu = 0;
};

struct EalRequest {
    std::vector<LcorePlacement> lcores;  ///< The first is the main lcore.
    bool hugepages = true;               ///< Otherwise 4 KiB pages (--no-huge).
    std::size_t memory_bytes = 0;  ///< Without hugepages, all taken at start: up to whole MiB.
    std::map<int, std::size_t> socket_memory_mib;  ///< Hugepages to take at start, by NUMA socket,
                                                   ///< in MiB.
    std::size_t open_files = 0;      ///< That are opened beside those open now, at most.
    bool pci = false;                ///< Look for NICs on the PCI bus.
    bool telemetry = false;          ///< Serve DPDK's telemetry, if its socket can be made.
    std::vector<std::string> extra;  ///< The user's own arguments; they win over ours.
};

/// The arguments that EAL is started with, argv[0] included. A user's --no-huge, -m or
/// --file-prefix replaces ours, --telemetry and --no-telemetry the request's; lcore options
/// and --proc-type are refused with SetupError, since the plan depends on them.
[[nodiscard]] std::vector<std::string> eal_arguments(const EalRequest& request);

class Eal {
   public:
    /// Raises the limit of open files where it has to, and starts EAL. Its messages are kept, not
    /// printed, unless the user passed --log-level; they are part of the SetupError when it fails.
    /// Threads that it starts have this one's signal mask.
    explicit Eal(const EalRequest& request);
    ~Eal();
    Eal(const Eal&) = delete;
    Eal& operator=(const Eal&) = delete;

    /// Name of the telemetry socket, or "".
    [[nodiscard]] const std::string& telemetry_socket() const noexcept { return socket_; }
    /// Why there is none though it was requested, or "".
    [[nodiscard]] const std::string& no_telemetry() const noexcept { return no_telemetry_; }
    /// Commands are answered no more. Before anything goes away that they may read; again is
    /// nothing.
    void end_telemetry();

    /// The last lines DPDK logged at warning level or above since the last call; for error
    /// messages.
    [[nodiscard]] static std::string take_log();

   private:
    std::string socket_;
    std::string no_telemetry_;
};

}  // namespace weir::port
