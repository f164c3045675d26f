// SPDX-License-Identifier: BSD-3-Clause
#include "port/open_files.hpp"

#include <sys/resource.h>

#include <cstring>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>

#include "base/setup_error.hpp"

namespace weir::port {
namespace {

/// Files that this process has open; all that `limit` lets it have where there is none left to
/// count them with.
std::size_t count_open(std::size_t limit) {
    constexpr std::size_t kStandard = 3;  // Without /proc.
    std::error_code error;
    const std::filesystem::directory_iterator files("/proc/self/fd", error);
    if (error == std::errc::too_many_files_open) return limit;
    if (error) return kStandard;
    // But for the directory itself.
    return static_cast<std::size_t>(std::distance(begin(files), end(files))) - 1;
}

}  // namespace

void allow_open_files(std::size_t more) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const std::size_t open = count_open(limit.rlim_cur);
    const std::size_t needed = open + more;
    if (limit.rlim_cur >= needed) return;
    const std::size_t most = limit.rlim_max;
    if (most >= needed) {
        limit.rlim_cur = needed;
        if (::setrlimit(RLIMIT_NOFILE, &limit) == 0) return;
    }
    throw base::SetupError("open", "files",
                           std::to_string(more) + " are needed beside " + std::to_string(open) +
                               " that are open, and the limit (RLIMIT_NOFILE) is " +
                               std::to_string(most),
                           "raise it: ulimit -n " + std::to_string(needed) +
                               ", as root where it does not let you, or LimitNOFILE= of a service");
}

}  // namespace weir::port
