// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "capture/capture_file.hpp"
#include "capture/capture_reader.hpp"
#include "parse/packet_record.hpp"

namespace weir::bench {

/// What Weir receives of a capture file that is looped: its packets, over and over, but for frames
/// that are too large. The file is in memory, and read once.
class LoopedPackets {
   public:
    explicit LoopedPackets(const std::string& path) : file_(path) {
        capture::CaptureReader reader;
        capture::CapturedPacket packet;
        auto rest = file_.bytes();
        std::size_t consumed = 0;
        while (reader.next(rest, true, consumed, packet) == capture::ReadResult::kPacket) {
            if (packet.bytes.size() <= parse::kMaxFrameBytes) packets_.push_back(packet);
            rest = rest.subspan(consumed);
        }
        if (!reader.problem().empty()) throw std::runtime_error(path + ": " + reader.problem());
        if (packets_.empty()) throw std::runtime_error(path + ": it holds no packets");
    }

    /// The next one, without end.
    [[nodiscard]] const capture::CapturedPacket& next() noexcept {
        const capture::CapturedPacket& packet = packets_[at_];
        if (++at_ == packets_.size()) at_ = 0;
        return packet;
    }

   private:
    capture::CaptureFile file_;
    std::vector<capture::CapturedPacket> packets_;
    std::size_t at_ = 0;
};

}  // namespace weir::bench
