// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

/// What the kernel says of this process and its threads. Control thread only.
namespace weir::pipeline {

/// Octets of memory that are resident; 0 where /proc does not tell.
[[nodiscard]] std::size_t resident_bytes();

/// Page faults of a thread of this process since it began, minor and major; 0 for a thread that
/// does not run, and where /proc does not tell.
[[nodiscard]] std::uint64_t page_faults(pid_t thread);

}  // namespace weir::pipeline
