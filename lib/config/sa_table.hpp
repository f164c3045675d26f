// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <toml++/toml.h>

#include <string>
#include <vector>

#include "config/sa_setting.hpp"

namespace weir::config {

/// The [[sa]] tables of the file `path`, whose value for the key `sa` is `node`. Throws SetupError:
/// when group or others may use the file, for it holds keys; naming file and line when a key is
/// missing, unknown or of the wrong type. No error quotes a value.
[[nodiscard]] std::vector<SaSetting> read_associations(const std::string& path,
                                                       const toml::node& node);

}  // namespace weir::config
