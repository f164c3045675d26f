// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "ipsec/point_table.hpp"

namespace weir::pipeline {

/// The ports, or capture files, before and behind a device under test that `options` name among
/// `names`, by number or name; none when it names none. Throws
/// SetupError when only one is named, both are the same, or there is no such port.
[[nodiscard]] std::optional<ipsec::PointPorts> compared_ports(
    const config::Options& options, const std::vector<std::string>& names);

}  // namespace weir::pipeline
