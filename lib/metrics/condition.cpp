// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/condition.hpp"

#include <charconv>
#include <ranges>

#include "base/nearest.hpp"
#include "base/setup_error.hpp"

namespace weir::metrics {
namespace {

std::string without_spaces(const std::string& text) {
    std::string result;
    for (const char letter : text) {
        if (letter != ' ' && letter != '\t') result += letter;
    }
    return result;
}

[[noreturn]] void refuse(const std::string& text, const std::string& cause) {
    throw base::SetupError("read condition", "'" + text + "'", cause,
                           "write NAME OPERATOR NUMBER with > >= < <= == or !=, for example: "
                           "--fail-on 'dropped > 0'");
}

}  // namespace

Condition Condition::parse(const std::string& text) {
    const std::string word = without_spaces(text);
    const std::size_t at = word.find_first_of("<>=!");
    if (at == std::string::npos) refuse(text, "it has no comparison");
    if (at == 0) refuse(text, "it has no name");
    const std::size_t two = at + 1 < word.size() && word[at + 1] == '=' ? 2 : 1;
    const std::string sign = word.substr(at, two);
    Condition condition;
    condition.text_ = text;
    condition.name_ = word.substr(0, at);
    if (sign == ">") {
        condition.operator_ = Operator::kGreater;
    } else if (sign == ">=") {
        condition.operator_ = Operator::kGreaterEqual;
    } else if (sign == "<") {
        condition.operator_ = Operator::kLess;
    } else if (sign == "<=") {
        condition.operator_ = Operator::kLessEqual;
    } else if (sign == "==") {
        condition.operator_ = Operator::kEqual;
    } else if (sign == "!=") {
        condition.operator_ = Operator::kNotEqual;
    } else {
        refuse(text, "'" + sign + "' is no comparison");
    }
    const std::string number = word.substr(at + two);
    const char* end = number.data() + number.size();
    const auto [stop, error] = std::from_chars(number.data(), end, condition.number_);
    if (number.empty() || error != std::errc() || stop != end) {
        refuse(text, "'" + number + "' is no whole number");
    }
    return condition;
}

std::uint64_t Condition::value(const MetricSet& metrics) const {
    if (const auto found = metrics.find(name_)) return *found;
    if (name_.find(".xstat.") != std::string::npos) return 0;
    throw base::SetupError(
        "read condition", "'" + text_ + "'", "there is no counter '" + name_ + "'",
        "did you mean '" + base::nearest_word(name_, std::views::keys(metrics.values())) +
            "'? All names stand under \"metrics\" in a report.json");
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
