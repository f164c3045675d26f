// SPDX-License-Identifier: BSD-3-Clause
#include "stage/worker.hpp"

#include <rte_ether.h>
#include <rte_pause.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/tsc.hpp"
#include "ipsec/ike_packet.hpp"

namespace weir::stage {
namespace {

using base::for_each_bit;
using parse::PacketRecord;

/// Layers that somebody behind the parser looks at.
constexpr std::uint64_t kMarked = parse::layer_bit(parse::LayerKind::kEsp) |
                                  parse::layer_bit(parse::LayerKind::kAh) | ipsec::kIkeLayers;

void wait_tsc(std::uint64_t ticks) noexcept {
    const std::uint64_t start = base::tsc_now();
    while (base::tsc_now() - start < ticks) rte_pause();
}

/// Exchanges the two addresses at the start of the frame: twelve octets, in two words.
void swap_addresses(rte_mbuf* mbuf) noexcept {
    auto* octets = rte_pktmbuf_mtod(mbuf, std::byte*);
    std::uint64_t front = 0;  // The first address, and two octets of the second.
    std::uint32_t back = 0;
    std::memcpy(&front, octets, sizeof front);
    std::memcpy(&back, octets + sizeof front, sizeof back);
    const std::uint64_t new_front = front >> 48 | std::uint64_t{back} << 16 | front << 48;
    back = static_cast<std::uint32_t>(front >> 16);
    std::memcpy(octets, &new_front, sizeof new_front);
    std::memcpy(octets + sizeof front, &back, sizeof back);
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

void Worker::process(mem::Burst& burst, StageClock& clock) noexcept {
    const std::size_t size = burst.size();
    bursts_.add(size);
    if (setup_.delay_tsc != 0) {
        wait_tsc(setup_.delay_tsc);
        clock.lap(Stage::kDelay, size);
    }
    Tally tally;
    parse(burst);
    tally.marked = mark(size);
    clock.lap(Stage::kParse, size);
    if (decapsulator_) {
        // What is inside is filtered, not what an association sent.
        track_associations(burst, tally.marked);
        clock.lap(Stage::kIpsec, 0);
        decapsulator_->process(burst, records_, parser_);
        tally.marked = mark(size);
        clock.lap(Stage::kDecapsulate, size);
    }
    tally.layers = count_layers(size);
    clock.lap(Stage::kTally, size);
    Mask kept = filter(burst, tally);
    if (setup_.filter != nullptr) clock.lap(Stage::kFilter, size);
    if (setup_.capture != nullptr) {
        setup_.capture->store(burst, kept, parser_);
        clock.lap(Stage::kCapture, size);
    }
    if (decapsulator_) {
        kept = drop_unopened(size, kept, tally);
    } else {
        track_associations(burst, kept & tally.marked);
    }
    track_ike(burst, kept & tally.marked);
    clock.lap(Stage::kIpsec, size);
    if (setup_.drop_malformed) kept = drop_malformed(kept, tally);
    if (setup_.action == ActionKind::kSink) {
        sink(burst, kept, tally);
    } else {
        transmit(burst, kept, tally);
    }
    clock.lap(Stage::kAction, size);
    publish(size, tally);
    clock.lap(Stage::kTally, 0);
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
    publish(0, tally);
    return sent;
}

void Worker::parse(const mem::Burst& burst) noexcept {
    parser_.parse_burst(burst.mbufs(), records_);
}

Worker::Mask Worker::mark(std::size_t size) const noexcept {
    Mask marked = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const PacketRecord& record = records_[i];
        const bool is_marked =
            ((record.layer_mask & kMarked) | static_cast<std::uint64_t>(record.status)) != 0;
        marked |= Mask{is_marked} << i;
    }
    return marked;
}

base::BitCounts Worker::count_layers(std::size_t size) const noexcept {
    base::BitCounts layers;
    std::size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        layers.add_eight([&](std::size_t k) { return records_[i + k].layer_mask; });
    }
    for (; i < size; ++i) layers.add(records_[i].layer_mask);
    return layers;
}

Worker::Mask Worker::filter(const mem::Burst& burst, Tally& tally) noexcept {
    Mask kept = base::first_bits(burst.size());
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

Worker::Mask Worker::drop_unopened(std::size_t size, Mask kept, Tally& tally) const noexcept {
    for (std::size_t i = 0; i < size; ++i) {
        const EspOutcome outcome = decapsulator_->outcome(i);
        if (outcome != kNoEsp && !is_decapsulated(outcome)) tally.unopened |= Mask{1} << i;
    }
    tally.unopened &= kept;
    return kept & ~tally.unopened;
}

void Worker::track_ike(const mem::Burst& burst, Mask kept) noexcept {
    if (kept == 0 || setup_.ike == nullptr) return;
    std::uint64_t now = 0;  // The time is asked for when there is IKE.
    bool changed = false;
    for_each_bit(kept, [&](std::size_t i) {
        const PacketRecord& record = records_[i];
        const bool there = (record.layer_mask & ipsec::kIkeLayers) != 0;
        if (!there && record.fault_layer != parse::LayerKind::kIke) return;
        if (now == 0) now = base::tsc_now();
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

Worker::Mask Worker::drop_malformed(Mask kept, Tally& tally) const noexcept {
    for_each_bit(kept & tally.marked, [&](std::size_t i) {
        if (parse::is_malformed(records_[i].status)) tally.malformed |= Mask{1} << i;
    });
    return kept & ~tally.malformed;
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

void Worker::publish(std::size_t size, const Tally& tally) noexcept {
    WorkerCounters::Update update(counters_);
    for (std::size_t i = 0; i < tally.named.size(); ++i) {
        if (tally.named[i] != 0) update.add(i, tally.named[i]);
    }
    std::size_t ok = size;
    for_each_bit(tally.marked, [&](std::size_t i) {
        if (records_[i].status == parse::ParseStatus::kOk) return;
        --ok;
        update.add(status_index(records_[i].status), 1);
    });
    update.add(status_index(parse::ParseStatus::kOk), ok);
    tally.layers.for_each([&](std::size_t kind, std::uint64_t packets) {
        update.add(base::at(WorkerCounter::kLayer) + kind, packets);
    });
    for_each_bit(tally.malformed,
                 [&](std::size_t i) { update.add(malformed_index(records_[i].status), 1); });
    if (!decapsulator_) return;
    for (std::size_t i = 0; i < size; ++i) {
        const EspOutcome outcome = decapsulator_->outcome(i);
        if (outcome != kNoEsp) update.add(esp_index(outcome), 1);
    }
    for_each_bit(tally.unopened, [&](std::size_t i) {
        update.add(esp_dropped_index(decapsulator_->outcome(i)), 1);
    });
}

}  // namespace weir::stage
