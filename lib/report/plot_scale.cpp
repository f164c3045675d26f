// SPDX-License-Identifier: BSD-3-Clause
#include "report/plot_scale.hpp"

#include <algorithm>
#include <cmath>

namespace weir::report {
namespace {

constexpr double kMostTicks = 5;
constexpr double kLogarithmicFrom = 100;
/// Decades of height that a count of 1 has on a logarithmic axis.
constexpr double kFoot = 0.4;
/// Of the height: a tick nearer to 0 has no room for its label.
constexpr double kLeastDistance = 0.08;

/// The least of 1, 2, 5, 10, 20, … with which a few steps lead up to `top`.
double step_for(double top) {
    double unit = 1;
    while (unit * 10 * kMostTicks < top) unit *= 10;
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * unit * kMostTicks >= top) return factor * unit;
    }
    return 10 * unit;
}

}  // namespace

PlotScale::PlotScale(std::span<const std::uint64_t> counts) {
    double least = 0;
    double greatest = 1;
    for (const std::uint64_t count : counts) {
        if (count == 0) continue;
        const auto value = static_cast<double>(count);
        least = least == 0 ? value : std::min(least, value);
        greatest = std::max(greatest, value);
    }
    logarithmic_ = least > 0 && greatest / least >= kLogarithmicFrom;
    top_ = greatest;
    step_ = logarithmic_ ? std::ceil(std::log10(top_) / kMostTicks) : step_for(top_);
}

double PlotScale::height_of(double count) const {
    if (count <= 0) return 0;
    if (!logarithmic_) return count / top_;
    return (std::log10(count) + kFoot) / (std::log10(top_) + kFoot);
}

std::vector<double> PlotScale::ticks() const {
    std::vector<double> result{0};
    if (logarithmic_) {
        for (double decade = 0; decade <= std::log10(top_); decade += step_) {
            const double count = std::pow(10.0, decade);
            if (height_of(count) >= kLeastDistance) result.push_back(count);
        }
    } else {
        for (double count = step_; count <= top_; count += step_) result.push_back(count);
    }
    return result;
}

}  // namespace weir::report
