// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log_histogram.hpp"
#include "ipsec/sa_view.hpp"
#include "mem/burst.hpp"
#include "mem/packet_pool.hpp"
#include "metrics/metric_set.hpp"

/// What a run looks like at one moment, as plain data, cumulative since the start: pipeline makes
/// it, the live view and the reports read it. Control thread only.
namespace weir::pipeline {

/// Every packet ends in exactly one of these.
struct Ledger {
    std::uint64_t received = 0;   ///< Packets that Weir took from its ports.
    std::uint64_t delivered = 0;  ///< Reached the sink.
    std::uint64_t forwarded = 0;  ///< Accepted by a port's transmit queue.
    std::uint64_t in_flight = 0;  ///< Measured: in rings and bursts now; at the end, mbufs that did
                                  ///< not come back to their pool.
    /// Packets dropped, by stage ("rx", "parse", "filter", "action") and reason ("ring_full").
    /// Only reasons that occurred.
    std::map<std::string, std::map<std::string, std::uint64_t>> dropped;
    bool balanced = false;  ///< At the end: received = delivered + forwarded + all dropped, and
                            ///< nothing in flight.

    [[nodiscard]] std::uint64_t dropped_total() const {
        std::uint64_t total = 0;
        for (const auto& [stage, reasons] : dropped) {
            for (const auto& [reason, count] : reasons) total += count;
        }
        return total;
    }
};

/// Bursts by the number of their packets.
using BurstCounts = std::array<std::uint64_t, mem::kMaxBurst + 1>;

/// One port: what Weir counted, and what the driver says beside it.
struct PortState {
    std::string name;                            ///< As the user gave it.
    std::string driver;                          ///< "net_af_packet", "capture file", …
    std::uint64_t rx_packets = 0, rx_bytes = 0;  ///< Taken by Weir (bytes without FCS).
    std::uint64_t tx_packets = 0, tx_bytes = 0;  ///< Accepted for transmission.
    std::uint64_t trimmed = 0;  ///< Came with the last burst beyond --packets: freed, not counted
                                ///< as received.
    BurstCounts bursts{};       ///< Receptions that were not empty, those trimmed included.
    /// Driver counters under their DPDK names (ipackets, imissed, ierrors, rx_nombuf, …), all of
    /// rte_eth_stats; empty for capture files.
    std::vector<std::pair<std::string, std::uint64_t>> driver_counters;
    std::vector<std::pair<std::string, std::uint64_t>> xstats;  ///< The non-zero ones.
    std::string note;  ///< What went wrong or is worth knowing ("damaged at byte 1234: …"), or "".
};

/// A stage of one lcore in the turns that were sampled (stage/stage_clock.hpp).
struct StageSample {
    std::string name;
    std::uint64_t ticks = 0;    ///< TSC ticks in it.
    std::uint64_t packets = 0;  ///< That went through it.
};

struct LcoreState {
    unsigned id = 0;
    unsigned cpu = 0;
    std::string roles;               ///< "generator + rx", "worker 0", …
    std::uint64_t packets = 0;       ///< Packets its polls moved.
    std::uint64_t busy_cycles = 0;   ///< TSC ticks in polls that moved something.
    std::uint64_t total_cycles = 0;  ///< TSC ticks since it started.
    std::uint64_t polls = 0, empty_polls = 0;
    std::uint64_t sampled_turns = 0;
    std::vector<StageSample>
        stages{};  ///< All there are, in the order in which a packet meets them.
};

struct RingState {
    std::string name;  ///< "rx 1 -> worker 2"
    std::size_t used = 0, capacity = 0;
    base::LongLogHistogram fill{};  ///< Packets inside when a burst was taken, in turns sampled.
};

/// What a worker's packets went through, in TSC ticks.
struct WorkerState {
    BurstCounts bursts{};  ///< That it was given.
    /// Pipeline: from the turn that received a packet to the turn that took it from the ring; of
    /// each burst, its first packet.
    base::LongLogHistogram rx_to_worker;
    /// From reception until its outcome is counted; of packets in turns sampled.
    base::LongLogHistogram rx_to_verdict;
};

struct PoolState {
    std::string name;
    int socket = -1;
    std::size_t mbufs = 0, available = 0, mbuf_bytes = 0;
    mem::PoolWatermarks watermarks;
    std::size_t cached = 0;  ///< Of those available, in lcores' caches; at the end only.
};

/// What a run takes of the machine's memory, and what packet lcores did to it.
struct MemoryState {
    std::uint64_t heap_bytes = 0, heap_allocations = 0;  ///< Taken from DPDK's heap.
    std::uint64_t heap_reserved_bytes = 0;               ///< Of the pages that it holds.
    std::uint64_t capture_segments = 0;         ///< Of these blocks, those of the capture's store.
    std::uint64_t resident_bytes = 0;           ///< Of the process.
    std::uint64_t packet_path_page_faults = 0;  ///< Of the packet lcores' threads.
    std::uint64_t packet_path_allocations = 0;  ///< Calls of malloc, free and their kin on packet
                                                ///< lcores since they were sealed.
};

/// The capture's own books. A capture is a copy: nothing here is part of the ledger.
struct CaptureState {
    std::string file;  ///< As the user gave it.
    std::uint64_t selected = 0;
    std::uint64_t stored = 0, stored_bytes = 0;
    std::map<std::string, std::uint64_t> not_stored;       ///< By reason, those at 0 too.
    std::uint64_t written = 0, written_bytes = 0;          ///< Bytes of blocks, uncompressed.
    std::map<std::string, std::uint64_t> lost;             ///< By reason, those at 0 too.
    std::uint64_t overwritten = 0;                         ///< In the capture ring, by newer ones.
    std::uint64_t discarded = 0;                           ///< Still in the ring at the end.
    std::uint64_t held = 0;                                ///< In the ring now.
    std::uint64_t files = 0, file_bytes = 0;               ///< Begun; their octets on the disk.
    std::uint64_t files_deleted = 0, packets_deleted = 0;  ///< By rotation; part of written.
    std::uint64_t triggers = 0, triggers_ignored = 0;
    std::size_t segments = 0, most_segments = 0;
    std::string note;  ///< What went wrong last, or "".
    bool ring = false;
    bool balanced = false;  ///< At the end: selected = stored + all not stored, and
                            ///< stored = written + all lost + overwritten + discarded.

    [[nodiscard]] static std::uint64_t sum(const std::map<std::string, std::uint64_t>& reasons) {
        std::uint64_t total = 0;
        for (const auto& [reason, count] : reasons) total += count;
        return total;
    }
};

struct Snapshot {
    double elapsed_seconds = 0;
    double ticks_per_second = 0;  ///< Of the TSC.
    Ledger ledger;
    std::vector<PortState> ports;
    std::vector<LcoreState> lcores;
    std::vector<WorkerState> workers;
    std::vector<RingState> rings;
    std::vector<PoolState> pools;
    MemoryState memory;
    std::vector<std::pair<std::string, std::uint64_t>> layers;    ///< Packets that hold the layer.
    std::vector<std::pair<std::string, std::uint64_t>> statuses;  ///< Packets by ParseStatus, ≠ 0.
    std::vector<ipsec::SaView> worst_associations;  ///< While packets come; the worst first.
    std::optional<CaptureState> capture;            ///< When something is captured.
    metrics::MetricSet metrics;
};

}  // namespace weir::pipeline
