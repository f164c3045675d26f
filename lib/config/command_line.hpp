// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "config/options.hpp"

namespace weir::config {

/// What the command line of `weir run` or `weir plan` asks for.
struct CommandLine {
    std::string help;  ///< Not empty: print it and do nothing else.
    Options options;   ///< From the TOML file, if one is named, overridden by the command line.
};

/// A command that takes the options of a run, for its help.
struct CommandName {
    std::string word = "run";
    std::string purpose =
        "Receive packets, parse each, account for all. Without port and configuration: the demo.";
};

/// Reads the arguments behind the command; those behind -- become EAL arguments. Throws SetupError
/// that names the option and what was expected.
[[nodiscard]] CommandLine parse_command_line(std::vector<std::string> arguments,
                                             const CommandName& name = {});

}  // namespace weir::config
