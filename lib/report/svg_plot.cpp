// SPDX-License-Identifier: BSD-3-Clause
#include "report/svg_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>

#include "report/format.hpp"
#include "report/html_text.hpp"
#include "report/plot_scale.hpp"

namespace weir::report {
namespace {

using Text = std::back_insert_iterator<std::string>;

// Of all plots, in units that are pixels where the page is wide.
constexpr double kWidth = 360;
constexpr double kHeight = 222;
constexpr double kLeft = 38;
constexpr double kRight = 344;
constexpr double kTop = 46;  // Above it stand the axis' title and a mark's label.
constexpr double kBase = 180;

double level_of(const PlotScale& scale, double count) {
    return kBase - scale.height_of(count) * (kBase - kTop);
}

std::string begin(const std::string& id, const std::string& title, const std::string& description) {
    return fmt::format(
        "<svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">"
        "<title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>\n",
        kWidth, kHeight, escaped(title), escaped(description), fmt::arg("id", id));
}

/// Lines and labels of the vertical axis, and both titles.
void put_axes(Text out, const PlotScale& scale, const std::string& x_title,
              const std::string& y_title) {
    std::string lines;
    for (const double tick : scale.ticks()) {
        const double y = level_of(scale, tick);
        lines += fmt::format("M{} {:.1f}H{}", kLeft, y, kRight);
        fmt::format_to(out, "<text class=\"y\" x=\"{}\" y=\"{:.1f}\">{}</text>\n", kLeft - 5,
                       y + 3.5, compact(tick));
    }
    fmt::format_to(
        out,
        "<path class=\"grid\" d=\"{}\"/>\n<text class=\"name\" x=\"4\" y=\"12\">{}{}</text>"
        "<text x=\"{}\" y=\"{}\">{}</text>\n",
        lines, escaped(y_title), scale.logarithmic() ? ", log scale" : "", (kLeft + kRight) / 2,
        kHeight - 8, escaped(x_title));
}

/// The horizontal axis: a line, small ones across it, and their labels.
class BaseLine {
   public:
    void tick(double x, const std::string& label) {
        lines_ += fmt::format("M{:.1f} {}v4", x, kBase);
        if (label.empty()) return;
        labels_ += fmt::format("<text x=\"{:.1f}\" y=\"{}\">{}</text>\n", x, kBase + 15, label);
    }
    [[nodiscard]] std::string markup() const {
        return fmt::format("<path class=\"axis\" d=\"M{} {}H{}{}\"/>\n", kLeft, kBase, kRight,
                           lines_) +
               labels_;
    }

   private:
    std::string lines_;
    std::string labels_;
};

/// A count above its bar or dot; none where that lies on the axis.
std::string value_at(double x, double y, std::uint64_t value) {
    if (value == 0) return "";
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", x, y,
                       compact(static_cast<double>(value)));
}

std::string group(std::string_view kind, const std::string& markup) {
    return fmt::format("<g class=\"{}\">\n{}</g>\n", kind, markup);
}

std::string description_of(const HistogramPlot& plot) {
    std::string text;
    for (std::size_t i = 0; i < plot.counts.size(); ++i) {
        if (plot.counts[i] == 0) continue;
        const bool open = plot.last_is_open && i + 1 == plot.counts.size();
        text +=
            fmt::format("{}{}: {}", text.empty() ? plot.x_title + ", " + plot.y_title + ". " : "; ",
                        class_range(i, open), grouped(plot.counts[i]));
    }
    return text.empty() ? "All classes are empty." : text + ".";
}

std::string description_of(const WindowPlot& plot) {
    std::string text = "Window, packets dropped. ";
    for (std::size_t i = 0; i < plot.windows.size(); ++i) {
        text += fmt::format("{}: {}; ", plot.windows[i], grouped(plot.would_drop[i]));
    }
    return text + (plot.smallest
                       ? fmt::format("the smallest that drops nothing: {}.", *plot.smallest)
                       : "none drops nothing for certain.");
}

/// Where windows stand: by their logarithm, half a window's distance from the edges.
class WindowAxis {
   public:
    explicit WindowAxis(std::span<const std::uint32_t> windows)
        : first_(std::log2(windows.front())),
          last_(std::log2(windows.back())),
          margin_((kRight - kLeft) / static_cast<double>(windows.size()) / 2) {}

    /// Those beyond the ends stand at the ends.
    [[nodiscard]] double place(std::uint32_t window) const {
        const double at = std::clamp(std::log2(window), first_, last_);
        return kLeft + margin_ + (at - first_) / (last_ - first_) * (kRight - kLeft - 2 * margin_);
    }

   private:
    double first_;
    double last_;
    double margin_;
};

/// No window drops less than a greater one, so that what holds for one bounds those up to the next.
std::string falling_line(const WindowPlot& plot, const WindowAxis& axis, const PlotScale& scale) {
    std::string path;
    const auto step_to = [&](std::uint32_t window, std::uint64_t dropped) {
        const double y = level_of(scale, static_cast<double>(dropped));
        path += path.empty() ? fmt::format("M{:.1f} {:.1f}", axis.place(window), y)
                             : fmt::format("H{:.1f}V{:.1f}", axis.place(window), y);
    };
    for (std::size_t i = 0; i < plot.windows.size(); ++i) {
        const bool passed = i > 0 && plot.smallest && *plot.smallest > plot.windows[i - 1] &&
                            *plot.smallest < plot.windows[i];
        if (passed) step_to(*plot.smallest, 0);
        step_to(plot.windows[i], plot.would_drop[i]);
    }
    return path;
}

/// A line with a label on the side where there is more room; a smallest window left of the axis has
/// no place on it.
std::string smallest_mark(const WindowPlot& plot, double x) {
    const std::uint32_t smallest = *plot.smallest;
    if (smallest < plot.windows.front()) {
        return fmt::format("<text x=\"{}\" y=\"28\">\xe2\x86\x90 smallest: {}</text>\n", kLeft,
                           smallest);
    }
    const bool to_the_right = x < (kLeft + kRight) / 2;
    return fmt::format(
        "<path d=\"M{:.1f} {}V{}\"/><circle cx=\"{:.1f}\" cy=\"{}\" r=\"5\"><title>{}: drops "
        "nothing</title></circle><text{} x=\"{:.1f}\" y=\"28\">smallest: {}</text>\n",
        x, kTop - 22, kBase, x, kBase, smallest, to_the_right ? "" : " class=\"y\"",
        to_the_right ? x + 5 : x - 5, smallest);
}

}  // namespace

std::string svg_histogram(const HistogramPlot& plot) {
    const PlotScale scale(plot.counts);
    const std::size_t classes = plot.counts.size();
    const double pitch = (kRight - kLeft) / static_cast<double>(classes);
    std::string bars;
    std::string values;
    BaseLine axis;
    for (std::size_t i = 0; i < classes; ++i) {
        const std::uint64_t count = plot.counts[i];
        const double left = kLeft + static_cast<double>(i) * pitch;
        const double top = level_of(scale, static_cast<double>(count));
        const bool open = plot.last_is_open && i + 1 == classes;
        bars += fmt::format(
            "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"><title>{}: {}"
            "</title></rect>\n",
            left + 1, top, pitch - 2, kBase - top, class_range(i, open), grouped(count));
        values += value_at(left + pitch / 2, top - 4, count);
        // Every other boundary has room for its number.
        axis.tick(left, i % 2 == 0 ? std::to_string(std::uint64_t{1} << i) : "");
    }
    const bool numbered = !plot.last_is_open && classes % 2 == 0;
    axis.tick(kRight, numbered ? std::to_string(std::uint64_t{1} << classes) : "");
    std::string text = begin(plot.id, plot.title, description_of(plot));
    put_axes(Text(text), scale, plot.x_title, plot.y_title);
    return text + group("bars", bars) + axis.markup() + group("values", values) + "</svg>\n";
}

std::string svg_windows(const WindowPlot& plot) {
    const PlotScale scale(plot.would_drop);
    const WindowAxis places(plot.windows);
    std::string dots;
    std::string values;
    BaseLine axis;
    for (std::size_t i = 0; i < plot.windows.size(); ++i) {
        const double x = places.place(plot.windows[i]);
        const double y = level_of(scale, static_cast<double>(plot.would_drop[i]));
        axis.tick(x, std::to_string(plot.windows[i]));
        dots += fmt::format(
            "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"><title>{}: {}</title></circle>\n", x, y,
            plot.windows[i], grouped(plot.would_drop[i]));
        values += value_at(x, y - 7, plot.would_drop[i]);
    }
    std::string text = begin(plot.id, plot.title, description_of(plot));
    put_axes(Text(text), scale, "anti-replay window", "packets dropped");
    text += axis.markup();
    text += fmt::format("<path class=\"line\" d=\"{}\"/>\n", falling_line(plot, places, scale));
    if (plot.smallest) text += group("mark", smallest_mark(plot, places.place(*plot.smallest)));
    return text + group("dots", dots) + group("values", values) + "</svg>\n";
}

std::string svg_share(double share) {
    // What is not nothing shall be seen.
    constexpr double kLeast = 0.6;
    const double length = share > 0 ? std::clamp(share, kLeast, 100.0) : 0;
    return fmt::format(
        "<svg class=\"share\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
        "aria-hidden=\"true\"><rect class=\"whole\" width=\"100\" height=\"10\"/>"
        "<rect width=\"{:.2f}\" height=\"10\"/></svg>",
        length);
}

}  // namespace weir::report
