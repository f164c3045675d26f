// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "ipsec/ike_table.hpp"
#include "pipeline/associations.hpp"

/// The pairs of hosts of all workers' tables, put together: flows of one pair go to different
/// workers. Control thread, once the lcores that own the tables have stopped.
namespace weir::pipeline {

/// Adds a table's pairs and sums. `ports`: names, by HostPair::port.
void add_hosts(const ipsec::IkeTable& table, const std::vector<std::string>& ports,
               AssociationList& list);
/// Makes one of those that are of the same hosts, counts the associations between them, and puts
/// most retransmissions, then most packets, first. After finish_associations().
void finish_hosts(const AssociationClock& clock, AssociationList& list);

}  // namespace weir::pipeline
