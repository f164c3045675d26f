// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

/// EAL's runtime directory, /var/run/dpdk/rte unless told otherwise, where the telemetry socket is.
/// Two processes may use one: EAL makes it first and looks for it last, and binds its socket before
/// it listens, so that a process which starts must not meet one that removes them. Control thread.
namespace weir::port {

/// Where EAL, started with `eal_arguments`, keeps its files. It need not exist.
[[nodiscard]] std::filesystem::path runtime_directory(
    const std::vector<std::string>& eal_arguments);

/// Keeps the other Weir processes of this user from starting telemetry, and from removing the
/// directory, until it goes or the process ends.
class RuntimeLock {
   public:
    RuntimeLock() = default;
    ~RuntimeLock() { release(); }
    RuntimeLock(const RuntimeLock&) = delete;
    RuntimeLock& operator=(const RuntimeLock&) = delete;

    /// Takes the lock of `directory`, which is there afterwards. Returns why not, or "".
    [[nodiscard]] std::string take(const std::filesystem::path& directory,
                                   std::chrono::milliseconds limit);
    void release() noexcept;
    [[nodiscard]] bool held() const noexcept { return fd_ >= 0; }

   private:
    int fd_ = -1;  ///< Of the directory above: EAL itself locks the other.
};

/// Removes `directory` and the one above, where they are empty and nobody is about to use them;
/// `lock` tells whether this process has them locked.
void remove_runtime_directory(const std::filesystem::path& directory, const RuntimeLock& lock);

}  // namespace weir::port
