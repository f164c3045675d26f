// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/packet_view.hpp"
#include "parse/parse.hpp"
#include "wire/ethernet.hpp"
#include "wire/ip.hpp"
#include "wire/ipsec.hpp"
#include "wire/transport.hpp"
#include "wire/tunnel.hpp"
#include "wire/view.hpp"

/// The layers of a parsed packet and their header fields, read from its octets when asked for.
/// Nothing is copied, and nothing is ever read past the captured end, or past the end of the packet
/// that a layer stands in: what follows there is padding, a trailer, another message.
///
///   const PacketLayers layers(packet, record);
///   if (const auto* ip = layers.find<wire::Ipv4>()) use(ip->ttl, ip->total_length.host());
namespace weir::parse {

/// layer_bit() of the kinds that a header struct stands for.
template <typename Header>
inline constexpr std::uint64_t kLayersOf = 0;
template <>
inline constexpr std::uint64_t kLayersOf<wire::Ethernet> = layer_bit(LayerKind::kEth);
template <>
inline constexpr std::uint64_t kLayersOf<wire::VlanTag> = layer_bit(LayerKind::kVlan);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Llc> = layer_bit(LayerKind::kLlc);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Snap> = layer_bit(LayerKind::kSnap);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Arp> = layer_bit(LayerKind::kArp);
template <>
inline constexpr std::uint64_t kLayersOf<wire::MplsEntry> = layer_bit(LayerKind::kMpls);
template <>
inline constexpr std::uint64_t kLayersOf<wire::PseudowireControlWord> =
    layer_bit(LayerKind::kPseudowire);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Pppoe> = layer_bit(LayerKind::kPppoeDiscovery) |
                                                        layer_bit(LayerKind::kPppoeSession);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Ipv4> = layer_bit(LayerKind::kIpv4);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Ipv6> = layer_bit(LayerKind::kIpv6);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Ipv6Extension> =
    layer_bit(LayerKind::kIpv6HopByHop) | layer_bit(LayerKind::kIpv6DestOpts) |
    layer_bit(LayerKind::kIpv6Routing) | layer_bit(LayerKind::kIpv6Mobility);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Ipv6Routing> = layer_bit(LayerKind::kIpv6Routing);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Ipv6Mobility> = layer_bit(LayerKind::kIpv6Mobility);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Ipv6Fragment> = layer_bit(LayerKind::kIpv6Fragment);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Tcp> = layer_bit(LayerKind::kTcp);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Udp> = layer_bit(LayerKind::kUdp);
template <>
inline constexpr std::uint64_t kLayersOf<wire::UdpLite> = layer_bit(LayerKind::kUdpLite);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Sctp> = layer_bit(LayerKind::kSctp);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Dccp> = layer_bit(LayerKind::kDccp);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Icmp> = layer_bit(LayerKind::kIcmp) |
                                                       layer_bit(LayerKind::kIcmpv6);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Esp> = layer_bit(LayerKind::kEsp);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Ah> = layer_bit(LayerKind::kAh);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Ike> = layer_bit(LayerKind::kIke);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Gre> = layer_bit(LayerKind::kGre);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Erspan> = layer_bit(LayerKind::kErspan);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Vxlan> = layer_bit(LayerKind::kVxlan);
template <>
inline constexpr std::uint64_t kLayersOf<wire::VxlanGpe> = layer_bit(LayerKind::kVxlanGpe);
template <>
inline constexpr std::uint64_t kLayersOf<wire::Geneve> = layer_bit(LayerKind::kGeneve);
template <>
inline constexpr std::uint64_t kLayersOf<wire::GtpU> = layer_bit(LayerKind::kGtpU) |
                                                       layer_bit(LayerKind::kGtpPrime);
template <>
inline constexpr std::uint64_t kLayersOf<wire::L2tp> = layer_bit(LayerKind::kL2tp);
template <>
inline constexpr std::uint64_t kLayersOf<wire::WireGuard> = layer_bit(LayerKind::kWireGuard);

class PacketLayers {
   public:
    /// The layers that `record` lists. Packet, record and list must outlive this.
    /// `esp_null_icv_octets`: as in the options that the packet was parsed with.
    PacketLayers(const base::PacketView& packet, const PacketRecord& record,
                 int esp_null_icv_octets = ParseOptions::kEspEncrypted) noexcept
        : PacketLayers(packet, record, record.layer_offsets, record.layer_kinds,
                       esp_null_icv_octets) {}
    /// All layers that parse_deep() listed.
    PacketLayers(const base::PacketView& packet, const PacketRecord& record, const LayerList& list,
                 int esp_null_icv_octets = ParseOptions::kEspEncrypted) noexcept
        : PacketLayers(packet, record, list.offsets, list.kinds, esp_null_icv_octets) {}

    /// How many layers are listed, outermost first.
    [[nodiscard]] std::size_t size() const noexcept { return kinds_.size(); }
    [[nodiscard]] LayerKind kind(std::size_t layer) const noexcept { return kinds_[layer]; }
    /// Octets from the first of the frame.
    [[nodiscard]] std::size_t offset(std::size_t layer) const noexcept { return offsets_[layer]; }
    /// Where the layer ends on the wire, by its own length or that of one around it, in octets from
    /// the first of the frame.
    [[nodiscard]] std::size_t end(std::size_t layer) const noexcept { return ends_[layer]; }
    /// From the layer's first octet to its end, as far as it was captured.
    [[nodiscard]] std::span<const std::byte> bytes(std::size_t layer) const noexcept {
        const std::size_t end = std::min<std::size_t>(ends_[layer], bytes_.size());
        const std::size_t start = std::min<std::size_t>(offsets_[layer], end);
        return bytes_.subspan(start, end - start);
    }
    /// The layer of this index and those behind it are of a packet that an ICMP error quotes;
    /// size() when there is none.
    [[nodiscard]] std::size_t first_quoted() const noexcept { return first_quoted_; }

    /// The header of `layer`; nullptr when that is no `Header`, or not there or captured whole.
    template <typename Header>
    [[nodiscard]] const Header* get(std::size_t layer) const noexcept {
        static_assert(kLayersOf<Header> != 0, "no layer has this header");
        const bool fits = layer < size() && (kLayersOf<Header> & layer_bit(kinds_[layer])) != 0 &&
                          bytes(layer).size() >= sizeof(Header);
        return fits ? &wire::view<Header>(bytes(layer).data()) : nullptr;
    }

    /// The outermost `Header` that is not quoted; nullptr when there is none.
    template <typename Header>
    [[nodiscard]] const Header* find() const noexcept {
        for (std::size_t layer = 0; layer < first_quoted_; ++layer) {
            if (const Header* header = get<Header>(layer)) return header;
        }
        return nullptr;
    }

   private:
    /// Of a layer without a length of its own, or an impossible one, behind which nothing is
    /// listed.
    static constexpr std::size_t kNoLength = UINT32_MAX;

    PacketLayers(const base::PacketView& packet, const PacketRecord& record,
                 std::span<const std::uint16_t> offsets, std::span<const LayerKind> kinds,
                 int esp_null_icv_octets) noexcept
        : bytes_(packet.bytes),
          offsets_(offsets),
          kinds_(kinds.first(std::min<std::size_t>(record.layer_count, kinds.size()))),
          first_quoted_(kinds_.size()) {
        std::size_t end = std::max<std::size_t>(packet.wire_bytes, packet.bytes.size());
        for (std::size_t layer = 0; layer < size(); ++layer) {
            ends_[layer] = static_cast<std::uint32_t>(end);
            end = std::min(end, offsets_[layer] + octets_of(layer, esp_null_icv_octets));
            ends_[layer] = static_cast<std::uint32_t>(end);
        }
        if ((record.flags & kQuoted) == 0) return;
        const auto icmp = std::ranges::find_if(kinds_, [](LayerKind kind) {
            return kind == LayerKind::kIcmp || kind == LayerKind::kIcmpv6;
        });
        if (icmp != kinds_.end())
            first_quoted_ = static_cast<std::size_t>(icmp - kinds_.begin()) + 1;
    }

    /// Octets of a layer with all inside it, as its header says: where the parser bounds by them.
    [[nodiscard]] std::size_t octets_of(std::size_t layer, int esp_null_icv_octets) const noexcept {
        const auto type_or_length = [](std::size_t header, std::size_t value) {
            return value <= wire::kEthernetLengthMax ? header + value : kNoLength;
        };
        const auto at_least = [](std::size_t header, std::size_t octets) {
            return octets >= header ? octets : kNoLength;
        };
        if (const auto* eth = get<wire::Ethernet>(layer)) {
            return type_or_length(sizeof *eth, eth->ether_type.host());
        }
        if (const auto* vlan = get<wire::VlanTag>(layer)) {
            return type_or_length(sizeof *vlan, vlan->ether_type.host());
        }
        if (const auto* pppoe = get<wire::Pppoe>(layer)) {
            return sizeof *pppoe + pppoe->length.host();
        }
        if (const auto* ip = get<wire::Ipv4>(layer)) {
            return at_least(ip->ihl() * std::size_t{4}, ip->total_length.host());
        }
        if (const auto* ip = get<wire::Ipv6>(layer)) {
            return sizeof *ip + ip->payload_length.host();
        }
        if (const auto* udp = get<wire::Udp>(layer)) {
            return at_least(sizeof *udp, udp->length.host());
        }
        if (kind(layer) == LayerKind::kGtpU) {
            const auto* gtp = get<wire::GtpU>(layer);
            return gtp == nullptr ? kNoLength : sizeof *gtp + gtp->length.host();
        }
        if (kind(layer) == LayerKind::kL2tp) return l2tp_octets(layer);
        return kind(layer) == LayerKind::kEsp ? esp_octets(layer, esp_null_icv_octets) : kNoLength;
    }

    /// RFC 2661, section 3.1. Version 3, which may stand in IP too, has no length, or bounds
    /// nothing.
    [[nodiscard]] std::size_t l2tp_octets(std::size_t layer) const noexcept {
        constexpr std::size_t kWithLength = 8;  // Flags, length, and the two ids.
        const auto* l2tp = get<wire::L2tp>(layer);
        if (l2tp == nullptr || bytes(layer).size() < kWithLength || layer == 0 ||
            kind(layer - 1) != LayerKind::kUdp || l2tp->version() != 2 ||
            (l2tp->flags_version.host() & wire::kL2tpLength) == 0) {
            return kNoLength;
        }
        const std::size_t octets = wire::view<base::be16>(bytes(layer).data() + 2).host();
        return octets >= kWithLength ? octets : kNoLength;
    }

    /// What is inside NULL-encrypted ESP ends before padding, trailer and `icv_octets`.
    [[nodiscard]] std::size_t esp_octets(std::size_t layer, int icv_octets) const noexcept {
        constexpr std::size_t kTrailer = sizeof(wire::EspTrailer);
        const std::span<const std::byte> esp = bytes(layer);
        const std::size_t behind = kTrailer + static_cast<std::size_t>(std::max(icv_octets, 0));
        if (icv_octets < 0 || layer + 1 == size() || esp.size() < sizeof(wire::Esp) + behind) {
            return kNoLength;
        }
        const std::size_t trailer = esp.size() - behind;
        const std::size_t padding =
            wire::view<wire::EspTrailer>(esp.data() + trailer).padding_length;
        return sizeof(wire::Esp) + padding <= trailer ? trailer - padding : kNoLength;
    }

    std::span<const std::byte> bytes_;
    std::span<const std::uint16_t> offsets_;
    std::span<const LayerKind> kinds_;
    std::size_t first_quoted_;
    std::array<std::uint32_t, LayerList::kCapacity> ends_;  ///< Of the layers listed.
};

}  // namespace weir::parse
