// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pipeline/memory_plan.hpp"
#include "port/device.hpp"

namespace weir::pipeline {

/// What a plan needs to know of the machine.
struct Machine {
    std::vector<unsigned> cpus;          ///< CPUs the process may run on.
    std::size_t hugepage_bytes = 0;      ///< Size of the default hugepage; 0: there are none.
    HugepageCounts hugepages;            ///< Of that size.
    std::size_t available_bytes = 0;     ///< Of ordinary memory; 0: not known.
    int socket = 0;                      ///< NUMA socket of the first of the CPUs.
    std::vector<int> port_sockets = {};  ///< NUMA socket of each port; beyond the list, `socket`.
};

/// This machine, as the kernel describes it now, and the sockets of these ports.
[[nodiscard]] Machine this_machine(const std::vector<port::PortSpec>& ports = {});

/// The model of its CPUs, as the kernel names it; empty where it does not.
[[nodiscard]] std::string cpu_model();

}  // namespace weir::pipeline
