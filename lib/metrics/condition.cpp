// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/condition.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "base/nearest.hpp"
#include "base/setup_error.hpp"

namespace weir::metrics {
namespace {

std::string trimmed(const std::string& text) {
    constexpr const char* kBlanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// Above every length, so that a name that does not hold the word comes behind all that do.
constexpr std::size_t kFar = std::size_t{1} << 32;

[[noreturn]] void refuse(const std::string& text, const std::string& cause) {
    throw base::SetupError("read condition", "'" + text + "'", cause,
                           "write NAME OPERATOR NUMBER with > >= < <= == or !=, for example: "
                           "--fail-on 'dropped > 0'");
}

/// The three names most like `name`, for an error message. One that holds `name` ("ring_full" in
/// "dropped.rx.ring_full") is nearer than one that is only spelt alike.
std::string nearest_names(const std::string& name, const MetricSet& metrics) {
    constexpr std::size_t kShown = 3;
    std::vector<std::pair<std::size_t, std::string>> ranked;
    for (const auto& [candidate, value] : metrics.values()) {
        const bool holds = candidate.find(name) != std::string::npos;
        const std::size_t extra = candidate.size() - std::min(candidate.size(), name.size());
        ranked.emplace_back(holds ? extra : kFar + base::edit_distance(name, candidate), candidate);
    }
    std::ranges::sort(ranked);
    std::string text;
    for (std::size_t i = 0; i < std::min(kShown, ranked.size()); ++i) {
        text += (i == 0 ? "'" : ", '") + ranked[i].second + "'";
    }
    return text;
}

/// Whether `name` is an xstat of a port that exists ("port.0.xstat.rx_errors" where there is a
/// port 0): a set holds xstats only while they are not 0.
bool may_be_zero_xstat(const std::string& name, const MetricSet& metrics) {
    const std::size_t at = name.find(".xstat.");
    return name.starts_with("port.") && at != std::string::npos &&
           metrics.find(name.substr(0, at) + ".rx_packets").has_value();
}

}  // namespace

Condition Condition::parse(const std::string& text) {
    const std::size_t at = text.find_first_of("<>=!");
    if (at == std::string::npos) refuse(text, "it has no comparison");
    const std::size_t length = at + 1 < text.size() && text[at + 1] == '=' ? 2 : 1;
    Condition condition;
    condition.text_ = text;
    condition.name_ = trimmed(text.substr(0, at));
    if (condition.name_.empty()) refuse(text, "it has no name");
    const std::string sign = text.substr(at, length);
    const auto known = std::ranges::find(kOperators, sign, &NamedOperator::sign);
    if (known == std::end(kOperators)) refuse(text, "'" + sign + "' is no comparison");
    condition.operator_ = known->meaning;
    const std::string number = trimmed(text.substr(at + length));
    const char* end = number.data() + number.size();
    const auto [stop, error] = std::from_chars(number.data(), end, condition.number_);
    if (error != std::errc() || stop != end) {
        refuse(text, "'" + number + "' is no whole number from 0 to 18446744073709551615");
    }
    return condition;
}

std::uint64_t Condition::value(const MetricSet& metrics) const {
    if (const auto found = metrics.find(name_)) return *found;
    if (may_be_zero_xstat(name_, metrics)) return 0;
    throw base::SetupError("read condition", "'" + text_ + "'",
                           "there is no counter '" + name_ + "'",
                           "nearest are " + nearest_names(name_, metrics) +
                               "; a report.json has all names under \"metrics\"");
}

bool Condition::evaluate(const MetricSet& metrics) const {
    const std::uint64_t now = value(metrics);
    switch (operator_) {
        case Operator::kGreater:
            return now > number_;
        case Operator::kGreaterEqual:
            return now >= number_;
        case Operator::kLess:
            return now < number_;
        case Operator::kLessEqual:
            return now <= number_;
        case Operator::kEqual:
            return now == number_;
        case Operator::kNotEqual:
            break;
    }
    return now != number_;
}

}  // namespace weir::metrics
