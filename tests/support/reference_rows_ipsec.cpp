// SPDX-License-Identifier: BSD-3-Clause
// ESP, AH, IKE, and port 4500 (RFC 3948).

#include "support/reference_rows.hpp"

namespace weir::test {
namespace {

/// What stands behind SPI and sequence number when nothing is encrypted (RFC 4303, section 2).
void read_null_payload(Reading& esp, const Octets& octets, std::size_t icv,
                       const Context& context) {
    if (!esp.look(octets.left())) return;
    const std::size_t rest = octets.left() - 8;
    if (rest < 2 + icv) {
        esp.note(ParseStatus::kEspPaddingInvalid);
        return;
    }
    const std::size_t trailer = octets.left() - icv - 2;  // Pad length and next header.
    const std::size_t padding = octets.u8(trailer);
    if (padding > trailer - 8) {
        esp.note(ParseStatus::kEspPaddingInvalid);
        return;
    }
    const std::size_t payload_end = trailer - padding;
    for (std::size_t i = 0; i < padding; ++i) {
        if (octets.u8(payload_end + i) == i + 1) continue;
        esp.note(ParseStatus::kEspPaddingInvalid);
        return;
    }
    esp.next(row_behind_protocol(octets.u8(trailer + 1), context.network));
    esp.bound(payload_end);
}

/// IKE where at least 28 octets are known to be left on the wire, or to be wanted.
Reading read_ike_header(const Octets& octets, const Context& context) {
    Reading ike(LayerKind::kIke, octets);
    if (!ike.need(28, ParseStatus::kIkeTooShort)) return ike;
    const std::uint32_t length = octets.u32(24);
    if (length < 28) return Reading::decline(octets);
    ike.list();
    ike.header(28);
    const bool beyond = length > octets.left();
    if (beyond && !context.in_fragment) ike.note(ParseStatus::kIkeLengthBeyondPacket);
    return ike;
}

}  // namespace

Reading read_esp(const Octets& octets, const Context& context) {
    Reading esp(LayerKind::kEsp, octets);
    if (!esp.need(8, ParseStatus::kEspTooShort)) return esp;
    esp.list();
    esp.header(8);
    const int icv = context.options.esp_null_icv_octets;
    // Of a fragment the trailer is elsewhere (RFC 4303, section 3.4.1: reassembly comes first).
    if (icv >= 0 && !context.in_fragment) {
        read_null_payload(esp, octets, static_cast<std::size_t>(icv), context);
    }
    return esp;
}

Reading read_ah(const Octets& octets, const Context& context) {
    Reading ah(LayerKind::kAh, octets);
    if (!ah.need(12, ParseStatus::kAhTooShort)) return ah;
    const std::size_t size = (octets.u8(1) + 2) * 4;
    if (size < 12) {
        ah.note(ParseStatus::kAhLengthTooSmall);
        return ah;
    }
    if (!ah.need(size, ParseStatus::kAhTooShort)) return ah;
    ah.list();
    ah.header(size);
    ah.next(row_behind_protocol(octets.u8(0), context.network));
    return ah;
}

Reading read_ike(const Octets& octets, const Context& context) {
    if (octets.left() < 28) return Reading::decline(octets);
    return read_ike_header(octets, context);
}

Reading read_port_4500(const Octets& octets, const Context& context) {
    Reading esp(LayerKind::kEsp, octets);
    if (octets.left() == 1) {
        if (!esp.look(1)) return esp;
        if (octets.u8(0) == 0xff) {
            Reading keepalive(LayerKind::kNatKeepalive, octets);
            keepalive.list();
            keepalive.header(1);
            return keepalive;
        }
    }
    if (!esp.need(4, ParseStatus::kEspTooShort)) return esp;
    const bool marker = octets.u32(0) == 0;
    if (!marker) return read_esp(octets, context);
    const Octets behind = octets.behind(4);
    return behind.left() == 0 ? Reading::nothing(octets) : read_ike_header(behind, context);
}

}  // namespace weir::test
