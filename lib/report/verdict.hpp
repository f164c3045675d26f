// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pipeline/run_report.hpp"

/// How a run ended, in the words that every report for people uses.
namespace weir::report {

/// "all well", "a verdict of FAIL", …
[[nodiscard]] std::string_view meaning(base::ExitCode code) noexcept;

/// Packets that have an outcome or are in flight; as many as were received when all is well.
[[nodiscard]] std::uint64_t accounted(const pipeline::Ledger& ledger);

/// "BALANCED: …", or "NOT BALANCED" and by how many packets, if the sum is what does not hold.
[[nodiscard]] std::string verdict(const pipeline::Ledger& ledger);

/// All that was planted was found, and the ledger balances.
[[nodiscard]] bool demo_passed(const pipeline::RunReport& report);

/// What became of a capture: "complete: …" or "NOT COMPLETE".
[[nodiscard]] std::string_view verdict(const pipeline::CaptureState& capture) noexcept;

}  // namespace weir::report
