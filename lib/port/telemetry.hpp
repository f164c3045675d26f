// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

/// DPDK's telemetry of this process: a socket on which EAL's own threads answer commands, and which
/// DPDK 22.11 neither names nor ends. Both are done here by looking at the process's sockets.
namespace weir::port {

/// Name of the socket in EAL's `runtime_directory`, or "" when there is none.
[[nodiscard]] std::string telemetry_socket(const std::filesystem::path& runtime_directory);

/// Has the threads answer no more, and waits until no command is being answered, `limit` at most:
/// commands of DPDK read what is going away. The file stays, for EAL to remove at exit.
void end_telemetry(const std::filesystem::path& runtime_directory, std::chrono::milliseconds limit);

}  // namespace weir::port
