// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace weir::report {

/// The vertical axis of a plot of counts: linear from 0, or logarithmic where the greatest is a
/// hundred times the least and more, so that no bar is too low to see. 0 is the baseline of both.
class PlotScale {
   public:
    explicit PlotScale(std::span<const std::uint64_t> counts);

    [[nodiscard]] bool logarithmic() const noexcept { return logarithmic_; }
    /// From 0 to 1, of the plot's height.
    [[nodiscard]] double height_of(double count) const;
    /// Counts to draw lines at, 0 first; up to five more.
    [[nodiscard]] std::vector<double> ticks() const;

   private:
    bool logarithmic_ = false;
    double step_ = 1;  ///< Of the ticks: a count, or decades.
    double top_ = 1;   ///< The count at the height 1.
};

}  // namespace weir::report
