// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "config/options.hpp"

namespace weir::config {

/// What the command line of `weir run` asks for.
struct CommandLine {
    std::string help;  ///< Not empty: print it and do nothing else.
    Options options;   ///< From the TOML file, if one is named, overridden by the command line.
};

/// Reads the arguments behind `weir run`; those behind -- become EAL arguments. Throws SetupError
/// that names the option and what was expected.
[[nodiscard]] CommandLine parse_command_line(std::vector<std::string> arguments);

}  // namespace weir::config
