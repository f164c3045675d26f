// SPDX-License-Identifier: BSD-3-Clause
#include "flow/spread_hash.hpp"

#include <cstring>

#include "wire/ethernet.hpp"
#include "wire/ip.hpp"
#include "wire/ipsec.hpp"
#include "wire/transport.hpp"
#include "wire/view.hpp"

namespace weir::flow {
namespace {

constexpr unsigned kMaxVlanTags = 4;
constexpr unsigned kMaxExtensions = 4;

/// Two multiplications by odd constants with folding between: every input bit reaches the upper
/// bits of the result, which is what choosing a worker uses.
constexpr std::uint64_t mix(std::uint64_t value) noexcept {
    value ^= value >> 32;
    value *= 0x9fb21c651e98df25ULL;
    value ^= value >> 29;
    value *= 0xd6e8feb86659fd93ULL;
    return value ^ value >> 32;
}

std::uint32_t finish(std::uint64_t value) noexcept {
    return static_cast<std::uint32_t>(mix(value) >> 32);
}

/// Two addresses as one number that does not depend on which is which.
template <std::size_t Octets>
std::uint64_t symmetric(const std::uint8_t (&left)[Octets],
                        const std::uint8_t (&right)[Octets]) noexcept {
    constexpr std::size_t kStep = Octets < 8 ? Octets : 8;
    std::uint64_t sum = 0;
    for (std::size_t at = 0; at < Octets; at += kStep) {
        std::uint64_t left_part = 0;
        std::uint64_t right_part = 0;
        std::memcpy(&left_part, left + at, kStep);
        std::memcpy(&right_part, right + at, kStep);
        // The sum is mixed between the parts, so that exchanging parts changes the result.
        sum = mix(sum) + mix(left_part + 1) + mix(right_part + 1);
    }
    return sum;
}

/// An SPI, set apart from port numbers.
std::uint64_t spi_part(base::be32 spi) noexcept { return mix(spi.host() | std::uint64_t{1} << 33); }

/// Reads headers off the prefix without going past its end.
class Reader {
   public:
    explicit Reader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

    template <typename Header>
    [[nodiscard]] bool read(Header& header) noexcept {
        if (bytes_.size() < sizeof(Header)) return false;
        header = wire::load<Header>(bytes_.data());
        return true;
    }
    [[nodiscard]] bool skip(std::size_t octets) noexcept {
        if (bytes_.size() < octets) return false;
        bytes_ = bytes_.subspan(octets);
        return true;
    }

   private:
    std::span<const std::byte> bytes_;
};

/// What stands behind the IP header: ports or SPI, 0 where neither can be read.
std::uint64_t transport_part(Reader& reader, std::uint8_t protocol) noexcept {
    if (protocol == wire::kProtocolEsp) {
        wire::Esp esp;
        return reader.read(esp) ? spi_part(esp.spi) : 0;
    }
    if (protocol == wire::kProtocolAh) {
        wire::Ah ah;
        return reader.read(ah) ? spi_part(ah.spi) : 0;
    }
    if (protocol != wire::kProtocolTcp && protocol != wire::kProtocolUdp &&
        protocol != wire::kProtocolSctp) {
        return 0;
    }
    // All three begin with the two ports.
    struct Ports {
        base::be16 source;
        base::be16 destination;
    } ports;
    if (!reader.read(ports)) return 0;
    const std::uint16_t source = ports.source.host();
    const std::uint16_t destination = ports.destination.host();
    if (protocol == wire::kProtocolUdp &&
        (source == wire::kNatTPort || destination == wire::kNatTPort)) {
        wire::Esp esp;
        if (!reader.skip(sizeof(wire::Udp)) || !reader.read(esp)) return 0;
        return spi_part(esp.spi);
    }
    return mix(source + 1) + mix(destination + std::uint64_t{1});
}

std::uint32_t hash_ipv4(Reader& reader, std::uint32_t otherwise) noexcept {
    wire::Ipv4 header;
    if (!reader.read(header) || header.ihl() < 5) return otherwise;
    std::uint64_t hash = symmetric(header.source, header.destination) + header.protocol;
    const bool fragment =
        (header.flags_offset.host() & (wire::kIpv4MoreFragments | wire::kIpv4OffsetMask)) != 0;
    if (!fragment && reader.skip(header.ihl() * 4)) {
        hash += transport_part(reader, header.protocol);
    }
    return finish(hash);
}

std::uint32_t hash_ipv6(Reader& reader, std::uint32_t otherwise) noexcept {
    wire::Ipv6 header;
    if (!reader.read(header)) return otherwise;
    const std::uint64_t addresses = symmetric(header.source, header.destination);
    if (!reader.skip(sizeof header)) return finish(addresses);
    std::uint8_t next = header.next_header;
    for (unsigned i = 0; i < kMaxExtensions; ++i) {
        if (next == wire::kProtocolFragment) return finish(addresses);
        if (next != wire::kProtocolHopByHop && next != wire::kProtocolRouting &&
            next != wire::kProtocolDestinationOptions) {
            break;
        }
        wire::Ipv6Extension extension;
        if (!reader.read(extension) || !reader.skip(extension.octets())) return finish(addresses);
        next = extension.next_header;
    }
    return finish(addresses + transport_part(reader, next));
}

}  // namespace

std::uint32_t spread_hash(std::span<const std::byte> prefix) noexcept {
    Reader reader(prefix);
    wire::Ethernet ethernet;
    if (!reader.read(ethernet)) return 0;
    static_cast<void>(reader.skip(sizeof ethernet));
    std::uint16_t ether_type = ethernet.ether_type.host();
    for (unsigned i = 0; i < kMaxVlanTags; ++i) {
        if (ether_type != wire::kEtherTypeVlan && ether_type != wire::kEtherTypeQinQ &&
            ether_type != wire::kEtherTypeQinQOld) {
            break;
        }
        wire::VlanTag tag;
        if (!reader.read(tag)) break;
        static_cast<void>(reader.skip(sizeof tag));
        ether_type = tag.ether_type.host();
    }
    const std::uint32_t link =
        finish(symmetric(ethernet.source, ethernet.destination) + ether_type);
    if (ether_type == wire::kEtherTypeIpv4) return hash_ipv4(reader, link);
    if (ether_type == wire::kEtherTypeIpv6) return hash_ipv6(reader, link);
    return link;
}

}  // namespace weir::flow
