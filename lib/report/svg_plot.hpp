// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

/// Plots as SVG elements of report.html, whose style sheet gives them their colours. Each has a
/// title and a description with its figures for those who do not see it.
namespace weir::report {

struct HistogramPlot {
    std::string id;     ///< Unique in the page; letters, digits and hyphens.
    std::string title;  ///< Text.
    std::string x_title;
    std::string y_title;
    std::span<const std::uint64_t> counts;  ///< Class k holds 2^k to 2^(k+1) - 1.
    bool last_is_open = false;
};
/// A bar for each class, empty ones too.
[[nodiscard]] std::string svg_histogram(const HistogramPlot& plot);

struct WindowPlot {
    std::string id;
    std::string title;
    std::span<const std::uint32_t> windows;     ///< Rising powers of two, two at least.
    std::span<const std::uint64_t> would_drop;  ///< As many.
    std::optional<std::uint32_t> smallest;      ///< That drops nothing; is marked.
};
/// A falling line with a dot for each window, and for the smallest that drops nothing.
[[nodiscard]] std::string svg_windows(const WindowPlot& plot);

/// A bar beside a number that says the same: `share` percent of its length.
[[nodiscard]] std::string svg_share(double share);

}  // namespace weir::report
