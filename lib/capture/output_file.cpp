// SPDX-License-Identifier: BSD-3-Clause
#include "capture/output_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace weir::capture {
namespace {

/// Blocks the signals that a failing write raises, in this thread, while it lives. The process's
/// handlers are not touched: they are not the library's.
class WriteSignalsBlocked {
   public:
    WriteSignalsBlocked() noexcept {
        sigemptyset(&ours_);
        sigaddset(&ours_, SIGXFSZ);
        sigaddset(&ours_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &ours_, &before_);
    }
    ~WriteSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    WriteSignalsBlocked(const WriteSignalsBlocked&) = delete;
    WriteSignalsBlocked& operator=(const WriteSignalsBlocked&) = delete;

    /// Takes off the signal that came with `error`. If the caller had blocked it, it is his.
    void take_off(int error) noexcept {
        if (error != EFBIG && error != EPIPE) return;
        const int raised = error == EFBIG ? SIGXFSZ : SIGPIPE;
        if (sigismember(&before_, raised) == 1) return;
        sigset_t one;
        sigemptyset(&one);
        sigaddset(&one, raised);
        constexpr std::timespec kAtOnce{};
        static_cast<void>(sigtimedwait(&one, nullptr, &kAtOnce));
    }

   private:
    sigset_t ours_{};
    sigset_t before_{};
};

iovec part(std::span<const std::byte> octets, std::size_t from) noexcept {
    const auto rest = octets.subspan(std::min(from, octets.size()));
    return {const_cast<std::byte*>(rest.data()), rest.size()};
}

}  // namespace

OutputFile::~OutputFile() {
    if (is_open()) ::close(descriptor_);
}

int OutputFile::open(const char* path, Existing existing) noexcept {
    const int exclusive = existing == Existing::kRefuse ? O_EXCL : 0;
    const int descriptor = ::open(path, O_WRONLY | O_CREAT | O_CLOEXEC | exclusive, 0666);
    if (descriptor < 0) return errno;
    struct stat status {};
    is_regular_ = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    // Two writers of one file would each find nothing wrong: who has it alone empties it. There are
    // file systems without locks.
    const bool taken =
        is_regular_ && ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    // A pipe is waited for by poll(), which can be told to make an end of it.
    const bool blocks = !is_regular_ && ::fcntl(descriptor, F_SETFL, O_NONBLOCK) != 0;
    if (taken || blocks || (is_regular_ && ::ftruncate(descriptor, 0) != 0)) {
        const int error = errno;
        ::close(descriptor);
        return error;
    }
    descriptor_ = descriptor;
    broken_ = 0;
    body_bytes_ = 0;
    tail_bytes_ = 0;
    last_start_ = 0;
    return 0;
}

/// Writes `first` and `second`, one behind the other, from the offset `at` on (where the file has
/// offsets): all of it, unless the kernel refuses to go on.
OutputFile::Transfer OutputFile::transfer(std::uint64_t at, std::span<const std::byte> first,
                                          std::span<const std::byte> second) noexcept {
    WriteSignalsBlocked signals;
    Transfer done;
    while (done.bytes < first.size() + second.size()) {
        const std::size_t of_second = done.bytes - std::min(done.bytes, first.size());
        const std::array<iovec, 2> parts{part(first, done.bytes), part(second, of_second)};
        const ssize_t octets = is_regular_ ? ::pwritev(descriptor_, parts.data(), 2,
                                                       static_cast<off_t>(at + done.bytes))
                                           : ::writev(descriptor_, parts.data(), 2);
        if (octets > 0) {
            done.bytes += static_cast<std::size_t>(octets);
            continue;
        }
        done.error = octets == 0 ? EIO : errno;
        if (done.error == EINTR) done.error = 0;
        if (done.error == EAGAIN && !is_regular_) done.error = await_room();
        if (done.error == 0) continue;
        signals.take_off(done.error);
        break;
    }
    return done;
}

/// Waits until a pipe may take something again: 0, or ETIMEDOUT.
int OutputFile::await_room() const noexcept {
    using Clock = std::chrono::steady_clock;
    constexpr int kLookMs = 50;  // So soon it is seen that there is no time any more.
    pollfd pipe{descriptor_, POLLOUT, 0};
    Clock::time_point hurried{};
    while (::poll(&pipe, 1, kLookMs) <= 0) {
        // A pipe that does not even take the beginning is full of something else.
        if (body_bytes_ != 0 && !hurry_.load(std::memory_order_relaxed)) continue;
        const Clock::time_point now = Clock::now();
        if (hurried == Clock::time_point{}) hurried = now;
        if (now - hurried >= kPatience) return ETIMEDOUT;
    }
    return 0;
}

OutputFile::Written OutputFile::append(std::span<const std::byte> body,
                                       std::span<const std::byte> tail, Cut cut) noexcept {
    if (is_shortened()) broken_ = kShortened;
    if (broken_ != 0 && cut_off() != 0) return {0, broken_};
    if (!is_regular_) return append_to_pipe(body, cut);
    last_start_ = body_bytes_;
    const Transfer done = transfer(body_bytes_, body, tail);
    Written outcome{body.size(), done.error};
    if (done.error == 0) {
        tail_bytes_ = tail.size();
    } else if (done.bytes == 0) {
        outcome.body_bytes = 0;  // The file is as it was, tail and all.
    } else {
        take_back(body, tail, cut, done.bytes, outcome);
    }
    body_bytes_ += outcome.body_bytes;
    if (outcome.error != 0) static_cast<void>(cut_off());
    return outcome;
}

/// It ends before what was written into it, or there is a hole before the last write: then it was
/// cut just before that, which made it as long again. Holes are made of whole pages.
bool OutputFile::is_shortened() const noexcept {
    constexpr std::uint64_t kPage = 4096;
    struct stat status {};
    if (!is_regular_ || ::fstat(descriptor_, &status) != 0) return false;
    if (static_cast<std::uint64_t>(status.st_size) < bytes()) return true;
    const auto before = static_cast<off_t>(last_start_ / kPage * kPage) - 1;
    return before >= 0 && ::lseek(descriptor_, before, SEEK_HOLE) == before;
}

/// After a write of which only the first `written` octets are in the file: decides how much of the
/// body stays, and completes the file behind it.
void OutputFile::take_back(std::span<const std::byte> body, std::span<const std::byte> tail,
                           Cut cut, std::size_t written, Written& outcome) noexcept {
    const std::size_t of_body = std::min(written, body.size());
    // Octets that the file has behind its body: what was written now, and the former tail.
    const std::size_t room = std::max(written, static_cast<std::size_t>(tail_bytes_));
    tail_bytes_ = 0;
    if (room < tail.size()) {
        outcome.body_bytes = cut(body, of_body);
        return;
    }
    outcome.body_bytes = cut(body, std::min(of_body, room - tail.size()));
    const Transfer done = transfer(body_bytes_ + outcome.body_bytes, tail, {});
    if (done.error == 0) tail_bytes_ = tail.size();
}

OutputFile::Written OutputFile::append_to_pipe(std::span<const std::byte> body, Cut cut) noexcept {
    const Transfer done = transfer(0, body, {});
    Written outcome{done.bytes, done.error};
    if (done.error != 0) {
        outcome.body_bytes = cut(body, done.bytes);
        const bool given_up = done.error == ETIMEDOUT;
        if (given_up || outcome.body_bytes != done.bytes) broken_ = done.error;
    }
    body_bytes_ += outcome.body_bytes;
    return outcome;
}

/// Ends the file behind its tail. 0, or errno.
int OutputFile::cut_off() noexcept {
    if (!is_regular_ || broken_ == kShortened) return broken_;
    broken_ = 0;
    while (::ftruncate(descriptor_, static_cast<off_t>(bytes())) != 0) {
        if (errno == EINTR) continue;
        broken_ = errno;
        break;
    }
    return broken_;
}

int OutputFile::close(std::span<const std::byte> tail) noexcept {
    if (!is_open()) return 0;
    int error = broken_ != 0 ? cut_off() : 0;
    if (error == 0 && !is_regular_) {
        const Transfer done = transfer(0, tail, {});
        error = done.error;
        tail_bytes_ = done.bytes;
    } else if (error == 0) {
        error = append({}, tail, [](std::span<const std::byte>, std::size_t) noexcept {
                    return std::size_t{0};
                }).error;
    }
    // Linux closes the descriptor whatever close says; what it says may be of an earlier write.
    if (::close(descriptor_) != 0 && error == 0 && errno != EINTR) error = errno;
    descriptor_ = -1;
    return error;
}

}  // namespace weir::capture
