// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "config/options.hpp"

namespace weir::config {

/// What the command line of `weir sa` asks for: capture files to be read, or a run.
struct SaCommandLine {
    std::string help;                ///< Not empty: print it and do nothing else.
    bool json = false;               ///< One JSON document instead of a table.
    std::vector<std::string> files;  ///< "-" is standard input; empty: it is a run.
    Options options;  ///< Of the run; for files filter, sa_* (idle: 0) and what concerns parsing.
};

/// Reads the arguments behind `weir sa`: capture files, or a configuration (its name ends in .toml)
/// and the options of a run. Throws SetupError that names the option and what was expected.
[[nodiscard]] SaCommandLine parse_sa_command_line(std::vector<std::string> arguments);

}  // namespace weir::config
