// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "config/options.hpp"
#include "crypto/sa_keys.hpp"

namespace weir::pipeline {

/// The associations whose keys `options` give: the [[sa]] tables, then those of the esp_sa file.
/// Where there are any, the process leaves no core dump from now on. Throws SetupError, which
/// quotes no key.
[[nodiscard]] std::vector<crypto::SecurityAssociation> read_keys(const config::Options& options);

}  // namespace weir::pipeline
