// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "pipeline/associations.hpp"

namespace weir::report {

/// The part of report.html about IPsec associations: sums, a table of the worst, and plots of
/// lateness, gaps and anti-replay windows for all together and for each of the worst few that had
/// trouble. Markup; a sentence when there was no association.
[[nodiscard]] std::string html_associations(const pipeline::AssociationList& list);

}  // namespace weir::report
