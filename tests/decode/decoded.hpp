// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "decode/decoded_packet.hpp"
#include "gen/packet_builder.hpp"

/// What the tests of the outputs share: packets as `weir decode` sees them.
namespace weir::decode {

using gen::Packet;
using Frame = std::vector<std::byte>;

struct Sample {
    explicit Sample(Frame octets, std::uint64_t number = 1) : frame(std::move(octets)) {
        packet.number = number;
        packet.timestamp_ns = 1'700'000'000'000'000'123;
        cut(frame.size());
    }
    explicit Sample(const Packet& built, std::uint64_t number = 1)
        : Sample(built.build(), number) {}
    Sample(const Sample&) = delete;
    Sample& operator=(const Sample&) = delete;

    /// Captures only the first `octets`.
    void cut(std::size_t octets) {
        packet.packet = {std::span(frame).first(octets), static_cast<std::uint32_t>(frame.size())};
        parse::parse_deep(packet.packet, parse::ParseOptions{}, packet.record, packet.list);
    }

    Frame frame;
    DecodedPacket packet;
};

inline Packet ip4() { return Packet().eth().ipv4("10.0.0.1", "10.0.0.2"); }

/// An ICMP error that quotes an IPv4 header and the two ports behind it.
inline Frame unreachable() {
    Frame frame = ip4().icmp(3, 1).payload(20 + 4).build();
    const Frame quoted = Packet().eth().ipv4("10.5.0.1", "10.5.0.2").udp(7, 8).build();
    std::copy_n(quoted.begin() + 14, 24, frame.begin() + 42);
    return frame;
}

}  // namespace weir::decode
