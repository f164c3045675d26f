// SPDX-License-Identifier: BSD-3-Clause
#include "report/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/format.hpp"

namespace weir::report {

std::string_view meaning(base::ExitCode code) noexcept {
    switch (code) {
        case base::ExitCode::kOk:
            return "all well";
        case base::ExitCode::kVerdictFail:
            return "a verdict of FAIL";
        case base::ExitCode::kUsageOrSetup:
            return "usage or set-up";
        case base::ExitCode::kLedgerUnbalanced:
            return "the ledger does not balance, or an mbuf is missing";
        case base::ExitCode::kInputDamaged:
            break;
    }
    return "the input is damaged; what could be read was processed";
}

std::uint64_t accounted(const pipeline::Ledger& ledger) {
    return ledger.delivered + ledger.forwarded + ledger.dropped_total() + ledger.in_flight;
}

std::string verdict(const pipeline::Ledger& ledger) {
    if (ledger.balanced) return "BALANCED: every packet has its outcome, every mbuf is back";
    const std::uint64_t outcomes = accounted(ledger);
    if (outcomes < ledger.received) {
        return fmt::format("NOT BALANCED: {} packets without an outcome",
                           grouped(ledger.received - outcomes));
    }
    if (outcomes > ledger.received) {
        return fmt::format("NOT BALANCED: {} outcomes too many",
                           grouped(outcomes - ledger.received));
    }
    return "NOT BALANCED";
}

bool demo_passed(const pipeline::RunReport& report) {
    return report.final.ledger.balanced &&
           std::ranges::all_of(report.demo, [](const pipeline::DemoCheck& check) {
               return check.planted == check.found;
           });
}

std::string_view verdict(const pipeline::CaptureState& capture) noexcept {
    return capture.balanced ? "complete: each selected packet is written or has its reason"
                            : "NOT COMPLETE";
}

}  // namespace weir::report
