// SPDX-License-Identifier: BSD-3-Clause
#include "stage/capture_source.hpp"

#include <algorithm>
#include <cstring>

#include "base/tsc.hpp"
#include "parse/packet_record.hpp"

namespace weir::stage {

using capture::ReadResult;

CaptureSource::CaptureSource(const Setup& setup, mem::PacketPool& pool,
                             mem::PacketMeta meta) noexcept
    : Source(setup.port, setup.lossless),
      setup_(setup),
      pool_(pool),
      meta_(meta),
      rest_(setup.file) {}

Received CaptureSource::receive(mem::Burst& burst, std::size_t most) noexcept {
    Received received;
    while (burst.size() + received.refused < most && peek() && is_due()) {
        const std::size_t bytes = next_.bytes.size();
        if (bytes > parse::kMaxFrameBytes) {
            ++received.refused;
            received.refused_bytes += bytes;
        } else {
            rte_mbuf* mbuf = copy();
            if (mbuf == nullptr) break;  // The pool is empty: later.
            burst.push(mbuf);
            received.bytes += bytes;
        }
        has_next_ = false;
    }
    return received;
}

void CaptureSource::stop() noexcept { stock_.free_all(); }

/// Makes sure that next_ holds a packet; false at the end.
bool CaptureSource::peek() noexcept {
    if (has_next_) return true;
    if (finished()) return false;
    for (;;) {
        std::size_t consumed = 0;
        const ReadResult result = reader_.next(rest_, true, consumed, next_);
        rest_ = rest_.subspan(consumed);
        if (result == ReadResult::kPacket) {
            has_next_ = true;
            any_ = true;
            return true;
        }
        if (result != ReadResult::kEnd || !rewind()) {
            stop();
            finish();
            return false;
        }
    }
}

/// Starts the file again if it is looped and holds any packet.
bool CaptureSource::rewind() noexcept {
    if (!setup_.loop || !any_) return false;
    any_ = false;
    rest_ = setup_.file;
    reader_.restart();
    pace_start_tsc_ = 0;
    return true;
}

bool CaptureSource::is_due() noexcept {
    if (!setup_.pace || !next_.timestamp_ns) return true;
    const std::uint64_t now = base::tsc_now();
    const std::uint64_t due_ns = *next_.timestamp_ns;
    if (pace_start_tsc_ == 0) {
        pace_start_tsc_ = now;
        pace_start_ns_ = due_ns;
    }
    // Timestamps that run backwards are due at once.
    const std::uint64_t after_ns = due_ns > pace_start_ns_ ? due_ns - pace_start_ns_ : 0;
    const auto after_tsc = static_cast<std::uint64_t>(static_cast<double>(after_ns) * 1e-9 *
                                                      static_cast<double>(setup_.tsc_hz));
    return now - pace_start_tsc_ >= after_tsc;
}

/// The packet in a chain of as many mbufs as it needs; nullptr when the pool has too few.
rte_mbuf* CaptureSource::copy() noexcept {
    const std::size_t room = pool_.data_bytes();
    const std::size_t bytes = next_.bytes.size();
    const std::size_t segments = std::max<std::size_t>(1, (bytes + room - 1) / room);
    if (stock_.size() < segments && !pool_.allocate(stock_, stock_.room())) return nullptr;

    const std::byte* from = next_.bytes.data();
    std::size_t left = bytes;
    rte_mbuf* first = nullptr;
    rte_mbuf** link = &first;
    for (std::size_t i = 0; i < segments; ++i) {
        rte_mbuf* segment = stock_.pop();
        const std::size_t part = std::min(left, room);
        std::memcpy(rte_pktmbuf_mtod(segment, void*), from, part);
        segment->data_len = static_cast<std::uint16_t>(part);
        from += part;
        left -= part;
        *link = segment;
        link = &segment->next;
    }
    first->nb_segs = static_cast<std::uint16_t>(segments);
    first->pkt_len = static_cast<std::uint32_t>(bytes);
    first->port = port().value;
    meta_.set_captured(first, next_.original_bytes, next_.timestamp_ns.value_or(0));
    return first;
}

}  // namespace weir::stage
