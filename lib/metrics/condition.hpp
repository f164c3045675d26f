// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

#include "metrics/metric_set.hpp"

namespace weir::metrics {

/// A comparison of a metric with a number, such as "dropped > 0": what --fail-on takes.
class Condition {
   public:
    /// `text`: NAME OP NUMBER with OP one of > >= < <= == !=; white space is free. Throws
    /// SetupError.
    static Condition parse(const std::string& text);

    /// Whether the condition holds. Throws SetupError for a name the set does not have, except a
    /// driver's xstat, which a set has only while it is not 0.
    [[nodiscard]] bool evaluate(const MetricSet& metrics) const;
    /// The metric's value. Throws likewise.
    [[nodiscard]] std::uint64_t value(const MetricSet& metrics) const;
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

    std::string text_;
    std::string name_;
    Operator operator_ = Operator::kGreater;
    std::uint64_t number_ = 0;
};

}  // namespace weir::metrics
