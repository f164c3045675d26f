// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <x86intrin.h>

#include <cstdint>

namespace weir::base {

/// The time stamp counter, in TSC ticks. It is constant-rate and synchronised between the CPUs of
/// every machine that DPDK runs on; ticks per second are measured once at start (rte_get_tsc_hz).
[[nodiscard]] inline std::uint64_t tsc_now() noexcept { return __rdtsc(); }

}  // namespace weir::base
