// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
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
/// Nothing is copied, and nothing past the captured end is ever read:
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
    PacketLayers(const base::PacketView& packet, const PacketRecord& record) noexcept
        : PacketLayers(packet, record, record.layer_offsets, record.layer_kinds) {}
    /// All layers that parse_deep() listed.
    PacketLayers(const base::PacketView& packet, const PacketRecord& record,
                 const LayerList& list) noexcept
        : PacketLayers(packet, record, list.offsets, list.kinds) {}

    /// How many layers are listed, outermost first.
    [[nodiscard]] std::size_t size() const noexcept { return kinds_.size(); }
    [[nodiscard]] LayerKind kind(std::size_t layer) const noexcept { return kinds_[layer]; }
    /// Octets from the first of the frame.
    [[nodiscard]] std::size_t offset(std::size_t layer) const noexcept { return offsets_[layer]; }
    /// From the layer's first octet to the captured end.
    [[nodiscard]] std::span<const std::byte> bytes(std::size_t layer) const noexcept {
        return bytes_.subspan(std::min<std::size_t>(offsets_[layer], bytes_.size()));
    }
    /// The layer of this index and those behind it are of a packet that an ICMP error quotes;
    /// size() when there is none.
    [[nodiscard]] std::size_t first_quoted() const noexcept { return first_quoted_; }

    /// The header of `layer`; nullptr when that is no `Header` or not captured whole.
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
    PacketLayers(const base::PacketView& packet, const PacketRecord& record,
                 std::span<const std::uint16_t> offsets, std::span<const LayerKind> kinds) noexcept
        : bytes_(packet.bytes),
          offsets_(offsets),
          kinds_(kinds.first(std::min<std::size_t>(record.layer_count, kinds.size()))),
          first_quoted_(kinds_.size()) {
        if ((record.flags & kQuoted) == 0) return;
        const auto icmp = std::ranges::find_if(kinds_, [](LayerKind kind) {
            return kind == LayerKind::kIcmp || kind == LayerKind::kIcmpv6;
        });
        if (icmp != kinds_.end())
            first_quoted_ = static_cast<std::size_t>(icmp - kinds_.begin()) + 1;
    }

    std::span<const std::byte> bytes_;
    std::span<const std::uint16_t> offsets_;
    std::span<const LayerKind> kinds_;
    std::size_t first_quoted_;
};

}  // namespace weir::parse
