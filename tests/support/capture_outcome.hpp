// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "capture/capture_reader.hpp"
#include "support/pcap_file.hpp"

/// What the capture reader makes of a file, kept for comparison, and files to read.
namespace weir::test {

inline constexpr std::uint64_t kCaptureTime = 1'700'000'001'123'456'789ULL;

inline Bytes frame_of(std::size_t size, unsigned fill) { return Bytes(size, std::byte(fill)); }

/// A file that was cut.
inline Bytes prefix_of(const Bytes& file, std::size_t size) {
    return {file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)};
}

/// A packet as it was read, in memory of its own.
struct ReadPacket {
    explicit ReadPacket(const capture::CapturedPacket& packet)
        : bytes(packet.bytes.begin(), packet.bytes.end()),
          original(packet.original_bytes),
          timestamp_ns(packet.timestamp_ns),
          interface(packet.interface) {}
    bool operator==(const ReadPacket&) const = default;

    Bytes bytes;
    std::uint32_t original;
    std::optional<std::uint64_t> timestamp_ns;
    std::uint32_t interface;
};

struct CaptureOutcome {
    std::vector<ReadPacket> packets;
    std::uint64_t skipped = 0;
    capture::ReadResult end{};
    std::string problem;
    bool operator==(const CaptureOutcome&) const = default;
};

/// Reads all of a file that is in memory at once. `at_end` false: as far as that goes when more is
/// to come.
inline CaptureOutcome read_all(std::span<const std::byte> file, bool at_end = true) {
    capture::CaptureReader reader;
    CaptureOutcome outcome;
    for (;;) {
        capture::CapturedPacket packet;
        std::size_t consumed = 0;
        outcome.end = reader.next(file, at_end, consumed, packet);
        if (outcome.end != capture::ReadResult::kPacket) break;
        outcome.packets.emplace_back(packet);
        file = file.subspan(consumed);
    }
    outcome.skipped = reader.skipped_packets();
    outcome.problem = reader.problem();
    return outcome;
}

/// Reads a file that arrives as many octets at a time as `next_arrival` says (at least one).
/// `place` may move a window elsewhere before it is read. A reader that wants more than there is
/// ends with kNeedMore.
template <std::invocable NextArrival, typename Place = std::identity>
CaptureOutcome read_as_stream(std::span<const std::byte> file, NextArrival next_arrival,
                              Place place = {}) {
    capture::CaptureReader reader;
    CaptureOutcome outcome;
    std::size_t start = 0;
    std::size_t arrived = 0;
    for (;;) {
        capture::CapturedPacket packet;
        std::size_t consumed = 0;
        outcome.end = reader.next(place(file.subspan(start, arrived - start)),
                                  arrived == file.size(), consumed, packet);
        start += consumed;
        if (outcome.end == capture::ReadResult::kPacket) {
            outcome.packets.emplace_back(packet);
            continue;
        }
        if (outcome.end != capture::ReadResult::kNeedMore || arrived == file.size()) break;
        arrived = std::min(arrived + next_arrival(), file.size());
    }
    outcome.skipped = reader.skipped_packets();
    outcome.problem = reader.problem();
    return outcome;
}

/// Reads a file that arrives `step` octets at a time.
inline CaptureOutcome read_as_stream(std::span<const std::byte> file, std::size_t step = 1) {
    return read_as_stream(file, [step] { return step; });
}

inline Bytes sample_pcap() {
    PcapFile file;
    for (unsigned i = 0; i < 5; ++i) file.packet(frame_of(20 + i, i), kCaptureTime + i, 1000 + i);
    return file.bytes();
}

/// Every kind of block, in two sections of different byte order; six packets, and one that is left
/// out.
inline Bytes sample_pcapng() {
    PcapngFile file;
    file.section(false).interface().packet(0, kCaptureTime / 1000, frame_of(60, 1));
    file.interface(1, 0, 9, 10).packet(1, kCaptureTime, frame_of(61, 2), 1500);
    Writer other(false);
    other.u32(7);
    file.block(0x0bad, other);
    file.simple_packet(frame_of(62, 3), 62).obsolete_packet(0, 5'000'000, frame_of(63, 4));
    file.section(true).interface(1, 40).simple_packet(frame_of(40, 5), 900);
    file.interface(101).packet(1, 1, frame_of(20, 9));
    file.packet(0, kCaptureTime / 1000, frame_of(30, 6));
    return file.bytes();
}

}  // namespace weir::test
