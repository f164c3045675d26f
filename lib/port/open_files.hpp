// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

namespace weir::port {

/// Sees to it that this process may open `more` files beside those that are open: raises its soft
/// limit (RLIMIT_NOFILE) as far as it has to. Throws SetupError where the hard limit is lower. To
/// be called before EAL starts, which ends the process where it can open none.
void allow_open_files(std::size_t more);

}  // namespace weir::port
