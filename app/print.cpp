// SPDX-License-Identifier: BSD-3-Clause
#include "print.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/setup_error.hpp"

namespace weir::app {

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
    throw base::SetupError("write to", "standard output", std::strerror(errno),
                           "send it somewhere that takes it");
}

void complain(std::string_view text) noexcept {
    std::fputs("weir: ", stderr);
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fputc('\n', stderr);
}

}  // namespace weir::app
