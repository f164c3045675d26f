// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ipsec/ike_table.hpp"
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
    std::vector<IkeHosts> hosts;            ///< Those in the tables, most retransmissions first.
    ipsec::IkeTotals ike;                   ///< Those forgotten included.
};

/// What ticks are.
struct AssociationClock {
    std::uint64_t start = 0;
    double ticks_per_second = 1e9;
};

/// Adds a table's associations and sums. `ports`: names, by SaKey::port. Not yet in order.
void add_associations(const ipsec::SaTable& table, const AssociationClock& clock,
                      const std::vector<std::string>& ports, AssociationList& list);
/// Links rekeys and puts the worst first: by trouble, then packets.
void finish_associations(const AssociationClock& clock, AssociationList& list);

}  // namespace weir::pipeline
