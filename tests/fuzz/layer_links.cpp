// SPDX-License-Identifier: BSD-3-Clause
#include "layer_links.hpp"

#include <algorithm>

#include "wire/ethernet.hpp"
#include "wire/ip.hpp"
#include "wire/transport.hpp"
#include "wire/tunnel.hpp"

namespace weir::fuzz {
namespace {

using parse::LayerKind;

/// What a field may say, and where that leads.
struct Code {
    std::uint16_t value;
    LayerKind kind;
};

constexpr Code kEtherTypes[] = {
    {wire::kEtherTypeIpv4, LayerKind::kIpv4},
    {wire::kEtherTypeIpv6, LayerKind::kIpv6},
    {wire::kEtherTypeArp, LayerKind::kArp},
    {wire::kEtherTypeVlan, LayerKind::kVlan},
    {wire::kEtherTypeMpls, LayerKind::kMpls},
    {wire::kEtherTypePppoeDiscovery, LayerKind::kPppoeDiscovery},
    {wire::kEtherTypePppoeSession, LayerKind::kPppoeSession},
    {wire::kEtherTypeEthernet, LayerKind::kEth},
    {wire::kGrePpp, LayerKind::kPpp},
    {wire::kGreErspan, LayerKind::kErspan},
};

constexpr Code kProtocols[] = {
    {wire::kProtocolIcmp, LayerKind::kIcmp},
    {wire::kProtocolIpv4, LayerKind::kIpv4},
    {wire::kProtocolTcp, LayerKind::kTcp},
    {wire::kProtocolUdp, LayerKind::kUdp},
    {wire::kProtocolDccp, LayerKind::kDccp},
    {wire::kProtocolIpv6, LayerKind::kIpv6},
    {wire::kProtocolGre, LayerKind::kGre},
    {wire::kProtocolEsp, LayerKind::kEsp},
    {wire::kProtocolAh, LayerKind::kAh},
    {wire::kProtocolIcmpv6, LayerKind::kIcmpv6},
    {wire::kProtocolL2tp, LayerKind::kL2tp},
    {wire::kProtocolSctp, LayerKind::kSctp},
    {wire::kProtocolUdpLite, LayerKind::kUdpLite},
    {wire::kProtocolMpls, LayerKind::kMpls},
    {wire::kProtocolEthernet, LayerKind::kEth},
    {wire::kProtocolHopByHop, LayerKind::kIpv6HopByHop},
    {wire::kProtocolRouting, LayerKind::kIpv6Routing},
    {wire::kProtocolFragment, LayerKind::kIpv6Fragment},
    {wire::kProtocolDestinationOptions, LayerKind::kIpv6DestOpts},
    {wire::kProtocolMobility, LayerKind::kIpv6Mobility},
};

constexpr Code kPorts[] = {
    {wire::kIkePort, LayerKind::kIke},
    {wire::kL2tpPort, LayerKind::kL2tp},
    {wire::kGtpUPort, LayerKind::kGtpU},
    {wire::kTeredoPort, LayerKind::kTeredo},
    {wire::kNatTPort, LayerKind::kEsp},
    {wire::kNatTPort, LayerKind::kNatKeepalive},
    {wire::kVxlanPort, LayerKind::kVxlan},
    {wire::kVxlanGpePort, LayerKind::kVxlanGpe},
    {wire::kGenevePort, LayerKind::kGeneve},
    {wire::kMplsPort, LayerKind::kMpls},
    {wire::kWireGuardPort, LayerKind::kWireGuard},
    {wire::kGrePort, LayerKind::kGre},
    {wire::kSctpPort, LayerKind::kSctp},
};

constexpr Code kPppProtocols[] = {
    {wire::kPppIpv4, LayerKind::kIpv4},
    {wire::kPppIpv6, LayerKind::kIpv6},
    {wire::kPppMpls, LayerKind::kMpls},
};

constexpr Code kGpeProtocols[] = {
    {wire::kVxlanGpeIpv4, LayerKind::kIpv4},
    {wire::kVxlanGpeIpv6, LayerKind::kIpv6},
    {wire::kVxlanGpeEthernet, LayerKind::kEth},
    {wire::kVxlanGpeMpls, LayerKind::kMpls},
};

constexpr Code kIcmpTypes[] = {{3, LayerKind::kIpv4}};
constexpr Code kIcmpv6Types[] = {{1, LayerKind::kIpv6}};
constexpr Code kGtpMessages[] = {
    {wire::kGtpGpdu, LayerKind::kIpv4},
    {wire::kGtpGpdu, LayerKind::kIpv6},
};

constexpr std::uint16_t kOneOctet[] = {0,   1,   2,   3,   4,   5,   6,   11,  12, 17,
                                       33,  41,  43,  44,  47,  50,  51,  58,  59, 60,
                                       115, 128, 132, 135, 136, 137, 143, 253, 255};
constexpr std::uint16_t kTwoOctets[] = {
    0x0000, 0x0001, 0x0021, 0x0057, 0x0281, 0x0283, 0x05dc, 0x05dd, 0x0800, 0x0806,
    0x22eb, 0x6558, 0x8100, 0x86dd, 0x8847, 0x8848, 0x8863, 0x8864, 0x880b, 0x88a8,
    0x88be, 0x9100, 500,    1701,   2152,   3544,   4500,   4754,   4789,   4790,
    6081,   6635,   9899,   51820,  0xaaaa, 0xff03, 0xffff};

std::span<const Code> codes_of(LayerKind kind) {
    switch (kind) {
        case LayerKind::kEth:
        case LayerKind::kVlan:
        case LayerKind::kSnap:
        case LayerKind::kGre:
        case LayerKind::kGeneve:
            return kEtherTypes;
        case LayerKind::kIpv4:
        case LayerKind::kIpv6:
        case LayerKind::kIpv6HopByHop:
        case LayerKind::kIpv6DestOpts:
        case LayerKind::kIpv6Routing:
        case LayerKind::kIpv6Fragment:
        case LayerKind::kIpv6Mobility:
        case LayerKind::kAh:
            return kProtocols;
        case LayerKind::kUdp:
            return kPorts;
        case LayerKind::kPpp:
            return kPppProtocols;
        case LayerKind::kVxlanGpe:
            return kGpeProtocols;
        case LayerKind::kIcmp:
            return kIcmpTypes;
        case LayerKind::kIcmpv6:
            return kIcmpv6Types;
        case LayerKind::kGtpU:
            return kGtpMessages;
        default:
            return {};
    }
}

}  // namespace

NextField next_field(LayerKind kind) {
    switch (kind) {
        case LayerKind::kEth:
            return {12, 2};
        case LayerKind::kVlan:
        case LayerKind::kGre:
        case LayerKind::kGeneve:
        case LayerKind::kUdp:
            return {2, 2};
        case LayerKind::kSnap:
            return {3, 2};
        case LayerKind::kPpp:
            return {0, 2};
        case LayerKind::kIpv4:
            return {9, 1};
        case LayerKind::kIpv6:
            return {6, 1};
        case LayerKind::kIpv6HopByHop:
        case LayerKind::kIpv6DestOpts:
        case LayerKind::kIpv6Routing:
        case LayerKind::kIpv6Fragment:
        case LayerKind::kIpv6Mobility:
        case LayerKind::kAh:
        case LayerKind::kIcmp:
        case LayerKind::kIcmpv6:
            return {0, 1};
        case LayerKind::kVxlanGpe:
            return {3, 1};
        case LayerKind::kGtpU:
            return {1, 1};
        default:
            return {};
    }
}

std::optional<std::uint16_t> next_code(LayerKind kind, LayerKind next) {
    const auto codes = codes_of(kind);
    const auto found =
        std::ranges::find_if(codes, [next](const Code& code) { return code.kind == next; });
    return found == codes.end() ? std::nullopt : std::optional(found->value);
}

std::span<const std::uint16_t> known_codes(std::size_t octets) {
    return octets == 1 ? std::span<const std::uint16_t>(kOneOctet)
                       : std::span<const std::uint16_t>(kTwoOctets);
}

void put8(std::span<std::byte> packet, std::size_t at, unsigned value) {
    if (at < packet.size()) packet[at] = static_cast<std::byte>(value);
}

void put16(std::span<std::byte> packet, std::size_t at, std::size_t value) {
    if (at + 1 >= packet.size()) return;
    packet[at] = static_cast<std::byte>(value >> 8);
    packet[at + 1] = static_cast<std::byte>(value);
}

unsigned get8(std::span<const std::byte> packet, std::size_t at) {
    return at < packet.size() ? std::to_integer<unsigned>(packet[at]) : 0;
}

unsigned get16(std::span<const std::byte> packet, std::size_t at) {
    return get8(packet, at) << 8 | get8(packet, at + 1);
}

void link(std::span<std::byte> packet, std::size_t at, LayerKind kind, LayerKind next) {
    constexpr std::size_t kBottomOctet = 2;  // Of a label stack entry; the S bit is its last.
    if (kind == LayerKind::kMpls) {
        const unsigned octet = get8(packet, at + kBottomOctet) & 0xfe;
        put8(packet, at + kBottomOctet, octet | (next == LayerKind::kMpls ? 0 : 1));
        return;
    }
    if (kind == LayerKind::kVxlanGpe) {
        put8(packet, at, get8(packet, at) | wire::kVxlanGpeHasProtocol);
    }
    const NextField field = next_field(kind);
    const auto code = next_code(kind, next);
    if (!code) return;
    field.octets == 1 ? put8(packet, at + field.at, *code) : put16(packet, at + field.at, *code);
}

void repair_lengths(const LayeredPacket& packet) {
    const std::span<std::byte> bytes = packet.bytes;
    for (std::size_t i = 0; i < packet.layer_count; ++i) {
        const std::size_t at = packet.layers.offsets[i];
        if (at >= bytes.size()) return;
        const std::size_t rest = std::min<std::size_t>(bytes.size() - at, UINT16_MAX);
        const auto behind = [rest](std::size_t octets) { return rest - std::min(rest, octets); };
        const auto length_behind = [&](std::size_t octets) {
            if (get16(bytes, at + octets - 2) > wire::kEthernetLengthMax) return;
            put16(bytes, at + octets - 2,
                  std::min<std::size_t>(behind(octets), wire::kEthernetLengthMax));
        };
        switch (packet.layers.kinds[i]) {
            case LayerKind::kEth:
                length_behind(sizeof(wire::Ethernet));
                break;
            case LayerKind::kVlan:
                length_behind(sizeof(wire::VlanTag));
                break;
            case LayerKind::kPppoeDiscovery:
            case LayerKind::kPppoeSession:
                put16(bytes, at + 4, behind(sizeof(wire::Pppoe)));
                break;
            case LayerKind::kIpv4:
                put16(bytes, at + 2, rest);
                break;
            case LayerKind::kIpv6:
                put16(bytes, at + 4, behind(sizeof(wire::Ipv6)));
                break;
            case LayerKind::kUdp:
                put16(bytes, at + 4, rest);
                break;
            case LayerKind::kGtpU:
                put16(bytes, at + 2, behind(sizeof(wire::GtpU)));
                break;
            case LayerKind::kL2tp:
                if ((get8(bytes, at) & 0x40) != 0) put16(bytes, at + 2, rest);
                break;
            case LayerKind::kIke:
                put16(bytes, at + 24, 0);
                put16(bytes, at + 26, rest);
                break;
            default:
                break;
        }
    }
}

}  // namespace weir::fuzz
