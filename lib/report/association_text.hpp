// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "pipeline/associations.hpp"

/// IPsec associations for people.
namespace weir::report {

/// "10.0.0.1": as an address of `network`, kIpv4 or kIpv6.
[[nodiscard]] std::string address_text(parse::LayerKind network,
                                       const std::array<std::uint8_t, 16>& octets);
/// "10.0.0.1 -> fd00::1": the association's source and destination address.
[[nodiscard]] std::string ends_of(const ipsec::SaKey& key);
/// "esp", "ah", "esp-in-udp".
[[nodiscard]] std::string_view protocol_of(const ipsec::SaKey& key) noexcept;

/// "follows 0x0000beef, restarts 1": what else there is to say, or nothing.
[[nodiscard]] std::string remarks_of(const pipeline::Association& association);

/// A table with a line for each of the `most` worst, what went wrong with each below it, and sums.
/// Ends with a line break.
[[nodiscard]] std::string association_table(const pipeline::AssociationList& list,
                                            std::size_t most);

/// What became of the packets of the `most` worst between two points, a line each, and sums; empty
/// when nothing was compared.
[[nodiscard]] std::string comparison_table(const pipeline::ComparisonList& list, std::size_t most);

/// Its heading, and the line of one association; for panels, without line break.
[[nodiscard]] std::string association_heading();
[[nodiscard]] std::string association_line(const ipsec::SaView& view);

}  // namespace weir::report
