// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/packet_view.hpp"
#include "parse/layer.hpp"
#include "wire/ip.hpp"
#include "wire/view.hpp"

/// The addresses of a packet's IP header as the tables' keys hold them: IPv4 addresses fill the
/// first four octets.
namespace weir::ipsec {

using Address = std::array<std::uint8_t, 16>;

/// Writes an address by words, as the tables read it: a read of eight octets waits for stores of
/// fewer.
template <std::size_t Octets>
inline void set_address(Address& to, const std::uint8_t (&address)[Octets]) noexcept {
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), address, Octets);
    std::memcpy(to.data(), words.data(), sizeof words);
}

/// The addresses of the IP header `at` octets into the frame; kIpv4 or kIpv6. kNone, and nothing
/// written, when that is not within packet.bytes.
[[nodiscard]] inline parse::LayerKind read_addresses(const base::PacketView& packet, std::size_t at,
                                                     Address& source,
                                                     Address& destination) noexcept {
    if (packet.bytes.size() < at + sizeof(wire::Ipv4)) return parse::LayerKind::kNone;
    const std::byte* header = packet.bytes.data() + at;
    if (wire::load<wire::Ipv4>(header).version() == 4) {
        const auto ip = wire::load<wire::Ipv4>(header);
        set_address(source, ip.source);
        set_address(destination, ip.destination);
        return parse::LayerKind::kIpv4;
    }
    if (packet.bytes.size() < at + sizeof(wire::Ipv6)) return parse::LayerKind::kNone;
    const auto ip = wire::load<wire::Ipv6>(header);
    set_address(source, ip.source);
    set_address(destination, ip.destination);
    return parse::LayerKind::kIpv6;
}

}  // namespace weir::ipsec
