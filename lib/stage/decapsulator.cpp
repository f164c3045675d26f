// SPDX-License-Identifier: BSD-3-Clause
#include "stage/decapsulator.hpp"

#include <rte_ip.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "ipsec/sa_key.hpp"
#include "mem/poison.hpp"
#include "wire/ethernet.hpp"
#include "wire/ip.hpp"
#include "wire/transport.hpp"
#include "wire/view.hpp"

namespace weir::stage {
namespace {

using crypto::EspPacket;
using crypto::EspVerdict;
using parse::LayerKind;
using parse::PacketRecord;

std::byte* octets_of(const EspPacket& packet) noexcept {
    return rte_pktmbuf_mtod(packet.mbuf, std::byte*);
}

bool is_in_udp(const PacketRecord& record) noexcept {
    return ipsec::protocol_of(record) == ipsec::SaProtocol::kEspInUdp;
}

bool has(const PacketRecord& record, LayerKind kind) noexcept {
    return (record.layer_mask & parse::layer_bit(kind)) != 0;
}

/// Where the payload ends of the IP header that carries ESP, by its own length; ESP in UDP by that
/// of UDP. Within 32 bits whatever the header says.
std::uint32_t end_of(const std::byte* packet, const PacketRecord& record, bool in_udp) noexcept {
    const std::uint32_t at = record.ipsec_network_offset;
    const bool v4 = wire::load<wire::Ipv4>(packet + at).version() == 4;
    const std::uint32_t end = v4 ? at + wire::load<wire::Ipv4>(packet + at).total_length.host()
                                 : at + static_cast<std::uint32_t>(sizeof(wire::Ipv6)) +
                                       wire::load<wire::Ipv6>(packet + at).payload_length.host();
    if (!in_udp) return end;
    const std::uint32_t udp = record.ipsec_offset - static_cast<std::uint32_t>(sizeof(wire::Udp));
    return std::min(end, udp + wire::load<wire::Udp>(packet + udp).length.host());
}

/// Where the number stands that says what follows the IPv6 header at `start` and its extension
/// headers, which end at `end` (RFC 8200, section 4); none when they do not end there.
std::optional<std::uint32_t> last_next_header(const std::byte* packet, std::uint32_t start,
                                              std::uint32_t end) noexcept {
    std::uint32_t field = start + static_cast<std::uint32_t>(offsetof(wire::Ipv6, next_header));
    std::uint32_t at = start + static_cast<std::uint32_t>(sizeof(wire::Ipv6));
    while (at + 8 <= end) {
        const auto kind = std::to_integer<unsigned>(packet[field]);
        const auto length = std::to_integer<std::uint32_t>(packet[at + 1]);
        field = at;
        // Fragment headers have one length, AH counts by four (RFC 4302, section 2.2).
        at += kind == IPPROTO_FRAGMENT ? 8
              : kind == IPPROTO_AH     ? (length + 2) * 4
                                       : (length + 1) * 8;
    }
    return at == end ? std::optional(field) : std::nullopt;
}

/// Makes the IP header at `start`, which ends at `end`, that of `octets` of payload of `protocol`.
bool set_header(std::byte* packet, std::uint32_t start, std::uint32_t end, std::uint8_t protocol,
                std::uint32_t octets) noexcept {
    std::byte* header = packet + start;
    if (wire::load<wire::Ipv4>(header).version() == 4) {
        auto* ip = reinterpret_cast<rte_ipv4_hdr*>(header);
        ip->next_proto_id = protocol;
        ip->total_length = rte_cpu_to_be_16(static_cast<std::uint16_t>(end - start + octets));
        ip->hdr_checksum = 0;
        ip->hdr_checksum = rte_ipv4_cksum(ip);
        return true;
    }
    const auto field = last_next_header(packet, start, end);
    if (!field) return false;
    packet[*field] = std::byte{protocol};
    auto* ip = reinterpret_cast<rte_ipv6_hdr*>(header);
    ip->payload_len = rte_cpu_to_be_16(static_cast<std::uint16_t>(
        end - start - static_cast<std::uint32_t>(sizeof(wire::Ipv6)) + octets));
    return true;
}

/// std::memmove for headers; as a rule they are Ethernet's alone.
void move_headers(std::byte* to, const std::byte* from, std::uint32_t octets) noexcept {
    if (octets != sizeof(wire::Ethernet)) {
        std::memmove(to, from, octets);
        return;
    }
    constexpr std::size_t kLast = sizeof(wire::Ethernet) - 8;
    std::uint64_t words[2];
    std::memcpy(&words[0], from, 8);
    std::memcpy(&words[1], from + kLast, 8);
    std::memcpy(to, &words[0], 8);
    std::memcpy(to + kLast, &words[1], 8);
}

/// Keeps the first `kept` octets of the packet, which is in one segment, and puts the contents
/// right behind them, without moving these.
void splice(const EspPacket& packet, std::uint32_t kept, const mem::PacketMeta& meta) noexcept {
    rte_mbuf* mbuf = packet.mbuf;
    std::byte* data = octets_of(packet);
    const std::uint32_t gone = packet.inner_offset - kept;
    if constexpr (mem::kPoison) mem::poison::open(mbuf);
    move_headers(data + gone, data, kept);
    mbuf->data_off = static_cast<std::uint16_t>(mbuf->data_off + gone);
    mbuf->data_len = static_cast<std::uint16_t>(kept + packet.inner_octets);
    mbuf->pkt_len = mbuf->data_len;
    if constexpr (mem::kPoison) mem::poison::fence(mbuf);
    if (meta.captured(mbuf)) meta.set_captured(mbuf, mbuf->pkt_len, meta.timestamp_ns(mbuf));
}

}  // namespace

inline EspOutcome Decapsulator::open(const EspPacket& packet,
                                     const PacketRecord& record) const noexcept {
    if (!crypto::is_readable(packet.verdict)) return static_cast<EspOutcome>(packet.verdict);
    if (packet.next_header == IPPROTO_NONE) return kEspDummy;
    if (record.outer_network_offset != record.ipsec_network_offset ||
        has(record, LayerKind::kPppoeSession) || has(record, LayerKind::kLlc)) {
        return kEspInTunnel;
    }
    const std::uint32_t start = record.ipsec_network_offset;
    if (packet.next_header == IPPROTO_IPIP || packet.next_header == IPPROTO_IPV6) {
        splice(packet, start, meta_);
        // Behind a label stack the first nibble tells.
        if (!has(record, LayerKind::kMpls)) {
            const base::be16 type = base::be16::from_host(
                packet.next_header == IPPROTO_IPIP ? wire::kEtherTypeIpv4 : wire::kEtherTypeIpv6);
            std::memcpy(octets_of(packet) + start - sizeof type, &type, sizeof type);
        }
    } else {
        const std::uint32_t end =
            is_in_udp(record) ? packet.esp_offset - static_cast<std::uint32_t>(sizeof(wire::Udp))
                              : packet.esp_offset;
        if (!set_header(octets_of(packet), start, end, packet.next_header, packet.inner_octets)) {
            return kEspInTunnel;
        }
        splice(packet, end, meta_);
    }
    return static_cast<EspOutcome>(packet.verdict);
}

void Decapsulator::process(const mem::Burst& burst, std::span<PacketRecord> records,
                           PacketParser& parser) noexcept {
    std::size_t count = 0;
    for (std::size_t i = 0; i < burst.size(); ++i) {
        outcomes_[i] = kNoEsp;
        const PacketRecord& record = records[i];
        if (record.ipsec != LayerKind::kEsp) continue;
        // A fragment has to be put together before (RFC 4303, section 3.4.1).
        if ((record.flags & parse::kFragment) != 0) {
            outcomes_[i] = static_cast<EspOutcome>(EspVerdict::kUnsupported);
            continue;
        }
        const base::PacketView view = parser.contiguous(burst[i]);
        const bool in_udp = is_in_udp(record);
        EspPacket& packet = packets_[count];
        packet.mbuf = burst[i];
        packet.network_offset = record.ipsec_network_offset;
        packet.esp_offset = record.ipsec_offset;
        packet.esp_end = end_of(view.bytes.data(), record, in_udp);
        indices_[count++] = static_cast<std::uint8_t>(i);
    }
    if (count == 0) return;
    decryptor_->decrypt(std::span(packets_).first(count));
    std::size_t opened = 0;
    for (std::size_t k = 0; k < count; ++k) {
        const std::uint8_t i = indices_[k];
        outcomes_[i] = open(packets_[k], records[i]);
        if (is_decapsulated(outcomes_[i])) indices_[opened++] = i;
    }
    // In a pass of their own, by when headers that were moved can be read without waiting.
    for (std::size_t k = 0; k < opened; ++k) {
        const std::size_t i = indices_[k];
        const std::uint64_t outer_layers = records[i].layer_mask;
        parser.parse(burst[i], records[i]);
        records[i].layer_mask |= outer_layers;
    }
}

}  // namespace weir::stage
