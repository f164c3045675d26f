// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/packet_view.hpp"
#include "parse/packet_record.hpp"
#include "parse/udp_ports.hpp"

namespace weir::parse {

/// What cannot be told from packets alone. Read-only while lcores parse with it.
struct ParseOptions {
    static constexpr int kEspEncrypted = -1;

    UdpPorts udp_ports = UdpPorts::standard();
    std::uint8_t max_layers = kMaxLayers;  ///< 1 to LayerList::kCapacity; more is too_many_layers.
    /// Octets of ICV behind every ESP packet when none is encrypted (RFC 2410), so that what is
    /// inside is parsed; kEspEncrypted when ESP ends what can be read.
    int esp_null_icv_octets = kEspEncrypted;
};

/// Every layer of one packet, outermost first, where the record's own list is too short.
struct LayerList {
    static constexpr std::size_t kCapacity = 64;
    std::array<std::uint16_t, kCapacity> offsets;
    std::array<LayerKind, kCapacity> kinds;
};

/// Parses the Ethernet frame `packet` down to its innermost transport and writes `record` whole
/// (all of the first cache line, and the layer list as far as layer_count reaches). What is parsed
/// and what is a defect: docs/parser.md.
///
/// Never reads past packet.bytes. Lengths that the headers claim are held against the wire length
/// (`packet.wire_bytes`, or the captured length where that is greater); where a header that the
/// wire had is cut off by the capture, the status is kTruncated, even after a defect. Hence the
/// result for the first `n` octets of a packet is the result for the whole packet unless it is
/// kTruncated: callers with segmented packets parse the first segment and fall back to a contiguous
/// copy only then.
///
/// At most kMaxFrameBytes of the frame are looked at; a header behind them is kTruncated. Any
/// thread; no state; never allocates.
void parse(const base::PacketView& packet, const ParseOptions& options,
           PacketRecord& record) noexcept;
/// The same with standard options.
void parse(const base::PacketView& packet, PacketRecord& record) noexcept;

/// The same without the short cut for common stacks (common_stack.hpp) that parse() tries first;
/// for those who have tried it, and for tests that compare the two.
void parse_general(const base::PacketView& packet, const ParseOptions& options,
                   PacketRecord& record) noexcept;

/// The same, and writes `layers` as far as record.layer_count reaches. The record's own list is
/// left alone.
void parse_deep(const base::PacketView& packet, const ParseOptions& options, PacketRecord& record,
                LayerList& layers) noexcept;

}  // namespace weir::parse
