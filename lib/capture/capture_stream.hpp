// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "capture/capture_reader.hpp"

namespace weir::capture {

/// Reads a capture file, a pipe or standard input from front to end, as it comes. Cold: allocates
/// and makes system calls; for an lcore there is CaptureFile.
class CaptureStream {
   public:
    /// "-" is standard input. Throws SetupError when `path` cannot be opened.
    explicit CaptureStream(const std::string& path);
    ~CaptureStream();
    CaptureStream(const CaptureStream&) = delete;
    CaptureStream& operator=(const CaptureStream&) = delete;

    /// The next packet, whose octets are valid until the next call; kPacket, kEnd, kUnsupported or
    /// kDamaged. `before_read` is called before a system call that may wait for more, and again
    /// after a signal has ended it; it may throw. Throws SetupError when reading fails.
    template <typename BeforeRead>
    [[nodiscard]] ReadResult next(CapturedPacket& packet, BeforeRead&& before_read) {
        for (;;) {
            const ReadResult result = try_next(packet);
            if (result != ReadResult::kNeedMore) return result;
            before_read();
            read_more();
        }
    }

    /// What to call it in messages: its path, or "standard input".
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] const CaptureReader& reader() const noexcept { return reader_; }

   private:
    [[nodiscard]] ReadResult try_next(CapturedPacket& packet) noexcept;
    void read_more();

    std::string name_;
    int file_;
    CaptureReader reader_;
    std::vector<std::byte> buffer_;
    std::size_t start_ = 0;  ///< Of what the reader has not consumed.
    std::size_t end_ = 0;    ///< Of what was read.
    bool at_end_ = false;
};

}  // namespace weir::capture
