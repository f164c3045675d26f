// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The blocks of a pcapng file that hold no packet, made in memory (draft-ietf-opsawg-pcapng), and
/// the comment on a packet. Cold. Numbers are in host byte order. A text longer than an option can
/// hold (65,535 octets) is cut; an empty one is left out.
namespace weir::capture {

/// What a section header says of its capture (section 4.1).
struct SectionText {
    std::string comment;
    std::string hardware;
    std::string os;
    std::string application;
};

/// What an interface block says of a port (section 4.2). Its link type is Ethernet.
struct InterfaceText {
    std::string name;
    std::string description;
    std::string filter;         ///< What chose the packets, as a tcpdump expression.
    std::string hardware;       ///< The device and its driver.
    std::uint32_t snaplen = 0;  ///< 0: packets are stored whole.
};

/// What a statistics block says of one interface and one file (section 4.6).
struct InterfaceStatistics {
    std::uint64_t received = 0;
    std::uint64_t dropped = 0;          ///< By the port, for want of room (isb_ifdrop).
    std::uint64_t filter_accepted = 0;  ///< Selected for the capture.
    std::uint64_t os_dropped = 0;       ///< Selected, but in no file (isb_osdrop).
    std::uint64_t delivered = 0;        ///< In this file (isb_usrdeliv).
};

/// The length of what append_statistics() appends, whatever the figures are.
inline constexpr std::size_t kStatisticsBlockBytes = 112;

void append_section_header(std::vector<std::byte>& to, const SectionText& text);
void append_interface(std::vector<std::byte>& to, const InterfaceText& text);

/// An Interface Statistics Block (section 4.6) for the time from `start_ns` to `end_ns`.
void append_statistics(std::vector<std::byte>& to, std::uint32_t interface, std::uint64_t start_ns,
                       std::uint64_t end_ns, const InterfaceStatistics& statistics);

/// Appends `block`, an Enhanced Packet Block with or without options, with `comment` as its last
/// option (opt_comment, section 3.5). What is no such block is appended as it is.
void append_commented(std::vector<std::byte>& to, std::span<const std::byte> block,
                      std::string_view comment);

}  // namespace weir::capture
