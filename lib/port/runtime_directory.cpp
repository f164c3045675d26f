// SPDX-License-Identifier: BSD-3-Clause
#include "port/runtime_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>

namespace weir::port {
namespace {

using std::filesystem::path;

constexpr auto kTryEvery = std::chrono::milliseconds(5);

/// The value of --file-prefix, the last one given, or EAL's own.
std::string file_prefix(const std::vector<std::string>& arguments) {
    constexpr std::string_view kOption = "--file-prefix";
    std::string prefix = "rte";
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (argument == kOption && i + 1 < arguments.size()) prefix = arguments[i + 1];
        if (argument.starts_with(kOption) && argument.substr(kOption.size()).starts_with('=')) {
            prefix = argument.substr(kOption.size() + 1);
        }
    }
    return prefix;
}

bool make(const path& directory) noexcept {
    return ::mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST;
}

/// Whether `fd` is what has this name now: it may have been removed, and made again.
bool still_named(int fd, const path& directory) noexcept {
    struct stat opened {};
    struct stat named {};
    return ::fstat(fd, &opened) == 0 && ::stat(directory.c_str(), &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

path runtime_directory(const std::vector<std::string>& eal_arguments) {
    const char* above = std::getenv("RUNTIME_DIRECTORY");
    if (above == nullptr) above = ::getuid() == 0 ? "/var/run" : std::getenv("XDG_RUNTIME_DIR");
    return path(above == nullptr ? "/tmp" : above) / "dpdk" / file_prefix(eal_arguments);
}

std::string RuntimeLock::take(const path& directory, std::chrono::milliseconds limit) {
    const path above = directory.parent_path();
    const auto deadline = std::chrono::steady_clock::now() + limit;
    const auto why_not = [this](const path& what) {
        const int error = errno;
        release();
        return what.string() + ": " + std::strerror(error);
    };
    for (release(); !held(); std::this_thread::sleep_for(kTryEvery)) {
        if (!make(above)) return why_not(above);
        fd_ = ::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd_ < 0 && errno != ENOENT) return why_not(above);
        if (fd_ >= 0 && ::flock(fd_, LOCK_EX | LOCK_NB) == 0 && still_named(fd_, above)) break;
        release();
        if (std::chrono::steady_clock::now() >= deadline) {
            return above.string() + ": another process has it locked";
        }
    }
    if (!make(directory) || ::access(directory.c_str(), W_OK | X_OK) != 0) {
        return why_not(directory);
    }
    return {};
}

void RuntimeLock::release() noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

void remove_runtime_directory(const path& directory, const RuntimeLock& lock) {
    const path above = directory.parent_path();
    int fd = -1;
    if (!lock.held()) {
        fd = ::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0) return;
    }
    if (lock.held() || ::flock(fd, LOCK_EX | LOCK_NB) == 0) {
        ::rmdir(directory.c_str());
        ::rmdir(above.c_str());
    }
    if (fd >= 0) ::close(fd);
}

}  // namespace weir::port
