// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "wire/transport.hpp"
#include "wire/view.hpp"

namespace weir::parse {

/// Where the options of a TCP header stand, in octets from its first; 0: not there. Each offset is
/// that of the option's kind octet; the option is there whole.
struct TcpOptions {
    std::uint8_t mss = 0;             ///< RFC 9293, section 3.7.1: 4 octets.
    std::uint8_t window_scale = 0;    ///< RFC 7323, section 2: 3 octets.
    std::uint8_t sack_permitted = 0;  ///< RFC 2018, section 2: 2 octets.
    std::uint8_t sack = 0;            ///< RFC 2018, section 3: 2 octets and 8 for each block.
    std::uint8_t timestamps = 0;      ///< RFC 7323, section 3: 10 octets.
    bool well_formed = true;          ///< False where a length is impossible; what is behind is
                                      ///< not read.
};

/// Locates the options of the TCP header that starts `bytes`; its data offset counts, as far as
/// `bytes` reach. Of options that occur several times the first is told. At most 40 octets are
/// looked at; the parser itself does not: a bad option does not make a bad packet (RFC 9293,
/// MUST-7).
[[nodiscard]] inline TcpOptions locate_tcp_options(std::span<const std::byte> bytes) noexcept {
    TcpOptions options;
    if (bytes.size() < sizeof(wire::Tcp)) return options;
    const std::size_t header = wire::view<wire::Tcp>(bytes.data()).data_offset() * std::size_t{4};
    const std::size_t end = header < bytes.size() ? header : bytes.size();
    const auto octet = [bytes](std::size_t at) { return std::to_integer<unsigned>(bytes[at]); };
    for (std::size_t at = sizeof(wire::Tcp); at < end;) {
        const unsigned kind = octet(at);
        if (kind == wire::kTcpEndOfOptions) break;
        if (kind == wire::kTcpNoOperation) {
            ++at;
            continue;
        }
        const unsigned length = at + 1 < end ? octet(at + 1) : 0;
        if (length < 2 || at + length > end) {
            options.well_formed = false;
            break;
        }
        const auto locate = [&](std::uint8_t& offset, bool right_length) {
            if (!right_length) options.well_formed = false;
            if (right_length && offset == 0) offset = static_cast<std::uint8_t>(at);
        };
        switch (kind) {
            case wire::kTcpMss:
                locate(options.mss, length == 4);
                break;
            case wire::kTcpWindowScale:
                locate(options.window_scale, length == 3);
                break;
            case wire::kTcpSackPermitted:
                locate(options.sack_permitted, length == 2);
                break;
            case wire::kTcpSack:
                locate(options.sack, length >= 10 && length % 8 == 2);
                break;
            case wire::kTcpTimestamps:
                locate(options.timestamps, length == 10);
                break;
            default:
                break;
        }
        at += length;
    }
    return options;
}

}  // namespace weir::parse
