// SPDX-License-Identifier: BSD-3-Clause
#include "report/format.hpp"

#include <fmt/format.h>

namespace weir::report {
namespace {

constexpr char kDelete = 0x7f;
/// From here on a number is written as the next unit's 1.
constexpr double kThousand = 999.5;

bool is_control(char letter) {
    return static_cast<unsigned char>(letter) < ' ' || letter == kDelete;
}

/// Octets of a UTF-8 character behind its first.
bool is_continuation(char letter) { return (static_cast<unsigned char>(letter) & 0xc0) == 0x80; }

}  // namespace

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, ",");
    }
    return digits;
}

std::string compact(double number) {
    constexpr std::string_view kUnits = "kMGTPE";
    if (number < kThousand) return fmt::format("{:.0f}", number);
    std::size_t unit = 0;
    for (number /= 1000; number >= kThousand && unit + 1 < kUnits.size(); ++unit) number /= 1000;
    std::string digits = fmt::format("{:.{}f}", number, number < 9.95 ? 1 : 0);
    if (digits.ends_with(".0")) digits.resize(digits.size() - 2);
    return digits + kUnits[unit];
}

std::string duration(std::uint64_t nanoseconds) {
    const auto value = static_cast<double>(nanoseconds);
    const auto text = [](double number, const char* unit) {
        const int decimals = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
        return fmt::format("{:.{}f} {}", number, decimals, unit);
    };
    if (nanoseconds < 1000) return fmt::format("{} ns", nanoseconds);
    if (value < 999.5e3) return text(value / 1e3, "us");
    if (value < 999.5e6) return text(value / 1e6, "ms");
    return text(value / 1e9, "s");
}

std::string class_range(std::size_t index, bool is_open) {
    const std::uint64_t first = std::uint64_t{1} << index;
    if (is_open) return fmt::format("{}+", first);
    return first == 1 ? "1" : fmt::format("{}-{}", first, 2 * first - 1);
}

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

double percent(std::uint64_t part, std::uint64_t whole) {
    return 100 * ratio(static_cast<double>(part), static_cast<double>(whole));
}

std::string rates(std::uint64_t packets, std::uint64_t bytes, double seconds) {
    return fmt::format("{:7.3f} Mpps {:7.3f} Gbit/s",
                       ratio(static_cast<double>(packets), seconds) / 1e6,
                       ratio(static_cast<double>(bytes), seconds) * 8 / 1e9);
}

std::string cut(std::string_view text, std::size_t columns) {
    std::string result;
    for (const char letter : text) {
        if (result.size() == columns) break;
        if (is_continuation(letter)) continue;
        const bool plain = static_cast<unsigned char>(letter) < 0x80 && !is_control(letter);
        result += plain ? letter : '?';
    }
    return result;
}

}  // namespace weir::report
