// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/options.hpp"

/// The settings of a run as one list, which command line and TOML file share: each has one name,
/// one description and one way from text to Options. So neither can know what the other does not.
namespace weir::config {

/// What a value must be in a TOML file; on the command line everything is text.
enum class ValueType : std::uint8_t {
    kText,
    kWholeNumber,
    kSeconds,  ///< A number, whole or not.
    kSize,     ///< Octets: a whole number, or one with K, M or G behind it; a string then.
    kSwitch,   ///< on or off; in TOML true or false as well.
    kFlag      ///< Its name alone; in TOML true or false.
};

struct Setting {
    std::string_view name;  ///< Option without --, and TOML key.
    ValueType type = ValueType::kText;
    std::string_view value_name;   ///< "N", "on|off", …
    std::string_view description;  ///< With its default behind it in parentheses, if it has one.
    /// Puts one value into `options`. Throws std::invalid_argument with what was expected, and
    /// changes nothing then.
    void (*apply)(Options& options, const std::string& value) = nullptr;
    /// Where the values are of a setting that may be given several times (in TOML: as a list);
    /// nullptr for one that may not.
    std::vector<std::string> Options::*list = nullptr;
};

/// The setting that has no option of its own: on the command line it is what stands behind --.
inline constexpr std::string_view kEalArguments = "eal-arguments";

[[nodiscard]] const std::vector<Setting>& settings();

/// The setting called `name`, or nullptr.
[[nodiscard]] const Setting* find_setting(std::string_view name);

/// The known name most like `name`.
[[nodiscard]] std::string nearest_setting(std::string_view name);

}  // namespace weir::config
