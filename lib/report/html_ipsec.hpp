// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "pipeline/associations.hpp"

/// Parts of report.html's section on IPsec that stand beside the associations. All markup.
namespace weir::report {

/// "10.0.0.1 → 10.0.0.2", to be broken behind the arrow only.
[[nodiscard]] std::string arrow_ends(const ipsec::SaKey& key);

/// What became of packets between two points; empty when nothing was compared.
[[nodiscard]] std::string html_points(const pipeline::ComparisonList& list);
/// IKE and NAT keepalives by pair of hosts; empty when there were none.
[[nodiscard]] std::string html_ike(const pipeline::AssociationList& list);

}  // namespace weir::report
