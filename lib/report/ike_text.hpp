// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "pipeline/associations.hpp"

/// IKE and NAT keepalives by pair of hosts, for people.
namespace weir::report {

/// The two addresses, the lesser first.
[[nodiscard]] std::array<std::string, 2> addresses_of(const ipsec::HostPair& hosts);
/// Sixteen hexadecimal digits.
[[nodiscard]] std::string ike_spi(std::uint64_t spi);

/// A table with a line for each direction of the `most` first, what there is to say of both below
/// them, and sums. Empty when there was neither IKE nor a keepalive; else ends with a line break.
[[nodiscard]] std::string ike_table(const pipeline::AssociationList& list, std::size_t most);

}  // namespace weir::report
