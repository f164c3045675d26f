// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "pipeline/run_report.hpp"

/// The parts of report.html about ports, lcores and memory, and what the packets were. Each returns
/// markup, or nothing when there is nothing to say.
namespace weir::report {

/// Packets, rates and the drivers' counters of each port.
[[nodiscard]] std::string html_ports(const pipeline::RunReport& report);
/// Lcores, rings and mbuf pools.
[[nodiscard]] std::string html_machine(const pipeline::RunReport& report);
/// Memory after the first second and at the end, and who allocated on a packet lcore.
[[nodiscard]] std::string html_memory(const pipeline::RunReport& report);
/// Protocols with their share of the received packets.
[[nodiscard]] std::string html_protocols(const pipeline::RunReport& report);
/// Parse statuses likewise.
[[nodiscard]] std::string html_statuses(const pipeline::RunReport& report);

}  // namespace weir::report
