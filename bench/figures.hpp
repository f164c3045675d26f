// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_cycles.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

/// Figures of repeated measurements, for people and for scripts/bench.sh.
namespace weir::bench {

[[nodiscard]] inline double nanoseconds(std::uint64_t ticks) noexcept {
    return static_cast<double>(ticks) * 1e9 / static_cast<double>(rte_get_tsc_hz());
}

/// The value that `share` of the values do not exceed: 0.5 of the median. 0 if there are none.
template <typename Value>
[[nodiscard]] Value quantile(std::vector<Value> values, double share) {
    if (values.empty()) return 0;
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size()));
    const auto place =
        values.begin() + static_cast<std::ptrdiff_t>(std::min(rank, values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

/// Prints "what  median (minimum to maximum)".
inline void print_spread(const char* what, const std::vector<double>& values) {
    std::printf("  %-40s %8.2f (%.2f to %.2f)\n", what, quantile(values, 0.5), quantile(values, 0),
                quantile(values, 1));
}

[[nodiscard]] inline std::vector<double> ratios(const std::vector<double>& above,
                                                const std::vector<double>& below) {
    std::vector<double> result;
    for (std::size_t i = 0; i < above.size(); ++i) result.push_back(above[i] / below[i]);
    return result;
}

/// A row of the suite's table: figures with the same index were taken one after the other.
[[nodiscard]] inline nlohmann::json row(const std::vector<double>& ours,
                                        const std::vector<double>& peer, const char* unit,
                                        const std::string& what) {
    return {{"ours", ours}, {"peer", peer}, {"unit", unit}, {"what", what}};
}

inline void write_json(const std::string& path, const nlohmann::json& document) {
    if (path.empty()) return;
    std::ofstream file(path);
    file << document.dump(1) << '\n';
    if (!file.flush()) throw std::runtime_error(path + ": cannot be written");
}

}  // namespace weir::bench
