// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// What a parse can end with: one value for each distinct defect. The enum, its name in every
/// output and its meaning come from the one list below; a new defect is one new line.
namespace weir::parse {

// X(enumerator, name, meaning). kTruncated is not a defect of the packet: the capture stopped
// before the packet did.
// clang-format off
#define WEIR_PARSE_STATUSES(X)                                                                                   \
    X(kOk, "ok", "everything that Weir reads is well-formed")                                                    \
    X(kTruncated, "truncated", "the capture was cut (snaplen) inside a header")                                  \
    X(kTooManyLayers, "too_many_layers", "more layers than the depth limit")                                     \
    X(kEthTooShort, "eth_too_short", "frame shorter than an Ethernet header")                                    \
    X(kEthLengthBeyondFrame, "eth_length_beyond_frame", "802.3 length past the frame's end")                     \
    X(kVlanTooShort, "vlan_too_short", "frame ends inside a VLAN tag")                                           \
    X(kLlcTooShort, "llc_too_short", "frame ends inside the LLC header")                                         \
    X(kSnapTooShort, "snap_too_short", "frame ends inside the SNAP header")                                      \
    X(kArpTooShort, "arp_too_short", "ARP packet ends inside its header or addresses")                           \
    X(kMplsTooShort, "mpls_too_short", "frame ends before the bottom of the label stack")                        \
    X(kPppoeTooShort, "pppoe_too_short", "frame ends inside the PPPoE header")                                   \
    X(kPppoeLengthBeyondFrame, "pppoe_length_beyond_frame", "PPPoE length past the frame's end")                 \
    X(kPppTooShort, "ppp_too_short", "packet ends inside the PPP header")                                        \
    X(kIpv4TooShort, "ipv4_too_short", "frame ends inside the IPv4 header")                                      \
    X(kIpv4VersionInvalid, "ipv4_version_invalid", "version is not 4")                                           \
    X(kIpv4IhlTooSmall, "ipv4_ihl_too_small", "IHL below 5")                                                     \
    X(kIpv4OptionsBeyondFrame, "ipv4_options_beyond_frame", "header of IHL words runs past the frame")           \
    X(kIpv4TotalLengthTooSmall, "ipv4_total_length_too_small", "total length below the header length")           \
    X(kIpv4TotalLengthBeyondFrame, "ipv4_total_length_beyond_frame", "total length past the frame's end")        \
    X(kIpv6TooShort, "ipv6_too_short", "frame ends inside the IPv6 header")                                      \
    X(kIpv6VersionInvalid, "ipv6_version_invalid", "version is not 6")                                           \
    X(kIpv6PayloadLengthBeyondFrame, "ipv6_payload_length_beyond_frame", "payload length past the frame")        \
    X(kIpv6ExtensionTooShort, "ipv6_extension_too_short", "packet ends inside an extension header")              \
    X(kIpv6Jumbogram, "ipv6_jumbogram", "payload length 0 and a jumbo payload option")                           \
    X(kTcpTooShort, "tcp_too_short", "packet ends inside the TCP header")                                        \
    X(kTcpDataOffsetTooSmall, "tcp_data_offset_too_small", "data offset below 5")                                \
    X(kTcpOptionsBeyondPacket, "tcp_options_beyond_packet", "data offset past the packet's end")                 \
    X(kUdpTooShort, "udp_too_short", "packet ends inside the UDP header")                                        \
    X(kUdpLengthTooSmall, "udp_length_too_small", "UDP length below 8")                                          \
    X(kUdpLengthBeyondPacket, "udp_length_beyond_packet", "UDP length past the IP payload")                      \
    X(kUdpLiteTooShort, "udplite_too_short", "packet ends inside the UDP-Lite header")                           \
    X(kUdpLiteCoverageInvalid, "udplite_coverage_invalid", "checksum coverage 1 to 7, or past the packet's end") \
    X(kSctpTooShort, "sctp_too_short", "packet ends inside the SCTP common header")                              \
    X(kSctpChunkTooShort, "sctp_chunk_too_short", "packet ends inside the first chunk's header")                 \
    X(kSctpChunkLengthTooSmall, "sctp_chunk_length_too_small", "length of the first chunk below 4")              \
    X(kSctpChunkBeyondPacket, "sctp_chunk_beyond_packet", "first chunk runs past the packet's end")              \
    X(kDccpTooShort, "dccp_too_short", "packet ends inside the DCCP generic header")                             \
    X(kDccpDataOffsetTooSmall, "dccp_data_offset_too_small", "data offset inside the generic header")            \
    X(kDccpHeaderBeyondPacket, "dccp_header_beyond_packet", "data offset past the packet's end")                 \
    X(kIcmpTooShort, "icmp_too_short", "packet ends inside the ICMP header")                                     \
    X(kIcmpv6TooShort, "icmpv6_too_short", "packet ends inside the ICMPv6 header")                               \
    X(kEspTooShort, "esp_too_short", "packet ends inside SPI and sequence number")                               \
    X(kEspPaddingInvalid, "esp_padding_invalid", "trailer of NULL-encrypted ESP is not 1, 2, 3, ...")            \
    X(kAhTooShort, "ah_too_short", "packet ends inside the Authentication Header")                               \
    X(kAhLengthTooSmall, "ah_length_too_small", "AH payload length below its fixed part")                        \
    X(kIkeTooShort, "isakmp_too_short", "packet ends inside the IKE header")                                     \
    X(kIkeLengthBeyondPacket, "isakmp_length_beyond_packet", "IKE length past the packet's end")                 \
    X(kGreTooShort, "gre_too_short", "packet ends inside the GRE header")                                        \
    X(kErspanTooShort, "erspan_too_short", "packet ends inside the ERSPAN header")                               \
    X(kVxlanTooShort, "vxlan_too_short", "packet ends inside the VXLAN header")                                  \
    X(kVxlanGpeTooShort, "vxlangpe_too_short", "packet ends inside the VXLAN-GPE header")                        \
    X(kGeneveTooShort, "geneve_too_short", "packet ends inside the Geneve header")                               \
    X(kGeneveVersionInvalid, "geneve_version_invalid", "version is not 0")                                       \
    X(kGeneveOptionsBeyondPacket, "geneve_options_beyond_packet", "options run past the packet's end")           \
    X(kGeneveOptionBeyondHeader, "geneve_option_beyond_header", "one option runs past the options")              \
    X(kGtpTooShort, "gtp_too_short", "packet ends inside the GTP-U header")                                      \
    X(kGtpLengthBeyondPacket, "gtp_length_beyond_packet", "GTP-U length past the packet's end")                  \
    X(kGtpExtensionLengthZero, "gtp_extension_length_zero", "a GTP-U extension header of length 0")              \
    X(kGtpExtensionBeyondMessage, "gtp_extension_beyond_message", "extension headers run past the message")      \
    X(kL2tpTooShort, "l2tp_too_short", "packet ends inside the L2TP header")                                     \
    X(kL2tpLengthInvalid, "l2tp_length_invalid", "length below the header or past the packet's end")             \
    X(kTeredoTooShort, "teredo_too_short", "packet ends inside a Teredo indication")
// clang-format on

enum class ParseStatus : std::uint8_t {
#define X(enumerator, name, meaning) enumerator,
    WEIR_PARSE_STATUSES(X)
#undef X
        kCount
};

inline constexpr std::size_t kParseStatuses = static_cast<std::size_t>(ParseStatus::kCount);

inline constexpr std::string_view kParseStatusNames[kParseStatuses] = {
#define X(enumerator, name, meaning) name,
    WEIR_PARSE_STATUSES(X)
#undef X
};

inline constexpr std::string_view kParseStatusMeanings[kParseStatuses] = {
#define X(enumerator, name, meaning) meaning,
    WEIR_PARSE_STATUSES(X)
#undef X
};

[[nodiscard]] constexpr std::string_view to_string(ParseStatus status) noexcept {
    return kParseStatusNames[static_cast<std::size_t>(status)];
}

/// True for a defect of the packet itself: neither ok nor truncated by the capture.
[[nodiscard]] constexpr bool is_malformed(ParseStatus status) noexcept {
    return status > ParseStatus::kTruncated;
}

}  // namespace weir::parse
