// SPDX-License-Identifier: BSD-3-Clause
#include "decode/describe.hpp"

namespace weir::decode {
namespace {

using parse::LayerKind;
using Bytes = std::span<const std::byte>;

void esp(Bytes bytes, Fields& fields) {
    Describe<wire::Esp> of(bytes, fields);
    of.hex("spi", "SPI", of.header.spi);
    of.number("seq", "sequence number", of.header.sequence);
}

void ah(Bytes bytes, Fields& fields) {
    Describe<wire::Ah> of(bytes, fields);
    const auto& h = of.header;
    of.number("nxt", "next header", h.next_header);
    of.number("len", "payload length", h.payload_length);
    of.hex("spi", "SPI", h.spi);
    of.number("seq", "sequence number", h.sequence);
}

void ike(Bytes bytes, Fields& fields) {
    Describe<wire::Ike> of(bytes, fields);
    const auto& h = of.header;
    of.text("ispi", "initiator's SPI", h.initiator_spi, hex_octets(h.initiator_spi, 8));
    of.text("rspi", "responder's SPI", h.responder_spi, hex_octets(h.responder_spi, 8));
    of.number("np", "next payload", h.next_payload);
    of.hex("ver", "version", h.version);
    of.number("xchg", "exchange type", h.exchange_type);
    of.hex("flags", "flags", h.flags);
    of.number("msgid", "message id", h.message_id);
    of.number("len", "length", h.length);
}

}  // namespace

void describe_ipsec(LayerKind kind, Bytes bytes, Fields& fields) {
    switch (kind) {
        case LayerKind::kEsp:
            return esp(bytes, fields);
        case LayerKind::kAh:
            return ah(bytes, fields);
        case LayerKind::kIke:
            return ike(bytes, fields);
        default:
            return;
    }
}

}  // namespace weir::decode
