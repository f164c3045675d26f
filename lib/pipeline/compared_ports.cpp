// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/compared_ports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/setup_error.hpp"

namespace weir::pipeline {
namespace {

using base::SetupError;

std::uint16_t number_of(const std::string& option, const std::string& port,
                        const std::vector<std::string>& names) {
    const auto named = std::ranges::find(names, port);
    if (named != names.end()) return static_cast<std::uint16_t>(named - names.begin());
    std::uint16_t number = 0;
    const auto [stop, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error == std::errc() && stop == port.data() + port.size() && number < names.size()) {
        return number;
    }
    throw SetupError("use", fmt::format("--{} '{}'", option, port), "there is no such port",
                     names.empty()
                         ? "name two ports, or capture files"
                         : fmt::format("give a number from 0 to {}, or a name as it stands there",
                                       names.size() - 1));
}

}  // namespace

std::optional<ipsec::PointPorts> compared_ports(const config::Options& options,
                                                const std::vector<std::string>& names) {
    if (options.points_before.empty() && options.points_after.empty()) return std::nullopt;
    if (options.points_before.empty() || options.points_after.empty()) {
        const bool before = options.points_after.empty();
        throw SetupError(
            "compare", "two points", "only one is named",
            fmt::format("name the other with --points-{}", before ? "after" : "before"));
    }
    const ipsec::PointPorts ports{number_of("points-before", options.points_before, names),
                                  number_of("points-after", options.points_after, names)};
    if (ports.before != ports.after) return ports;
    throw SetupError("compare", "two points", "both are the same port",
                     "name the port behind the device with --points-after");
}

}  // namespace weir::pipeline
