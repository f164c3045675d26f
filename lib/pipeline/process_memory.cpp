// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/process_memory.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <limits>
#include <string>

namespace weir::pipeline {

std::size_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return file ? resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

std::uint64_t page_faults(pid_t thread) {
    std::ifstream file(fmt::format("/proc/self/task/{}/stat", thread));
    // The thread's name stands in parentheses; seven fields behind it come minor faults, those of
    // children, and major faults (proc(5)). No name of ours holds a parenthesis.
    file.ignore(std::numeric_limits<std::streamsize>::max(), ')');
    std::string skipped;
    for (int i = 0; i < 7; ++i) file >> skipped;
    std::uint64_t minor = 0;
    std::uint64_t of_children = 0;
    std::uint64_t major = 0;
    file >> minor >> of_children >> major;
    return file ? minor + major : 0;
}

}  // namespace weir::pipeline
