// SPDX-License-Identifier: BSD-3-Clause
#include "stage/worker.hpp"

#include <rte_ether.h>
#include <rte_pause.h>
#include <rte_prefetch.h>

#include <algorithm>
#include <bit>

#include "base/tsc.hpp"
#include "ipsec/ike_packet.hpp"

namespace weir::stage {
namespace {

using parse::PacketRecord;

/// How many packets ahead of the one being parsed its headers are fetched.
constexpr std::size_t kPrefetchAhead = 8;

constexpr std::uint64_t first_bits(std::size_t count) noexcept {
    return count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

/// Calls `each` with the index of every set bit.
template <typename Each>
void for_each_bit(std::uint64_t mask, Each&& each) noexcept {
    for (; mask != 0; mask &= mask - 1) each(static_cast<std::size_t>(std::countr_zero(mask)));
}

void wait_tsc(std::uint64_t ticks) noexcept {
    const std::uint64_t start = base::tsc_now();
    while (base::tsc_now() - start < ticks) rte_pause();
}

void swap_addresses(rte_mbuf* mbuf) noexcept {
    auto* ether = rte_pktmbuf_mtod(mbuf, rte_ether_hdr*);
    std::swap(ether->src_addr, ether->dst_addr);
}

}  // namespace

bool Worker::has_room() const noexcept {
    if (setup_.capture != nullptr && !setup_.capture->has_room()) return false;
    return std::ranges::all_of(setup_.transmitters,
                               [](const Transmitter* each) { return each->has_room(); });
}

std::size_t Worker::held() const noexcept {
    std::size_t packets = 0;
    for (const Transmitter* transmitter : setup_.transmitters) packets += transmitter->pending();
    return packets;
}

void Worker::process(mem::Burst& burst) noexcept {
    if (setup_.delay_tsc != 0) wait_tsc(setup_.delay_tsc);
    Tally tally;
    parse(burst);
    if (decapsulator_) {
        // What is inside is filtered, not what an association sent.
        track_associations(burst, first_bits(burst.size()));
        decapsulator_->process(burst, records_, parser_);
    }
    count(burst.size(), tally);
    Mask kept = filter(burst, tally);
    if (setup_.capture != nullptr) setup_.capture->store(burst, kept, parser_);
    if (decapsulator_) {
        kept = drop_unopened(burst.size(), kept, tally);
    } else {
        track_associations(burst, kept);
    }
    track_ike(burst, kept, tally);
    if (setup_.drop_malformed) kept = drop_malformed(burst.size(), kept, tally);
    if (setup_.action == ActionKind::kSink) {
        sink(burst, kept, tally);
    } else {
        transmit(burst, kept, tally);
    }
    publish(tally);
}

std::size_t Worker::flush(Phase phase) noexcept {
    if (setup_.capture != nullptr) setup_.capture->poll(phase);
    if (setup_.survey != nullptr) setup_.survey->step(*setup_.associations);
    if (setup_.transmitters.empty()) return 0;
    std::size_t sent = 0;
    for (Transmitter* transmitter : setup_.transmitters) sent += transmitter->flush(phase);
    if (phase < Phase::kDrain) return sent;
    // Only a drain gives packets up here; what send() had to drop was counted with its burst.
    Tally tally;
    collect_transmit_drops(tally);
    publish(tally);
    return sent;
}

void Worker::parse(const mem::Burst& burst) noexcept {
    const auto mbufs = burst.mbufs();
    for (std::size_t i = 0; i < std::min(kPrefetchAhead, mbufs.size()); ++i) {
        rte_prefetch0(rte_pktmbuf_mtod(mbufs[i], const void*));
    }
    for (std::size_t i = 0; i < mbufs.size(); ++i) {
        if (i + kPrefetchAhead < mbufs.size()) {
            rte_prefetch0(rte_pktmbuf_mtod(mbufs[i + kPrefetchAhead], const void*));
        }
        parser_.parse(mbufs[i], records_[i]);
    }
}

void Worker::count(std::size_t size, Tally& tally) noexcept {
    for (std::size_t i = 0; i < size; ++i) {
        tally.add(status_index(records_[i].status));
        for_each_bit(records_[i].layer_mask, [&tally](std::size_t kind) {
            tally.add(base::at(WorkerCounter::kLayer) + kind);
        });
    }
}

Worker::Mask Worker::filter(const mem::Burst& burst, Tally& tally) noexcept {
    Mask kept = first_bits(burst.size());
    if (setup_.filter == nullptr) return kept;
    for (std::size_t i = 0; i < burst.size(); ++i) {
        if (!setup_.filter->matches(parser_.contiguous(burst[i]))) kept &= ~(Mask{1} << i);
    }
    tally.add(WorkerCounter::kFiltered,
              burst.size() - static_cast<std::size_t>(std::popcount(kept)));
    return kept;
}

void Worker::track_associations(const mem::Burst& burst, Mask kept) noexcept {
    std::size_t count = 0;
    for_each_bit(kept, [&](std::size_t i) {
        const PacketRecord& record = records_[i];
        if (record.ipsec == parse::LayerKind::kNone) return;
        const base::PacketView view = parser_.contiguous(burst[i]);
        if (ipsec::packet_of(view, record, {burst[i]->port}, sa_packets_[count])) ++count;
    });
    if (count == 0) return;
    const std::span<const ipsec::SaPacket> packets = std::span(sa_packets_).first(count);
    const std::uint64_t now = base::tsc_now();
    setup_.associations->update(packets, now);
    association_totals_.write(setup_.associations->running());
    if (setup_.points == nullptr) return;
    for (const ipsec::SaPacket& packet : packets) setup_.points->take(packet, now);
}

Worker::Mask Worker::drop_unopened(std::size_t size, Mask kept, Tally& tally) noexcept {
    for (std::size_t i = 0; i < size; ++i) {
        const EspOutcome outcome = decapsulator_->outcome(i);
        if (outcome == kNoEsp) continue;
        tally.add(esp_index(outcome));
        const Mask bit = Mask{1} << i;
        if ((kept & bit) == 0 || is_decapsulated(outcome)) continue;
        kept &= ~bit;
        tally.add(esp_dropped_index(outcome));
    }
    return kept;
}

/// What the burst's layers came to says whether there is anything to do: other packets are not
/// looked at.
void Worker::track_ike(const mem::Burst& burst, Mask kept, const Tally& tally) noexcept {
    if (tally.may_hold_ike() && setup_.ike != nullptr) [[unlikely]] {
        take_ike(burst, kept);
    }
}

[[gnu::noinline]] void Worker::take_ike(const mem::Burst& burst, Mask kept) noexcept {
    const std::uint64_t now = base::tsc_now();
    bool changed = false;
    for_each_bit(kept, [&](std::size_t i) {
        const PacketRecord& record = records_[i];
        const bool there = (record.layer_mask & ipsec::kIkeLayers) != 0;
        if (!there && record.fault_layer != parse::LayerKind::kIke) return;
        ipsec::IkePacket packet;
        const base::PacketView view = parser_.contiguous(burst[i]);
        switch (ipsec::find_ike(view, record, {burst[i]->port}, packet)) {
            case ipsec::IkeFound::kNothing:
                return;
            case ipsec::IkeFound::kUnread:
                setup_.ike->take_unread();
                break;
            case ipsec::IkeFound::kPacket:
                setup_.ike->take(packet, now);
                break;
        }
        changed = true;
    });
    if (changed) ike_totals_.write(setup_.ike->totals());
}

Worker::Mask Worker::drop_malformed(std::size_t size, Mask kept, Tally& tally) noexcept {
    for (std::size_t i = 0; i < size; ++i) {
        const Mask bit = Mask{1} << i;
        if ((kept & bit) == 0 || !parse::is_malformed(records_[i].status)) continue;
        kept &= ~bit;
        tally.add(malformed_index(records_[i].status));
    }
    return kept;
}

void Worker::sink(mem::Burst& burst, Mask kept, Tally& tally) noexcept {
    tally.add(WorkerCounter::kDelivered, static_cast<std::uint64_t>(std::popcount(kept)));
    burst.free_all();
}

void Worker::transmit(mem::Burst& burst, Mask kept, Tally& tally) noexcept {
    mem::Burst dropped;
    for (std::size_t i = 0; i < burst.size(); ++i) {
        rte_mbuf* mbuf = burst[i];
        if ((kept >> i & 1) == 0) {
            dropped.push(mbuf);
            continue;
        }
        Transmitter* egress = setup_.egress[mbuf->port];
        if (egress == nullptr) {
            tally.add(WorkerCounter::kNoTxPort, 1);
            dropped.push(mbuf);
            continue;
        }
        if (setup_.action == ActionKind::kMacswap) {
            if (mbuf->data_len < sizeof(rte_ether_hdr)) {
                tally.add(WorkerCounter::kMacswapTooShort, 1);
                dropped.push(mbuf);
                continue;
            }
            swap_addresses(mbuf);
        }
        egress->send(mbuf);
    }
    burst.give(burst.size());
    dropped.free_all();
    collect_transmit_drops(tally);
}

void Worker::collect_transmit_drops(Tally& tally) noexcept {
    for (Transmitter* transmitter : setup_.transmitters) {
        tally.add(WorkerCounter::kTxFull, transmitter->take_full());
        tally.add(WorkerCounter::kTxTooLarge, transmitter->take_too_large());
    }
}

void Worker::publish(const Tally& tally) noexcept {
    WorkerCounters::Update update(counters_);
    for (std::size_t i = 0; i < tally.counts.size(); ++i) {
        if (tally.counts[i] != 0) update.add(i, tally.counts[i]);
    }
}

}  // namespace weir::stage
