// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "capture/file_statistics.hpp"
#include "capture/output_file.hpp"
#include "capture/output_name.hpp"
#include "capture/pcapng_sections.hpp"
#include "capture/zstd_frame.hpp"

/// Writes runs of Enhanced Packet Blocks, which packet lcores have laid out in memory, to pcapng
/// files (draft-ietf-opsawg-pcapng), compressed or not, one file or a sequence of them. Every
/// packet given is afterwards counted as written, which means that it is in a file, or as lost, by
/// reason. Each file is complete at any time: its statistics blocks stand behind the last packet
/// after every write (OutputFile says how). Cold: belongs to the thread that writes, one at a time.
/// Times are nanoseconds since 1970, as the caller's clock has them.
namespace weir::capture {

// clang-format off
/// Why a packet that was to be written is in no file: enumerator, name for people and metrics.
#define WEIR_WRITE_LOSSES(X)                                            \
    X(kDiskFull, "disk_full")      /* ENOSPC, EDQUOT */                 \
    X(kWriteError, "write_error")  /* whatever else the kernel says */
// clang-format on

enum class WriteLoss : std::uint8_t {
#define WEIR_ENUMERATOR(enumerator, name) enumerator,
    WEIR_WRITE_LOSSES(WEIR_ENUMERATOR)
#undef WEIR_ENUMERATOR
        kCount
};

[[nodiscard]] std::string_view write_loss_name(WriteLoss loss) noexcept;

/// When a file is closed and the next one begun. 0: no limit. With any limit the files have numbers
/// and start times in their names (OutputName::numbered).
struct Rotation {
    std::uint64_t file_bytes = 0;    ///< A file is not longer, unless one packet alone is. A
                                     ///< compressed one ends with the write that reaches it.
    std::uint64_t file_seconds = 0;  ///< Since the file's start; a file without packets goes on.
    std::uint32_t files_kept = 0;    ///< Of this capture's: when another is begun, the oldest goes.
    bool on_demand = false;  ///< Files have numbers; the first begins with the first packet, and
                             ///< another with the first packet after end_file().
};

struct PcapngOutputSetup {
    std::string path;  ///< FILE.pcapng, or FILE.pcapng.zst to have it compressed. May be a pipe.
    std::vector<InterfaceText> interfaces;  ///< Blocks name them by their place; up to 1024.
    SectionText section;
    Rotation rotation;
};

struct OutputTotals {
    std::uint64_t packets = 0;  ///< Written, those in files deleted since among them.
    std::uint64_t bytes = 0;    ///< Of the packets' blocks, uncompressed.
    std::array<std::uint64_t, static_cast<std::size_t>(WriteLoss::kCount)> lost{};  ///< Packets.
    std::uint64_t files = 0;                                                        ///< Begun.
    std::uint64_t file_bytes = 0;       ///< Of all of them, as they are on the disk.
    std::uint64_t files_deleted = 0;    ///< By rotation.
    std::uint64_t packets_deleted = 0;  ///< With them.
};

class PcapngOutput {
   public:
    /// After a failure nothing is tried for so long: until then packets are lost unwritten.
    static constexpr std::uint64_t kRetryNs = 100'000'000;

    /// What became of the packets of one call; all that are lost are so for one reason.
    struct Written {
        std::uint64_t packets = 0;
        std::uint64_t lost = 0;
        WriteLoss reason = WriteLoss::kWriteError;  ///< Only if any is lost.
    };

    /// Creates the first file (an old one of that name is replaced) and writes its headers; on
    /// demand, it only tries to. Throws SetupError when it cannot. Waits for the reader of a pipe,
    /// until a signal comes.
    PcapngOutput(PcapngOutputSetup setup, std::uint64_t now_ns);
    /// Closes with the counts noted last.
    ~PcapngOutput();
    PcapngOutput(const PcapngOutput&) = delete;
    PcapngOutput& operator=(const PcapngOutput&) = delete;

    /// Writes `blocks`, a run of `packets` whole blocks made by append_packet_block(), with one
    /// system call if nothing goes wrong. When something does, the packets up to where it did stay
    /// in the file and the rest is lost; a compressed run is written whole or lost. A run with a
    /// malformed block must not be given.
    Written write(std::span<const std::byte> blocks, std::uint64_t packets,
                  std::uint64_t now_ns) noexcept;

    /// Writes one block, with `comment` added to it.
    Written write_packet(std::span<const std::byte> block, std::string_view comment,
                         std::uint64_t now_ns) noexcept;

    /// Tells what the ports have counted since the capture began, one for each interface. The
    /// current file's statistics blocks have it from the next write on, less what the files before
    /// have had, and beside it the packets that are in the file or were lost since it was begun.
    void note_counts(std::span<const InterfaceCounts> counts, std::uint64_t now_ns) noexcept;

    /// Begins the next file if the time is up. To be called from time to time, after
    /// note_counts(); write() does it too.
    void rotate_if_due(std::uint64_t now_ns) noexcept;

    /// Closes the current file; write() begins another. Only for files on demand.
    void end_file() noexcept;

    /// The end is near: a pipe whose reader takes nothing is given up after a while. Any thread.
    void hurry() noexcept { file_.hurry(); }

    /// Closes the last file with these counts. What is given to write() afterwards is lost.
    void close(std::span<const InterfaceCounts> counts, std::uint64_t now_ns) noexcept;

    [[nodiscard]] OutputTotals totals() const noexcept;
    /// The file being written, or the last one that was.
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// What went wrong last, in words; empty when nothing did.
    [[nodiscard]] const std::string& last_error() const noexcept { return last_error_; }

   private:
    struct Kept {
        std::string path;
        std::uint64_t packets = 0;
    };
    [[nodiscard]] bool rotates() const noexcept;
    [[nodiscard]] bool waits() const noexcept;
    [[nodiscard]] BlockRun what_fits(const BlockRun& run) const noexcept;
    [[nodiscard]] int put(const BlockRun& run, BlockRun& done) noexcept;
    void take_back_first() noexcept;
    [[nodiscard]] int open_next() noexcept;
    [[nodiscard]] int open_file(const std::string& path, OutputFile::Existing existing);
    void delete_oldest() noexcept;
    void finish_file() noexcept;
    void make_tail() noexcept;
    Written lose(const BlockRun& run) noexcept;
    void fail(const char* operation, const std::string& path, int error) noexcept;
    void tell(const char* operation, const std::string& path, int error) noexcept;

    PcapngOutputSetup setup_;
    OutputName name_;
    std::vector<std::byte> header_;
    std::vector<std::byte> tail_;
    std::optional<ZstdFrame> frame_;  ///< When compressed.
    OutputFile file_;
    std::string path_;
    std::deque<Kept> kept_;  ///< The files that rotation may have to delete, this one last.
    std::string last_error_;
    FileStatistics statistics_;
    std::uint64_t file_packets_ = 0;
    std::uint64_t next_number_ = 1;  ///< Of a file in a sequence.
    std::uint64_t now_ns_ = 0;
    std::uint64_t failed_at_ns_ = 0;
    bool failed_ = false;
    bool closed_ = false;
    WriteLoss reason_ = WriteLoss::kWriteError;
    OutputTotals totals_;  ///< file_bytes: of the files that are closed.
};

}  // namespace weir::capture
