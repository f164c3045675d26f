// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/ids.hpp"
#include "base/packet_view.hpp"
#include "parse/packet_record.hpp"

/// What the table of hosts needs of an IKE message or a NAT keepalive: who sends it to whom, and
/// IKE's header. Read by a worker from a packet that is parsed, in whatever tunnels it stands; what
/// an ICMP error quotes is no message.
namespace weir::ipsec {

/// Layers that count by pair of hosts.
inline constexpr std::uint64_t kIkeLayers =
    parse::layer_bit(parse::LayerKind::kIke) | parse::layer_bit(parse::LayerKind::kNatKeepalive);

/// Two hosts, whichever of them sends. Plain octets without padding.
struct alignas(8) HostPair {
    std::array<std::uint8_t, 16> low{};   ///< The lesser address; IPv4's fill four octets.
    std::array<std::uint8_t, 16> high{};  ///< Likewise.
    std::uint16_t port = 0;               ///< Weir's number of the port they were seen at.
    parse::LayerKind network = parse::LayerKind::kNone;  ///< kIpv4 or kIpv6.
    std::array<std::uint8_t, 5> unused{};                ///< Zero.

    friend bool operator==(const HostPair&, const HostPair&) = default;
};
static_assert(sizeof(HostPair) == 40);

/// Which of the two sends.
enum class HostDirection : std::uint8_t { kFromLow, kFromHigh };
inline constexpr std::size_t kHostDirections = 2;

/// IKE's header (RFC 7296, section 3.1; RFC 2408, section 3.1) in host byte order, and which part
/// of a message it stands before.
struct IkeHeader {
    std::uint64_t initiator_spi = 0;
    std::uint64_t responder_spi = 0;
    std::uint32_t message_id = 0;
    std::uint32_t length = 0;
    std::uint8_t next_payload = 0;
    std::uint8_t version = 0;  ///< Major (4 bits), minor (4).
    std::uint8_t exchange_type = 0;
    std::uint8_t flags = 0;
    /// Number of a fragment (RFC 7383, section 2.5; IKEv1's likewise), from 1 on. 0: it is none, or
    /// its number was not captured.
    std::uint16_t fragment = 0;

    [[nodiscard]] unsigned major() const noexcept { return version >> 4; }
    /// RFC 7296, section 3.1. IKEv1 has no such flag.
    [[nodiscard]] bool is_response() const noexcept {
        constexpr std::uint8_t kResponse = 0x20;
        return major() == 2 && (flags & kResponse) != 0;
    }
    [[nodiscard]] bool is_fragment() const noexcept {
        constexpr std::uint8_t kEncryptedFragment = 53;  // RFC 7383, section 2.5.
        constexpr std::uint8_t kIkev1Fragment = 132;     // Private use, but everybody's.
        return next_payload == (major() == 1 ? kIkev1Fragment : kEncryptedFragment);
    }
};

struct IkePacket {
    HostPair hosts;
    HostDirection direction = HostDirection::kFromLow;
    bool keepalive = false;  ///< A NAT keepalive (RFC 3948, section 2.3): there is no header.
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    IkeHeader header;
};

enum class IkeFound : std::uint8_t {
    kNothing,
    kUnread,  ///< IKE, but its header ends too early, or the capture does, or it is not listed.
    kPacket
};

/// Fills `packet` when the answer is kPacket.
[[nodiscard]] IkeFound find_ike(const base::PacketView& view, const parse::PacketRecord& record,
                                base::PortId port, IkePacket& packet) noexcept;

}  // namespace weir::ipsec
