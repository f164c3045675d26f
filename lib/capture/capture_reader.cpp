// SPDX-License-Identifier: BSD-3-Clause
#include "capture/capture_reader.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "capture/octets.hpp"

namespace weir::capture {
namespace {

constexpr std::size_t kPcapHeaderOctets = 24;
constexpr std::uint32_t kMagicMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kMagicNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kMagicModified = 0xa1b2cd34;

struct ForeignFormat {
    std::uint32_t magic;  ///< The file's first octets, little endian.
    std::uint32_t mask;
    const char* what;
};

/// What people name by mistake, most often a compressed capture.
constexpr ForeignFormat kForeignFormats[] = {
    {0x00008b1f, 0x0000ffff, "it is compressed; unpack it with gunzip"},
    {0xfd2fb528, 0xffffffff, "it is compressed; unpack it with unzstd"},
    {0x587a37fd, 0xffffffff, "it is compressed; unpack it with unxz"},
    {0x00685a42, 0x00ffffff, "it is compressed; unpack it with bunzip2"},
    {0x184d2204, 0xffffffff, "it is compressed; unpack it with unlz4"},
    {0x04034b50, 0xffffffff, "it is a zip archive; unpack it with unzip"},
    {0x6f6f6e73, 0xffffffff, "it is a snoop capture; convert it with editcap"},
};

struct LinkTypeName {
    std::uint16_t link_type;
    std::string_view name;
};

/// Link types of captures that are met often (tcpdump.org/linktypes.html).
constexpr LinkTypeName kLinkTypeNames[] = {
    {0, "BSD loopback"},
    {9, "PPP"},
    {101, "raw IP"},
    {105, "IEEE 802.11"},
    {108, "OpenBSD loopback"},
    {113, "Linux cooked mode"},
    {127, "IEEE 802.11 with radiotap"},
    {189, "Linux USB"},
    {195, "IEEE 802.15.4"},
    {228, "raw IPv4"},
    {229, "raw IPv6"},
    {276, "Linux cooked mode 2"},
};

bool is_text(std::span<const std::byte> octets) noexcept {
    return std::all_of(octets.begin(), octets.end(), [](std::byte octet) {
        const auto code = std::to_integer<unsigned>(octet);
        return (code >= 0x20 && code < 0x7f) || (code >= 0x09 && code <= 0x0d);
    });
}

}  // namespace

std::uint32_t CaptureReader::u32(const std::byte* at) const noexcept {
    return read_u32(at, big_endian_);
}

std::uint16_t CaptureReader::u16(const std::byte* at) const noexcept {
    return read_u16(at, big_endian_);
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

void CaptureReader::restart() noexcept {
    // The rest is written before it is read: by a header, or with the result it belongs to.
    format_ = Format::kUnknown;
    offset_ = 0;
    packets_ = 0;
    skipped_ = 0;
    reason_ = nullptr;
    final_ = ReadResult::kPacket;
    interfaces_ = 0;
}

CaptureReader::Step CaptureReader::step(std::span<const std::byte> window, bool at_end,
                                        CapturedPacket& packet) noexcept {
    if (format_ == Format::kUnknown) return read_magic(window, at_end);
    if (window.empty()) {
        if (at_end && packets_ == 0 && skipped_ != 0) return unsupported_link(refused_link_type_);
        return {at_end ? ReadResult::kEnd : ReadResult::kNeedMore};
    }
    if (format_ == Format::kPcap) return read_pcap_record(window, at_end, packet);
    return read_block(window, at_end, packet);
}

CaptureReader::Step CaptureReader::read_magic(std::span<const std::byte> window,
                                              bool at_end) noexcept {
    if (window.size() < 4) {
        if (!at_end) return {ReadResult::kNeedMore};
        return unsupported(window.empty() ? "the file is empty"
                                          : "it is too short for a capture file");
    }
    const std::uint32_t little = read_u32(window.data(), false);
    const std::uint32_t big = read_u32(window.data(), true);
    if (little == kBlockSection) {
        format_ = Format::kPcapng;
        return {ReadResult::kNeedMore, 0, true};
    }
    for (const std::uint32_t magic : {kMagicMicroseconds, kMagicNanoseconds, kMagicModified}) {
        if (little != magic && big != magic) continue;
        big_endian_ = big == magic;
        return read_pcap_header(window, at_end, magic);
    }
    for (const ForeignFormat& format : kForeignFormats) {
        if ((little & format.mask) == format.magic) return unsupported(format.what);
    }
    constexpr std::size_t kLook = 64;
    if (window.size() < kLook && !at_end) return {ReadResult::kNeedMore};
    if (is_text(window.first(std::min(window.size(), kLook)))) {
        return unsupported("it is a text, no capture file");
    }
    return unsupported("it is no capture file (neither pcap nor pcapng)");
}

CaptureReader::Step CaptureReader::read_pcap_header(std::span<const std::byte> window, bool at_end,
                                                    std::uint32_t magic) noexcept {
    if (window.size() < kPcapHeaderOctets) {
        return incomplete(at_end, "the file ends inside its header");
    }
    // Minor versions above 4 are read as 4, which is what such files hold.
    if (u16(window.data() + 4) != 2) return unsupported("its pcap version is not 2");
    minor_version_ = u16(window.data() + 6);
    // The snapshot length (octet 16) binds nobody: files with longer packets exist. The upper half
    // of the link type tells the length of the frame check sequence, or nothing.
    const auto link_type = static_cast<std::uint16_t>(u32(window.data() + 20));
    if (link_type != kLinkTypeEthernet) return unsupported_link(link_type);
    interface_[0] = Interface{};
    interface_[0].link_type = link_type;
    if (magic == kMagicNanoseconds) interface_[0].unit_ns = 1;
    interfaces_ = 1;
    record_header_octets_ = magic == kMagicModified ? 24 : 16;
    format_ = Format::kPcap;
    return {ReadResult::kNeedMore, kPcapHeaderOctets, true};
}

CaptureReader::Step CaptureReader::read_pcap_record(std::span<const std::byte> window, bool at_end,
                                                    CapturedPacket& packet) noexcept {
    if (window.size() < record_header_octets_) {
        return incomplete(at_end, "the file ends inside a record header");
    }
    std::uint32_t captured = u32(window.data() + 8);
    std::uint32_t original = u32(window.data() + 12);
    // The lengths changed places in version 2.3, whose own files have them either way.
    if (minor_version_ < 3 || (minor_version_ == 3 && captured > original)) {
        std::swap(captured, original);
    }
    if (captured > kMaxCapturedOctets) return damaged("a record claims an impossible length");
    if (window.size() - record_header_octets_ < captured) {
        return incomplete(at_end, "the file ends inside a packet");
    }
    packet.bytes = window.subspan(record_header_octets_, captured);
    packet.original_bytes = original;
    packet.timestamp_ns = u32(window.data()) * kNanosecondsPerSecond +
                          std::uint64_t{u32(window.data() + 4)} * interface_[0].unit_ns;
    packet.interface = 0;
    return {ReadResult::kPacket, record_header_octets_ + captured};
}

CaptureReader::Step CaptureReader::damaged(const char* reason) noexcept {
    reason_ = reason;
    return {ReadResult::kDamaged};
}

CaptureReader::Step CaptureReader::unsupported(const char* reason) noexcept {
    reason_ = reason;
    return {ReadResult::kUnsupported};
}

CaptureReader::Step CaptureReader::unsupported_link(std::uint16_t link_type) noexcept {
    refused_link_type_ = link_type;
    return unsupported(nullptr);
}

CaptureReader::Step CaptureReader::incomplete(bool at_end, const char* reason) noexcept {
    if (!at_end) return {ReadResult::kNeedMore};
    return damaged(reason);
}

std::string CaptureReader::problem() const {
    if (final_ == ReadResult::kDamaged) {
        return "damaged at byte " + std::to_string(offset_) + ", after " +
               std::to_string(packets_) + (packets_ == 1 ? " packet: " : " packets: ") + reason_;
    }
    if (final_ != ReadResult::kUnsupported) return {};
    if (reason_ != nullptr) return reason_;
    std::string text = "its link type is " + std::to_string(refused_link_type_);
    for (const LinkTypeName& known : kLinkTypeNames) {
        if (known.link_type == refused_link_type_) text.append(" (").append(known.name).append(")");
    }
    return text + ", not 1 (Ethernet)";
}

}  // namespace weir::capture
