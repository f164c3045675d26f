// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "crypto/sa_keys.hpp"
#include "pipeline/capture_plan.hpp"
#include "pipeline/compared_ports.hpp"
#include "pipeline/machine.hpp"
#include "pipeline/memory_plan.hpp"
#include "port/device.hpp"
#include "port/eal.hpp"

/// Who runs where and what it takes, decided before anything is started: lcores and their CPUs,
/// queues, rings, mbufs, memory. Pure arithmetic on the options and what the machine has.
namespace weir::pipeline {

/// A polling lcore and its roles, which alternate in its loop in this order.
struct PlannedLcore {
    unsigned lcore = 0;
    unsigned cpu = 0;
    bool generator = false;
    bool rx = false;  ///< Pipeline: rx lcore number `rx_index`.
    std::size_t rx_index = 0;
    std::vector<std::size_t> workers;  ///< Workers it runs; run to completion: the one.
};

struct Plan {
    config::Mode mode = config::Mode::kPipeline;
    bool demo = false;
    unsigned control_cpu = 0;  ///< Of the main lcore 0, which sleeps most of the time.
    std::vector<PlannedLcore> lcores;
    std::size_t rx_lcores = 0;  ///< Pipeline only.
    std::size_t workers = 0;
    std::uint16_t rx_queues = 1;  ///< Of each DPDK port.
    std::uint16_t tx_queues = 1;
    std::size_t rings = 0;                    ///< Each of Options::ring_size.
    std::size_t associations = 0;             ///< IPsec associations each worker can hold.
    std::size_t ike_pairs = 0;                ///< Pairs of hosts with IKE each worker can hold.
    std::optional<ipsec::PointPorts> points;  ///< The ports whose associations are compared.
    std::size_t compared = 0;                 ///< Associations each worker can compare.
    std::size_t keys = 0;                     ///< ESP associations whose keys are given.
    std::size_t mbufs = 0;  ///< Of each pool; one pool for each NUMA socket in use.
    std::uint32_t mbuf_data_bytes = 0;
    CapturePlan capture;
    MemoryPlan memory;
    bool hugepages = false;
    std::string memory_reason;   ///< Why these pages.
    std::size_t open_files = 0;  ///< That a run has open beside standard input and output, at most.

    /// MiB of the pages that were chosen, which EAL takes at start.
    [[nodiscard]] std::size_t memory_mib() const;
    [[nodiscard]] std::vector<port::LcorePlacement> placements() const;
    /// The lcore that takes what comes in on `queue` (or, for a file, on the port numbered so).
    [[nodiscard]] std::size_t rx_of(std::size_t queue) const noexcept;
};

/// `keys`: of ESP. Throws SetupError when the machine cannot do what
/// is asked.
[[nodiscard]] Plan make_plan(const config::Options& options,
                             const std::vector<port::PortSpec>& ports, const Machine& machine,
                             std::span<const crypto::SecurityAssociation> keys = {});

/// "generator + rx 0": the roles of an lcore, for people.
[[nodiscard]] std::string roles_of(const PlannedLcore& lcore, config::Mode mode);

/// The plan for people, several lines; `weir plan` puts the table of its memory behind it.
[[nodiscard]] std::string describe(const Plan& plan, const config::Options& options,
                                   const std::vector<port::PortSpec>& ports);

}  // namespace weir::pipeline
