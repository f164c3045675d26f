// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/options.hpp"

/// The settings of a run as one list, which command line and TOML file share: each has one name,
/// one description and one way from text to Options. So neither can know what the other does not.
namespace weir::config {

struct Setting {
    std::string_view name;         ///< Option without --, and TOML key.
    std::string_view placeholder;  ///< "NUMBER", "on|off", …
    std::string_view description;
    bool repeatable = false;  ///< May be given several times; a list in TOML.
    /// Puts one value into `options`. Throws std::invalid_argument with what was expected.
    void (*apply)(Options& options, const std::string& value);
};

[[nodiscard]] const std::vector<Setting>& settings();

/// The setting called `name`, or nullptr.
[[nodiscard]] const Setting* find_setting(std::string_view name);

/// The known name most like `name`.
[[nodiscard]] std::string nearest_setting(std::string_view name);

}  // namespace weir::config
