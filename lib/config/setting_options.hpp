// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

/// Settings as options of a command line: the same words, values and errors in every subcommand.
namespace weir::config {

/// The values given for each setting, in order.
using Values = std::map<std::string_view, std::vector<std::string>>;

/// Adds an option for `setting`; its values go to `values`, which outlives `app`.
void add_option(CLI::App& app, const Setting& setting, Values& values);

/// Puts what was given for `setting` into `options`; a list replaces the one there. Throws
/// SetupError that names the option, its value and what was expected.
void apply_given(const Setting& setting, const std::vector<std::string>& given, Options& options);

}  // namespace weir::config
