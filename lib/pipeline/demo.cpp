// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/demo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>

#include "mem/burst.hpp"

namespace weir::pipeline {
namespace {

/// Differing figures of associations that are named.
constexpr std::size_t kMostNamed = 20;

std::uint64_t found(const Snapshot& snapshot, const std::string& metric) {
    return snapshot.metrics.find(metric).value_or(0);
}

/// The associations found, to look them up by key; from whichever worker's table they are.
class Found {
   public:
    explicit Found(const AssociationList& list) {
        for (const Association& each : list.associations) by_key_.push_back(&each);
        std::ranges::sort(by_key_, {}, key);
    }

    /// Null when it was not seen, or is forgotten.
    [[nodiscard]] const Association* find(const gen::AssociationTruth& planted) const {
        const auto wanted =
            std::tuple(planted.network,
                       planted.protocol == parse::LayerKind::kAh ? ipsec::SaProtocol::kAh
                                                                 : ipsec::SaProtocol::kEsp,
                       planted.spi, planted.source, planted.destination);
        const auto at = std::ranges::lower_bound(by_key_, wanted, {}, key);
        return at != by_key_.end() && key(*at) == wanted ? *at : nullptr;
    }

   private:
    using Key = std::tuple<parse::LayerKind, ipsec::SaProtocol, std::uint32_t,
                           std::array<std::uint8_t, 16>, std::array<std::uint8_t, 16>>;
    static Key key(const Association* each) {
        const ipsec::SaKey& key = each->view.key;
        return {key.network, key.protocol, key.spi, key.source, key.destination};
    }

    std::vector<const Association*> by_key_;
};

/// Every figure of one association, planted and found; keeps those that differ.
class Figures {
   public:
    explicit Figures(std::uint32_t spi) : spi_(spi) {}

    void hold(std::string_view figure, std::uint64_t planted, std::uint64_t found) {
        if (planted == found) return;
        differing_.push_back({fmt::format("IPsec SPI 0x{:x} {}", spi_, figure), planted, found});
    }
    template <typename Planted, typename Found>
    void hold_each(std::string_view figure, const Planted& planted, const Found& found) {
        static_assert(std::tuple_size_v<Planted> == std::tuple_size_v<Found>);
        for (std::size_t i = 0; i < planted.size(); ++i) {
            hold(fmt::format("{}, class {}", figure, i), planted[i], found[i]);
        }
    }
    void hold_all(const gen::AssociationTruth& planted, const ipsec::SaView& view);

    [[nodiscard]] std::vector<DemoCheck>& differing() noexcept { return differing_; }

   private:
    std::uint32_t spi_;
    std::vector<DemoCheck> differing_;
};

void Figures::hold_all(const gen::AssociationTruth& planted, const ipsec::SaView& view) {
    static_assert(gen::kTruthWindows == ipsec::kReplayWindows);
    const ipsec::SaCounts& counts = view.counts;
    hold("packets", planted.packets, counts.packets);
    hold("octets", planted.bytes, counts.bytes);
    hold("lost", planted.lost, counts.lost);
    hold("duplicated", planted.duplicated, counts.duplicated);
    hold("reordered", planted.reordered, counts.reordered);
    hold("beyond window", planted.beyond_window, counts.beyond_window);
    hold("zero", 0, counts.zero);
    hold("restarts", planted.restarts, counts.restarts);
    hold("wraps", planted.wraps, counts.wraps);
    hold("expected", planted.expected, view.expected);
    hold("highest", planted.highest, view.highest);
    hold_each("lateness", planted.lateness, view.lateness);
    hold("latest", planted.latest, view.latest);
    hold("smallest window", planted.smallest_window(), view.smallest_window.value_or(0));
    hold_each("would drop", planted.would_drop, view.would_drop);
    hold_each("gaps", planted.gap_lengths, view.gap_lengths);
    hold("longest gap", planted.longest_gap, view.longest_gap);
    hold_each("extents", planted.extents, view.extents);
    hold("longest extent", planted.longest_extent, view.longest_extent);
    hold_each("n-reordered", planted.n_reordered, view.n_reordered);
    hold("untracked", 0, view.untracked);
}

/// All associations, one by one.
struct Comparison {
    std::uint64_t exact = 0;
    std::uint64_t forgotten = 0;  ///< Silent for too long since another had followed them.
    std::uint64_t rekeys = 0;
    std::uint64_t rekeys_found = 0;
    std::uint32_t widest_planted = 0;  ///< The greatest of all smallest windows.
    std::uint32_t widest_found = 0;
    std::vector<DemoCheck> differing;
};

/// What follows no other must not have been found to.
void compare_rekey(const gen::AssociationTruth& planted, const gen::AssociationTruth* former,
                   const Found& found, std::uint64_t most_apart, Figures& figures,
                   Comparison& result) {
    const std::uint32_t found_spi = found.find(planted)->follows_spi.value_or(0);
    if (former == nullptr) return figures.hold("follows SPI", 0, found_spi);
    // Of one that is forgotten nothing can be said.
    if (found.find(*former) == nullptr) return;
    if (std::min(planted.packets, former->packets) <= most_apart) return;
    ++result.rekeys;
    if (found_spi == former->spi) ++result.rekeys_found;
    figures.hold("follows SPI", former->spi, found_spi);
}

Comparison compare(const gen::Truth& truth, const AssociationList& list, std::uint64_t most_apart) {
    const Found found(list);
    Comparison result;
    const gen::AssociationTruth* former = nullptr;
    for (const gen::AssociationTruth& planted : truth.associations) {
        if (!planted.follows_spi) former = nullptr;
        Figures figures(planted.spi);
        const Association* seen = found.find(planted);
        if (seen != nullptr) {
            figures.hold_all(planted, seen->view);
            compare_rekey(planted, former, found, most_apart, figures, result);
            if (figures.differing().empty()) ++result.exact;
            result.widest_planted = std::max(result.widest_planted, planted.smallest_window());
            result.widest_found =
                std::max(result.widest_found, seen->view.smallest_window.value_or(0));
        } else if (planted.replaced && result.forgotten < list.totals.aged) {
            ++result.forgotten;
        } else {
            figures.hold("packets", planted.packets, 0);
        }
        std::ranges::move(figures.differing(), std::back_inserter(result.differing));
        former = &planted;
    }
    return result;
}

std::uint64_t sum(const gen::Truth& truth, std::uint64_t gen::AssociationTruth::*figure) {
    std::uint64_t total = 0;
    for (const gen::AssociationTruth& each : truth.associations) total += each.*figure;
    return total;
}

void check_ipsec(const gen::Truth& truth, const AssociationList& list, const Snapshot& snapshot,
                 std::uint64_t most_apart, std::vector<DemoCheck>& checks) {
    using gen::AssociationTruth;
    Comparison compared = compare(truth, list, most_apart);
    const auto check_sum = [&](const std::string& what, std::uint64_t AssociationTruth::*figure,
                               const std::string& metric) {
        checks.push_back({what, sum(truth, figure), found(snapshot, metric)});
    };
    const std::uint64_t associations = truth.associations.size();
    checks.push_back(
        {"IPsec associations", associations, list.associations.size() + compared.forgotten});
    checks.push_back({"IPsec associations, each figure exact", associations - compared.forgotten,
                      compared.exact});
    checks.push_back({"IPsec packets", truth.ipsec_packets, found(snapshot, "ipsec.packets")});
    check_sum("IPsec lost", &AssociationTruth::lost, "ipsec.lost");
    check_sum("IPsec duplicated", &AssociationTruth::duplicated, "ipsec.duplicated");
    check_sum("IPsec reordered", &AssociationTruth::reordered, "ipsec.reordered");
    checks.push_back(
        {"IPsec smallest window for all", compared.widest_planted, compared.widest_found});
    check_sum("IPsec beyond window", &AssociationTruth::beyond_window, "ipsec.beyond_window");
    check_sum("IPsec restarts", &AssociationTruth::restarts, "ipsec.restarts");
    check_sum("IPsec wraps", &AssociationTruth::wraps, "ipsec.wraps");
    checks.push_back({"IPsec rekeys", compared.rekeys, compared.rekeys_found});
    const std::size_t named = std::min(kMostNamed, compared.differing.size());
    std::move(compared.differing.begin(),
              compared.differing.begin() + static_cast<std::ptrdiff_t>(named),
              std::back_inserter(checks));
}

}  // namespace

std::uint64_t most_apart(const Wiring& wiring) {
    std::uint64_t packets = mem::kMaxBurst;
    if (wiring.workers().size() == 1) return packets;
    for (const auto& ring : wiring.rings()) packets += ring->capacity() + 3 * mem::kMaxBurst;
    return packets;
}

std::vector<DemoCheck> check_demo(const gen::Truth& truth, const AssociationList& associations,
                                  const Snapshot& snapshot, std::uint64_t most_apart) {
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
    check_ipsec(truth, associations, snapshot, most_apart, checks);
    return checks;
}

}  // namespace weir::pipeline
