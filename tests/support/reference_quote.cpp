// SPDX-License-Identifier: BSD-3-Clause
// Packets that ICMP errors quote: what is missing or wrong ends the quote, and is no defect.

#include "support/reference_rows.hpp"

namespace weir::test {
namespace {

/// A quoted layer. Declined where the quote does not have its first `count` octets.
struct Quote {
    Quote(LayerKind kind, const Octets& octets) : reading(kind, octets) { reading.quoted(); }

    [[nodiscard]] bool has(std::size_t count) {
        if (count <= reading.octets().left()) return reading.look(count);
        reading = Reading::decline(reading.octets());
        return false;
    }
    void list(std::size_t size) {
        reading.list();
        reading.header(size);
    }
    /// The quoted packet says that it has `count` octets, of which `size` are its header.
    void ends_behind(std::size_t count, std::size_t size) {
        if (count >= size && count <= reading.octets().left()) reading.bound(count);
    }

    Reading reading;
};

/// The one layer behind IP header and extension headers. Nothing comes next.
template <LayerKind kKind, std::size_t kOctets>
Reading quote_last(const Octets& octets, const Context&) {
    Quote quote(kKind, octets);
    if (quote.has(kOctets)) quote.list(kOctets);
    return quote.reading;
}

Row quoted_row(unsigned protocol, LayerKind network);

template <LayerKind kKind>
Reading quote_extension(const Octets& octets, const Context&) {
    Quote quote(kKind, octets);
    if (!quote.has(8)) return quote.reading;
    const bool fragment = kKind == LayerKind::kIpv6Fragment;
    const std::size_t size = fragment ? 8 : (octets.u8(1) + 1) * 8;
    if (!quote.has(size)) return quote.reading;
    quote.list(size);
    const bool later = fragment && octets.u16(2) >> 3 != 0;
    if (!later) quote.reading.next(quoted_row(octets.u8(0), LayerKind::kIpv6));
    return quote.reading;
}

Row quoted_extension(unsigned next_header) {
    switch (next_header) {
        case 0:
            return quote_extension<LayerKind::kIpv6HopByHop>;
        case 43:
            return quote_extension<LayerKind::kIpv6Routing>;
        case 44:
            return quote_extension<LayerKind::kIpv6Fragment>;
        case 60:
            return quote_extension<LayerKind::kIpv6DestOpts>;
        case 135:
            return quote_extension<LayerKind::kIpv6Mobility>;
        default:
            return nullptr;
    }
}

Row quoted_row(unsigned protocol, LayerKind network) {
    switch (protocol) {
        case 1:
            return quote_last<LayerKind::kIcmp, 4>;
        case 4:
            return quote_last<LayerKind::kIpv4, 20>;
        case 6:
            return quote_last<LayerKind::kTcp, 4>;
        case 17:
            return quote_last<LayerKind::kUdp, 4>;
        case 33:
            return quote_last<LayerKind::kDccp, 4>;
        case 41:
            return quote_last<LayerKind::kIpv6, 40>;
        case 47:
            return quote_last<LayerKind::kGre, 4>;
        case 50:
            return quote_last<LayerKind::kEsp, 8>;
        case 51:
            return quote_last<LayerKind::kAh, 12>;
        case 58:
            return quote_last<LayerKind::kIcmpv6, 4>;
        case 115:
            return quote_last<LayerKind::kL2tp, 4>;
        case 132:
            return quote_last<LayerKind::kSctp, 4>;
        case 136:
            return quote_last<LayerKind::kUdpLite, 4>;
        case 137:
            return quote_last<LayerKind::kMpls, 4>;
        case 143:
            return quote_last<LayerKind::kEth, 4>;
        default:
            return network == LayerKind::kIpv6 ? quoted_extension(protocol) : nullptr;
    }
}

}  // namespace

Reading quote_ipv4(const Octets& octets, const Context&) {
    Quote quote(LayerKind::kIpv4, octets);
    if (!quote.has(20)) return quote.reading;
    const unsigned version = octets.u8(0) / 16;
    const std::size_t size = octets.u8(0) % 16 * 4;
    if (version != 4 || size < 20) return Reading::decline(octets);
    if (!quote.has(size)) return quote.reading;
    quote.list(size);
    quote.ends_behind(octets.u16(2), size);
    const bool later_fragment = (octets.u16(6) & 0x1fff) != 0;
    if (!later_fragment) quote.reading.next(quoted_row(octets.u8(9), LayerKind::kIpv4));
    return quote.reading;
}

Reading quote_ipv6(const Octets& octets, const Context&) {
    Quote quote(LayerKind::kIpv6, octets);
    if (!quote.has(40)) return quote.reading;
    if (octets.u8(0) / 16 != 6) return Reading::decline(octets);
    quote.list(40);
    quote.ends_behind(40 + octets.u16(4), 40);
    quote.reading.next(quoted_row(octets.u8(6), LayerKind::kIpv6));
    return quote.reading;
}

}  // namespace weir::test
