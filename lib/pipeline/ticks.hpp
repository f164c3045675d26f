// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_cycles.h>

#include <cstdint>

namespace weir::pipeline {

/// So many seconds in ticks of the TSC. EAL is up.
[[nodiscard]] inline std::uint64_t tsc_of(double seconds) noexcept {
    return static_cast<std::uint64_t>(seconds * static_cast<double>(rte_get_tsc_hz()));
}

}  // namespace weir::pipeline
