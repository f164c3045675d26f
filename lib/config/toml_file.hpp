// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "config/options.hpp"

namespace weir::config {

/// Reads a TOML configuration whose keys are the names of settings() (docs/configuration.md) into
/// `options`. Throws SetupError with file, line, key and what was expected; `options` may have
/// some of the file's values then.
void read_toml_file(const std::string& path, Options& options);

}  // namespace weir::config
