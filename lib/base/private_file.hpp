// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/stat.h>

#include <string>

#include "base/setup_error.hpp"

namespace weir::base {

/// Throws SetupError when others than its owner may use the file `path`, whose st_mode is `mode`:
/// it holds keys.
inline void require_private(mode_t mode, const std::string& path) {
    if ((mode & (S_IRWXG | S_IRWXO)) == 0) return;
    throw SetupError("read keys", path, "its group or others may use it, and it holds keys",
                     "make it private: chmod 600 " + path);
}

}  // namespace weir::base
