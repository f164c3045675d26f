// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

/// Frames of random stacks of headers, of all protocols that the parser knows. Most fields are
/// sane, so that deep stacks come about; a few lengths, versions and flags are not. They are built
/// from the inside out, and of their own octets: the packet builder makes only what is right.
namespace weir::test {

class RandomPacket {
   public:
    using Bytes = std::vector<std::uint8_t>;

    explicit RandomPacket(std::uint64_t seed) : random_(seed) {}

    [[nodiscard]] std::vector<std::byte> next();

   private:
    /// A payload, and the number that announces it to the header before: EtherType, next header,
    /// ...
    struct Carried {
        unsigned number;
        Bytes octets;
    };

    [[nodiscard]] unsigned below(unsigned limit) {
        return static_cast<unsigned>(random_() % limit);
    }
    [[nodiscard]] bool one_in(unsigned count) { return below(count) == 0; }
    template <std::size_t kCount>
    [[nodiscard]] unsigned any_of(const unsigned (&values)[kCount]) {
        return values[below(kCount)];
    }
    [[nodiscard]] Bytes octets(std::size_t count);
    /// Up to `most` octets of no known kind.
    [[nodiscard]] Bytes noise(unsigned most = 40) { return octets(below(most + 1)); }
    /// `value`, but for a few that are near it or anything of `bits`.
    [[nodiscard]] unsigned mostly(unsigned value, unsigned bits = 16);

    [[nodiscard]] Carried behind_ether_type(int depth);
    [[nodiscard]] Carried behind_protocol(int depth, bool in_ipv6);
    [[nodiscard]] Carried behind_ipv6_extension(int depth);
    [[nodiscard]] Carried behind_gre(int depth);
    [[nodiscard]] Carried behind_port(int depth);

    [[nodiscard]] Bytes ethernet(int depth);
    [[nodiscard]] Bytes tag(int depth, Bytes header);
    [[nodiscard]] Bytes llc(int depth);
    [[nodiscard]] Bytes arp();
    [[nodiscard]] Bytes mpls(int depth);
    [[nodiscard]] Bytes pppoe(int depth);
    [[nodiscard]] Bytes ppp(int depth);
    [[nodiscard]] Bytes ipv4(int depth);
    [[nodiscard]] Bytes ipv6(int depth);
    [[nodiscard]] Bytes ip(int depth) { return one_in(2) ? ipv4(depth) : ipv6(depth); }
    [[nodiscard]] Bytes extension(int depth);
    [[nodiscard]] Bytes hop_by_hop_of_jumbogram();
    [[nodiscard]] Bytes ipv6_fragment(int depth);
    [[nodiscard]] Bytes tcp();
    [[nodiscard]] Bytes udp(int depth);
    [[nodiscard]] Bytes udp_lite();
    [[nodiscard]] Bytes sctp();
    [[nodiscard]] Bytes dccp();
    [[nodiscard]] Bytes icmp(bool six);
    [[nodiscard]] Bytes esp(int depth, bool in_ipv6);
    [[nodiscard]] Bytes ah(int depth, bool in_ipv6);
    [[nodiscard]] Bytes ike();
    [[nodiscard]] Bytes nat_traversal(int depth);
    [[nodiscard]] Bytes gre(int depth);
    [[nodiscard]] Bytes vxlan(int depth, bool gpe);
    [[nodiscard]] Bytes geneve(int depth);
    [[nodiscard]] Bytes gtp(int depth);
    [[nodiscard]] Bytes l2tp(int depth);
    [[nodiscard]] Bytes teredo(int depth);
    [[nodiscard]] Bytes wireguard();

    std::mt19937_64 random_;
};

}  // namespace weir::test
