// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>

#include "pipeline/associations.hpp"

/// IKE and NAT keepalives by pair of hosts, for machines; docs/report.md lists the keys.
namespace weir::report {

/// The `most` first, a list of objects.
[[nodiscard]] nlohmann::ordered_json hosts_json(const pipeline::AssociationList& list,
                                                std::size_t most);
/// Sums over all, those forgotten too.
[[nodiscard]] nlohmann::ordered_json ike_totals_json(const pipeline::AssociationList& list);

}  // namespace weir::report
