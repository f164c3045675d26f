// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace weir::capture {

/// A capture file, mapped read-only, so that an rx lcore can read it without a system call. Up to
/// 1 GiB it is loaded at once, and the lcore never waits for the disk; a longer one is read ahead.
/// The file must not be shortened while it is mapped. Control thread.
class CaptureFile {
   public:
    /// Throws SetupError when the file is missing, unreadable, empty, a directory or a pipe, no
    /// capture file, or one of another link type than Ethernet. Damage is not looked for: the
    /// reader tells of it when it gets there.
    explicit CaptureFile(const std::string& path);
    ~CaptureFile();
    CaptureFile(const CaptureFile&) = delete;
    CaptureFile& operator=(const CaptureFile&) = delete;

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

   private:
    void unmap() noexcept;

    std::span<const std::byte> bytes_;
};

}  // namespace weir::capture
