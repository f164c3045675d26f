// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "gen/packet_builder.hpp"

/// IKE for tests: the builder's header with the fields that matter.
namespace weir::test {

inline constexpr unsigned kIkeInitiator = 0x08;
inline constexpr unsigned kIkeResponse = 0x20;

struct IkeFields {
    std::uint32_t initiator_spi = 0;  ///< The upper half of the SPI, so that it shows the order.
    std::uint32_t responder_spi = 0;  ///< Likewise.
    unsigned exchange = 34;
    unsigned flags = kIkeInitiator;
    std::uint32_t message_id = 0;
    unsigned version = 0x20;
    unsigned next_payload = 33;
    unsigned payload = 0;  ///< Octets behind the header.
};

/// Adds the message to a packet that ends with a UDP header.
inline gen::Packet& add_ike(gen::Packet& packet, const IkeFields& fields, bool marker = false) {
    const auto set32 = [&packet](std::size_t at, std::uint32_t value) {
        packet.set16(at, value >> 16).set16(at + 2, value & 0xffff);
    };
    packet.ike(marker);
    set32(0, fields.initiator_spi);
    set32(8, fields.responder_spi);
    packet.set8(16, fields.next_payload).set8(17, fields.version).set8(18, fields.exchange);
    packet.set8(19, fields.flags);
    set32(20, fields.message_id);
    set32(24, 28 + fields.payload);
    return packet.payload(std::size_t{fields.payload});
}

}  // namespace weir::test
