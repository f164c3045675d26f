// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/log_histogram.hpp"
#include "ipsec/ike_table.hpp"
#include "ipsec/point_table.hpp"
#include "ipsec/sa_table.hpp"

/// The IPsec associations of a run, or of capture files, and the IKE between their hosts, as plain
/// data for reports. Control thread, once the lcores that own the tables have stopped.
namespace weir::pipeline {

/// docs/ipsec.md defines the figures.
struct Association {
    ipsec::SaView view;             ///< Its times are in ticks.
    std::string port;               ///< Name of the port or capture file it was seen at.
    double first_seen_seconds = 0;  ///< From the start of the run, or of the first capture.
    double last_seen_seconds = 0;
    std::optional<std::uint32_t> follows_spi;  ///< SPI of the one it took over from at a rekey.

    /// Packets a second while it sent; 0 when its packets came at one moment.
    [[nodiscard]] double packets_per_second() const noexcept;
};

/// What became of the packets of each association between two points, and how long it took them.
struct ComparisonList {
    std::string before;  ///< Names of the ports; empty when nothing is compared.
    std::string after;
    double ticks_per_second = 1e9;
    std::vector<ipsec::PointView> comparisons;  ///< Most lost first.
    ipsec::PointTotals totals;                  ///< Those forgotten included.
    base::LogHistogram delay;                   ///< Of those listed, in ticks.
};

/// Two hosts with IKE or NAT keepalives between them.
struct IkeHosts {
    ipsec::IkeView view;  ///< Its times are in ticks.
    std::string port;     ///< As of associations.
    double first_seen_seconds = 0;
    double last_seen_seconds = 0;
    std::uint64_t associations = 0;  ///< Of those listed, in both directions.
    std::uint64_t followers = 0;     ///< Of these, those that took over from another at a rekey.
};

struct AssociationList {
    std::vector<Association> associations;  ///< Those in the tables, the worst first.
    ipsec::SaTotals totals;                 ///< Those forgotten included.
    ComparisonList points;
    std::vector<IkeHosts> hosts;  ///< Those in the tables, most retransmissions first.
    ipsec::IkeTotals ike;         ///< Those forgotten included.
};

/// What takes longer from one point to the other is lost.
inline constexpr double kMostDelaySeconds = 10;

/// What ticks are.
struct AssociationClock {
    std::uint64_t start = 0;
    double ticks_per_second = 1e9;

    /// From the start to `ticks`.
    [[nodiscard]] double seconds(std::uint64_t ticks) const noexcept {
        return static_cast<double>(ticks - start) / ticks_per_second;
    }
};

/// Adds a table's associations and sums. `ports`: names, by SaKey::port. Not yet in order.
void add_associations(const ipsec::SaTable& table, const AssociationClock& clock,
                      const std::vector<std::string>& ports, AssociationList& list);
/// Adds what a table has compared. Not yet in order.
void add_comparisons(const ipsec::PointTable& table, ComparisonList& list);
/// Links rekeys and puts the worst first.
void finish_associations(const AssociationClock& clock, AssociationList& list);

}  // namespace weir::pipeline
