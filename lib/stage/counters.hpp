// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/counters.hpp"
#include "base/shared_histogram.hpp"
#include "mem/burst.hpp"
#include "parse/layer.hpp"
#include "parse/status.hpp"
#include "stage/esp_outcome.hpp"

/// What the stages count. Each set has one writing lcore; pipeline reads them all. Every drop
/// reason but the parse defects stands in the lists here, so that the ledger has a line for each.
namespace weir::stage {

/// Of one source (a port's receive queue, or a capture file).
enum class SourceCounter : std::uint8_t {
    kPackets,        ///< Taken from the port: the ledger's "received".
    kBytes,          ///< Their captured octets.
    kFrameTooLarge,  ///< Of kPackets: dropped, above what an mbuf chain may hold.
    kRingFull,       ///< Of kPackets: dropped, no room in the ring to the worker.
    kTrimmed,        ///< Came in the last burst beyond --packets; freed, not part of kPackets.
    kCount
};
using SourceCounters = base::CounterBlock<SourceCounter>;

/// Of one worker. Behind the named ones stand arrays: packets by status, by layer, dropped for
/// their status; and with keys ESP packets by outcome, and dropped for it.
enum class WorkerCounter : std::uint16_t {
    kDelivered,
    kFiltered,
    kNoTxPort,
    kMacswapTooShort,
    kTxFull,
    kTxTooLarge,
    kNamed,
    kStatus = kNamed,
    kLayer = kStatus + parse::kParseStatuses,
    kMalformed = kLayer + parse::kLayerKinds,
    kEsp = kMalformed + parse::kParseStatuses,
    kEspDropped = kEsp + kEspOutcomes,
    kCount = kEspDropped + kEspOutcomes
};
using WorkerCounters = base::CounterBlock<WorkerCounter>;

[[nodiscard]] constexpr std::size_t status_index(parse::ParseStatus status) noexcept {
    return base::at(WorkerCounter::kStatus) + static_cast<std::size_t>(status);
}
[[nodiscard]] constexpr std::size_t layer_index(parse::LayerKind kind) noexcept {
    return base::at(WorkerCounter::kLayer) + static_cast<std::size_t>(kind);
}
/// Packets dropped by the action because of their status.
[[nodiscard]] constexpr std::size_t malformed_index(parse::ParseStatus status) noexcept {
    return base::at(WorkerCounter::kMalformed) + static_cast<std::size_t>(status);
}

[[nodiscard]] constexpr std::size_t esp_index(EspOutcome outcome) noexcept {
    return base::at(WorkerCounter::kEsp) + outcome;
}
/// ESP packets dropped because they could not be opened.
[[nodiscard]] constexpr std::size_t esp_dropped_index(EspOutcome outcome) noexcept {
    return base::at(WorkerCounter::kEspDropped) + outcome;
}

/// A named drop of a worker: which stage does it and what it is called in every output.
struct WorkerDrop {
    WorkerCounter counter;
    std::string_view stage;
    std::string_view reason;
};
inline constexpr WorkerDrop kWorkerDrops[] = {
    {WorkerCounter::kFiltered, "filter", "filtered"},
    {WorkerCounter::kNoTxPort, "action", "no_tx_port"},
    {WorkerCounter::kMacswapTooShort, "action", "macswap_too_short"},
    {WorkerCounter::kTxFull, "action", "tx_full"},
    {WorkerCounter::kTxTooLarge, "action", "tx_too_large"},
};

/// Of one worker's captures of one port's packets: selected = stored + all that was not.
enum class TapCounter : std::uint8_t {
    kSeen,         ///< Came by, selected or not.
    kSelected,     ///< Matched the capture filter.
    kStored,       ///< Copied into a segment.
    kStoredBytes,  ///< Their octets in there, without the blocks around them.
    kNoSegment,    ///< Not stored: no segment was free.
    kCount
};
using TapCounters = base::CounterBlock<TapCounter>;

/// Why a selected packet was not stored.
struct NotStored {
    TapCounter counter;
    std::string_view reason;
};
inline constexpr NotStored kNotStored[] = {{TapCounter::kNoSegment, "no_segment"}};

/// Of one worker's transmissions on one port.
enum class TxCounter : std::uint8_t { kPackets, kBytes, kCount };
using TxCounters = base::CounterBlock<TxCounter>;

/// Bursts by the number of their packets.
using BurstSizes = base::SharedTally<mem::kMaxBurst>;

/// Of one lcore's loop.
enum class LcoreCounter : std::uint8_t { kPolls, kEmptyPolls, kPackets, kBusyTsc, kCount };
using LcoreCounters = base::CounterBlock<LcoreCounter>;

}  // namespace weir::stage
