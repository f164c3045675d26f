// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "gen/traffic.hpp"
#include "pipeline/associations.hpp"
#include "pipeline/run_report.hpp"
#include "pipeline/snapshot.hpp"
#include "pipeline/wiring.hpp"

/// Turns the counters of a wiring into plain data. Control thread only; may be called while packets
/// flow (then what is in flight is a moment's approximation).
namespace weir::pipeline {

/// Counters, ledger and metrics now. `elapsed_seconds` since the lcores were launched.
/// `driver_state`: also ask the drivers (counters, xstats), which is slow; otherwise the workers,
/// for their worst associations, which they answer until the next call.
[[nodiscard]] Snapshot observe(const Wiring& wiring, double elapsed_seconds, bool driver_state);

/// The running sums of the associations of all workers.
[[nodiscard]] ipsec::SaTotals association_totals(const Wiring& wiring);

/// Where packet lcores called the allocator in spite of their seal.
[[nodiscard]] std::vector<AllocationSite> allocation_sites(const Wiring& wiring);

/// All IPsec associations, and the hosts with IKE, after the lcores have stopped. Puts their sums,
/// which are exact only now, into the metrics.
[[nodiscard]] AssociationList close_associations(const Wiring& wiring, metrics::MetricSet& metrics);

/// The final books, after the lcores have stopped and the ports are closed: completes the
/// snapshot's ledger with what is still in rings, tasks and pools, and says in words what does not
/// balance (empty when all does).
[[nodiscard]] std::vector<std::string> close_books(const Wiring& wiring, Snapshot& snapshot);

}  // namespace weir::pipeline
