// SPDX-License-Identifier: BSD-3-Clause
#include "mem/handover.hpp"

#include <rte_cycles.h>
#include <rte_lcore.h>

namespace weir::mem::ledger {
namespace {

std::string_view text_of(Owner owner) noexcept {
    switch (owner) {
        case Owner::kPool:
            return "never used";
        case Owner::kDriver:
            return "taken from the pool by DPDK";
        case Owner::kDriverTx:
            return "given to a transmit queue";
        case Owner::kRing:
            return "put into ring";
        case Owner::kFreeing:
            return "freed";
        case Owner::kHand:
            return "taken out of a burst";
        case Owner::kBurst:
            return "taken into a burst";
        case Owner::kSource:
            return "taken into a source's stock";
        case Owner::kStaging:
            return "staged for a worker";
        case Owner::kTransmitter:
            return "taken by a transmitter";
        case Owner::kGenerator:
            return "taken by the generator";
    }
    return "?";
}

}  // namespace

void HandoverText::put(const Handover& handover) {
    put("{}", handover.is_look ? "looked at" : text_of(handover.to));
    if (!handover.is_look && handover.to == Owner::kRing) put(" {}", handover.number);
    if (handover.lcore == LCORE_ID_ANY) {
        put(" on no lcore");
    } else {
        put(" on lcore {}", handover.lcore);
    }
    if (handover.place.line == 0) {
        put(" inside DPDK");
        return;
    }
    // As Meson calls the compiler, in the build directory.
    std::string_view file = handover.place.file;
    while (file.starts_with("../")) file.remove_prefix(3);
    put(" at {}:{} ({})", file, handover.place.line, handover.place.function);
}

std::string text_of(const Handover& handover) {
    HandoverText text;
    text.put(handover);
    return std::string(text.view());
}

double microseconds(std::uint64_t ticks) noexcept {
    return static_cast<double>(ticks) * 1e6 / static_cast<double>(rte_get_tsc_hz());
}

}  // namespace weir::mem::ledger
