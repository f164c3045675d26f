// SPDX-License-Identifier: BSD-3-Clause
// GTP-U, L2TP.

#include "support/reference_rows.hpp"

namespace weir::test {
namespace {

constexpr int kMaxGtpExtensions = 8;

/// The extension headers of GTP-U (3GPP TS 29.281, section 5.2.1) behind `size` octets. False when
/// what stands behind them cannot be found.
bool pass_gtp_extensions(Reading& gtp, std::size_t& size) {
    const Octets octets = gtp.octets();
    unsigned type = octets.u8(11);
    for (int passed = 0; type != 0; ++passed) {
        if (passed == kMaxGtpExtensions) {
            gtp.note(ParseStatus::kTooManyLayers);
            return false;
        }
        if (!gtp.need(size + 1, ParseStatus::kGtpExtensionBeyondMessage)) return false;
        const std::size_t extension = octets.u8(size) * 4;
        if (extension == 0) {
            gtp.note(ParseStatus::kGtpExtensionLengthZero);
            return false;
        }
        size += extension;
        if (!gtp.need(size, ParseStatus::kGtpExtensionBeyondMessage)) return false;
        type = octets.u8(size - 1);
    }
    return true;
}

/// L2TP of RFC 3931 over UDP.
Reading read_l2tp_3(const Octets& octets, const Context& context) {
    Reading l2tp(LayerKind::kL2tp, octets);
    const unsigned flags = octets.u16(0);
    const bool control = (flags & 0x8000) != 0;
    const bool has_length = (flags & 0x4000) != 0;
    const std::size_t size = control ? 12 : 8;
    if (!l2tp.need(size, ParseStatus::kL2tpTooShort)) return l2tp;
    l2tp.list();
    l2tp.header(size);
    if (!control || !has_length) return l2tp;
    const std::size_t length = octets.u16(2);
    const bool beyond = length > octets.left() && !context.in_fragment;
    if (length < size || beyond) l2tp.note(ParseStatus::kL2tpLengthInvalid);
    return l2tp;
}

/// L2TP of RFC 2661.
Reading read_l2tp_2(const Octets& octets, const Context& context) {
    Reading l2tp(LayerKind::kL2tp, octets);
    const unsigned flags = octets.u16(0);
    const bool control = (flags & 0x8000) != 0;
    const bool has_length = (flags & 0x4000) != 0;
    const bool has_sequence = (flags & 0x0800) != 0;
    const bool has_offset = (flags & 0x0200) != 0;
    std::size_t size = 6;
    if (has_length) size += 2;
    if (has_sequence) size += 4;
    if (has_offset) size += 2;
    if (!l2tp.need(size, ParseStatus::kL2tpTooShort)) return l2tp;
    l2tp.list();
    l2tp.header(size);
    if (has_length) {
        const std::size_t length = octets.u16(2);
        const bool beyond = length > octets.left();
        if (length < size || (beyond && !context.in_fragment)) {
            l2tp.note(ParseStatus::kL2tpLengthInvalid);
            return l2tp;
        }
        if (!beyond) l2tp.bound(length);
    }
    if (control) return l2tp;
    if (has_offset) {
        size += octets.u16(size - 2);
        if (!l2tp.need(size, ParseStatus::kL2tpTooShort)) return l2tp;
        l2tp.header(size);
    }
    l2tp.next(read_ppp);
    return l2tp;
}

}  // namespace

Reading read_gtp(const Octets& octets, const Context& context) {
    Reading gtp(LayerKind::kGtpU, octets);
    if (!gtp.need(1, ParseStatus::kGtpTooShort)) return gtp;
    const unsigned flags = octets.u8(0);
    const unsigned version = flags >> 5;
    const bool protocol_type = (flags & 0x10) != 0;
    if (!protocol_type) {
        if (version > 2) return Reading::decline(octets);
        Reading prime(LayerKind::kGtpPrime, octets);
        if (!prime.need(6, ParseStatus::kGtpTooShort)) return prime;
        prime.list();
        prime.header(6);
        return prime;
    }
    if (version != 1) return Reading::decline(octets);
    if (!gtp.need(8, ParseStatus::kGtpTooShort)) return gtp;
    gtp.list();
    const std::size_t length = octets.u16(2);
    if (length <= octets.left() - 8) {
        gtp.bound(8 + length);
    } else if (!context.in_fragment) {
        gtp.note(ParseStatus::kGtpLengthBeyondPacket);
    }
    std::size_t size = 8;
    const bool has_extension = (flags & 0x04) != 0;
    if ((flags & 0x07) != 0) {  // E, S or PN
        size = 12;
        if (!gtp.need(size, ParseStatus::kGtpTooShort)) return gtp;
    }
    if (has_extension && !pass_gtp_extensions(gtp, size)) return gtp;
    gtp.header(size);
    const unsigned message = octets.u8(1);
    if (message != 255 || gtp.octets().left() == size || !gtp.look(size + 1)) return gtp;
    const unsigned nibble = octets.u8(size) / 16;
    if (nibble == 4) gtp.next(read_ipv4);
    if (nibble == 6) gtp.next(read_ipv6);
    return gtp;
}

Reading read_l2tp_in_udp(const Octets& octets, const Context& context) {
    Reading l2tp(LayerKind::kL2tp, octets);
    if (!l2tp.need(2, ParseStatus::kL2tpTooShort)) return l2tp;
    switch (octets.u8(1) % 16) {
        case 2:
            return read_l2tp_2(octets, context);
        case 3:
            return read_l2tp_3(octets, context);
        default:
            return Reading::decline(octets);
    }
}

Reading read_l2tp_in_ip(const Octets& octets, const Context&) {
    Reading l2tp(LayerKind::kL2tp, octets);
    if (!l2tp.need(4, ParseStatus::kL2tpTooShort)) return l2tp;
    l2tp.list();
    l2tp.header(4);
    return l2tp;
}

}  // namespace weir::test
