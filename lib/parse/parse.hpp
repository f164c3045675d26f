// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "base/packet_view.hpp"
#include "parse/packet_record.hpp"

namespace weir::parse {

/// Parses the Ethernet frame `packet` down to its innermost transport and writes `record` whole
/// (all of the first cache line, and the layer list as far as layer_count reaches).
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
/// The network layer's own total or payload length bounds everything inside it.
void parse(const base::PacketView& packet, PacketRecord& record) noexcept;

}  // namespace weir::parse
