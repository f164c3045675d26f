// SPDX-License-Identifier: BSD-3-Clause
#include "capture/file_statistics.hpp"

#include <algorithm>

#include "base/counters.hpp"
#include "capture/pcapng_block.hpp"

namespace weir::capture {
FileStatistics::FileStatistics(std::size_t interfaces, std::uint64_t now_ns)
    : noted_(interfaces), said_(interfaces), in_file_(interfaces), noted_at_ns_(now_ns) {}

void FileStatistics::note(std::span<const InterfaceCounts> counts, std::uint64_t now_ns) noexcept {
    std::copy_n(counts.begin(), std::min(counts.size(), noted_.size()), noted_.begin());
    noted_at_ns_ = now_ns;
}

void FileStatistics::end_file() noexcept {
    said_ = noted_;
    std::ranges::fill(in_file_, Packets{});
}

/// Adds the packets of `run` to a count of theirs by interface, or takes them off.
void FileStatistics::tally(const BlockRun& run, std::uint64_t Packets::*count, bool add) noexcept {
    if (in_file_.size() == 1) {
        in_file_[0].*count += add ? run.packets : -run.packets;
        return;
    }
    PacketBlockWalker walker(run.blocks);
    for (PacketBlock block = walker.next(); !block.bytes.empty(); block = walker.next()) {
        if (block.interface >= in_file_.size()) continue;
        in_file_[block.interface].*count += add ? std::uint64_t{1} : ~std::uint64_t{0};
    }
}

std::vector<std::byte> FileStatistics::blocks() const {
    const std::uint64_t end_ns = std::max(noted_at_ns_, start_ns_);
    std::vector<std::byte> blocks;
    for (std::uint32_t i = 0; i < noted_.size(); ++i) {
        InterfaceStatistics statistics;
        statistics.dropped = base::growth(said_[i].dropped, noted_[i].dropped);
        statistics.delivered = in_file_[i].written;
        statistics.os_dropped =
            in_file_[i].lost + base::growth(said_[i].not_stored, noted_[i].not_stored);
        statistics.filter_accepted = statistics.delivered + statistics.os_dropped;
        statistics.received = statistics.filter_accepted +
                              base::growth(said_[i].not_selected, noted_[i].not_selected);
        append_statistics(blocks, i, start_ns_, end_ns, statistics);
    }
    return blocks;
}

}  // namespace weir::capture
