// SPDX-License-Identifier: BSD-3-Clause
#include "capture/capture_reader.hpp"

#include <algorithm>

namespace weir::capture {
namespace {

__extension__ using uint128 = unsigned __int128;

constexpr std::uint16_t kLinkTypeEthernet = 1;
/// No capture holds longer packets (libpcap's MAXIMUM_SNAPLEN): a greater length is damage.
constexpr std::uint32_t kMaxCaptured = 262144;
constexpr std::uint64_t kNanoseconds = 1'000'000'000;

constexpr std::size_t kPcapHeaderOctets = 24;
constexpr std::uint32_t kMagicMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kMagicNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kMagicModified = 0xa1b2cd34;

constexpr std::uint32_t kBlockSection = 0x0a0d0d0a;
constexpr std::uint32_t kBlockInterface = 1;
constexpr std::uint32_t kBlockObsoletePacket = 2;
constexpr std::uint32_t kBlockSimplePacket = 3;
constexpr std::uint32_t kBlockEnhancedPacket = 6;
constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
/// Type and length before a block's body, and the length again behind it.
constexpr std::size_t kBlockFrameOctets = 12;
constexpr std::size_t kSectionBodyOctets = 16;

constexpr std::uint16_t kOptionEnd = 0;
constexpr std::uint16_t kOptionTimeResolution = 9;
constexpr std::uint16_t kOptionTimeOffset = 14;

std::uint32_t read_u32(const std::byte* at, bool big_endian) noexcept {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < 4; ++i) {
        const unsigned shift = big_endian ? 24 - 8 * i : 8 * i;
        value |= std::to_integer<std::uint32_t>(at[i]) << shift;
    }
    return value;
}

/// if_tsresol: a power of ten, or of two when the upper bit is set. Finer than 64 bits can hold is
/// taken as the finest they can.
std::uint64_t units_of(std::uint8_t resolution) noexcept {
    const unsigned exponent = resolution & 0x7f;
    if ((resolution & 0x80) != 0) return std::uint64_t{1} << std::min(exponent, 63U);
    std::uint64_t units = 1;
    for (unsigned i = 0; i < std::min(exponent, 19U); ++i) units *= 10;
    return units;
}

std::uint64_t to_nanoseconds(std::uint64_t units, std::uint64_t per_second) noexcept {
    const std::uint64_t part = units % per_second;
    return units / per_second * kNanoseconds +
           static_cast<std::uint64_t>(static_cast<uint128>(part) * kNanoseconds / per_second);
}

}  // namespace

std::uint32_t CaptureReader::u32(const std::byte* at) const noexcept {
    return read_u32(at, big_endian_);
}

std::uint16_t CaptureReader::u16(const std::byte* at) const noexcept {
    const auto first = std::to_integer<std::uint16_t>(at[0]);
    const auto second = std::to_integer<std::uint16_t>(at[1]);
    return static_cast<std::uint16_t>(big_endian_ ? first << 8 | second : second << 8 | first);
}

ReadResult CaptureReader::next(std::span<const std::byte> window, bool at_end,
                               std::size_t& consumed, CapturedPacket& packet) noexcept {
    consumed = 0;
    while (final_ == ReadResult::kPacket) {
        const Step now = step(window.subspan(consumed), at_end, packet);
        consumed += now.octets;
        offset_ += now.octets;
        if (now.more) continue;
        if (now.result == ReadResult::kPacket) ++packets_;
        if (now.result != ReadResult::kPacket && now.result != ReadResult::kNeedMore) {
            final_ = now.result;
        }
        return now.result;
    }
    return final_;
}

CaptureReader::Step CaptureReader::step(std::span<const std::byte> window, bool at_end,
                                        CapturedPacket& packet) noexcept {
    if (format_ == Format::kUnknown) return read_header(window, at_end);
    if (window.empty()) return {at_end ? ReadResult::kEnd : ReadResult::kNeedMore};
    if (format_ == Format::kPcap) return read_pcap_record(window, at_end, packet);
    return read_block(window, at_end, packet);
}

CaptureReader::Step CaptureReader::read_header(std::span<const std::byte> window,
                                               bool at_end) noexcept {
    if (window.size() < 4) {
        if (!at_end) return {ReadResult::kNeedMore};
        return unsupported(window.empty() ? "the file is empty" : "it is no capture file");
    }
    const std::uint32_t magic = read_u32(window.data(), false);
    if (magic == kBlockSection) {
        format_ = Format::kPcapng;
        return {ReadResult::kNeedMore, 0, true};
    }
    const std::uint32_t swapped = read_u32(window.data(), true);
    for (const std::uint32_t known : {kMagicMicroseconds, kMagicNanoseconds, kMagicModified}) {
        if (magic != known && swapped != known) continue;
        if (window.size() < kPcapHeaderOctets) {
            return incomplete(at_end, "the file ends inside its header");
        }
        big_endian_ = swapped == known;
        Interface& only = interface_[0];
        only.units_per_second = known == kMagicNanoseconds ? kNanoseconds : 1'000'000;
        // The upper half of the field speaks of frame check sequences.
        only.link_type = static_cast<std::uint16_t>(u32(window.data() + 20) & 0xffff);
        record_header_octets_ = known == kMagicModified ? 24 : 16;
        if (u16(window.data() + 4) != 2) return unsupported("its pcap version is unknown");
        if (only.link_type != kLinkTypeEthernet) {
            return unsupported("its link type is not Ethernet");
        }
        format_ = Format::kPcap;
        return {ReadResult::kNeedMore, kPcapHeaderOctets, true};
    }
    if (std::to_integer<int>(window[0]) == 0x1f && std::to_integer<int>(window[1]) == 0x8b) {
        return unsupported("it is compressed; unpack it with gunzip");
    }
    return unsupported("it is no capture file (neither pcap nor pcapng)");
}

CaptureReader::Step CaptureReader::read_pcap_record(std::span<const std::byte> window, bool at_end,
                                                    CapturedPacket& packet) noexcept {
    if (window.size() < record_header_octets_) {
        return incomplete(at_end, "the file ends inside a record header");
    }
    const std::uint32_t captured = u32(window.data() + 8);
    if (captured > kMaxCaptured) return damaged("a record claims an impossible length");
    if (window.size() - record_header_octets_ < captured) {
        return incomplete(at_end, "the file ends inside a packet");
    }
    packet.bytes = window.subspan(record_header_octets_, captured);
    packet.original_bytes = u32(window.data() + 12);
    packet.timestamp_ns = u32(window.data()) * kNanoseconds +
                          to_nanoseconds(u32(window.data() + 4), interface_[0].units_per_second);
    return {ReadResult::kPacket, record_header_octets_ + captured};
}

CaptureReader::Step CaptureReader::read_block(std::span<const std::byte> window, bool at_end,
                                              CapturedPacket& packet) noexcept {
    constexpr const char* kCut = "the file ends inside a block";
    if (window.size() < kBlockFrameOctets) return incomplete(at_end, kCut);
    const std::uint32_t type = u32(window.data());
    // A section header's type reads the same in either byte order; its length does not.
    if (type == kBlockSection) return read_section(window, at_end);
    const std::uint32_t length = u32(window.data() + 4);
    if (length < kBlockFrameOctets || length % 4 != 0) {
        return damaged("a block claims an impossible length");
    }
    if (window.size() < length) return incomplete(at_end, kCut);
    if (u32(window.data() + length - 4) != length) {
        return damaged("a block's two lengths differ");
    }
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
    if (window.size() < kBlockFrameOctets + kSectionBodyOctets) {
        return incomplete(at_end, "the file ends inside a section header");
    }
    if (read_u32(window.data() + 8, false) == kByteOrderMagic) {
        big_endian_ = false;
    } else if (read_u32(window.data() + 8, true) == kByteOrderMagic) {
        big_endian_ = true;
    } else {
        return damaged("a section header has no byte-order magic");
    }
    if (u16(window.data() + 12) != 1) return damaged("a section has an unknown pcapng version");
    const std::uint32_t length = u32(window.data() + 4);
    if (length < kBlockFrameOctets + kSectionBodyOctets || length % 4 != 0) {
        return damaged("a section header claims an impossible length");
    }
    if (window.size() < length) return incomplete(at_end, "the file ends inside a section header");
    if (u32(window.data() + length - 4) != length) {
        return damaged("a block's two lengths differ");
    }
    interfaces_ = 0;
    return {ReadResult::kNeedMore, length, true};
}

CaptureReader::Step CaptureReader::read_interface(std::span<const std::byte> body,
                                                  std::size_t octets) noexcept {
    if (body.size() < 8) return damaged("an interface block is too short");
    if (interfaces_ == kMaxInterfaces) return damaged("a section has more than 256 interfaces");
    Interface added;
    added.link_type = u16(body.data());
    added.snap_length = u32(body.data() + 4);
    read_interface_options(body.subspan(8), added);
    interface_[interfaces_++] = added;
    return {ReadResult::kNeedMore, octets, true};
}

void CaptureReader::read_interface_options(std::span<const std::byte> options,
                                           Interface& added) noexcept {
    while (options.size() >= 4) {
        const std::uint16_t code = u16(options.data());
        const std::size_t length = u16(options.data() + 2);
        const std::size_t padded = (length + 3) / 4 * 4;
        if (code == kOptionEnd || options.size() - 4 < padded) return;
        const std::byte* value = options.data() + 4;
        if (code == kOptionTimeResolution && length == 1) {
            added.units_per_second = units_of(std::to_integer<std::uint8_t>(value[0]));
        } else if (code == kOptionTimeOffset && length == 8) {
            const std::uint64_t low = u32(value + (big_endian_ ? 4 : 0));
            const std::uint64_t high = u32(value + (big_endian_ ? 0 : 4));
            added.offset_seconds = high << 32 | low;
        }
        options = options.subspan(4 + padded);
    }
}

/// Enhanced packet blocks, and the obsolete ones, whose interface number is 16 bits.
CaptureReader::Step CaptureReader::read_packet_block(std::uint32_t type,
                                                     std::span<const std::byte> body,
                                                     std::size_t octets,
                                                     CapturedPacket& packet) noexcept {
    constexpr std::size_t kFixed = 20;
    if (body.size() < kFixed) return damaged("a packet block is too short");
    const std::uint32_t number = type == kBlockEnhancedPacket ? u32(body.data()) : u16(body.data());
    if (number >= interfaces_) return damaged("a packet names an interface that does not exist");
    const std::uint32_t captured = u32(body.data() + 12);
    if (captured > kMaxCaptured || captured > body.size() - kFixed) {
        return damaged("a packet block claims an impossible length");
    }
    const Interface& interface = interface_[number];
    const std::uint64_t units = std::uint64_t{u32(body.data() + 4)} << 32 | u32(body.data() + 8);
    packet.bytes = body.subspan(kFixed, captured);
    packet.original_bytes = u32(body.data() + 16);
    packet.timestamp_ns =
        to_nanoseconds(units, interface.units_per_second) + interface.offset_seconds * kNanoseconds;
    return deliver(interface, octets);
}

/// Simple packet blocks have neither interface nor time, and their captured length follows from the
/// first interface's snapshot length.
CaptureReader::Step CaptureReader::read_simple_block(std::span<const std::byte> body,
                                                     std::size_t octets,
                                                     CapturedPacket& packet) noexcept {
    if (body.size() < 4) return damaged("a packet block is too short");
    if (interfaces_ == 0) return damaged("a packet names an interface that does not exist");
    const Interface& interface = interface_[0];
    const std::uint32_t original = u32(body.data());
    std::uint32_t captured = original;
    if (interface.snap_length != 0) captured = std::min(captured, interface.snap_length);
    if (captured > kMaxCaptured || captured > body.size() - 4) {
        return damaged("a packet block claims an impossible length");
    }
    packet.bytes = body.subspan(4, captured);
    packet.original_bytes = original;
    packet.timestamp_ns = 0;
    return deliver(interface, octets);
}

CaptureReader::Step CaptureReader::deliver(const Interface& interface,
                                           std::size_t octets) noexcept {
    if (interface.link_type == kLinkTypeEthernet) return {ReadResult::kPacket, octets};
    const bool any_ethernet =
        std::any_of(interface_.begin(), interface_.begin() + interfaces_,
                    [](const Interface& each) { return each.link_type == kLinkTypeEthernet; });
    if (packets_ == 0 && !any_ethernet) return unsupported("its link type is not Ethernet");
    ++skipped_;
    return {ReadResult::kNeedMore, octets, true};
}

CaptureReader::Step CaptureReader::damaged(const char* reason) noexcept {
    reason_ = reason;
    return {ReadResult::kDamaged};
}

CaptureReader::Step CaptureReader::unsupported(const char* reason) noexcept {
    reason_ = reason;
    return {ReadResult::kUnsupported};
}

CaptureReader::Step CaptureReader::incomplete(bool at_end, const char* reason) noexcept {
    if (!at_end) return {ReadResult::kNeedMore};
    return damaged(reason);
}

std::string CaptureReader::problem() const {
    if (final_ == ReadResult::kUnsupported) return reason_;
    if (final_ != ReadResult::kDamaged) return {};
    return "damaged at byte " + std::to_string(offset_) + ", after " + std::to_string(packets_) +
           " packets: " + reason_;
}

}  // namespace weir::capture
