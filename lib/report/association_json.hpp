// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "pipeline/associations.hpp"

/// IPsec associations for machines; docs/report.md lists the keys.
namespace weir::report {

/// The `most` worst, a list of objects.
[[nodiscard]] nlohmann::ordered_json associations_json(const pipeline::AssociationList& list,
                                                       std::size_t most);
/// Sums over all, those forgotten too.
[[nodiscard]] nlohmann::ordered_json association_totals_json(const ipsec::SaTotals& totals);

/// What became of packets between two points; an empty object when nothing was compared.
[[nodiscard]] nlohmann::ordered_json points_json(const pipeline::ComparisonList& list,
                                                 std::size_t most);

/// What `weir sa --json` prints: all of it, an association a line, with a line break at the end.
[[nodiscard]] std::string association_report(const pipeline::AssociationList& list);

}  // namespace weir::report
