// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/observe.hpp"

#include <fmt/format.h>
#include <rte_cycles.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "mem/heap_usage.hpp"
#include "pipeline/capture_books.hpp"
#include "pipeline/ike_hosts.hpp"
#include "pipeline/observe_costs.hpp"
#include "pipeline/process_memory.hpp"

namespace weir::pipeline {
namespace {

using base::at;
using stage::SourceCounter;
using stage::TxCounter;
using stage::WorkerCounter;

void add_source(const stage::Source& source, PortState& port, Ledger& ledger) {
    const auto values = source.counters().read();
    port.rx_packets += values[at(SourceCounter::kPackets)];
    port.rx_bytes += values[at(SourceCounter::kBytes)];
    port.trimmed += values[at(SourceCounter::kTrimmed)];
    ledger.received += values[at(SourceCounter::kPackets)];
    const auto bursts = source.bursts().read();
    std::ranges::transform(bursts, port.bursts, port.bursts.begin(), std::plus<>());
    const std::uint64_t too_large = values[at(SourceCounter::kFrameTooLarge)];
    if (too_large != 0) ledger.dropped["rx"]["frame_too_large"] += too_large;
    const std::uint64_t full = values[at(SourceCounter::kRingFull)];
    if (full != 0) ledger.dropped["rx"]["ring_full"] += full;
}

PortState observe_port(const Wiring& wiring, std::size_t index, Ledger& ledger, bool driver_state) {
    const PortSlot& slot = wiring.ports()[index];
    PortState port;
    port.name = slot.spec.text;
    port.driver = slot.device == nullptr ? "capture file" : slot.device->driver();
    if (slot.capture != nullptr) add_source(*slot.capture, port, ledger);
    for (const auto& queue : slot.queues) add_source(*queue, port, ledger);
    for (const WorkerSlot& worker : wiring.workers()) {
        if (worker.owned_transmitters.empty()) continue;
        const auto& transmitter = worker.owned_transmitters[index];
        if (transmitter == nullptr) continue;
        const auto values = transmitter->counters().read();
        port.tx_packets += values[at(TxCounter::kPackets)];
        port.tx_bytes += values[at(TxCounter::kBytes)];
    }
    ledger.forwarded += port.tx_packets;
    if (slot.device != nullptr) {
        port.note = slot.device->note();
        if (driver_state) {
            port.driver_counters = slot.device->counters();
            port.xstats = slot.device->xstats();
        }
    }
    return port;
}

/// With keys: what became of ESP packets.
void observe_esp(const std::vector<std::uint64_t>& sum, Snapshot& snapshot) {
    for (stage::EspOutcome outcome = 0; outcome < stage::kEspOutcomes; ++outcome) {
        const std::string name(stage::esp_outcome_name(outcome));
        snapshot.metrics.set("esp." + name, sum[stage::esp_index(outcome)]);
        if (stage::is_decapsulated(outcome)) continue;
        const std::uint64_t dropped = sum[stage::esp_dropped_index(outcome)];
        snapshot.metrics.set("dropped.decrypt." + name, dropped);
        if (dropped != 0) snapshot.ledger.dropped["decrypt"][name] = dropped;
    }
}

/// Adds what the workers counted to ledger, layers and statuses.
void observe_workers(const Wiring& wiring, Snapshot& snapshot) {
    std::vector<std::uint64_t> sum(at(WorkerCounter::kCount));
    for (const WorkerSlot& slot : wiring.workers()) {
        const auto values = slot.worker->counters().read();
        std::ranges::transform(values, sum, sum.begin(), std::plus<>());
    }
    snapshot.ledger.delivered = sum[at(WorkerCounter::kDelivered)];
    for (const stage::WorkerDrop& drop : stage::kWorkerDrops) {
        const std::uint64_t packets = sum[at(drop.counter)];
        if (packets == 0) continue;
        snapshot.ledger.dropped[std::string(drop.stage)][std::string(drop.reason)] = packets;
    }
    metrics::MetricSet& metrics = snapshot.metrics;
    std::uint64_t malformed = 0;
    for (std::size_t i = 0; i < parse::kParseStatuses; ++i) {
        const auto status = static_cast<parse::ParseStatus>(i);
        const std::string name(parse::to_string(status));
        const std::uint64_t packets = sum[stage::status_index(status)];
        const std::uint64_t dropped = sum[stage::malformed_index(status)];
        if (packets != 0) snapshot.statuses.emplace_back(name, packets);
        if (dropped != 0) snapshot.ledger.dropped["parse"][name] = dropped;
        if (parse::is_malformed(status)) malformed += packets;
        metrics.set("parse." + name, packets);
        if (parse::is_malformed(status)) metrics.set("dropped.parse." + name, dropped);
    }
    metrics.set("malformed", malformed);
    if (wiring.plan().keys) observe_esp(sum, snapshot);
    for (std::size_t i = 1; i < parse::kLayerKinds; ++i) {
        const auto kind = static_cast<parse::LayerKind>(i);
        const std::string name(parse::to_string(kind));
        const std::uint64_t packets = sum[stage::layer_index(kind)];
        if (packets != 0) snapshot.layers.emplace_back(name, packets);
        metrics.set("layer." + name, packets);
    }
}

LcoreState observe_lcore(const Wiring& wiring, const LcoreSlot& slot) {
    const auto values = slot.sealed->loop.counters.read();
    LcoreState state;
    state.id = slot.plan.lcore;
    state.cpu = slot.plan.cpu;
    state.roles = roles_of(slot.plan, wiring.plan().mode);
    state.packets = values[at(stage::LcoreCounter::kPackets)];
    state.busy_cycles = values[at(stage::LcoreCounter::kBusyTsc)];
    state.polls = values[at(stage::LcoreCounter::kPolls)];
    state.empty_polls = values[at(stage::LcoreCounter::kEmptyPolls)];
    state.stages = observe_stages(slot.sealed->loop.clock, state.sampled_turns);
    const std::uint64_t stopped = slot.sealed->loop.stopped_tsc.load(std::memory_order_relaxed);
    state.total_cycles =
        (stopped != 0 ? stopped : rte_get_tsc_cycles()) - slot.sealed->loop.started_tsc;
    return state;
}

std::size_t held_by_tasks(const Wiring& wiring) {
    std::size_t packets = 0;
    for (const RxSlot& slot : wiring.rx()) {
        if (slot.task != nullptr) packets += slot.task->held();
    }
    for (const WorkerSlot& slot : wiring.workers()) {
        packets += slot.task != nullptr ? slot.task->held() : slot.direct->held();
    }
    return packets;
}

void observe_rings(const Wiring& wiring, Snapshot& snapshot) {
    for (std::size_t i = 0; i < wiring.rings().size(); ++i) {
        const std::size_t rx = i / wiring.workers().size();
        const std::size_t worker = i % wiring.workers().size();
        RingState ring;
        ring.name = fmt::format("rx {} -> worker {}", rx, worker);
        ring.fill = wiring.workers()[worker].inlets[rx].fill.read();
        ring.used = wiring.rings()[i]->used();
        ring.capacity = wiring.rings()[i]->capacity();
        snapshot.ledger.in_flight += ring.used;
        snapshot.rings.push_back(std::move(ring));
    }
    snapshot.ledger.in_flight += held_by_tasks(wiring);
}

void observe_pools(const Wiring& wiring, Snapshot& snapshot, bool at_rest) {
    for (const auto& [socket, pool] : wiring.pools()) {
        snapshot.pools.push_back({pool->name(), socket, pool->size(), pool->available(),
                                  pool->mbuf_bytes(), pool->watermarks(),
                                  at_rest ? pool->cached() : 0});
    }
    std::uint64_t lowest = UINT64_MAX;
    std::uint64_t exhausted = 0;
    std::uint64_t cached = 0;
    for (const PoolState& pool : snapshot.pools) {
        cached += pool.cached;
        lowest = std::min(lowest, pool.watermarks.lowest_free);
        exhausted += pool.watermarks.exhausted;
    }
    snapshot.metrics.set("pool.lowest_free", snapshot.pools.empty() ? 0 : lowest);
    snapshot.metrics.set("pool.cached", cached);
    snapshot.metrics.set("pool.exhausted", exhausted);
}

MemoryState observe_memory(const Wiring& wiring) {
    const mem::HeapUsage heap = mem::heap_usage();
    MemoryState memory;
    memory.heap_bytes = heap.bytes;
    memory.heap_allocations = heap.allocations;
    memory.heap_reserved_bytes = heap.reserved_bytes;
    memory.resident_bytes = resident_bytes();
    for (const LcoreSlot& slot : wiring.lcores()) {
        memory.packet_path_allocations += slot.sealed->seal.total();
        const pid_t thread = slot.sealed->thread.load(std::memory_order_relaxed);
        if (thread != 0) memory.packet_path_page_faults += page_faults(thread);
    }
    return memory;
}

void set_memory_metrics(const MemoryState& memory, metrics::MetricSet& metrics) {
    metrics.set("packet_path_allocations_total", memory.packet_path_allocations);
    metrics.set("packet_path_page_faults_total", memory.packet_path_page_faults);
    metrics.set("heap_bytes", memory.heap_bytes);
    metrics.set("heap_reserved_bytes", memory.heap_reserved_bytes);
    metrics.set("heap_allocations", memory.heap_allocations);
    metrics.set("resident_bytes", memory.resident_bytes);
}

/// Drop reasons that exist, so that each has a metric even when it never occurred.
void set_drop_metrics(const Ledger& ledger, metrics::MetricSet& metrics) {
    metrics.set("dropped.rx.frame_too_large", 0);
    metrics.set("dropped.rx.ring_full", 0);
    for (const stage::WorkerDrop& drop : stage::kWorkerDrops) {
        metrics.set(fmt::format("dropped.{}.{}", drop.stage, drop.reason), 0);
    }
    for (const auto& [stage, reasons] : ledger.dropped) {
        for (const auto& [reason, packets] : reasons) {
            metrics.set(fmt::format("dropped.{}.{}", stage, reason), packets);
        }
    }
}

void set_ledger_metrics(const Ledger& ledger, metrics::MetricSet& metrics) {
    metrics.set("received", ledger.received);
    metrics.set("delivered", ledger.delivered);
    metrics.set("forwarded", ledger.forwarded);
    metrics.set("in_flight", ledger.in_flight);
    metrics.set("dropped", ledger.dropped_total());
    set_drop_metrics(ledger, metrics);
}

void set_port_metrics(const std::vector<PortState>& ports, metrics::MetricSet& metrics) {
    for (const char* name : {"imissed", "ierrors", "oerrors", "rx_nombuf"}) metrics.set(name, 0);
    for (std::size_t i = 0; i < ports.size(); ++i) {
        const PortState& port = ports[i];
        const std::string prefix = fmt::format("port.{}.", i);
        metrics.set(prefix + "rx_packets", port.rx_packets);
        metrics.set(prefix + "rx_bytes", port.rx_bytes);
        metrics.set(prefix + "tx_packets", port.tx_packets);
        metrics.set(prefix + "tx_bytes", port.tx_bytes);
        metrics.set(prefix + "trimmed", port.trimmed);
        for (const auto& [name, value] : port.driver_counters) {
            metrics.set(prefix + name, value);
            if (metrics.find(name)) metrics.add(name, value);
        }
        for (const auto& [name, value] : port.xstats) metrics.set(prefix + "xstat." + name, value);
    }
}

void set_association_metrics(const ipsec::SaTotals& totals, metrics::MetricSet& metrics) {
    metrics.set("ipsec.associations", totals.associations);
    metrics.set("ipsec.packets", totals.counts.packets);
    metrics.set("ipsec.bytes", totals.counts.bytes);
    metrics.set("ipsec.lost", totals.counts.lost);
    metrics.set("ipsec.duplicated", totals.counts.duplicated);
    metrics.set("ipsec.reordered", totals.counts.reordered);
    metrics.set("ipsec.beyond_window", totals.counts.beyond_window);
    metrics.set("ipsec.restarts", totals.counts.restarts);
    metrics.set("ipsec.wraps", totals.counts.wraps);
    metrics.set("ipsec.zero_sequence", totals.counts.zero);
    metrics.set("ipsec.on_probation", totals.on_probation);
    metrics.set("ipsec.created", totals.created);
    metrics.set("ipsec.confirmed", totals.confirmed);
    metrics.set("ipsec.recycled", totals.recycled);
    metrics.set("ipsec.aged", totals.aged);
    metrics.set("ipsec.refused", totals.refused);
}

/// Of two points that are compared. Only at the end: the table is the worker's until then.
void set_point_metrics(const ipsec::PointTotals& totals, metrics::MetricSet& metrics) {
    metrics.set("points.associations", totals.associations);
    metrics.set("points.before", totals.counts.before);
    metrics.set("points.after", totals.counts.after);
    metrics.set("points.arrived", totals.counts.arrived);
    metrics.set("points.lost", totals.counts.lost);
    metrics.set("points.reordered", totals.counts.reordered);
    metrics.set("points.untracked", totals.counts.untracked);
    metrics.set("points.only_after", totals.counts.only_after);
    metrics.set("points.recycled", totals.recycled);
    metrics.set("points.refused", totals.refused);
}

void set_ike_metrics(const ipsec::IkeTotals& totals, metrics::MetricSet& metrics) {
    for (std::size_t i = 0; i < ipsec::kIkeCounters; ++i) {
        metrics.set(fmt::format("ipsec.ike.{}", ipsec::kIkeCounterNames[i]),
                    totals.counts.values[i]);
    }
    metrics.set("ipsec.ike.pairs", totals.pairs);
    metrics.set("ipsec.ike.on_probation", totals.on_probation);
    metrics.set("ipsec.ike.created", totals.created);
    metrics.set("ipsec.ike.confirmed", totals.confirmed);
    metrics.set("ipsec.ike.recycled", totals.recycled);
    metrics.set("ipsec.ike.aged", totals.aged);
    metrics.set("ipsec.ike.refused", totals.refused);
    metrics.set("ipsec.ike.unread", totals.unread);
}

/// The worst of what the workers have answered; and asks them again.
void observe_worst(const Wiring& wiring, Snapshot& snapshot) {
    std::vector<ipsec::SaView>& worst = snapshot.worst_associations;
    for (const WorkerSlot& slot : wiring.workers()) {
        const auto answer = slot.survey->worst();
        worst.insert(worst.end(), answer.begin(), answer.end());
        slot.survey->ask();
    }
    std::ranges::stable_sort(worst, ipsec::is_worse);
    worst.resize(std::min(worst.size(), ipsec::SaSurvey::kWorst));
}

void check_identity(const Ledger& ledger, std::vector<std::string>& missing) {
    const std::uint64_t accounted =
        ledger.delivered + ledger.forwarded + ledger.dropped_total() + ledger.in_flight;
    if (ledger.received != accounted) {
        missing.push_back(fmt::format(
            "{} packets were received and {} have an outcome: {} {}", ledger.received, accounted,
            ledger.received > accounted ? ledger.received - accounted : accounted - ledger.received,
            ledger.received > accounted ? "are missing" : "are too many"));
    }
}

}  // namespace

Snapshot observe(const Wiring& wiring, double elapsed_seconds, bool driver_state) {
    Snapshot snapshot;
    snapshot.elapsed_seconds = elapsed_seconds;
    snapshot.ticks_per_second = static_cast<double>(rte_get_tsc_hz());
    // Outcomes are read before receptions are, so that they never run ahead of them.
    observe_workers(wiring, snapshot);
    observe_rings(wiring, snapshot);
    for (std::size_t i = 0; i < wiring.ports().size(); ++i) {
        snapshot.ports.push_back(observe_port(wiring, i, snapshot.ledger, driver_state));
    }
    for (const LcoreSlot& slot : wiring.lcores()) {
        snapshot.lcores.push_back(observe_lcore(wiring, slot));
    }
    snapshot.workers = observe_delays(wiring);
    set_cost_metrics(snapshot, snapshot.metrics);
    observe_pools(wiring, snapshot, false);
    if (wiring.capture() != nullptr) {
        snapshot.capture = wiring.capture()->observe();
        set_capture_metrics(*snapshot.capture, snapshot.metrics);
    }
    snapshot.memory = observe_memory(wiring);
    // Read before the heap, which the writer may be adding to: it never holds fewer.
    if (snapshot.capture) snapshot.memory.capture_segments = snapshot.capture->segments;
    set_memory_metrics(snapshot.memory, snapshot.metrics);
    set_ledger_metrics(snapshot.ledger, snapshot.metrics);
    set_port_metrics(snapshot.ports, snapshot.metrics);
    ipsec::IkeTotals ike;
    for (const WorkerSlot& slot : wiring.workers()) ike += slot.worker->ike().read();
    set_association_metrics(association_totals(wiring), snapshot.metrics);
    if (wiring.plan().points) set_point_metrics({}, snapshot.metrics);
    set_ike_metrics(ike, snapshot.metrics);
    if (!driver_state) observe_worst(wiring, snapshot);
    return snapshot;
}

ipsec::SaTotals association_totals(const Wiring& wiring) {
    ipsec::SaTotals totals;
    for (const WorkerSlot& slot : wiring.workers()) totals += slot.worker->associations().read();
    return totals;
}

std::vector<AllocationSite> allocation_sites(const Wiring& wiring) {
    std::vector<AllocationSite> result;
    for (const LcoreSlot& slot : wiring.lcores()) {
        for (const mem::AllocationSeal::Site& site : slot.sealed->seal.sites()) {
            result.push_back({slot.plan.lcore, std::string(to_string(site.call)), site.count,
                              mem::describe(site.stack)});
        }
    }
    return result;
}

AssociationList close_associations(const Wiring& wiring, metrics::MetricSet& metrics) {
    AssociationClock clock{UINT64_MAX, static_cast<double>(rte_get_tsc_hz())};
    for (const LcoreSlot& slot : wiring.lcores()) {
        clock.start = std::min(clock.start, slot.sealed->loop.started_tsc);
    }
    std::vector<std::string> ports;
    for (const PortSlot& slot : wiring.ports()) ports.push_back(slot.spec.text);
    AssociationList list;
    for (const WorkerSlot& slot : wiring.workers()) {
        add_associations(*slot.associations, clock, ports, list);
        add_hosts(*slot.ike, ports, list);
    }
    for (const WorkerSlot& slot : wiring.workers()) {
        if (slot.points != nullptr) add_comparisons(*slot.points, list.points);
    }
    if (const auto& points = wiring.plan().points) {
        list.points.before = ports[points->before];
        list.points.after = ports[points->after];
        list.points.ticks_per_second = clock.ticks_per_second;
        set_point_metrics(list.points.totals, metrics);
    }
    finish_associations(clock, list);
    finish_hosts(clock, list);
    set_association_metrics(list.totals, metrics);
    set_ike_metrics(list.ike, metrics);
    return list;
}

std::vector<std::string> close_books(const Wiring& wiring, Snapshot& snapshot) {
    std::vector<std::string> missing;
    snapshot.rings.clear();
    snapshot.pools.clear();
    snapshot.ledger.in_flight = 0;
    observe_rings(wiring, snapshot);
    if (snapshot.ledger.in_flight != 0) {
        missing.push_back(
            fmt::format("{} packets are still in rings and bursts", snapshot.ledger.in_flight));
    }
    observe_pools(wiring, snapshot, true);
    std::size_t absent = 0;
    for (const PoolState& pool : snapshot.pools) {
        if (pool.available == pool.mbufs) continue;
        absent += pool.mbufs - pool.available;
        missing.push_back(fmt::format("pool {}: {} of {} mbufs did not come back", pool.name,
                                      pool.mbufs - pool.available, pool.mbufs));
    }
    for (const auto& [socket, pool] : wiring.pools()) {
        std::ranges::move(pool->missing(), std::back_inserter(missing));
    }
    snapshot.ledger.in_flight = absent;
    check_identity(snapshot.ledger, missing);
    if (snapshot.capture) close_capture(*snapshot.capture, missing);
    snapshot.ledger.balanced = missing.empty();
    set_ledger_metrics(snapshot.ledger, snapshot.metrics);
    return missing;
}

}  // namespace weir::pipeline
