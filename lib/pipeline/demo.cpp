// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/demo.hpp"

#include <optional>
#include <string>

namespace weir::pipeline {
namespace {

std::uint64_t found(const Snapshot& snapshot, const std::string& metric) {
    return snapshot.metrics.find(metric).value_or(0);
}

/// An association's figures, from whichever worker's table it is in; none when it was not seen.
std::optional<ipsec::SaView> find(const Wiring& wiring, const gen::AssociationTruth& association) {
    ipsec::SaKey key;
    key.source = association.source;
    key.destination = association.destination;
    key.spi = association.spi;
    key.protocol = association.protocol == parse::LayerKind::kAh ? ipsec::SaProtocol::kAh
                                                                 : ipsec::SaProtocol::kEsp;
    key.network = association.network;
    for (const WorkerSlot& slot : wiring.workers()) {
        if (auto view = slot.associations->find(key)) return view;
    }
    return std::nullopt;
}

/// Associations whose every figure is what was planted in them.
std::uint64_t exact_associations(const Wiring& wiring, const gen::Truth& truth) {
    std::uint64_t exact = 0;
    for (const gen::AssociationTruth& planted : truth.per_association) {
        const std::optional<ipsec::SaView> view = find(wiring, planted);
        if (!view) continue;
        const ipsec::SaCounts& found = view->counts;
        if (found.packets == planted.packets && found.lost == planted.lost &&
            found.duplicated == planted.duplicated && found.reordered == planted.reordered) {
            ++exact;
        }
    }
    return exact;
}

}  // namespace

std::vector<DemoCheck> check_demo(const gen::Traffic& traffic, const Wiring& wiring,
                                  const Snapshot& snapshot) {
    const gen::Truth truth = traffic.truth();
    std::vector<DemoCheck> checks;
    checks.push_back({"packets", truth.packets, snapshot.ledger.received});
    checks.push_back({"octets", truth.bytes, found(snapshot, "port.0.rx_bytes")});
    for (std::size_t i = 0; i < parse::kParseStatuses; ++i) {
        const std::string name(parse::kParseStatusNames[i]);
        const DemoCheck check{"status " + name, truth.statuses[i],
                              found(snapshot, "parse." + name)};
        if (check.planted != 0 || check.found != 0) checks.push_back(check);
    }
    for (std::size_t i = 1; i < parse::kLayerKinds; ++i) {
        const std::string name(parse::kLayerNames[i]);
        checks.push_back(
            {"packets with " + name, truth.layers[i], found(snapshot, "layer." + name)});
    }
    checks.push_back(
        {"IPsec associations", truth.associations, found(snapshot, "ipsec.associations")});
    checks.push_back({"IPsec associations, each figure exact", truth.per_association.size(),
                      exact_associations(wiring, truth)});
    checks.push_back({"IPsec packets", truth.ipsec_packets, found(snapshot, "ipsec.packets")});
    checks.push_back({"IPsec lost", truth.lost, found(snapshot, "ipsec.lost")});
    checks.push_back({"IPsec duplicated", truth.duplicated, found(snapshot, "ipsec.duplicated")});
    checks.push_back({"IPsec reordered", truth.reordered, found(snapshot, "ipsec.reordered")});
    checks.push_back({"IPsec beyond window", 0, found(snapshot, "ipsec.beyond_window")});
    return checks;
}

}  // namespace weir::pipeline
