// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "parse/ethernet.hpp"
#include "parse/flow_hash.hpp"
#include "parse/parse.hpp"
#include "wire/ethernet.hpp"
#include "wire/ip.hpp"
#include "wire/transport.hpp"
#include "wire/view.hpp"

/// The stacks of headers that most packets have: Ethernet, at most one VLAN tag, IPv4 without
/// options or IPv6, TCP or UDP, well-formed, whole and with nothing inside that is parsed. In them
/// every header stands where it always stands, so that a few comparisons tell that a packet is one
/// of them, and its record is a constant but for lengths, ports and hash. What is known here is
/// only a short cut: of every packet the walk (walk.hpp) says the same, and of all others it alone.
namespace weir::parse {

/// The octets of `Word` from `at` on, as they stand in memory; only compared with others like it.
template <typename Word>
[[nodiscard, gnu::always_inline]] inline Word word_at(const std::byte* at) noexcept {
    Word word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

/// The same of octets given one by one.
[[nodiscard]] constexpr std::uint32_t word_of(std::uint8_t a, std::uint8_t b, std::uint8_t c,
                                              std::uint8_t d) noexcept {
    return std::bit_cast<std::uint32_t>(std::array<std::uint8_t, 4>{a, b, c, d});
}

/// One of the stacks: where its headers stand, and what all its packets' records have in common.
template <bool kTagged, LayerKind kNetworkKind, LayerKind kTransportKind>
struct CommonStack {
    static constexpr bool kIsTagged = kTagged;
    static constexpr bool kIsIpv4 = kNetworkKind == LayerKind::kIpv4;
    static constexpr bool kIsTcp = kTransportKind == LayerKind::kTcp;
    static constexpr std::uint16_t kTag = sizeof(wire::Ethernet);
    static constexpr std::uint16_t kNetwork = kTag + (kTagged ? sizeof(wire::VlanTag) : 0);
    static constexpr std::uint16_t kTransport =
        kNetwork + (kIsIpv4 ? sizeof(wire::Ipv4) : sizeof(wire::Ipv6));
    static constexpr std::uint16_t kTransportOctets =
        kIsTcp ? sizeof(wire::Tcp) : sizeof(wire::Udp);
    static constexpr std::size_t kLayers = kTagged ? 4 : 3;

    static constexpr PacketRecord kRecord = [] {
        PacketRecord record{};
        const auto list = [&record](LayerKind kind, std::uint16_t offset) {
            record.layer_offsets[record.layer_count] = offset;
            record.layer_kinds[record.layer_count] = kind;
            ++record.layer_count;
            record.layer_mask |= layer_bit(kind);
        };
        list(LayerKind::kEth, 0);
        if (kTagged) list(LayerKind::kVlan, kTag);
        list(kNetworkKind, kNetwork);
        list(kTransportKind, kTransport);
        record.valid_bytes = kTransport + kTransportOctets;
        record.outer_network_offset = record.inner_network_offset = kNetwork;
        record.outer_transport_offset = record.inner_transport_offset = kTransport;
        record.outer_network = record.inner_network = kNetworkKind;
        record.outer_transport = record.inner_transport = kTransportKind;
        record.vlan_count = kTagged ? 1 : 0;
        return record;
    }();
};

/// Nothing but Ethernet, with an EtherType that leads to no known layer.
[[gnu::always_inline]] inline void record_ethernet_alone(PacketRecord& record) noexcept {
    static constexpr PacketRecord kRecord = [] {
        PacketRecord record{};
        record.layer_mask = layer_bit(LayerKind::kEth);
        record.layer_count = 1;
        record.valid_bytes = sizeof(wire::Ethernet);
        return record;
    }();
    std::memcpy(&record, &kRecord, offsetof(PacketRecord, layer_offsets));
    record.layer_offsets[0] = 0;
    record.layer_kinds[0] = LayerKind::kEth;
}

/// Writes the record of a packet of the stack, which this is by its EtherTypes, protocol number and
/// the like; false, and nothing is written, where it takes more to tell what it is. `captured`: its
/// octets, no more than kMaxFrameBytes.
template <typename Stack>
[[nodiscard, gnu::always_inline]] inline bool parse_common(const std::byte* frame, int captured,
                                                           const UdpPorts& udp_ports,
                                                           PacketRecord& record) noexcept {
    if (captured < Stack::kTransport + Stack::kTransportOctets) return false;
    const std::byte* network = frame + Stack::kNetwork;
    const std::byte* transport = frame + Stack::kTransport;
    int end = Stack::kNetwork;
    if constexpr (Stack::kIsIpv4) {
        end += wire::view<wire::Ipv4>(network).total_length.host();
    } else {
        end += static_cast<int>(sizeof(wire::Ipv6)) +
               wire::view<wire::Ipv6>(network).payload_length.host();
    }
    // Where the capture is cut before, or the lengths contradict each other, others have a word.
    if (end > captured) return false;
    const auto& udp = wire::view<wire::Udp>(transport);
    int header = sizeof(wire::Udp);
    int length = 0;
    if constexpr (Stack::kIsTcp) {
        header = length = static_cast<int>(wire::view<wire::Tcp>(transport).data_offset()) * 4;
    } else {
        length = udp.length.host();
    }
    if (length < Stack::kTransportOctets || length > end - Stack::kTransport) return false;
    if (!Stack::kIsTcp && udp_ports.known(udp.source_port, udp.destination_port)) return false;

    constexpr const PacketRecord& kRecord = Stack::kRecord;
    constexpr std::size_t kLayers = Stack::kLayers;
    std::memcpy(&record, &kRecord, offsetof(PacketRecord, layer_offsets));
    std::memcpy(&record.layer_offsets, &kRecord.layer_offsets, kLayers * sizeof(std::uint16_t));
    std::memcpy(&record.layer_kinds, &kRecord.layer_kinds, kLayers * sizeof(LayerKind));
    if (Stack::kIsTcp) {
        record.valid_bytes = static_cast<std::uint16_t>(Stack::kTransport + header);
    }
    const auto ports = word_at<std::uint32_t>(transport);
    const std::uint32_t in_host_order = std::endian::native == std::endian::little
                                            ? std::rotl(__builtin_bswap32(ports), 16)
                                            : ports;
    std::memcpy(&record.source_port, &in_host_order, sizeof in_host_order);
    record.flow_hash = flow_hash(
        Stack::kIsIpv4 ? ipv4_flow_addresses(network) : ipv6_flow_addresses(network), ports);
    record.network_end_offset = static_cast<std::uint16_t>(end);
    if (Stack::kIsTagged) {
        const std::uint16_t tci = wire::view<wire::VlanTag>(frame + Stack::kTag).tci.host();
        record.outer_vlan_tci = tci;
        record.inner_vlan_tci = tci;
    }
    return true;
}

/// Of an IPv4 packet without options at `Network`: version and IHL were looked at.
template <bool kTagged>
[[nodiscard, gnu::always_inline]] inline bool parse_common_ipv4(const std::byte* frame,
                                                                int captured,
                                                                const UdpPorts& udp_ports,
                                                                PacketRecord& record) noexcept {
    using Tcp = CommonStack<kTagged, LayerKind::kIpv4, LayerKind::kTcp>;
    using Udp = CommonStack<kTagged, LayerKind::kIpv4, LayerKind::kUdp>;
    // More fragments and offset, TTL, protocol.
    const auto protocol =
        word_at<std::uint32_t>(frame + Tcp::kNetwork + offsetof(wire::Ipv4, flags_offset)) &
        word_of(0x3f, 0xff, 0, 0xff);
    if (protocol == word_of(0, 0, 0, wire::kProtocolTcp)) {
        return parse_common<Tcp>(frame, captured, udp_ports, record);
    }
    if (protocol == word_of(0, 0, 0, wire::kProtocolUdp)) {
        return parse_common<Udp>(frame, captured, udp_ports, record);
    }
    return false;
}

/// The same of IPv6.
template <bool kTagged>
[[nodiscard, gnu::always_inline]] inline bool parse_common_ipv6(const std::byte* frame,
                                                                int captured,
                                                                const UdpPorts& udp_ports,
                                                                PacketRecord& record) noexcept {
    using Tcp = CommonStack<kTagged, LayerKind::kIpv6, LayerKind::kTcp>;
    using Udp = CommonStack<kTagged, LayerKind::kIpv6, LayerKind::kUdp>;
    const std::uint8_t next_header = wire::view<wire::Ipv6>(frame + Tcp::kNetwork).next_header;
    if (next_header == wire::kProtocolTcp) {
        return parse_common<Tcp>(frame, captured, udp_ports, record);
    }
    if (next_header == wire::kProtocolUdp) {
        return parse_common<Udp>(frame, captured, udp_ports, record);
    }
    return false;
}

/// An EtherType, and version and IHL of the IP header behind it.
[[nodiscard, gnu::always_inline]] inline bool is_plain_ipv4(std::uint32_t type) noexcept {
    return (type & word_of(0xff, 0xff, 0xff, 0)) ==
           word_of(0x08, 0x00, wire::kIpv4VersionIhlPlain, 0);
}
[[nodiscard, gnu::always_inline]] inline bool is_ipv6(std::uint32_t type) noexcept {
    return (type & word_of(0xff, 0xff, 0xf0, 0)) == word_of(0x86, 0xdd, 0x60, 0);
}

/// Writes the record of a packet that has one of the common stacks; false, and nothing is written,
/// for any other. `octets` of `frame` were captured; a 16-bit number, since a longer frame is not
/// read to its end.
[[nodiscard, gnu::always_inline]] inline bool parse_common(const std::byte* frame,
                                                           std::uint16_t octets,
                                                           const ParseOptions& options,
                                                           PacketRecord& record) noexcept {
    constexpr int kShortest = 42;  // Ethernet, IPv4, UDP.
    constexpr std::size_t kMostLayers = 4;
    if (octets < kShortest || options.max_layers < kMostLayers) [[unlikely]] {
        return false;
    }
    constexpr std::size_t kType = offsetof(wire::Ethernet, ether_type);
    const auto type = word_at<std::uint32_t>(frame + kType);
    if (is_plain_ipv4(type)) [[likely]] {
        return parse_common_ipv4<false>(frame, octets, options.udp_ports, record);
    }
    if (is_ipv6(type)) return parse_common_ipv6<false>(frame, octets, options.udp_ports, record);
    const std::uint16_t ether_type = wire::view<wire::Ethernet>(frame).ether_type.host();
    if (ether_type == wire::kEtherTypeVlan) {
        const auto inner = word_at<std::uint32_t>(frame + kType + sizeof(wire::VlanTag));
        if (is_plain_ipv4(inner)) {
            return parse_common_ipv4<true>(frame, octets, options.udp_ports, record);
        }
        if (is_ipv6(inner))
            return parse_common_ipv6<true>(frame, octets, options.udp_ports, record);
        return false;
    }
    if (ether_type <= wire::kEthernetLengthMax ||
        layer_of_ether_type(ether_type) != LayerKind::kNone) {
        return false;
    }
    record_ethernet_alone(record);
    return true;
}

}  // namespace weir::parse
