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

/// Adds an option of that name likewise.
void add_option(CLI::App& app, std::string_view name, std::string_view value_name,
                std::string_view description, Values& values);

/// Takes what stands behind `--` out of `arguments`, with it: it is no option, whatever it looks
/// like.
[[nodiscard]] std::vector<std::string> split_off(std::vector<std::string>& arguments);

/// Reads `arguments` into what was added to `app`; false when they ask for help. Throws SetupError
/// that names the option and what is wrong.
[[nodiscard]] bool parse_arguments(CLI::App& app, std::vector<std::string> arguments,
                                   const Values& values);

/// Throws SetupError for `word`, which `app` does not know, with the option that may be meant;
/// `more` is said behind that.
[[noreturn]] void refuse_option(const CLI::App& app, const std::string& word,
                                std::string_view more = {});

/// Throws SetupError when the option `name` has more than one of the values `given`.
void refuse_repetition(std::string_view name, const std::vector<std::string>& given);

/// Puts what was given for `setting` into `options`; a list replaces the one there. Throws
/// SetupError that names the option, its value and what was expected.
void apply_given(const Setting& setting, const std::vector<std::string>& given, Options& options);

}  // namespace weir::config
