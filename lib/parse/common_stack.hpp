// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "parse/ethernet.hpp"
#include "parse/flow_hash.hpp"
#include "parse/icmp.hpp"
#include "parse/ip.hpp"
#include "parse/parse.hpp"
#include "wire/ethernet.hpp"
#include "wire/ip.hpp"
#include "wire/ipsec.hpp"
#include "wire/transport.hpp"
#include "wire/view.hpp"

/// The stacks of headers that most packets have: Ethernet, at most one VLAN tag, IPv4 without
/// options or IPv6, TCP, UDP, ESP, ICMP, SCTP or a protocol that is not parsed; or ARP behind
/// Ethernet; well-formed, whole and with nothing inside that is parsed. In them every header stands
/// where it always stands, so that a few comparisons tell that a packet is one of them, and its
/// record is a constant but for lengths, ports or SPI, and hash. What is known here is only a short
/// cut: of every packet the walk (walk.hpp) says the same, and of all others it alone.
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
/// Behind its network is nothing that is parsed where the transport is kNone.
template <bool kTagged, LayerKind kNetworkKind, LayerKind kTransportKind>
struct CommonStack {
    static constexpr bool kIsTagged = kTagged;
    static constexpr bool kIsIpv4 = kNetworkKind == LayerKind::kIpv4;
    static constexpr bool kIsTcp = kTransportKind == LayerKind::kTcp;
    static constexpr bool kIsUdp = kTransportKind == LayerKind::kUdp;
    static constexpr bool kIsEsp = kTransportKind == LayerKind::kEsp;
    static constexpr bool kIsSctp = kTransportKind == LayerKind::kSctp;
    static constexpr bool kIsNone = kTransportKind == LayerKind::kNone;
    static constexpr bool kIsIcmp =
        kTransportKind == LayerKind::kIcmp || kTransportKind == LayerKind::kIcmpv6;
    static constexpr bool kHasPorts = kIsTcp || kIsUdp || kIsSctp;
    static constexpr LayerKind kKind = kTransportKind;
    static constexpr std::uint16_t kTag = sizeof(wire::Ethernet);
    static constexpr std::uint16_t kNetwork = kTag + (kTagged ? sizeof(wire::VlanTag) : 0);
    static constexpr std::uint16_t kTransport =
        kNetwork + (kIsIpv4 ? sizeof(wire::Ipv4) : sizeof(wire::Ipv6));
    static constexpr std::uint16_t kTransportOctets = kIsTcp    ? sizeof(wire::Tcp)
                                                      : kIsUdp  ? sizeof(wire::Udp)
                                                      : kIsEsp  ? sizeof(wire::Esp)
                                                      : kIsSctp ? sizeof(wire::Sctp)
                                                      : kIsIcmp ? sizeof(wire::Icmp)
                                                                : 0;
    /// What has to be there of every packet, whatever its type.
    static constexpr std::uint16_t kNeeded =
        kIsIcmp   ? std::uint16_t{wire::kIcmpErrorOctets}
        : kIsSctp ? std::uint16_t{sizeof(wire::Sctp) + sizeof(wire::SctpChunk)}
                  : kTransportOctets;
    static constexpr std::size_t kLayers = 2 + (kTagged ? 1 : 0) + (kIsNone ? 0 : 1);

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
        if (!kIsNone) list(kTransportKind, kTransport);
        record.valid_bytes = kTransport + kTransportOctets;
        record.outer_network_offset = record.inner_network_offset = kNetwork;
        record.outer_transport_offset = record.inner_transport_offset = kIsNone ? 0 : kTransport;
        record.outer_network = record.inner_network = kNetworkKind;
        record.outer_transport = record.inner_transport = kTransportKind;
        record.vlan_count = kTagged ? 1 : 0;
        if (kIsEsp) {
            record.ipsec = LayerKind::kEsp;
            record.ipsec_offset = kTransport;
            record.ipsec_network_offset = kNetwork;
        }
        return record;
    }();
};

/// Octets of the TCP header at `transport`, of the UDP datagram, or up to the end of the first SCTP
/// chunk, by their own length; where there is none, what is needed; less of a message that quotes a
/// packet.
template <typename Stack>
[[nodiscard, gnu::always_inline]] inline int transport_length(const std::byte* transport) noexcept {
    if (Stack::kIsTcp) return static_cast<int>(wire::view<wire::Tcp>(transport).data_offset()) * 4;
    if (Stack::kIsUdp) return wire::view<wire::Udp>(transport).length.host();
    if (Stack::kIsSctp) {
        const auto& chunk = wire::view<wire::SctpChunk>(transport + sizeof(wire::Sctp));
        return static_cast<int>(sizeof(wire::Sctp)) + chunk.length.host();
    }
    if (!Stack::kIsIcmp) return Stack::kNeeded;
    return quotes_packet(Stack::kKind, wire::view<wire::Icmp>(transport).type) ? 0 : Stack::kNeeded;
}

/// Ports, or SPI and sequence number, where there are some.
template <typename Stack>
[[gnu::always_inline]] inline void record_transport(const std::byte* transport, int length,
                                                    PacketRecord& record) noexcept {
    if (Stack::kIsEsp) {
        const auto& esp = wire::view<wire::Esp>(transport);
        record.spi = esp.spi.host();
        record.sequence = esp.sequence.host();
        return;
    }
    if (!Stack::kHasPorts) return;
    if (Stack::kIsTcp) record.valid_bytes = static_cast<std::uint16_t>(Stack::kTransport + length);
    const auto ports = word_at<std::uint32_t>(transport);
    const std::uint32_t in_host_order = std::endian::native == std::endian::little
                                            ? std::rotl(__builtin_bswap32(ports), 16)
                                            : ports;
    std::memcpy(&record.source_port, &in_host_order, sizeof in_host_order);
}

/// Nothing but Ethernet, and `kKind` behind it; kNone: an EtherType that leads to no known layer.
template <LayerKind kKind, std::uint16_t kOctets>
[[gnu::always_inline]] inline void record_link(PacketRecord& record) noexcept {
    constexpr bool kIsAlone = kKind == LayerKind::kNone;
    static constexpr PacketRecord kRecord = [] {
        PacketRecord record{};
        record.layer_mask = layer_bit(LayerKind::kEth) | (kIsAlone ? 0 : layer_bit(kKind));
        record.layer_count = kIsAlone ? 1 : 2;
        record.valid_bytes = sizeof(wire::Ethernet) + kOctets;
        return record;
    }();
    std::memcpy(&record, &kRecord, offsetof(PacketRecord, layer_offsets));
    record.layer_offsets[0] = 0;
    record.layer_kinds[0] = LayerKind::kEth;
    if (kIsAlone) return;
    record.layer_offsets[1] = sizeof(wire::Ethernet);
    record.layer_kinds[1] = kKind;
}

/// No frame that is shorter has one of the stacks: Ethernet, IPv4, and 8 octets; or all of ARP.
inline constexpr std::uint16_t kShortestCommon = 42;

/// Writes the record of an untagged frame that carries no IP; false, and nothing is written, where
/// it takes more to tell what it is. kShortestCommon octets are there.
[[nodiscard, gnu::always_inline]] inline bool parse_common_link(const std::byte* frame,
                                                                PacketRecord& record) noexcept {
    constexpr std::size_t kShortArp = sizeof(wire::Arp) + 2 * (6 + 4);  // Of Ethernet and IPv4.
    static_assert(sizeof(wire::Ethernet) + kShortArp <= kShortestCommon);
    const std::uint16_t ether_type = wire::view<wire::Ethernet>(frame).ether_type.host();
    if (ether_type <= wire::kEthernetLengthMax) return false;
    const LayerKind kind = layer_of_ether_type(ether_type);
    if (kind == LayerKind::kNone) {
        record_link<LayerKind::kNone, 0>(record);
        return true;
    }
    if (kind != LayerKind::kArp) return false;
    if (wire::view<wire::Arp>(frame + sizeof(wire::Ethernet)).octets() != kShortArp) return false;
    record_link<LayerKind::kArp, kShortArp>(record);
    return true;
}

/// Writes the record of a packet of the stack, which this is by its EtherTypes, protocol number and
/// the like; false, and nothing is written, where it takes more to tell what it is. `captured`: its
/// octets, no more than kMaxFrameBytes.
template <typename Stack>
[[nodiscard, gnu::always_inline]] inline bool parse_common(const std::byte* frame, int captured,
                                                           const ParseOptions& options,
                                                           PacketRecord& record) noexcept {
    if (captured < Stack::kTransport + Stack::kNeeded) return false;
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
    const int length = transport_length<Stack>(transport);
    if (length < Stack::kNeeded || length > end - Stack::kTransport) return false;
    const auto& udp = wire::view<wire::Udp>(transport);
    if (Stack::kIsUdp && options.udp_ports.known(udp.source_port, udp.destination_port)) {
        return false;
    }
    if (Stack::kIsEsp && options.esp_null_icv_octets >= 0) return false;

    constexpr const PacketRecord& kRecord = Stack::kRecord;
    constexpr std::size_t kLayers = Stack::kLayers;
    std::memcpy(&record, &kRecord, offsetof(PacketRecord, layer_offsets));
    std::memcpy(&record.layer_offsets, &kRecord.layer_offsets, kLayers * sizeof(std::uint16_t));
    std::memcpy(&record.layer_kinds, &kRecord.layer_kinds, kLayers * sizeof(LayerKind));
    record_transport<Stack>(transport, length, record);
    record.flow_hash =
        flow_hash(Stack::kIsIpv4 ? ipv4_flow_addresses(network) : ipv6_flow_addresses(network),
                  Stack::kHasPorts || Stack::kIsEsp ? word_at<std::uint32_t>(transport) : 0);
    record.network_end_offset = static_cast<std::uint16_t>(end);
    if (Stack::kIsTagged) {
        const std::uint16_t tci = wire::view<wire::VlanTag>(frame + Stack::kTag).tci.host();
        record.outer_vlan_tci = tci;
        record.inner_vlan_tci = tci;
    }
    return true;
}

/// Of an IP packet of the network `kNetworkKind` whose header has no options and whose protocol is
/// neither TCP nor UDP. A function of its own: those two keep the registers.
template <bool kTagged, LayerKind kNetworkKind>
[[nodiscard, gnu::noinline]] bool parse_common_other(const std::byte* frame, int captured,
                                                     std::uint8_t protocol,
                                                     const ParseOptions& options,
                                                     PacketRecord& record) noexcept {
    constexpr bool kIsIpv4 = kNetworkKind == LayerKind::kIpv4;
    constexpr LayerKind kIcmpKind = kIsIpv4 ? LayerKind::kIcmp : LayerKind::kIcmpv6;
    constexpr std::uint8_t kIcmp = kIsIpv4 ? wire::kProtocolIcmp : wire::kProtocolIcmpv6;
    if (protocol == wire::kProtocolEsp) {
        using Esp = CommonStack<kTagged, kNetworkKind, LayerKind::kEsp>;
        return parse_common<Esp>(frame, captured, options, record);
    }
    if (protocol == kIcmp) {
        using Icmp = CommonStack<kTagged, kNetworkKind, kIcmpKind>;
        return parse_common<Icmp>(frame, captured, options, record);
    }
    const LayerKind kind = layer_of_any_protocol(protocol, !kIsIpv4);
    if (kind == LayerKind::kNone) {
        using Alone = CommonStack<kTagged, kNetworkKind, LayerKind::kNone>;
        return parse_common<Alone>(frame, captured, options, record);
    }
    if (kind == LayerKind::kSctp) {
        using Sctp = CommonStack<kTagged, kNetworkKind, LayerKind::kSctp>;
        return parse_common<Sctp>(frame, captured, options, record);
    }
    return false;
}

/// The same of any protocol.
template <bool kTagged, LayerKind kNetworkKind>
[[nodiscard, gnu::always_inline]] inline bool parse_common_transport(
    const std::byte* frame, int captured, std::uint8_t protocol, const ParseOptions& options,
    PacketRecord& record) noexcept {
    if (protocol == wire::kProtocolTcp) {
        using Tcp = CommonStack<kTagged, kNetworkKind, LayerKind::kTcp>;
        return parse_common<Tcp>(frame, captured, options, record);
    }
    if (protocol == wire::kProtocolUdp) {
        using Udp = CommonStack<kTagged, kNetworkKind, LayerKind::kUdp>;
        return parse_common<Udp>(frame, captured, options, record);
    }
    return parse_common_other<kTagged, kNetworkKind>(frame, captured, protocol, options, record);
}

/// Of an IPv4 packet without options: version and IHL were looked at.
template <bool kTagged>
[[nodiscard, gnu::always_inline]] inline bool parse_common_ipv4(const std::byte* frame,
                                                                int captured,
                                                                const ParseOptions& options,
                                                                PacketRecord& record) noexcept {
    constexpr std::size_t kNetwork = sizeof(wire::Ethernet) + (kTagged ? sizeof(wire::VlanTag) : 0);
    // More fragments and offset.
    constexpr std::size_t kFragment = kNetwork + offsetof(wire::Ipv4, flags_offset);
    if ((word_at<std::uint32_t>(frame + kFragment) & word_of(0x3f, 0xff, 0, 0)) != 0) return false;
    const std::uint8_t protocol = wire::view<wire::Ipv4>(frame + kNetwork).protocol;
    return parse_common_transport<kTagged, LayerKind::kIpv4>(frame, captured, protocol, options,
                                                             record);
}

/// The same of IPv6.
template <bool kTagged>
[[nodiscard, gnu::always_inline]] inline bool parse_common_ipv6(const std::byte* frame,
                                                                int captured,
                                                                const ParseOptions& options,
                                                                PacketRecord& record) noexcept {
    constexpr std::size_t kNetwork = sizeof(wire::Ethernet) + (kTagged ? sizeof(wire::VlanTag) : 0);
    const std::uint8_t protocol = wire::view<wire::Ipv6>(frame + kNetwork).next_header;
    return parse_common_transport<kTagged, LayerKind::kIpv6>(frame, captured, protocol, options,
                                                             record);
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
    constexpr std::size_t kMostLayers = 4;
    if (octets < kShortestCommon || options.max_layers < kMostLayers) [[unlikely]] {
        return false;
    }
    constexpr std::size_t kType = offsetof(wire::Ethernet, ether_type);
    const auto type = word_at<std::uint32_t>(frame + kType);
    if (is_plain_ipv4(type)) [[likely]] {
        return parse_common_ipv4<false>(frame, octets, options, record);
    }
    if (is_ipv6(type)) return parse_common_ipv6<false>(frame, octets, options, record);
    if (wire::view<wire::Ethernet>(frame).ether_type.host() != wire::kEtherTypeVlan) {
        return parse_common_link(frame, record);
    }
    const auto inner = word_at<std::uint32_t>(frame + kType + sizeof(wire::VlanTag));
    if (is_plain_ipv4(inner)) return parse_common_ipv4<true>(frame, octets, options, record);
    if (is_ipv6(inner)) return parse_common_ipv6<true>(frame, octets, options, record);
    return false;
}

}  // namespace weir::parse
