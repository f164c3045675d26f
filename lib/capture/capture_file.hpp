// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace weir::capture {

/// A capture file, mapped read-only and loaded into memory, so that an rx lcore can read it without
/// a system call. The file must not be shortened while it is mapped. Control thread.
class CaptureFile {
   public:
    /// Throws SetupError when the file is missing, unreadable, no capture file, or one of another
    /// link type than Ethernet. Damage behind the header is not looked for.
    explicit CaptureFile(const std::string& path);
    ~CaptureFile();
    CaptureFile(const CaptureFile&) = delete;
    CaptureFile& operator=(const CaptureFile&) = delete;

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

   private:
    std::span<const std::byte> bytes_;
};

}  // namespace weir::capture
