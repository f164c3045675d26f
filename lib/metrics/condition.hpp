// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "metrics/metric_set.hpp"

namespace weir::metrics {

/// A comparison of a metric with a number, such as "dropped > 0": what --fail-on takes.
class Condition {
   public:
    /// `text`: NAME OP NUMBER with OP one of > >= < <= == != and a whole number; white space
    /// around each is free. The name is not checked here. Throws SetupError.
    [[nodiscard]] static Condition parse(const std::string& text);

    /// Whether the condition holds. Throws SetupError for a name the set does not have, except
    /// the xstat of a port it has: a set holds xstats only while they are not 0.
    [[nodiscard]] bool evaluate(const MetricSet& metrics) const;
    /// The metric's value. Throws likewise.
    [[nodiscard]] std::uint64_t value(const MetricSet& metrics) const;
    /// As it was given.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

   private:
    enum class Operator : std::uint8_t {
        kGreater,
        kGreaterEqual,
        kLess,
        kLessEqual,
        kEqual,
        kNotEqual
    };
    struct NamedOperator {
        std::string_view sign;
        Operator meaning;
    };
    static constexpr NamedOperator kOperators[] = {
        {">", Operator::kGreater},    {">=", Operator::kGreaterEqual}, {"<", Operator::kLess},
        {"<=", Operator::kLessEqual}, {"==", Operator::kEqual},        {"!=", Operator::kNotEqual},
    };

    std::string text_;
    std::string name_;
    Operator operator_ = Operator::kGreater;
    std::uint64_t number_ = 0;
};

}  // namespace weir::metrics
