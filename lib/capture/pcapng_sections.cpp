// SPDX-License-Identifier: BSD-3-Clause
#include "capture/pcapng_sections.hpp"

#include <algorithm>
#include <cstring>

#include "capture/octets.hpp"
#include "capture/pcapng_block.hpp"

namespace weir::capture {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::uint32_t kBlockInterface = 1;
constexpr std::uint32_t kBlockStatistics = 5;
constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr std::uint64_t kLengthUnknown = UINT64_MAX;  ///< The section may still grow.
constexpr std::uint8_t kNanoseconds = 9;              ///< if_tsresol: units of 10^-9 s.

/// Option codes of section 3.5, and of the block that each stands in.
enum Option : std::uint16_t {
    kEnd = 0,
    kComment = 1,
    kSectionHardware = 2,
    kSectionOs = 3,
    kSectionApplication = 4,
    kInterfaceName = 2,
    kInterfaceDescription = 3,
    kInterfaceTimeResolution = 9,
    kInterfaceFilter = 11,
    kInterfaceHardware = 15,
    kStatisticsStart = 2,
    kStatisticsEnd = 3,
    kStatisticsReceived = 4,
    kStatisticsDropped = 5,
    kStatisticsFilterAccepted = 6,
    kStatisticsOsDropped = 7,
    kStatisticsDelivered = 8,
};

constexpr std::size_t kMaxOptionBytes = 65535;
constexpr std::size_t kOptionHeaderBytes = 4;

void append(Bytes& to, std::span<const std::byte> octets) {
    to.insert(to.end(), octets.begin(), octets.end());
}

template <typename Number>
void append_number(Bytes& to, Number number) {
    append(to, std::as_bytes(std::span(&number, 1)));
}

void append_option(Bytes& to, std::uint16_t code, std::span<const std::byte> value) {
    append_number(to, code);
    append_number(to, static_cast<std::uint16_t>(value.size()));
    append(to, value);
    to.resize(to.size() + padded_to_four(value.size()) - value.size());
}

void append_text(Bytes& to, std::uint16_t code, std::string_view text) {
    if (!text.empty())
        append_option(to, code,
                      std::as_bytes(std::span(text)).first(std::min(text.size(), kMaxOptionBytes)));
}

/// A time as statistics blocks have it: the upper half first, whatever the byte order.
void append_time(Bytes& to, std::uint64_t time_ns) {
    append_number(to, static_cast<std::uint32_t>(time_ns >> 32));
    append_number(to, static_cast<std::uint32_t>(time_ns));
}

void append_time_option(Bytes& to, std::uint16_t code, std::uint64_t time_ns) {
    Bytes value;
    append_time(value, time_ns);
    append_option(to, code, value);
}

void append_count(Bytes& to, std::uint16_t code, std::uint64_t count) {
    append_option(to, code, std::as_bytes(std::span(&count, 1)));
}

void append_block(Bytes& to, std::uint32_t type, std::span<const std::byte> body) {
    const auto bytes = static_cast<std::uint32_t>(body.size() + 12);
    append_number(to, type);
    append_number(to, bytes);
    append(to, body);
    append_number(to, bytes);
}

/// How many octets of `options` stand before their end, marked (opt_endofopt) or not.
std::size_t octets_before_end(std::span<const std::byte> options) {
    std::size_t at = 0;
    while (options.size() - at >= kOptionHeaderBytes) {
        std::uint16_t code = 0;
        std::uint16_t length = 0;
        std::memcpy(&code, options.data() + at, sizeof(code));
        std::memcpy(&length, options.data() + at + sizeof(code), sizeof(length));
        const std::size_t bytes = kOptionHeaderBytes + padded_to_four(length);
        if (code == kEnd || bytes > options.size() - at) break;
        at += bytes;
    }
    return at;
}

}  // namespace

void append_section_header(Bytes& to, const SectionText& text) {
    Bytes body;
    append_number(body, kByteOrderMagic);
    append_number(body, std::uint16_t{1});  // Version 1.0.
    append_number(body, std::uint16_t{0});
    append_number(body, kLengthUnknown);
    append_text(body, kComment, text.comment);
    append_text(body, kSectionHardware, text.hardware);
    append_text(body, kSectionOs, text.os);
    append_text(body, kSectionApplication, text.application);
    append_option(body, kEnd, {});
    append_block(to, kBlockSection, body);
}

void append_interface(Bytes& to, const InterfaceText& text) {
    Bytes body;
    append_number(body, kLinkTypeEthernet);
    append_number(body, std::uint16_t{0});
    append_number(body, text.snaplen);
    append_text(body, kInterfaceName, text.name);
    append_text(body, kInterfaceDescription, text.description);
    append_option(body, kInterfaceTimeResolution, std::as_bytes(std::span(&kNanoseconds, 1)));
    // The octet 0 says that a text follows, and no compiled filter.
    if (!text.filter.empty())
        append_text(body, kInterfaceFilter, std::string(1, '\0') + text.filter);
    append_text(body, kInterfaceHardware, text.hardware);
    append_option(body, kEnd, {});
    append_block(to, kBlockInterface, body);
}

void append_statistics(Bytes& to, std::uint32_t interface, std::uint64_t start_ns,
                       std::uint64_t end_ns, const InterfaceStatistics& statistics) {
    Bytes body;
    append_number(body, interface);
    append_time(body, end_ns);
    append_time_option(body, kStatisticsStart, start_ns);
    append_time_option(body, kStatisticsEnd, end_ns);
    append_count(body, kStatisticsReceived, statistics.received);
    append_count(body, kStatisticsDropped, statistics.dropped);
    append_count(body, kStatisticsFilterAccepted, statistics.filter_accepted);
    append_count(body, kStatisticsOsDropped, statistics.os_dropped);
    append_count(body, kStatisticsDelivered, statistics.delivered);
    append_option(body, kEnd, {});
    append_block(to, kBlockStatistics, body);
}

void append_commented(Bytes& to, std::span<const std::byte> block, std::string_view comment) {
    const PacketBlock packet = first_packet_block(block);
    if (packet.bytes.empty() || packet.bytes.size() != block.size() || comment.empty()) {
        return append(to, block);
    }
    const std::size_t options_at =
        sizeof(PacketBlockHeader) + padded_to_four(packet.captured.size());
    const auto options = block.first(block.size() - kPacketBlockTrailerBytes).subspan(options_at);
    constexpr std::size_t kBodyAt = 2 * sizeof(std::uint32_t);  // Behind type and length.
    const auto kept = block.first(options_at + octets_before_end(options)).subspan(kBodyAt);
    Bytes body(kept.begin(), kept.end());
    append_text(body, kComment, comment);
    append_option(body, kEnd, {});
    append_block(to, kPacketBlockType, body);
}

}  // namespace weir::capture
