// SPDX-License-Identifier: BSD-3-Clause
#include "capture/capture_stream.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/setup_error.hpp"

namespace weir::capture {
namespace {

using base::SetupError;

constexpr std::size_t kReadOctets = std::size_t{256} << 10;

}  // namespace

CaptureStream::CaptureStream(const std::string& path)
    : name_(path == "-" ? "standard input" : path),
      file_(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file_ < 0) {
        throw SetupError("open capture file", name_, std::strerror(errno),
                         errno == EACCES ? "make it readable for this user"
                                         : "name a file or a pipe; - is standard input");
    }
    buffer_.resize(kReadOctets);
}

CaptureStream::~CaptureStream() {
    if (file_ != STDIN_FILENO) ::close(file_);
}

ReadResult CaptureStream::try_next(CapturedPacket& packet) noexcept {
    std::size_t consumed = 0;
    const std::span<const std::byte> window(buffer_.data() + start_, end_ - start_);
    const ReadResult result = reader_.next(window, at_end_, consumed, packet);
    start_ += consumed;
    return result;
}

void CaptureStream::read_more() {
    // The reader never asks for more than CaptureReader::kMaxRecordOctets, which bounds the buffer.
    std::memmove(buffer_.data(), buffer_.data() + start_, end_ - start_);
    end_ -= start_;
    start_ = 0;
    if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
    const ssize_t octets = ::read(file_, buffer_.data() + end_, buffer_.size() - end_);
    // The caller may have something to do about the signal before it asks again.
    if (octets < 0 && errno == EINTR) return;
    if (octets < 0) {
        throw SetupError("read capture file", name_, std::strerror(errno),
                         "name a capture file that can be read");
    }
    at_end_ = octets == 0;
    end_ += static_cast<std::size_t>(octets);
}

}  // namespace weir::capture
