// SPDX-License-Identifier: BSD-3-Clause
#include "capture/pcapng_output.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "base/setup_error.hpp"
#include "capture/octets.hpp"
#include "capture/pcapng_block.hpp"

namespace weir::capture {
namespace {

using base::SetupError;
using Octets = std::span<const std::byte>;

constexpr const char* kOperation = "write capture";

/// The whole blocks at the beginning of a run that are together no longer than `limit`.
struct Prefix {
    std::size_t bytes = 0;
    std::uint64_t packets = 0;
};

Prefix prefix_of(Octets blocks, std::size_t limit) noexcept {
    Prefix prefix;
    PacketBlockWalker walker(blocks);
    for (;;) {
        const std::size_t bytes = walker.next().bytes.size();
        if (bytes == 0 || bytes > limit - prefix.bytes) return prefix;
        prefix.bytes += bytes;
        ++prefix.packets;
    }
}

std::size_t cut_between_blocks(Octets blocks, std::size_t limit) noexcept {
    return prefix_of(blocks, limit).bytes;
}

std::size_t all_or_nothing(Octets octets, std::size_t limit) noexcept {
    return limit >= octets.size() ? octets.size() : 0;
}

const char* remedy_of(int error) noexcept {
    switch (error) {
        case ENOENT:
        case ENOTDIR:
            return "make its folder first";
        case EACCES:
        case EPERM:
        case EROFS:
            return "name a file in a folder where this user may write";
        case EISDIR:
            return "name a file in it";
        case EWOULDBLOCK:
            return "another process writes this file; name another one";
        case EINTR:
        case ETIMEDOUT:
            return "start who reads the pipe first";
        case ENOSPC:
        case EDQUOT:
            return "free space, or name a file on another disk";
        default:
            return "name a file that can be written";
    }
}

}  // namespace

std::string_view write_loss_name(WriteLoss loss) noexcept {
    constexpr std::string_view kNames[] = {
#define WEIR_NAME(enumerator, name) name,
        WEIR_WRITE_LOSSES(WEIR_NAME)
#undef WEIR_NAME
    };
    return kNames[static_cast<std::size_t>(loss)];
}

PcapngOutput::PcapngOutput(PcapngOutputSetup setup, std::uint64_t now_ns)
    : setup_(std::move(setup)),
      name_(output_name(setup_.path)),
      statistics_(setup_.interfaces.size(), now_ns),
      now_ns_(now_ns) {
    if (setup_.rotation.files_kept != 0 && !rotates()) {
        throw SetupError(kOperation, setup_.path,
                         "the number of files is limited, but neither their size nor their time is",
                         "say how many octets or seconds go into one file");
    }
    append_section_header(header_, setup_.section);
    for (const InterfaceText& interface : setup_.interfaces) append_interface(header_, interface);
    if (name_.is_compressed()) frame_.emplace();
    const int error = open_next();
    if (error != 0) {
        throw SetupError(kOperation, setup_.path, std::strerror(error), remedy_of(error));
    }
    if (setup_.rotation.on_demand) take_back_first();
}

PcapngOutput::~PcapngOutput() {
    if (!closed_) finish_file();
}

bool PcapngOutput::rotates() const noexcept {
    return setup_.rotation.file_bytes != 0 || setup_.rotation.file_seconds != 0 ||
           setup_.rotation.on_demand;
}

/// Too little time has passed since a failure. A clock that was set back has wrapped round: enough.
bool PcapngOutput::waits() const noexcept { return failed_ && now_ns_ - failed_at_ns_ < kRetryNs; }

PcapngOutput::Written PcapngOutput::write(Octets blocks, std::uint64_t packets,
                                          std::uint64_t now_ns) noexcept {
    now_ns_ = now_ns;
    rotate_if_due(now_ns);
    BlockRun rest{blocks, packets};
    if (closed_ || waits()) return lose(rest);
    int error = file_.is_open() ? 0 : open_next();
    while (error == 0 && !rest.blocks.empty()) {
        const BlockRun run = what_fits(rest);
        if (run.blocks.empty()) {
            finish_file();
            error = open_next();
            continue;
        }
        BlockRun done;
        error = put(run, done);
        if (error == OutputFile::kShortened && rotates()) {
            finish_file();
            error = open_next();
        }
        rest.blocks = rest.blocks.subspan(done.blocks.size());
        rest.packets -= done.packets;
    }
    if (error == 0) {
        failed_ = false;
        return {.packets = packets};
    }
    Written outcome = lose(rest);
    outcome.packets = packets - rest.packets;
    return outcome;
}

PcapngOutput::Written PcapngOutput::write_packet(Octets block, std::string_view comment,
                                                 std::uint64_t now_ns) noexcept try {
    std::vector<std::byte> commented;
    append_commented(commented, block, comment);
    return write(commented, 1, now_ns);
} catch (const std::bad_alloc&) {
    fail("write", path_, ENOMEM);
    return lose({block, 1});
}

/// What of `run` can go into the current file; nothing if that is full.
BlockRun PcapngOutput::what_fits(const BlockRun& run) const noexcept {
    const std::uint64_t limit = setup_.rotation.file_bytes;
    if (limit == 0) return run;
    const std::uint64_t used = file_.body_bytes() + tail_.size();
    if (frame_) return used < limit || file_packets_ == 0 ? run : BlockRun{};
    const std::uint64_t room = limit - std::min(limit, used);
    if (run.blocks.size() <= room) return run;
    Prefix prefix = prefix_of(run.blocks, room);
    if (prefix.bytes == 0 && file_packets_ == 0) {
        const std::size_t bytes = first_packet_block(run.blocks).bytes.size();
        if (bytes == 0) return run;  // Malformed: not to go round in circles is all we can do.
        prefix = {bytes, 1};
    }
    return {run.blocks.first(prefix.bytes), prefix.packets};
}

/// Appends `run` to the current file: 0, or errno. `done` is what of it is in the file.
int PcapngOutput::put(const BlockRun& run, BlockRun& done) noexcept {
    statistics_.add_written(run);
    make_tail();
    const Octets body = frame_ ? frame_->compress(run.blocks) : run.blocks;
    OutputFile::Written written{.body_bytes = 0, .error = ENOMEM};
    if (!body.empty()) {
        written = file_.append(body, tail_, frame_ ? all_or_nothing : cut_between_blocks);
    }
    done = run;
    if (written.body_bytes < body.size() || body.empty()) {
        const Prefix prefix = frame_ ? Prefix{} : prefix_of(run.blocks, written.body_bytes);
        done = {run.blocks.first(prefix.bytes), prefix.packets};
        statistics_.take_off_written(
            {run.blocks.subspan(prefix.bytes), run.packets - prefix.packets});
        if (frame_) frame_->refused();
    } else if (frame_) {
        frame_->accepted();
    }
    file_packets_ += done.packets;
    totals_.packets += done.packets;
    totals_.bytes += done.blocks.size();
    if (written.error != 0) fail("write", path_, written.error);
    return written.error;
}

void PcapngOutput::note_counts(std::span<const InterfaceCounts> counts,
                               std::uint64_t now_ns) noexcept {
    statistics_.note(counts, now_ns);
}

void PcapngOutput::rotate_if_due(std::uint64_t now_ns) noexcept {
    now_ns_ = now_ns;
    // A clock that was set back has not come so far.
    const std::uint64_t start_ns = std::min(statistics_.file_start_ns(), now_ns);
    const std::uint64_t seconds = (now_ns - start_ns) / kNanosecondsPerSecond;
    if (setup_.rotation.file_seconds == 0 || seconds < setup_.rotation.file_seconds) return;
    if (closed_ || !file_.is_open() || file_packets_ == 0) return;
    finish_file();
    static_cast<void>(open_next());
}

void PcapngOutput::end_file() noexcept { finish_file(); }

void PcapngOutput::close(std::span<const InterfaceCounts> counts, std::uint64_t now_ns) noexcept {
    if (closed_) return;
    note_counts(counts, now_ns);
    finish_file();
    closed_ = true;
    reason_ = WriteLoss::kWriteError;
}

OutputTotals PcapngOutput::totals() const noexcept {
    OutputTotals totals = totals_;
    if (file_.is_open()) totals.file_bytes += file_.bytes();
    return totals;
}

/// Removes the first file, which was made to see that it can be.
void PcapngOutput::take_back_first() noexcept {
    const bool is_regular = file_.is_regular();
    static_cast<void>(file_.close(tail_));
    if (is_regular) ::unlink(path_.c_str());
    path_.clear();
    kept_.clear();
    next_number_ = 1;
    totals_ = {};
}

/// Begins a file, the next one of a sequence: 0, or errno. A number that another capture has taken
/// in the same second is passed over.
int PcapngOutput::open_next() noexcept try {
    // First, so that a full disk has its room.
    while (setup_.rotation.files_kept != 0 && kept_.size() >= setup_.rotation.files_kept) {
        delete_oldest();
    }
    std::string path = name_.whole();
    int error = 0;
    if (rotates()) {
        do {
            path = name_.numbered(next_number_++, now_ns_);
            error = open_file(path, OutputFile::Existing::kRefuse);
        } while (error == EEXIST);
        if (error != 0) --next_number_;
    } else {
        error = open_file(path, OutputFile::Existing::kEmpty);
    }
    if (error != 0) fail("begin", path, error);
    return error;
} catch (const std::bad_alloc&) {
    fail("begin", path_, ENOMEM);
    return ENOMEM;
}

/// A file that has no room for its headers is removed again.
int PcapngOutput::open_file(const std::string& path, OutputFile::Existing existing) {
    int error = 0;
    do {
        error = file_.open(path.c_str(), existing);
    } while (error == EINTR && totals_.files > 0);  // Who waits for a pipe may be interrupted.
    if (error != 0) return error;
    statistics_.begin_file(now_ns_);
    make_tail();
    if (frame_) frame_->restart();
    const Octets header = frame_ ? frame_->compress(header_) : Octets(header_);
    error = header.empty() ? ENOMEM : file_.append(header, tail_, all_or_nothing).error;
    if (error != 0) {
        const bool is_regular = file_.is_regular();
        static_cast<void>(file_.close(tail_));
        if (is_regular) ::unlink(path.c_str());
        return error;
    }
    if (frame_) frame_->accepted();
    if (setup_.rotation.files_kept != 0) kept_.push_back({path, 0});
    path_ = path;
    file_packets_ = 0;
    ++totals_.files;
    return 0;
}

void PcapngOutput::delete_oldest() noexcept {
    const Kept& oldest = kept_.front();
    if (::unlink(oldest.path.c_str()) == 0) {
        ++totals_.files_deleted;
        totals_.packets_deleted += oldest.packets;
    } else if (errno != ENOENT) {
        tell("delete", oldest.path, errno);
    }
    kept_.pop_front();
}

void PcapngOutput::finish_file() noexcept {
    if (!file_.is_open()) return;
    make_tail();
    const int error = file_.close(tail_);
    if (error != 0) tell("finish", path_, error);
    totals_.file_bytes += file_.bytes();
    if (!kept_.empty()) kept_.back().packets = file_packets_;
    statistics_.end_file();
}

/// Makes the current file's statistics blocks anew. Without memory they stay as they were.
void PcapngOutput::make_tail() noexcept try {
    std::vector<std::byte> blocks = statistics_.blocks();
    std::vector<std::byte> tail;
    if (frame_) {
        ZstdFrame::append_last_block(tail, blocks);
    } else {
        tail = std::move(blocks);
    }
    tail_ = std::move(tail);
} catch (const std::bad_alloc&) {
}

PcapngOutput::Written PcapngOutput::lose(const BlockRun& run) noexcept {
    statistics_.add_lost(run);
    totals_.lost[static_cast<std::size_t>(reason_)] += run.packets;
    return {.lost = run.packets, .reason = reason_};
}

/// For a while nothing is tried any more.
void PcapngOutput::fail(const char* operation, const std::string& path, int error) noexcept {
    failed_ = true;
    failed_at_ns_ = now_ns_;
    const bool is_full = error == ENOSPC || error == EDQUOT;
    reason_ = is_full ? WriteLoss::kDiskFull : WriteLoss::kWriteError;
    tell(operation, path, error);
}

/// Without memory the words stay as they were.
void PcapngOutput::tell(const char* operation, const std::string& path, int error) noexcept try {
    const bool shortened = error == OutputFile::kShortened;
    last_error_ = std::string(operation) + " " + path + ": " +
                  (shortened ? "somebody else has made it shorter" : std::strerror(error));
} catch (const std::bad_alloc&) {
}

}  // namespace weir::capture
