// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "parse/layer.hpp"

/// Packets from layers, for the generator's templates and for tests:
///   Packet().eth().vlan(7).ipv4("10.0.0.1", "10.0.0.2").udp(1000, 53).payload(20).build()
/// Lengths, checksums, EtherTypes and next headers follow from what stands behind; set8() and
/// set16() overwrite a field of the last layer, to plant a defect. Cold: allocates, and throws
/// std::logic_error or one of its kinds for what cannot be built.
namespace weir::gen {

class Packet {
   public:
    /// Addresses as six hexadecimal octets with colons.
    Packet& eth(std::string_view destination = "02:00:00:00:00:02",
                std::string_view source = "02:00:00:00:00:01");
    /// `pcp`: priority, 0 to 7.
    Packet& vlan(unsigned vid, std::uint16_t tpid = 0x8100, unsigned pcp = 0);
    /// A request for `target` from `sender`, both IPv4 in dotted form.
    Packet& arp(std::string_view sender, std::string_view target);
    /// `options_octets`: a multiple of four up to 40, filled with no-operation options.
    Packet& ipv4(std::string_view source, std::string_view destination,
                 unsigned options_octets = 0);
    /// Makes the IPv4 header that was added last a fragment at `offset_units` (8 octets each).
    Packet& fragment(unsigned offset_units, bool more);
    /// Identification of the IPv4 header that was added last.
    Packet& identification(unsigned id);
    /// TTL or hop limit of the IP header that was added last.
    Packet& ttl(unsigned hops);
    Packet& ipv6(std::string_view source, std::string_view destination);
    /// Extension headers of `units` times 8 octets beyond the first 8, filled with PadN.
    Packet& hop_by_hop(unsigned units = 0);
    Packet& destination_options(unsigned units = 0);
    Packet& routing(unsigned units = 0);
    Packet& ipv6_fragment(unsigned offset_units, bool more, std::uint32_t id = 1);
    /// `options_octets`: a multiple of four up to 40, filled with no-operation options.
    Packet& tcp(std::uint16_t source, std::uint16_t destination, unsigned options_octets = 0);
    /// Flags (CWR to FIN, RFC 9293 section 3.1) of the TCP header that was added last; else ACK.
    Packet& tcp_flags(unsigned flags);
    Packet& udp(std::uint16_t source, std::uint16_t destination);
    Packet& icmp(unsigned type = 8, unsigned code = 0);
    Packet& icmpv6(unsigned type = 128, unsigned code = 0);
    Packet& esp(std::uint32_t spi, std::uint32_t sequence);
    /// `icv_octets`: a multiple of four.
    Packet& ah(std::uint32_t spi, std::uint32_t sequence, unsigned icv_octets = 12);
    Packet& vxlan(std::uint32_t vni);

    /// LLC; the EtherType before it becomes the frame's length. `control`: of an unnumbered PDU.
    Packet& llc(unsigned dsap = 0x42, unsigned ssap = 0x42, unsigned control = 3);
    /// LLC and SNAP (RFC 1042).
    Packet& snap(std::uint32_t oui = 0);
    /// One label stack entry; the last of a stack gets the S bit.
    Packet& mpls(std::uint32_t label, unsigned traffic_class = 0, unsigned ttl = 64);
    /// The control word of a pseudowire (RFC 4385), behind mpls().
    Packet& pseudowire();
    Packet& pppoe_discovery(unsigned code = 9);
    /// With the PPP header: of two octets, one (`compressed`), or with FF 03 before (`framed`).
    Packet& pppoe_session(unsigned session_id);
    Packet& ppp(bool compressed = false, bool framed = false);
    Packet& mobility(unsigned units = 0);
    Packet& udp_lite(std::uint16_t source, std::uint16_t destination, unsigned coverage = 8);
    /// The common header; a chunk is made with sctp_chunk() behind it.
    Packet& sctp(std::uint16_t source, std::uint16_t destination, std::uint32_t tag = 1);
    /// A DATA chunk of `octets` in all, 4 or more.
    Packet& sctp_chunk(std::size_t octets);
    /// `extended`: with the X bit, 16 octets of generic header instead of 12.
    Packet& dccp(std::uint16_t source, std::uint16_t destination, bool extended = true);
    /// `flags`: those of wire/tunnel.hpp with the version; the fields that they announce are there.
    Packet& gre(unsigned flags = 0, std::uint32_t key = 0, std::uint32_t sequence = 0);
    /// Behind gre(): types 1 to 3; the GRE header becomes what the type wants.
    Packet& erspan(unsigned type, unsigned session = 1);
    Packet& vxlan_gpe(std::uint32_t vni);
    /// `option_octets`: of each option, a multiple of four from 4 on.
    Packet& geneve(std::uint32_t vni, std::initializer_list<unsigned> option_octets = {});
    /// `flags`: E, S, PN of wire/tunnel.hpp; the fields that they announce are there.
    Packet& gtpu(std::uint32_t teid, unsigned flags = 0);
    /// Behind gtpu() with the E flag: an extension header of `words` times four octets.
    Packet& gtpu_extension(unsigned type, unsigned words = 1);
    /// An echo request of GTP'.
    Packet& gtp_prime();
    /// Version 2; `flags`: L, S, O of wire/tunnel.hpp.
    Packet& l2tp(std::uint16_t tunnel, std::uint16_t session, unsigned flags = 0);
    /// Version 3, in UDP or straight in IP.
    Packet& l2tp_v3(std::uint32_t session);
    /// `indications`: octets in front of the IPv6 packet (RFC 4380, section 5.1.1).
    Packet& teredo(std::initializer_list<unsigned> indications = {});
    /// A message of this type and the size it has; data with 32 octets.
    Packet& wireguard(unsigned type);
    /// In UDP on port 4500 with the non-ESP marker in front.
    Packet& ike(bool marker = false);
    Packet& nat_keepalive();
    /// `octets` of payload with contents that depend on their position only.
    Packet& payload(std::size_t octets);
    Packet& payload(std::span<const std::byte> octets);
    /// Octets as given, behind an experimental EtherType or protocol number.
    Packet& raw(std::initializer_list<unsigned> octets);

    /// Overwrites the field `at` octets into the last layer when all else, checksums too, has been
    /// computed. build() throws std::out_of_range when that is behind the frame.
    Packet& set8(std::size_t at, unsigned value);
    Packet& set16(std::size_t at, unsigned value);

    /// Adds payload until the frame has `octets`; a longer one stays as it is.
    Packet& fill_to(std::size_t octets);
    /// Adds zeroes behind the packet that no length speaks of (Ethernet padding).
    Packet& pad_to(std::size_t octets);

    [[nodiscard]] std::vector<std::byte> build() const;

    /// layer_bit() of every header so far.
    [[nodiscard]] std::uint64_t layer_mask() const noexcept;
    /// Octets so far, without padding.
    [[nodiscard]] std::size_t size() const noexcept;

   private:
    struct Layer {
        parse::LayerKind kind;  ///< kNone: payload.
        std::size_t offset;
        std::size_t size;
        bool fragment = false;  ///< An IP header of a fragment, or an IPv6 fragment header.
    };
    struct Overwrite {
        std::size_t offset;
        std::vector<std::uint8_t> octets;
    };
    using Bytes = std::vector<std::uint8_t>;

    Packet& add(parse::LayerKind kind, Bytes header);
    Packet& extension(parse::LayerKind kind, unsigned units);
    [[nodiscard]] bool quoted(std::size_t index) const;
    void complete_tunnel(Bytes& frame, std::size_t index) const;
    [[nodiscard]] std::uint16_t gre_protocol_behind(std::size_t index) const;
    [[nodiscard]] std::uint16_t ppp_protocol_behind(std::size_t index) const;
    Packet& overwrite(std::size_t at, Bytes octets);
    [[nodiscard]] const Layer& last() const;
    /// Where the last layer starts, which must be one of `kinds`; `what` names the caller.
    [[nodiscard]] std::size_t last_of(std::initializer_list<parse::LayerKind> kinds,
                                      std::string_view what) const;
    void complete(Bytes& frame, std::size_t index) const;
    void checksum_layer(Bytes& frame, std::size_t index) const;
    [[nodiscard]] std::uint8_t protocol_behind(std::size_t index) const;
    [[nodiscard]] std::uint16_t ether_type_behind(std::size_t index) const;

    std::vector<Layer> layers_;
    Bytes bytes_;
    std::vector<Overwrite> overwrites_;
    std::size_t padded_to_ = 0;
    std::vector<std::uint16_t> tpids_;  ///< Of the VLAN tags, in order.
};

/// The Internet checksum (RFC 1071) of `octets` added to `sum`, in host byte order.
[[nodiscard]] std::uint16_t internet_checksum(const std::uint8_t* octets, std::size_t size,
                                              std::uint32_t sum = 0);

}  // namespace weir::gen
