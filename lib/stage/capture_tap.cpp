// SPDX-License-Identifier: BSD-3-Clause
#include "stage/capture_tap.hpp"

#include <algorithm>
#include <cstring>

#include "base/bit_counts.hpp"
#include "base/tsc.hpp"

namespace weir::stage {

CaptureTap::CaptureTap(const Setup& setup) noexcept
    : setup_(setup),
      largest_block_(capture::packet_block_bytes(setup.snaplen)),
      largest_per_segment_(capture::Segment::kCapacity / largest_block_) {
    setup_.clock->refresh(anchor_);
}

bool CaptureTap::has_room() const noexcept {
    if (!setup_.wait || gave_up_) return true;
    const std::size_t here = current_ == nullptr ? 0 : current_->room() / largest_block_;
    return here + setup_.free->used() * largest_per_segment_ >= mem::kMaxBurst;
}

void CaptureTap::store(const mem::Burst& burst, std::uint64_t chosen,
                       PacketParser& parser) noexcept {
    const auto mbufs = burst.mbufs();
    std::uint64_t now_tsc = 0;
    std::uint64_t now_ns = 0;
    if (chosen != 0) {
        setup_.clock->refresh(anchor_);
        now_tsc = base::tsc_now();
        now_ns = anchor_.ns_at(now_tsc);
    }
    const capture::Segment* const before = current_;
    for (std::size_t first = 0; first < mbufs.size();) {
        const std::size_t end = end_of_port(mbufs, first);
        Tally tally{.seen = static_cast<std::uint32_t>(end - first)};
        const std::uint64_t of_port = chosen & base::first_bits(end) & ~base::first_bits(first);
        base::for_each_bit(of_port, [&](std::size_t i) { store(mbufs[i], now_ns, parser, tally); });
        publish(mbufs[first]->port, tally);
        first = end;
    }
    if (current_ != before) current_since_tsc_ = now_tsc;
}

/// Where the packets that are of one port with the one at `first` end.
std::size_t CaptureTap::end_of_port(std::span<rte_mbuf* const> mbufs,
                                    std::size_t first) const noexcept {
    if (setup_.counters.size() == 1) return mbufs.size();
    std::size_t end = first + 1;
    while (end < mbufs.size() && mbufs[end]->port == mbufs[first]->port) ++end;
    return end;
}

void CaptureTap::store(const rte_mbuf* mbuf, std::uint64_t now_ns, PacketParser& parser,
                       Tally& tally) noexcept {
    if (setup_.filter != nullptr && !setup_.filter->matches(parser.contiguous(mbuf))) return;
    ++tally.selected;
    const std::uint32_t captured_bytes = std::min(mbuf->pkt_len, setup_.snaplen);
    if (!make_room(captured_bytes)) return;
    copy(mbuf, captured_bytes, now_ns);
    ++tally.stored;
    tally.stored_bytes += captured_bytes;
}

/// Makes sure that current_ has room for the packet; false when no segment is free.
bool CaptureTap::make_room(std::uint32_t captured_bytes) noexcept {
    if (current_ != nullptr) {
        if (current_->has_room(captured_bytes)) return true;
        hand_over();
    }
    current_ = setup_.free->pop();
    return current_ != nullptr;
}

void CaptureTap::copy(const rte_mbuf* mbuf, std::uint32_t captured_bytes,
                      std::uint64_t now_ns) noexcept {
    const std::uint64_t time_ns =
        setup_.meta.captured(mbuf) ? setup_.meta.timestamp_ns(mbuf) : now_ns;
    std::byte* to =
        current_->add(mbuf->port, time_ns, setup_.meta.wire_bytes(mbuf), captured_bytes);
    std::uint32_t left = captured_bytes;
    for (const rte_mbuf* segment = mbuf; left != 0; segment = segment->next) {
        const std::uint32_t part = std::min<std::uint32_t>(left, segment->data_len);
        std::memcpy(to, rte_pktmbuf_mtod(segment, const void*), part);
        to += part;
        left -= part;
    }
}

void CaptureTap::publish(std::uint16_t port, const Tally& tally) noexcept {
    TapCounters::Update update(setup_.counters[port]);
    update.add(TapCounter::kSeen, tally.seen);
    if (tally.selected == 0) return;
    update.add(TapCounter::kSelected, tally.selected);
    update.add(TapCounter::kStored, tally.stored);
    update.add(TapCounter::kStoredBytes, tally.stored_bytes);
    update.add(TapCounter::kNoSegment, tally.selected - tally.stored);
}

void CaptureTap::poll(Phase phase) noexcept {
    const std::uint64_t request = setup_.request->load(std::memory_order_acquire);
    if (request != met_request_.load(std::memory_order_relaxed)) {
        hand_over();
        met_request_.store(request, std::memory_order_release);
    }
    const std::uint64_t now = base::tsc_now();
    if (current_ != nullptr && setup_.hand_over_tsc != 0 &&
        now - current_since_tsc_ >= setup_.hand_over_tsc) {
        hand_over();
    }
    if (phase < Phase::kDrain || has_room()) {
        stuck_since_tsc_ = 0;
    } else if (stuck_since_tsc_ == 0) {
        stuck_since_tsc_ = now;
    } else if (now - stuck_since_tsc_ >= setup_.give_up_tsc) {
        gave_up_ = true;
    }
}

void CaptureTap::hand_over() noexcept {
    if (current_ == nullptr) return;
    // The ring has room for all segments that there are.
    setup_.full->push(current_);
    current_ = nullptr;
}

}  // namespace weir::stage
