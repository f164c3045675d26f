// SPDX-License-Identifier: BSD-3-Clause
// The half of CaptureReader that reads pcapng (draft-ietf-opsawg-pcapng).

#include <algorithm>

#include "capture/capture_reader.hpp"
#include "capture/octets.hpp"

namespace weir::capture {
namespace {

constexpr std::uint32_t kBlockInterface = 1;
constexpr std::uint32_t kBlockObsoletePacket = 2;
constexpr std::uint32_t kBlockSimplePacket = 3;
constexpr std::uint32_t kBlockEnhancedPacket = 6;
constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
/// Type and length before a block's body, and the length again behind it.
constexpr std::size_t kBlockFrameOctets = 12;
constexpr std::size_t kSectionBodyOctets = 16;
constexpr std::size_t kInterfaceFixedOctets = 8;
constexpr std::size_t kPacketFixedOctets = 20;
constexpr std::size_t kSimplePacketFixedOctets = 4;

constexpr std::uint16_t kOptionEnd = 0;
constexpr std::uint16_t kOptionTimeResolution = 9;
constexpr std::uint16_t kOptionTimeOffset = 14;

constexpr const char* kImpossibleLength =
    "a block claims an impossible length, or one above 16 MiB";
constexpr const char* kImpossiblePacket = "a packet block claims an impossible length";
constexpr const char* kLengthsDiffer = "a block's two lengths differ";
constexpr const char* kShortPacketBlock = "a packet block is too short";
constexpr const char* kNoSuchInterface = "a packet names an interface that does not exist";

bool is_possible_length(std::uint32_t length, std::size_t least) noexcept {
    return length >= least && length % 4 == 0 && length <= CaptureReader::kMaxRecordOctets;
}

/// if_tsresol: a power of ten, or of two when the upper bit is set; 0 where 64 bits cannot hold it.
std::uint64_t units_of(std::uint8_t resolution) noexcept {
    const unsigned exponent = resolution & 0x7f;
    if ((resolution & 0x80) != 0) return exponent > 63 ? 0 : std::uint64_t{1} << exponent;
    if (exponent > 19) return 0;
    std::uint64_t units = 1;
    for (unsigned i = 0; i < exponent; ++i) units *= 10;
    return units;
}

__extension__ using int128 = __int128;

int128 to_nanoseconds(std::uint64_t units, std::uint64_t per_second) noexcept {
    return int128{units / per_second} * kNanosecondsPerSecond +
           int128{units % per_second} * kNanosecondsPerSecond / per_second;
}

/// A time that 64 bits cannot hold counts as none.
std::optional<std::uint64_t> timestamp_of(int128 nanoseconds) noexcept {
    if (nanoseconds < 0 || nanoseconds > int128{UINT64_MAX}) return std::nullopt;
    return static_cast<std::uint64_t>(nanoseconds);
}

}  // namespace

CaptureReader::Step CaptureReader::read_block(std::span<const std::byte> window, bool at_end,
                                              CapturedPacket& packet) noexcept {
    constexpr const char* kCut = "the file ends inside a block";
    if (window.size() < kBlockFrameOctets) return incomplete(at_end, kCut);
    const std::uint32_t type = u32(window.data());
    // A section may have another byte order, in which its length has to be read.
    if (type == kBlockSection) return read_section(window, at_end);
    const std::uint32_t length = u32(window.data() + 4);
    if (!is_possible_length(length, kBlockFrameOctets)) return damaged(kImpossibleLength);
    if (window.size() < length) return incomplete(at_end, kCut);
    if (u32(window.data() + length - 4) != length) return damaged(kLengthsDiffer);
    const auto body = window.subspan(8, length - kBlockFrameOctets);
    switch (type) {
        case kBlockInterface:
            return read_interface(body, length);
        case kBlockEnhancedPacket:
        case kBlockObsoletePacket:
            return read_packet_block(type, body, length, packet);
        case kBlockSimplePacket:
            return read_simple_block(body, length, packet);
        default:
            return {ReadResult::kNeedMore, length, true};
    }
}

CaptureReader::Step CaptureReader::read_section(std::span<const std::byte> window,
                                                bool at_end) noexcept {
    constexpr const char* kCut = "the file ends inside a section header";
    constexpr const char* kVersion = "its pcapng version is not 1";
    if (window.size() < kBlockFrameOctets + kSectionBodyOctets) return incomplete(at_end, kCut);
    if (read_u32(window.data() + 8, false) == kByteOrderMagic) {
        big_endian_ = false;
    } else if (read_u32(window.data() + 8, true) == kByteOrderMagic) {
        big_endian_ = true;
    } else {
        return damaged("a section header has no byte-order magic");
    }
    const bool is_first = offset_ == 0;
    if (u16(window.data() + 12) != 1) {
        return is_first ? unsupported(kVersion) : damaged("a section's pcapng version is not 1");
    }
    const std::uint32_t length = u32(window.data() + 4);
    if (!is_possible_length(length, kBlockFrameOctets + kSectionBodyOctets)) {
        return damaged(kImpossibleLength);
    }
    if (window.size() < length) return incomplete(at_end, kCut);
    if (u32(window.data() + length - 4) != length) return damaged(kLengthsDiffer);
    interfaces_ = 0;
    return {ReadResult::kNeedMore, length, true};
}

CaptureReader::Step CaptureReader::read_interface(std::span<const std::byte> body,
                                                  std::size_t octets) noexcept {
    if (body.size() < kInterfaceFixedOctets) return damaged("an interface block is too short");
    if (interfaces_ == kMaxInterfaces) {
        return damaged("a section has more than 1024 interfaces, which is more than Weir reads");
    }
    Interface added;
    added.link_type = u16(body.data());
    added.snap_length = u32(body.data() + 4);
    read_interface_options(body.subspan(kInterfaceFixedOctets), added);
    interface_[interfaces_++] = added;
    return {ReadResult::kNeedMore, octets, true};
}

/// Options that do not fit into their block end the list: the packets can be read without.
void CaptureReader::read_interface_options(std::span<const std::byte> options,
                                           Interface& added) noexcept {
    while (options.size() >= 4) {
        const std::uint16_t code = u16(options.data());
        const std::size_t length = u16(options.data() + 2);
        const std::size_t padded = (length + 3) / 4 * 4;
        if (code == kOptionEnd || options.size() - 4 < padded) return;
        const std::byte* value = options.data() + 4;
        if (code == kOptionTimeResolution && length == 1) {
            const std::uint64_t units = units_of(std::to_integer<std::uint8_t>(value[0]));
            const bool is_whole = units != 0 && kNanosecondsPerSecond % units == 0;
            added.units_per_second = units;
            added.unit_ns =
                static_cast<std::uint32_t>(is_whole ? kNanosecondsPerSecond / units : 0);
        } else if (code == kOptionTimeOffset && length == 8) {
            const std::uint64_t low = u32(value + (big_endian_ ? 4 : 0));
            const std::uint64_t high = u32(value + (big_endian_ ? 0 : 4));
            added.offset_seconds = static_cast<std::int64_t>(high << 32 | low);
        }
        options = options.subspan(4 + padded);
    }
}

/// Enhanced packet blocks, and the obsolete ones, whose interface number is 16 bits.
CaptureReader::Step CaptureReader::read_packet_block(std::uint32_t type,
                                                     std::span<const std::byte> body,
                                                     std::size_t octets,
                                                     CapturedPacket& packet) noexcept {
    if (body.size() < kPacketFixedOctets) return damaged(kShortPacketBlock);
    const std::uint32_t number = type == kBlockEnhancedPacket ? u32(body.data()) : u16(body.data());
    if (number >= interfaces_) return damaged(kNoSuchInterface);
    const std::uint32_t captured = u32(body.data() + 12);
    if (captured > kMaxCapturedOctets || captured > body.size() - kPacketFixedOctets) {
        return damaged(kImpossiblePacket);
    }
    const Interface& interface = interface_[number];
    const std::uint64_t units = std::uint64_t{u32(body.data() + 4)} << 32 | u32(body.data() + 8);
    packet.bytes = body.subspan(kPacketFixedOctets, captured);
    packet.original_bytes = u32(body.data() + 16);
    packet.timestamp_ns.reset();
    if (interface.units_per_second == 0) return deliver(number, octets, packet);
    const int128 since_offset_ns = interface.unit_ns != 0
                                       ? int128{units} * interface.unit_ns
                                       : to_nanoseconds(units, interface.units_per_second);
    packet.timestamp_ns =
        timestamp_of(since_offset_ns + int128{interface.offset_seconds} * kNanosecondsPerSecond);
    return deliver(number, octets, packet);
}

/// Simple packet blocks have neither interface nor time, and their captured length follows from the
/// first interface's snapshot length.
CaptureReader::Step CaptureReader::read_simple_block(std::span<const std::byte> body,
                                                     std::size_t octets,
                                                     CapturedPacket& packet) noexcept {
    if (body.size() < kSimplePacketFixedOctets) return damaged(kShortPacketBlock);
    if (interfaces_ == 0) return damaged(kNoSuchInterface);
    const std::uint32_t original = u32(body.data());
    const std::uint32_t snap_length = interface_[0].snap_length;
    const std::uint32_t captured = snap_length == 0 ? original : std::min(original, snap_length);
    if (captured > kMaxCapturedOctets || captured > body.size() - kSimplePacketFixedOctets) {
        return damaged(kImpossiblePacket);
    }
    packet.bytes = body.subspan(kSimplePacketFixedOctets, captured);
    packet.original_bytes = original;
    packet.timestamp_ns.reset();
    return deliver(0, octets, packet);
}

CaptureReader::Step CaptureReader::deliver(std::uint32_t number, std::size_t octets,
                                           CapturedPacket& packet) noexcept {
    packet.interface = number;
    const std::uint16_t link_type = interface_[number].link_type;
    if (link_type == kLinkTypeEthernet) return {ReadResult::kPacket, octets};
    if (skipped_ == 0) refused_link_type_ = link_type;
    ++skipped_;
    return {ReadResult::kNeedMore, octets, true};
}

}  // namespace weir::capture
