// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

/// A file that is valid after every write, whatever goes wrong. It consists of a body, which grows,
/// and of a short tail that completes it: each write puts more body where the tail was, and the
/// tail behind it, in one system call. So the room for the tail is taken before the disk is full,
/// and stays taken: a write that fails puts the tail back over octets that the file has already.
/// (Room set aside by fallocate would have to be moved along before each write, at the price of a
/// system call, and NFS and others have none.) A process that is killed between two writes leaves
/// a complete file.
///
/// A pipe cannot take anything back: it gets its tail when it is closed. Its reader may hold up the
/// writer for as long as it likes, until hurry(). SIGXFSZ and SIGPIPE, with
/// which the kernel announces EFBIG and EPIPE, do not reach the process. Cold: one thread at a
/// time.
namespace weir::capture {

class OutputFile {
   public:
    /// How many octets of `body`, at most `limit`, can end the body.
    using Cut = std::size_t (*)(std::span<const std::byte> body, std::size_t limit) noexcept;

    struct Written {
        std::size_t body_bytes = 0;  ///< How much of the body is in the file.
        int error = 0;               ///< errno; 0 when all of it is.
    };

    /// How long a pipe is waited for that takes nothing, after hurry().
    static constexpr std::chrono::seconds kPatience{2};

    /// Given for errno when somebody else has made the file shorter: it is given up as it is, for
    /// what is written behind its end would leave a hole.
    static constexpr int kShortened = -1;

    OutputFile() = default;
    /// Closes; the file keeps the tail it has.
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    /// What open() does with a file that is there already.
    enum class Existing : std::uint8_t { kEmpty, kRefuse };

    /// Creates the file, or empties it; to refuse an existing one is EEXIST. 0, or errno. Waits for
    /// the reader of a pipe, until a signal comes (EINTR).
    [[nodiscard]] int open(const char* path, Existing existing) noexcept;
    [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
    /// A file that can be cut, unlike a pipe or a device.
    [[nodiscard]] bool is_regular() const noexcept { return is_regular_; }

    /// Appends to the body. On failure as much of `body` stays as `cut` says, given what is in the
    /// file and leaves room for the tail; the rest is cut off. If the tail cannot be written even
    /// so, the file ends with its body. Tails must not become shorter from one call to the next.
    [[nodiscard]] Written append(std::span<const std::byte> body, std::span<const std::byte> tail,
                                 Cut cut) noexcept;

    /// From now on a pipe that takes nothing for kPatience is given up (ETIMEDOUT), the one that is
    /// being waited for too; at its beginning it always is. Any thread.
    void hurry() noexcept { hurry_.store(true, std::memory_order_relaxed); }

    /// Replaces the tail, and closes. 0, or errno of what failed first.
    int close(std::span<const std::byte> tail) noexcept;

    [[nodiscard]] std::uint64_t body_bytes() const noexcept { return body_bytes_; }
    /// Body and tail.
    [[nodiscard]] std::uint64_t bytes() const noexcept { return body_bytes_ + tail_bytes_; }

   private:
    struct Transfer {
        std::size_t bytes = 0;
        int error = 0;
    };
    [[nodiscard]] Transfer transfer(std::uint64_t at, std::span<const std::byte> first,
                                    std::span<const std::byte> second) noexcept;
    [[nodiscard]] bool is_shortened() const noexcept;
    [[nodiscard]] int await_room() const noexcept;
    [[nodiscard]] Written append_to_pipe(std::span<const std::byte> body, Cut cut) noexcept;
    void take_back(std::span<const std::byte> body, std::span<const std::byte> tail, Cut cut,
                   std::size_t written, Written& outcome) noexcept;
    [[nodiscard]] int cut_off() noexcept;

    int descriptor_ = -1;
    bool is_regular_ = false;
    std::atomic<bool> hurry_{false};
    /// What keeps the file from ending where it should: the end could not be cut off, or part of a
    /// block went into a pipe, or nobody reads that, or somebody has cut the file. Nothing is
    /// written until that is mended.
    int broken_ = 0;
    std::uint64_t body_bytes_ = 0;
    std::uint64_t tail_bytes_ = 0;
    std::uint64_t last_start_ = 0;  ///< Where the last write to a regular file began.
};

}  // namespace weir::capture
