// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/options.hpp"

namespace weir::pipeline {

/// The ports, or capture files, before and behind a device under test, by number.
struct ComparedPorts {
    std::uint16_t before = 0;
    std::uint16_t after = 0;
};

/// Those that `options` name among `names`, by number or name; none when it names none. Throws
/// SetupError when only one is named, both are the same, or there is no such port.
[[nodiscard]] std::optional<ComparedPorts> compared_ports(const config::Options& options,
                                                          const std::vector<std::string>& names);

}  // namespace weir::pipeline
