// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "parse/parse.hpp"

/// The reference parser itself; only its own files include this. Every function that is named after
/// a protocol takes the offset where its header should stand, and calls the function of what
/// follows.
namespace weir::test {

using parse::LayerKind;
using parse::ParseStatus;

class Descent {
   public:
    struct Layer {
        LayerKind kind;
        std::size_t offset;
    };

    Descent(std::span<const std::byte> bytes, std::size_t wire_octets,
            const parse::ParseOptions& options);
    void run();

    parse::PacketRecord record{};
    std::vector<Layer> layers;

   private:
    /// Thrown where parsing ends before a layer's own end.
    struct Stop {};

    // Octets. Each is there or it is a mistake of this parser: need() comes first.
    [[nodiscard]] unsigned octet(std::size_t at) const;
    [[nodiscard]] unsigned two(std::size_t at) const { return octet(at) << 8 | octet(at + 1); }
    [[nodiscard]] std::uint32_t four(std::size_t at) const {
        return static_cast<std::uint32_t>(two(at)) << 16 | two(at + 2);
    }
    /// How many octets the enclosing packet has from `at` on.
    [[nodiscard]] std::size_t left(std::size_t at) const { return end_ - at; }

    // What the rules in docs/parser.md are called there.
    void need(LayerKind layer, std::size_t at, std::size_t octets, ParseStatus too_short);
    void list(LayerKind layer, std::size_t at);
    void note(ParseStatus status, LayerKind layer, std::size_t at);
    [[noreturn]] void stop(ParseStatus status, LayerKind layer, std::size_t at);
    /// All of `layer` up to `at` is read.
    void done(std::size_t at) { payload_ = at; }

    void network(LayerKind layer, std::size_t at);
    void transport(LayerKind layer, std::size_t at);
    void tunnel(LayerKind layer, std::uint32_t id);
    void ipsec(LayerKind layer, std::size_t at, std::uint32_t spi, std::uint32_t sequence);
    void ports(std::size_t at);
    void network_end();
    [[nodiscard]] bool in_fragment() const { return (record.flags & parse::kFragment) != 0; }
    [[nodiscard]] bool has(LayerKind layer) const;

    void ethernet(std::size_t at);
    void vlan(std::size_t at);
    void type_or_length(LayerKind layer, std::size_t at, std::size_t header);
    void by_ether_type(unsigned type, std::size_t at);
    [[nodiscard]] static bool knows_ether_type(unsigned type);
    void llc(std::size_t at);
    void snap(std::size_t at);
    void arp(std::size_t at);
    void mpls(std::size_t at);
    [[nodiscard]] bool is_pseudowire(std::size_t at);
    void pseudowire(std::size_t at, std::uint32_t label);
    void pppoe(LayerKind layer, std::size_t at);
    void ppp(std::size_t at);

    void ipv4(std::size_t at);
    void ipv6(std::size_t at);
    [[nodiscard]] bool is_jumbogram(std::size_t at);
    void by_protocol(unsigned protocol, std::size_t at);
    [[nodiscard]] static LayerKind kind_of_protocol(unsigned protocol, bool ipv6);
    void extension(LayerKind layer, std::size_t at);
    void fragment(std::size_t at);
    void gre(std::size_t at);
    void erspan(unsigned type, std::size_t at);
    void ah(std::size_t at);
    void esp(std::size_t at);
    void esp_null(std::size_t at);

    void tcp(std::size_t at);
    void udp(std::size_t at);
    void udp_lite(std::size_t at);
    void sctp(std::size_t at);
    void dccp(std::size_t at);
    void icmp(LayerKind layer, std::size_t at);
    void quote_ipv4(std::size_t at);
    void quote_ipv6(std::size_t at);
    void quote_last(LayerKind layer, std::size_t at);
    /// Lists a quoted layer of `octets`, or ends the quote.
    void quote(LayerKind layer, std::size_t at, std::size_t octets);
    /// Ends the quote unless so many octets of it are there.
    void need_quoted(LayerKind layer, std::size_t at, std::size_t octets);

    // What UDP carries: false where the payload is something else.
    bool by_udp_port(LayerKind layer, std::size_t at);
    bool nat_traversal(std::size_t at);
    bool ike(std::size_t at);
    void vxlan(std::size_t at);
    void vxlan_gpe(std::size_t at);
    void geneve(std::size_t at);
    bool gtp(std::size_t at);
    [[nodiscard]] std::size_t gtp_header(std::size_t at);
    bool l2tp_in_udp(std::size_t at);
    void l2tp_v2(std::size_t at);
    void l2tp_in_ip(std::size_t at);
    bool teredo(std::size_t at);
    bool wireguard(std::size_t at);

    std::span<const std::byte> bytes_;
    std::size_t end_;  ///< Where the enclosing packet ends on the wire.
    const parse::ParseOptions& options_;
    std::size_t payload_ = 0;
};

}  // namespace weir::test
